"""Labelled texts in CSV or JSONL: ``text``, ``label``, optional ``question_id``, ``split`` and ``group_id``."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pilot.records import InputError, Located, Question, parse_rows
from pilot.sources.beir import SPLITS
from pilot.sources.dataset import Dataset
from pilot.sources.rows import raise_all, read_csv, read_jsonl, text_of

READERS = {".csv": read_csv, ".tsv": read_csv, ".jsonl": read_jsonl}


def is_labelled(path: Path) -> bool:
    """Say whether ``path`` is a table, or a folder of tables."""
    return bool(_files(path))


def read_labelled(path: Path) -> Dataset:
    """Read one file, or every file of a folder; labels stay as they are, an empty one means unlabelled.

    The split of a row is its own, else the name of its file (``train.csv``), else ``test``.

    Raises
    ------
    InputError
        If a column is missing, an id repeated, or a row faulty; all faults at once.
    """
    faults: list[str] = []
    rows = [row for file in _files(path) for row in _rows(file, faults)]
    questions = parse_rows(Question, rows, faults)
    seen: dict[str, str] = {}
    for where, row in rows:
        if row["question_id"] in seen:
            faults.append(
                f"{where}: question_id {row['question_id']!r} occurs before, at {seen[row['question_id']]}"
            )
        seen.setdefault(row["question_id"], where)
    raise_all(path, faults)
    if not questions:
        raise InputError(f"{path}: no questions; expected rows with text and label")
    return Dataset(path.resolve().stem, path, questions=tuple(questions))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() in READERS else []
    return (
        sorted(file for file in path.glob("*.*") if file.suffix.lower() in READERS) if path.is_dir() else []
    )


def _rows(path: Path, faults: list[str]) -> Iterator[Located]:
    for number, (where, row) in enumerate(READERS[path.suffix.lower()](path, faults), 1):
        if number == 1 and (missing := [name for name in ("text", "label") if name not in row]):
            found = ", ".join(map(str, row))
            faults.append(
                f"{path.name}: no column {' or '.join(missing)}; found {found}; expected text and label"
            )
            return
        split = text_of(row.get("split"))
        yield (
            where,
            {
                "question_id": text_of(row.get("question_id")) or f"{path.stem}-{number}",
                "text": row.get("text"),
                "source": path.name,
                "split": SPLITS.get(split.lower(), split) if split else SPLITS.get(path.stem.lower(), "test"),
                "fields": labels_of(row.get("label")),
                "group_id": text_of(row.get("group_id")),
            },
        )


def labels_of(value: Any) -> list[str]:
    """Return the labels of a cell: a list, a list written as text (``['A', 'B']``), or one label."""
    if isinstance(value, list):
        return [str(label) for label in value]
    text = text_of(value) or ""
    if text.startswith("[") and text.endswith("]"):
        try:
            return [str(label) for label in ast.literal_eval(text)]
        except (ValueError, SyntaxError):
            return [text]
    return [text] if text else []

"""BEIR folders: ``corpus.jsonl``, ``queries.jsonl`` and judgments in ``qrels/*.tsv`` (Thakur et al. 2021)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pilot.records import InputError, Judgment, Located, Passage, Question, parse_rows
from pilot.sources.dataset import Dataset
from pilot.sources.rows import decoded, raise_all, read_jsonl, text_of
from pilot.text import normalise

SPLITS = {"train": "train", "dev": "dev", "val": "dev", "valid": "dev", "validation": "dev", "test": "test"}
"""Name of a qrels file -> split; any other name counts as test."""


def is_beir(path: Path) -> bool:
    """Say whether ``path`` is a folder with a BEIR corpus or queries."""
    return any((path / name).is_file() for name in ("corpus.jsonl", "queries.jsonl"))


def read_beir(path: Path) -> Dataset:
    """Read a BEIR folder; the split of a question is the qrels file that judges it, ``test`` if none does.

    Raises
    ------
    InputError
        If a file is missing, an id repeated or unknown, or a row faulty; all faults at once.
    """
    qrels = [path / "qrels.tsv"] if (path / "qrels.tsv").is_file() else sorted((path / "qrels").glob("*.tsv"))
    missing = [name for name in ("corpus.jsonl", "queries.jsonl") if not (path / name).is_file()]
    if not qrels:
        missing.append("qrels/test.tsv (the judgments)")
    if missing:
        raise InputError(
            f"{path}: a BEIR folder without {', '.join(missing)}; expected corpus.jsonl, queries.jsonl, qrels/*.tsv"
        )
    faults: list[str] = []
    splits: dict[str, str] = {}
    graded = [row for file in qrels for row in _graded(file, splits, faults)]
    passages = parse_rows(Passage, _unique(path / "corpus.jsonl", _passage, faults), faults)
    asked = {where: row for where, row in _unique(path / "queries.jsonl", _question, faults)}
    rows = [(where, {**row, "split": splits.get(row["question_id"], "test")}) for where, row in asked.items()]
    questions = parse_rows(Question, rows, faults)
    known = {"question": {q.question_id for q in questions}, "passage": {p.passage_id for p in passages}}
    for where, row in graded:
        for what in ("question", "passage"):
            if row[f"{what}_id"] not in known[what] and not faults_of(faults, what):
                faults.append(f"{where}: judges {what} {row[f'{what}_id']!r}, which is not in {_FILES[what]}")
    judgments = parse_rows(Judgment, graded, faults)
    raise_all(path, faults)
    if not questions:
        raise InputError(f"{path}: no questions; queries.jsonl is empty")
    return Dataset(path.resolve().name, path, (), tuple(passages), tuple(questions), tuple(judgments))


_FILES = {"question": "queries.jsonl", "passage": "corpus.jsonl"}


def faults_of(faults: list[str], what: str) -> bool:
    """Say whether the file of questions or passages is itself faulty, so that missing ids only follow from it."""
    return any(fault.startswith(_FILES[what]) for fault in faults)


def _passage(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "passage_id": text_of(row.get("_id")), "kind": "article",
        "title": row.get("title") or "", "text": row.get("text"),
    }  # fmt: skip


def _question(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"question_id": text_of(row.get("_id")), "text": row.get("text"), "source": "beir"}


def _unique(path: Path, shape: Any, faults: list[str]) -> Iterator[Located]:
    seen: dict[str | None, str] = {}
    for where, row in read_jsonl(path, faults):
        shaped = shape(row)
        key = next(iter(shaped.values()))
        if key in seen:
            faults.append(f"{where}: _id {key!r} occurs before, at {seen[key]}; expected it once")
        elif key is None:
            faults.append(f"{where}: no _id; expected one in every row")
        else:
            seen[key] = where
            yield where, shaped


def _graded(path: Path, splits: dict[str, str], faults: list[str]) -> Iterator[Located]:
    """Yield the judgments of one file (with or without header, three columns or TREC's four); note its split."""
    split = SPLITS.get(path.stem, "test")
    seen = set()
    for number, text in enumerate(decoded(path).splitlines(), 1):
        cells = [normalise(cell) for cell in (text.split("\t") if "\t" in text else text.split())]
        where = f"{path.name}:{number}"
        if not any(cells) or (number == 1 and not cells[-1].lstrip("-").isdigit()):
            continue
        if len(cells) not in (3, 4) or not cells[-1].isdigit() or int(cells[-1]) > 3:
            faults.append(f"{where}: holds {text[:60]!r}; expected query-id, corpus-id, grade 0 to 3")
            continue
        question, passage = cells[0], cells[-2]
        if splits.setdefault(question, split) != split:
            faults.append(
                f"{where}: question {question!r} is judged in split {splits[question]!r} as well; expected one"
            )
        if (question, passage) in seen:
            faults.append(
                f"{where}: {question!r} and {passage!r} are judged before in this file; expected them once"
            )
        seen.add((question, passage))
        grade = {"question_id": question, "passage_id": passage, "relevance": int(cells[-1])}
        yield where, {**grade, "rater": "qrels", "stale": False}

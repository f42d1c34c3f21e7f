"""Giving a dataset out: our own folder, BEIR, the datasets library's arrow files, CSV."""

import csv
import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pilot.evaluate.raters import merge_raters
from pilot.project import whole_folder
from pilot.records import InputError, to_row
from pilot.sources.csv_folder import cell_of
from pilot.sources.dataset import KINDS, Dataset
from pilot.sources.folder import schema, write_folder


def write_jsonl(data: Dataset, out: Path) -> None:
    """Write our own folder; nothing is lost."""
    write_folder(data, out, f"# {data.name}\n\nExported from the dataset {data.fingerprint[:12]}.")


def write_beir(data: Dataset, out: Path) -> None:
    """Write ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/{split}.tsv``; see `lost` for what BEIR cannot hold."""
    splits = {question.question_id: question.split for question in data.questions}
    grades = merge_raters(data.judgments)
    with whole_folder(out) as fresh:
        _lines(
            fresh / "corpus.jsonl",
            ({"_id": p.passage_id, "title": p.title, "text": p.text} for p in data.passages),
        )
        _lines(fresh / "queries.jsonl", ({"_id": q.question_id, "text": q.text} for q in data.questions))
        (fresh / "qrels").mkdir()
        for split, part in (
            grades.groupby(grades["question_id"].map(splits)) if len(grades) else [("test", grades)]
        ):
            named = part.set_axis(["query-id", "corpus-id", "score"], axis=1)
            named.to_csv(fresh / "qrels" / f"{split}.tsv", sep="\t", index=False)


def write_hf(data: Dataset, out: Path) -> None:
    """Write one ``datasets.DatasetDict`` per table (``save_to_disk``); questions lie in their splits."""
    import datasets

    datasets.disable_progress_bars()
    features = {info["config_name"]: info["features"] for info in schema(data)["dataset_info"]}
    with whole_folder(out) as fresh:
        for name, described in features.items():
            rows: dict[str, list[dict[str, Any]]] = {}
            for record in getattr(data, name):
                split = record.split if name == "questions" else "all"
                rows.setdefault(split, []).append(to_row(record))
            types = datasets.Features._from_yaml_list(described)
            parts = {split: datasets.Dataset.from_list(part, features=types) for split, part in rows.items()}
            datasets.DatasetDict(parts).save_to_disk(fresh / name)


def write_csv(data: Dataset, out: Path) -> None:
    """Write one CSV file per table with a byte order mark, lists as JSON, cells that begin a formula quoted."""
    with whole_folder(out) as fresh:
        for name in (name for name in KINDS if getattr(data, name)):
            columns = [field.name for field in dataclasses.fields(KINDS[name])]
            with (fresh / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(columns)
                writer.writerows(
                    [cell_of(value) for value in to_row(record).values()] for record in getattr(data, name)
                )


EXPORTS: dict[str, Callable[[Dataset, Path], None]] = {
    "beir": write_beir,
    "hf": write_hf,
    "jsonl": write_jsonl,
    "csv": write_csv,
}


def export(data: Dataset, form: str, out: Path) -> list[str]:
    """Write ``data`` to ``out`` in the named form, all of it or nothing; return what the form could not hold.

    Raises
    ------
    InputError
        If the form is unknown, ``out`` is there already, or an id holds what BEIR takes for a column's end.
    """
    if form not in EXPORTS:
        raise InputError(f"unknown format {form!r}; expected one of {', '.join(EXPORTS)}")
    if form != "jsonl" and out.exists():
        raise InputError(f"{out}: is there already; choose another --out or remove it")
    if form == "beir" and (bad := _unwritable(data)):
        raise InputError(f"{out}: the id {bad!r} holds a tab or line end, which BEIR's qrels cannot hold")
    EXPORTS[form](data, out)
    return lost(data, form)


def lost(data: Dataset, form: str) -> list[str]:
    """Return what ``form`` does not hold of this dataset, one line each with the number of rows concerned."""
    if form != "beir":
        return []
    found = []
    if data.documents:
        found.append(f"documents.jsonl: {len(data.documents)} rows")
    for name, kept in (("passages", {"passage_id", "title", "text"}), ("questions", {"question_id", "text"})):
        rows = [to_row(record) for record in getattr(data, name)]
        for column in (field.name for field in dataclasses.fields(KINDS[name])):
            count = sum(row[column] not in (None, []) for row in rows)
            if column not in kept and count:
                found.append(f"{name}: column {column}, {count} rows")
    pairs = {(judgment.question_id, judgment.passage_id) for judgment in data.judgments}
    if more := len(data.judgments) - len(pairs):
        found.append(
            f"judgments: {more} further grades of a pair; the adjudicated, else the lower median is kept"
        )
    if data.judgments:
        found.append(f"judgments: columns rater and stale, {len(data.judgments)} rows")
    judged = {judgment.question_id for judgment in data.judgments}
    if moved := sum(q.question_id not in judged and q.split != "test" for q in data.questions):
        found.append(f"questions: split of {moved} questions without judgments; they read back as test")
    return found


def _unwritable(data: Dataset) -> str | None:
    ids: Iterable[str] = (i for j in data.judgments for i in (j.question_id, j.passage_id))
    return next((one for one in ids if any(mark in one for mark in "\t\n\r")), None)


def _lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

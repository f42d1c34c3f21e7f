"""Statements about articles of law, labelled with the 27 fields of a large public legal site."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from pilot.records import Citation, InputError, Passage, Question
from pilot.sources.dataset import Dataset
from pilot.sources.imported import Account, Imported
from pilot.sources.labelled import labels_of
from pilot.text import normalise

FILES = ("dev.csv.gz", "test.csv.gz")


def read_vilegalnli(source: Path, passages: Path | None = None) -> Imported:
    """Read both files: statements as questions, grouped by law; the articles they speak of as passages.

    The field was given per law, so a law never straddles parts. Rows without statement or field are left out.

    Raises
    ------
    InputError
        If a file is missing.
    """
    if missing := [name for name in FILES if not (source / name).is_file()]:
        raise InputError(f"{source}: no {', '.join(missing)}; name the folder of the set as SOURCE")
    account, taken = Account(), dict[str, int]()
    questions: list[Question] = []
    premises: dict[str, Passage] = {}
    for where, row in _rows(source):
        text, fields = (
            normalise(row["Hypothesis"] or ""),
            tuple(map(normalise, labels_of(row["Field of Law"]))),
        )
        law, article, clause = (_number(row[name]) for name in ("Law ID", "Article", "Clause"))
        if not text or not fields or not law:
            account.note(where, "dropped: no statement" if not text else "dropped: no field")
            continue
        questions.append(
            Question(
                where,
                text,
                "vilegalnli",
                "test",
                fields,
                citations=(Citation(law, article, clause),),
                group_id=law,
            )
        )
        premise = normalise(row["Premise"] or "")
        if premise and premise not in premises:
            passage_id = account.unique(where, "|".join(filter(None, (law, article, clause))), taken)
            title = normalise(f"Luật {(row['Law Name'] or '').lower()}")
            premises[premise] = Passage(
                passage_id, "article", title, premise, law, article, clause, fields=fields
            )
    return Imported(Dataset("vilegalnli", source, (), tuple(premises.values()), tuple(questions)), account)


def _rows(source: Path) -> Iterator[tuple[str, dict[str, str]]]:
    for name in FILES:
        with gzip.open(source / name, "rt", encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 1):
                yield f"{name.partition('.')[0]}-{number}", row


def _number(text: str | None) -> str | None:
    """Return ``3`` for ``3.0``; other texts as they are."""
    return normalise(text or "").removesuffix(".0") or None

"""Is a document, or a passage of it, law on a day? Three states; unknown is never shown as valid."""

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from pilot.records import Document, Passage
from pilot.sources import Dataset
from pilot.sources.rows import raise_all, read_csv

Validity = Literal["còn hiệu lực", "hết hiệu lực", "chưa rõ"]
VALID: Validity = "còn hiệu lực"
EXPIRED: Validity = "hết hiệu lực"
UNKNOWN: Validity = "chưa rõ"
ONE_DAY = timedelta(days=1)


def validity(row: Document | Passage, on: date, document: Document | None = None) -> Validity:
    """Return the state of a document or passage on a day.

    Expired after ``effective_to``, the last day in force, be it the row's own or its document's. In force only if the
    day it took effect is known and has come, and its end is known, or its document's facts are checked and tell of no
    successor. Everything else is unknown, also what has not yet taken effect.

    Parameters
    ----------
    row
        What is asked about.
    on
        The day asked about.
    document
        The passage's document. Without it a passage with no end of its own stays unknown.
    """
    owner = row if isinstance(row, Document) else document
    ends = [one.effective_to for one in (row, owner) if one and one.effective_to]
    if any(end < on for end in ends):
        return EXPIRED
    starts = [one.effective_from for one in (row, owner) if one and one.effective_from]
    if not starts or any(start > on for start in starts):
        return UNKNOWN
    settled = bool(ends) or (owner is not None and owner.checked and not owner.replaced_by)
    return VALID if settled else UNKNOWN


def stated_ends(documents: Iterable[Document]) -> dict[str, Document]:
    """Return document_id -> document, ends filled in from successors: the day before the first one takes effect."""
    known = {document.document_id: document for document in documents}
    filled = {}
    for document_id, document in known.items():
        starts = [known[one].effective_from for one in document.replaced_by if one in known]
        days = [start for start in starts if start]
        if document.effective_to is None and days:
            document = dataclasses.replace(document, effective_to=min(days) - ONE_DAY)  # noqa: PLW2901
        filled[document_id] = document
    return filled


class Chain(NamedTuple):
    """The documents that follow one another from a first one on; ``cycle`` says that the last leads back."""

    documents: tuple[str, ...]
    cycle: bool


def successors(document_id: str, documents: Mapping[str, Document]) -> Chain:
    """Return the chain of ``replaced_by`` from a document, itself first; of several successors all are followed."""
    order, waiting, cycle = [document_id], [(document_id, frozenset([document_id]))], False
    while waiting:
        here, before = waiting.pop(0)
        for following in documents[here].replaced_by if here in documents else ():
            cycle |= following in before
            if following not in order:
                order.append(following)
                waiting.append((following, before | {following}))
    return Chain(tuple(order), cycle)


def cycles(
    documents: Iterable[Document], column: Literal["replaced_by", "amended_by"]
) -> list[tuple[str, ...]]:
    """Return every set of documents that replace (or amend) each other in a circle, sorted; sound data has none."""
    from pilot.quality.duplicates import joined

    listed = list(documents)
    place = {document.document_id: number for number, document in enumerate(listed)}
    links = [
        (number, place[other]) for number, document in enumerate(listed)
        for other in getattr(document, column) if other in place
    ]  # fmt: skip
    alone = {a for a, b in links if a == b}
    groups: dict[int, list[str]] = {}
    for document, number in zip(listed, joined(len(listed), links, both_ways=True), strict=True):
        groups.setdefault(number, []).append(document.document_id)
    return sorted(tuple(sorted(one)) for one in groups.values() if len(one) > 1 or place[one[0]] in alone)


class Stale(NamedTuple):
    """An approved answer that rests on a document no longer in force: who, on what, and what came after."""

    where: str
    document_id: str
    successors: tuple[str, ...]


def stale_answers(data: Dataset, on: date) -> list[Stale]:
    """Return the answers, of questions and among the passages, that rest on what is expired on a day, in order."""
    documents = stated_ends(data.documents)
    rests = [(p.passage_id, p.document_id) for p in data.passages if p.kind == "answer" and p.document_id]
    rests += [(q.question_id, c.document_id) for q in data.questions if q.answer for c in q.citations]
    return [
        Stale(where, document_id, successors(document_id, documents).documents[1:])
        for where, document_id in dict.fromkeys(rests)
        if document_id in documents and validity(documents[document_id], on) == EXPIRED
    ]


def vanished_documents(path: Path) -> frozenset[str]:
    """Read ``documents_2025_2026.csv``: which documents the codification held in February 2025 and in January 2026.

    Returns
    -------
    frozenset of str
        Documents of the earlier list that the later lacks although their heading is filled in both: *probably* repealed
        or replaced. A weak sign: it can put a state in doubt, never make it expired.

    Raises
    ------
    InputError
        If the file is missing or lacks a column.
    """
    wanted = {"source_doc", "articles_2025", "articles_2026", "comparable"}
    faults: list[str] = []
    rows = [row for _, row in read_csv(path, faults)]
    if not rows or not wanted <= rows[0].keys():
        faults.append(
            f"expected the columns {', '.join(sorted(wanted))}, as in the list of the two snapshots"
        )
    raise_all(path, faults)
    held = {row["source_doc"] for row in rows if row["articles_2026"] != "0"}
    gone = {row["source_doc"] for row in rows if row["articles_2025"] != "0" and row["comparable"] == "1"}
    return frozenset(gone - held)

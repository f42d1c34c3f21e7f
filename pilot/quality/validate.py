"""Is a dataset sound? Every finding says where, what was found, and whether it is a fault."""

import unicodedata
from collections.abc import Collection, Iterator
from datetime import date
from typing import Literal, NamedTuple

from pilot.evaluate.audit import Finding as Straddling
from pilot.evaluate.audit import straddling_groups
from pilot.quality.currency import EXPIRED, cycles, stale_answers
from pilot.quality.split import question_groups
from pilot.sources import Dataset
from pilot.taxonomy import SPECIAL, taxonomy

Severity = Literal["error", "note"]
_LINKS: tuple[tuple[Literal["replaced_by", "amended_by"], str, Severity], ...] = (
    ("replaced_by", "replaced", "error"),
    ("amended_by", "amended", "note"),
)
"""How documents follow each other, and how grave it is if that is wrong."""


class Finding(NamedTuple):
    """One thing found: ``error`` makes a dataset unsound, ``note`` is for whoever uses it."""

    severity: Severity
    where: str
    message: str


def check(data: Dataset, on: date | None = None, vanished: Collection[str] = frozenset()) -> list[Finding]:
    """Return everything found in a dataset that could be loaded, faults first.

    Answers are held against the law of the day ``on``, if one is given, documents against those ``vanished`` from the
    codification (`pilot.quality.currency.vanished_documents`).
    """
    steps = (empty_texts, labels, links, dates, circles, leaks, repeated_passages)
    found = [finding for step in steps for finding in step(data)]
    if on is not None:
        found += stale(data, on)
    found += doubtful(data, vanished)
    return sorted(found, key=lambda finding: finding.severity)


def empty_texts(data: Dataset) -> Iterator[Finding]:
    """Find questions and passages without words, and text that is not NFC."""
    for question in data.questions:
        if not question.text:
            yield Finding("error", question.question_id, "the question has no text")
        elif not unicodedata.is_normalized("NFC", question.text):
            yield Finding("error", question.question_id, "the text is not in NFC")
    if empty := [passage.passage_id for passage in data.passages if not passage.text]:
        yield Finding("note", "passages", f"{len(empty)} without text, first {empty[0]}")


def labels(data: Dataset) -> Iterator[Finding]:
    """Find special labels that do not stand alone, and labels that are no topic where others are."""
    known = {*taxonomy().topics, *SPECIAL}
    used = {label for question in data.questions for label in question.fields}
    official = bool(used & known)
    for question in data.questions:
        if len(question.fields) > 1 and set(question.fields) & set(SPECIAL):
            message = "a special label stands beside another; it must stand alone"
            yield Finding("error", question.question_id, message)
        if official and (unknown := [label for label in question.fields if label not in known]):
            message = f"unknown field {', '.join(unknown)}; expected a topic 01 to 45 or {', '.join(SPECIAL)}"
            yield Finding("error", question.question_id, message)


def links(data: Dataset) -> Iterator[Finding]:
    """Find references to documents and passages that the dataset does not hold."""
    documents = {document.document_id for document in data.documents}
    passages = {passage.passage_id for passage in data.passages}
    for document in data.documents:
        for column, verb, severity in _LINKS:
            if missing := [other for other in getattr(document, column) if other not in documents]:
                message = f"{verb} by {', '.join(missing)}, not in documents.jsonl"
                yield Finding(severity, document.document_id, message)
    if documents:
        lost = {p.document_id for p in data.passages if p.document_id and p.document_id not in documents}
        lost |= {c.document_id for q in data.questions for c in q.citations if c.document_id not in documents}
        for document_id in sorted(lost):
            yield Finding("error", document_id, "is cited but not in documents.jsonl")
    if missing := sorted({other for p in data.passages for other in p.related if other not in passages}):
        message = f"{len(missing)} related passages are not in passages.jsonl, first {missing[0]}"
        yield Finding("note", "passages", message)


def dates(data: Dataset) -> Iterator[Finding]:
    """Find documents and passages that end before they begin."""
    spans = [(row.document_id, row.effective_from, row.effective_to) for row in data.documents]
    spans += [(row.passage_id, row.effective_from, row.effective_to) for row in data.passages]
    for where, begin, end in spans:
        if begin and end and end < begin:
            yield Finding("error", where, f"in force from {begin} to {end}, which ends before it begins")


def circles(data: Dataset) -> Iterator[Finding]:
    """Find documents that replace or amend each other in a circle."""
    for column, verb, severity in _LINKS:
        for circle in cycles(data.documents, column):
            message = f"{verb} in a circle: {', '.join(circle)}; one of the links is wrong"
            yield Finding(severity, circle[0], message)


def stale(data: Dataset, on: date) -> Iterator[Finding]:
    """Find answers that rest on a document no longer in force on a day."""
    for found in stale_answers(data, on):
        after = f", replaced by {', '.join(found.successors)}" if found.successors else ""
        message = f"the answer rests on {found.document_id}, {EXPIRED} as seen from {on}{after}"
        yield Finding("note", found.where, message)


def doubtful(data: Dataset, vanished: Collection[str]) -> Iterator[Finding]:
    """Find documents without an end that the codification has dropped: a sign of repeal, no proof."""
    message = "has vanished from the codification, no end is known; look whether it is still in force"
    for document in data.documents:
        if document.document_id in vanished and not (document.effective_to or document.replaced_by):
            yield Finding("note", document.document_id, message)


def leaks(data: Dataset) -> Iterator[Finding]:
    """Find groups of like questions, and documents of articles, that lie in more than one split."""
    for where, found in _straddling(data):
        yield Finding("error", where, found.message)


def leaking(data: Dataset) -> list[str]:
    """Return the ids of the questions and articles whose group lies in more than one split; sound data has none."""
    return [one for _, found in _straddling(data) for one in found.question_ids]


def _straddling(data: Dataset) -> Iterator[tuple[str, Straddling]]:
    import pandas as pd

    groups = pd.Series(question_groups(data.questions), dtype=object)
    splits = pd.Series({question.question_id: question.split for question in data.questions}, dtype=object)
    yield from (("splits", found) for found in straddling_groups(groups, splits))
    rows = {p.passage_id: (p.document_id, p.split) for p in data.passages if p.document_id and p.split}
    if rows:
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=["group", "split"])
        yield from (("passages", one) for one in straddling_groups(frame["group"], frame["split"]))


def repeated_passages(data: Dataset) -> Iterator[Finding]:
    """Count passages whose text occurs before."""
    seen: set[str] = set()
    twice = [p.passage_id for p in data.passages if p.text and (p.text in seen or seen.add(p.text))]  # type: ignore[func-returns-value]
    if twice:
        yield Finding("note", "passages", f"{len(twice)} repeat the text of another, first {twice[0]}")

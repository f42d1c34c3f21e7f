"""From material as read to a dataset one can trust: the steps of an import, in order, every change accounted for.

Text is normalised by the readers; then personal data, citations, duplicates and conflicts, groups, splits, currency.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pilot.progress import one_by_one
from pilot.quality.currency import stale_answers
from pilot.quality.freeze import Earlier, Move, deal_splits, freeze
from pilot.quality.privacy import redact, redact_question
from pilot.quality.split import Alike, alike_questions, group_numbers
from pilot.records import Judgment, Passage, Question
from pilot.sources import Dataset, write_folder
from pilot.sources.builder import SOURCE
from pilot.sources.citing import Names
from pilot.sources.imported import Account, Imported, csv_lines
from pilot.sources.spool import Spool, key_of

CHANGES = "changes.csv"
NOTHING = Earlier({}, {})
Table = tuple[Sequence[str], Spool[tuple[Any, ...]]]
"""Columns and rows."""


class Prepared(NamedTuple):
    """A dataset ready to be written: with the account of it, and the tables for whoever adjudicates."""

    dataset: Dataset
    account: Account
    tables: dict[str, Table]


def prepare(
    imported: Imported,
    way: str | None = None,
    earlier: Earlier = NOTHING,
    on: date | None = None,
    private: bool = False,
) -> Prepared:
    """Run the steps.

    Parameters
    ----------
    imported
        What a reader returned; its account is added to.
    way
        How splits are dealt: ``group``, ``date`` or ``document``; None: as the source has them.
    earlier
        Assignments of an earlier import, which are kept.
    on
        The day on which answers must rest on law in force; None: not looked at.
    private
        Whether personal data is replaced: yes for what citizens wrote, no for published sets, which stay as they are.
    """
    data, account = imported
    if private:
        data = without_personal_data(data, account)
    data = with_citations(data, account)
    alike = alike_questions(data.questions)
    data = with_groups(data, account, alike)
    data, moves = with_splits(data, way, earlier, account)
    if on is not None:
        data = with_stale(data, on, account)
    ends = ("first", "second", "overlap")
    tables = {
        "duplicates.csv": (ends, duplicates(data.questions, alike)),
        "conflicts.csv": ((*ends, "what", "first_value", "second_value"), conflicts(data.questions, alike)),
        "moved.csv": (Move._fields, moves),
    }
    full = {name: (columns, Spool[tuple[Any, ...]](rows)) for name, (columns, rows) in tables.items()}
    return Prepared(data, account, {name: table for name, table in full.items() if table[1]})


def without_personal_data(data: Dataset, account: Account) -> Dataset:
    """Return the dataset with typed placeholders for personal data in questions and answers; articles are public."""
    questions: Spool[Question] = Spool()
    answered: dict[bytes, int] = {}
    for question in one_by_one(data.questions, "personal data"):
        redacted, found = redact_question(question)
        for kind in sorted({finding.kind for finding in found}):
            account.note(question.question_id, f"personal data replaced: {kind}")
        answered.setdefault(key_of(question.answer or ""), len(questions))
        questions.append(redacted)

    def redacted_answer(passage: Passage) -> Passage:
        if passage.kind != "answer":
            return passage
        place = answered.get(key_of(passage.text))
        text = redact(passage.text)[0] if place is None else questions[place].answer or ""
        return dataclasses.replace(passage, text=text)

    return data.replaced(questions=questions, passages=Spool(map(redacted_answer, data.passages)))


def with_citations(data: Dataset, account: Account) -> Dataset:
    """Return the dataset, questions without citations given those in their own words and in their answer."""
    names = Names(data.documents)
    known = {document.document_id for document in data.documents}

    def cited(question: Question) -> Question:
        if question.citations:
            return question
        found = names.resolve(f"{question.text}\n{question.answer or ''}", question.asked_on).citations
        # A dataset that has documents has all that it cites (`pilot data check`).
        kept = tuple(citation for citation in found if not known or citation.document_id in known)
        if kept:
            account.note(question.question_id, "citations read from the text")
        if len(kept) < len(found):
            account.note(
                question.question_id, "citation in the text left: its document is not in the dataset"
            )
        return dataclasses.replace(question, citations=kept) if kept else question

    return data.replaced(questions=Spool(map(cited, one_by_one(data.questions, "citations"))))


def with_groups(data: Dataset, account: Account, alike: Alike) -> Dataset:
    """Return the dataset with near-duplicate questions in one group, so that they never straddle splits."""
    numbers = group_numbers(data.questions, alike=alike)
    sizes = Counter(numbers)
    first: dict[int, str] = {}
    grouped: Spool[Question] = Spool()
    for question, number in zip(data.questions, numbers, strict=True):
        leader = first.setdefault(number, question.question_id)
        alone = sizes[number] == 1 or question.group_id is not None
        grouped.append(question if alone else dataclasses.replace(question, group_id=leader))
        if not alone:
            account.note(question.question_id, "put into one group with near duplicates")
    return data.replaced(questions=grouped)


def with_splits(
    data: Dataset, way: str | None, earlier: Earlier, account: Account
) -> tuple[Dataset, list[Move]]:
    """Return the dataset with its splits dealt, if asked for, and earlier assignments kept; and what moved."""
    if way is None and not earlier.splits:
        return data, []
    groups = {question.question_id: question.group for question in data.questions}
    wanted = {question.question_id: question.split for question in data.questions}
    if way is not None:
        wanted = deal_splits(data.questions, groups, way)  # type: ignore[assignment]
    splits, moves = freeze(data.questions, groups, wanted, earlier)
    changed: Spool[Question] = Spool()
    for question in data.questions:
        split = splits[question.question_id]
        if split != question.split:
            account.note(question.question_id, f"split {question.split} became {split}")
        changed.append(dataclasses.replace(question, split=split))  # type: ignore[arg-type]
    return data.replaced(questions=changed), moves


def with_stale(data: Dataset, on: date, account: Account) -> Dataset:
    """Return the dataset, grades of answers marked as stale that rest on what is not in force on a day."""
    found = stale_answers(data, on)
    for one in found:
        after = f"; after it came {', '.join(one.successors)}" if one.successors else ""
        account.note(
            f"{one.where} ({one.document_id}{after})", "answer rests on a document no longer in force"
        )
    stale = {one.where for one in found}
    answers = {passage.passage_id for passage in data.passages if passage.kind == "answer"}

    def marked(judgment: Judgment) -> Judgment:
        rests = judgment.passage_id in stale or (judgment.question_id in stale and judgment.rater == SOURCE)
        return (
            dataclasses.replace(judgment, stale=True)
            if rests and judgment.passage_id in answers
            else judgment
        )

    return data.replaced(judgments=Spool(map(marked, data.judgments))) if stale else data


def duplicates(questions: Sequence[Question], alike: Alike) -> Iterator[tuple[Any, ...]]:
    """Yield the ids of near duplicates with their overlap."""
    for i, j, overlap in alike:
        yield questions[i].question_id, questions[j].question_id, round(overlap, 3)


def conflicts(questions: Sequence[Question], alike: Alike) -> Iterator[tuple[Any, ...]]:
    """Yield the near duplicates that have other labels or another answer, for a person to decide."""
    for i, j, overlap in alike:
        one, other = questions[i], questions[j]
        ends = (one.question_id, other.question_id, round(overlap, 3))
        if one.fields and other.fields and set(one.fields) != set(other.fields):
            yield *ends, "fields", "; ".join(one.fields), "; ".join(other.fields)
        if one.answer and other.answer and one.answer != other.answer:
            yield *ends, "answer", one.answer, other.answer


def write_imported(prepared: Prepared, out: Path, source: str) -> None:
    """Write a dataset folder with all tables, all or nothing; ``source`` names where it came from."""
    data, account, tables = prepared
    lines = "\n".join(f"* {line}" for line in account.summary()) or "* none"
    about = f"# {data.name}\n\nImported from {source}.\n\nRows changed or dropped (all in `{CHANGES}`):\n\n{lines}\n"
    lists = {name: csv_lines(columns, rows) for name, (columns, rows) in tables.items()}
    write_folder(data, out, about, extra={CHANGES: account.table(), **lists})

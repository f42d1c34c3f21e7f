"""From material as read to a dataset one can trust: the steps of an import, in order, every change accounted for.

Text is normalised by the readers; then personal data, citations, duplicates and conflicts, groups, splits, currency.
"""

import csv
import dataclasses
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pilot.quality.currency import stale_answers
from pilot.quality.freeze import Earlier, Move, deal_splits, freeze
from pilot.quality.privacy import redact, redact_together
from pilot.quality.split import alike_questions, question_groups
from pilot.records import Question
from pilot.sources import Dataset, write_folder
from pilot.sources.citing import Names
from pilot.sources.csv_folder import cell_of
from pilot.sources.imported import Account, Imported
from pilot.sources.material import SOURCE

CHANGES = "changes.csv"
NOTHING = Earlier({}, {})


class Prepared(NamedTuple):
    """A dataset ready to be written: with the account of it, and the tables for whoever adjudicates."""

    dataset: Dataset
    account: Account
    tables: dict[str, str]


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
    data = with_groups(data, account)
    data, moves = with_splits(data, way, earlier, account)
    if on is not None:
        data = with_stale(data, on, account)
    alike = alike_questions(data.questions)
    pairs = [(data.questions[i], data.questions[j], overlap) for i, j, overlap in alike]
    tables = {
        "duplicates.csv": _table(("first", "second", "overlap"), duplicates(pairs)),
        "conflicts.csv": _table(
            ("first", "second", "overlap", "what", "first_value", "second_value"), conflicts(pairs)
        ),
        "moved.csv": _table(Move._fields, moves),
    }
    return Prepared(data, account, {name: text for name, text in tables.items() if text})


def without_personal_data(data: Dataset, account: Account) -> Dataset:
    """Return the dataset with typed placeholders for personal data in questions and answers; articles are public."""
    questions: list[Question] = []
    answers: dict[str, str] = {}
    for question in data.questions:
        (text, first), (answer, second) = redact_together([question.text, question.answer or ""])
        for kind in sorted({finding.kind for finding in (*first, *second)}):
            account.note(question.question_id, f"personal data replaced: {kind}")
        answers.setdefault(question.answer or "", answer)
        questions.append(dataclasses.replace(question, text=text, answer=answer or None))
    passages = [
        dataclasses.replace(passage, text=answers.get(passage.text) or redact(passage.text)[0])
        if passage.kind == "answer"
        else passage
        for passage in data.passages
    ]
    return data.replaced(questions=questions, passages=passages)


def with_citations(data: Dataset, account: Account) -> Dataset:
    """Return the dataset, questions without citations given those in their own words and in their answer."""
    names = Names(data.documents)
    known = {document.document_id for document in data.documents}
    cited: list[Question] = []
    for question in data.questions:
        if question.citations:
            cited.append(question)
            continue
        found = names.resolve(f"{question.text}\n{question.answer or ''}", question.asked_on).citations
        # A dataset that has documents has all that it cites (`pilot data check`).
        kept = tuple(citation for citation in found if not known or citation.document_id in known)
        if kept:
            account.note(question.question_id, "citations read from the text")
        if len(kept) < len(found):
            account.note(
                question.question_id, "citation in the text left: its document is not in the dataset"
            )
        cited.append(dataclasses.replace(question, citations=kept) if kept else question)
    return data.replaced(questions=cited)


def with_groups(data: Dataset, account: Account) -> Dataset:
    """Return the dataset with near-duplicate questions in one group, so that they never straddle splits."""
    groups = question_groups(data.questions)
    sizes = Counter(groups.values())
    first: dict[str, str] = {}
    grouped: list[Question] = []
    for question in data.questions:
        group = groups[question.question_id]
        leader = first.setdefault(group, question.question_id)
        alone = sizes[group] == 1 or question.group_id is not None
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
    for question in data.questions:
        if splits[question.question_id] != question.split:
            account.note(
                question.question_id, f"split {question.split} became {splits[question.question_id]}"
            )
    changed = [dataclasses.replace(q, split=splits[q.question_id]) for q in data.questions]  # type: ignore[arg-type]
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
    judged = [
        dataclasses.replace(judgment, stale=True)
        if judgment.passage_id in answers
        and (judgment.passage_id in stale or (judgment.question_id in stale and judgment.rater == SOURCE))
        else judgment
        for judgment in data.judgments
    ]
    return data.replaced(judgments=judged)


Pairs = Sequence[tuple[Question, Question, float]]


def duplicates(pairs: Pairs) -> list[tuple[Any, ...]]:
    """Return the ids of near duplicates with their overlap."""
    return [(one.question_id, other.question_id, round(overlap, 3)) for one, other, overlap in pairs]


def conflicts(pairs: Pairs) -> list[tuple[Any, ...]]:
    """Return the near duplicates that have other labels or another answer, for a person to decide."""
    found: list[tuple[Any, ...]] = []
    for one, other, overlap in pairs:
        ends = (one.question_id, other.question_id, round(overlap, 3))
        if one.fields and other.fields and set(one.fields) != set(other.fields):
            found.append((*ends, "fields", "; ".join(one.fields), "; ".join(other.fields)))
        if one.answer and other.answer and one.answer != other.answer:
            found.append((*ends, "answer", one.answer, other.answer))
    return found


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV, harmless to spreadsheet programs; empty without rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    lines = [[cell_of(value) for value in row] for row in rows]
    writer.writerows([columns, *lines])
    return buffer.getvalue() if lines else ""


def write_imported(prepared: Prepared, out: Path, source: str) -> None:
    """Write a dataset folder with all tables, all or nothing; ``source`` names where it came from."""
    data, account, tables = prepared
    lines = "\n".join(f"* {line}" for line in account.summary()) or "* none"
    about = f"# {data.name}\n\nImported from {source}.\n\nRows changed or dropped (all in `{CHANGES}`):\n\n{lines}\n"
    write_folder(data, out, about, extra={CHANGES: account.table(), **tables})

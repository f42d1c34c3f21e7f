"""Splits that stay: dealt once by group, date or document, kept at every later import, every move told."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pilot.quality.duplicates import joined, sharing
from pilot.quality.split import deal
from pilot.records import InputError, Question
from pilot.sources.rows import raise_all, read_jsonl
from pilot.text import normalise

SPLITS = ("train", "dev", "test")
SHARES = (0.7, 0.1, 0.2)
WAYS = ("group", "date", "document")


class Earlier(NamedTuple):
    """Assignments of an earlier import: question_id -> text, question_id -> split."""

    texts: Mapping[str, str]
    splits: Mapping[str, str]


class Move(NamedTuple):
    """A question whose split is not what it was: ``before`` is empty for a new one, ``after`` for one that is gone."""

    question_id: str
    before: str
    after: str
    why: str


def read_earlier(folder: Path) -> Earlier:
    """Return the assignments of a dataset folder; none if it is not there or holds no questions."""
    file = folder / "questions.jsonl"
    faults: list[str] = []
    rows = [row for _, row in read_jsonl(file, faults)] if file.is_file() else []
    raise_all(folder, faults)
    return Earlier(
        {str(row.get("question_id")): normalise(str(row.get("text"))) for row in rows},
        {str(row.get("question_id")): str(row.get("split")) for row in rows},
    )


def document_groups(questions: Sequence[Question], groups: Mapping[str, str]) -> dict[str, str]:
    """Return question_id -> group, groups joined that cite the same document."""
    links = sharing(
        [("group", groups[q.question_id]), *(("document", c.document_id) for c in q.citations)]
        for q in questions
    )
    numbers = joined(len(questions), links)
    first: dict[int, str] = {}
    return {
        question.question_id: first.setdefault(number, groups[question.question_id])
        for question, number in zip(questions, numbers, strict=True)
    }


def deal_splits(
    questions: Sequence[Question], groups: Mapping[str, str], way: str, seed: int = 0
) -> dict[str, str]:
    """Return question_id -> split, whole groups, 70 % train, 10 % dev, 20 % test as near as the groups allow.

    Parameters
    ----------
    questions
        What is dealt.
    groups
        question_id -> group.
    way
        ``group``: main fields spread evenly; ``document``: the same, questions that cite one document together;
        ``date``: the oldest groups to train, the newest to test, undated ones counted as oldest.
    seed
        Of the order of groups alike in size or date.

    Raises
    ------
    InputError
        If the way is unknown.
    """
    if way not in WAYS:
        raise InputError(f"unknown way of splitting {way!r}; expected {', '.join(WAYS)}")
    if way == "date":
        return _by_date(questions, groups, seed)
    if way == "document":
        groups = document_groups(questions, groups)
    return {question: SPLITS[part] for question, part in deal(questions, groups, SHARES, seed).items()}


def _by_date(questions: Sequence[Question], groups: Mapping[str, str], seed: int) -> dict[str, str]:
    newest: dict[str, str] = {}
    for question in questions:
        group = groups[question.question_id]
        newest[group] = max(newest.get(group, ""), question.asked_on.isoformat() if question.asked_on else "")
    order = sorted(newest)
    random.Random(seed).shuffle(order)
    order.sort(key=lambda group: newest[group])
    sizes = Counter(groups.values())
    found: dict[str, str] = {}
    passed = 0
    for group in order:
        middle = (passed + sizes[group] / 2) / len(questions)
        found[group] = "train" if middle < SHARES[0] else "dev" if middle < SHARES[0] + SHARES[1] else "test"
        passed += sizes[group]
    return {question: found[group] for question, group in groups.items()}


def freeze(
    questions: Sequence[Question], groups: Mapping[str, str], wanted: Mapping[str, str], earlier: Earlier
) -> tuple[dict[str, str], list[Move]]:
    """Return question_id -> split with earlier assignments kept, and what moved.

    A question is known again by its text, else by its id. A group goes where most of its known members were, on a
    tie to test before dev before train; a group without any goes where ``wanted`` puts it.
    """
    by_text = {text: earlier.splits[question] for question, text in earlier.texts.items()}
    before = {
        question.question_id: by_text.get(question.text) or earlier.splits.get(question.question_id, "")
        for question in questions
    }
    votes: dict[str, Counter[str]] = {}
    for question_id, split in before.items():
        if split:
            votes.setdefault(groups[question_id], Counter())[split] += 1
    kept = {
        group: max(count, key=lambda split: (count[split], SPLITS.index(split) if split in SPLITS else -1))
        for group, count in votes.items()
    }
    after = {
        question.question_id: kept.get(groups[question.question_id], wanted[question.question_id])
        for question in questions
    }
    moves = [
        Move(
            question_id, before[question_id], split, "its group lies there" if before[question_id] else "new"
        )
        for question_id, split in after.items()
        if split != before[question_id] and earlier.splits
    ]
    here = {question.text for question in questions} | set(after)
    gone = [one for one, text in earlier.texts.items() if text not in here and one not in here]
    return after, [*moves, *(Move(one, earlier.splits[one], "", "gone") for one in gone)]

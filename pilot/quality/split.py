"""Dealing questions into parts so that no group straddles two of them."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from pilot.quality.duplicates import contained, joined, near_duplicates
from pilot.records import Question

MOST_EXACT = 20_000
"""More questions than this are held against each other by MinHash, which finds only the closer pairs."""


def question_groups(questions: Sequence[Question], by_citation: bool = False) -> dict[str, str]:
    """Return question_id -> group: what must not be learnt from when the other is scored.

    Questions are joined that share their own group or are near duplicates of each other; for telling fields apart
    (``by_citation``) also those whose first citation is the same article, because its words give the field away.
    Passages asked as questions keep their document as group.
    """
    keys = [[question.group] for question in questions]
    if by_citation:
        for key, question in zip(keys, questions, strict=True):
            key += [repr(citation) for citation in question.citations[:1]]
    holders: dict[str, int] = {}
    links = [(holders.setdefault(key, place), place) for place, own in enumerate(keys) for key in own]
    asked = [place for place, question in enumerate(questions) if question.source != "passage"]
    texts = [questions[place].text for place in asked]
    alike = contained(texts) if len(texts) <= MOST_EXACT else [pair[:2] for pair in near_duplicates(texts)]
    links += [(asked[i], asked[j]) for i, j in alike]
    numbers = joined(len(questions), links)
    names: dict[int, str] = {}
    return {
        question.question_id: names.setdefault(number, question.group)
        for question, number in zip(questions, numbers, strict=True)
    }


def alike_questions(questions: Sequence[Question]) -> list[tuple[int, int, float]]:
    """Return the positions of near duplicates among the questions, with their overlap; passages are left out."""
    asked = [place for place, question in enumerate(questions) if question.source != "passage"]
    return [
        (asked[i], asked[j], overlap) for i, j, overlap in near_duplicates([questions[p].text for p in asked])
    ]


def deal(
    questions: Sequence[Question], groups: Mapping[str, str], shares: Sequence[float], seed: int
) -> dict[str, int]:
    """Return question_id -> part, whole groups, each part as near its share as the groups allow.

    Parameters
    ----------
    questions
        What is dealt.
    groups
        question_id -> group.
    shares
        Of each part; they sum to one. Main fields are spread by the same shares where groups allow.
    seed
        Of the order in which groups of one size are dealt; the largest go first.
    """
    members: dict[str, list[Question]] = {}
    for question in questions:
        members.setdefault(groups[question.question_id], []).append(question)
    order = sorted(members)
    random.Random(seed).shuffle(order)
    order.sort(key=lambda group: -len(members[group]))
    filled = [Counter[str]() for _ in shares]
    sizes = [0] * len(shares)
    parts: dict[str, int] = {}
    for group in order:
        main = Counter(question.fields[0] if question.fields else "" for question in members[group])
        label = main.most_common(1)[0][0]
        part = min(
            (p for p in range(len(shares)) if shares[p] > 0),
            key=lambda p: ((filled[p][label] + 1) / shares[p], (sizes[p] + 1) / shares[p], p),
        )
        filled[part].update(main)
        sizes[part] += len(members[group])
        parts |= {question.question_id: part for question in members[group]}
    return parts


def assign_folds(
    questions: Sequence[Question], groups: Mapping[str, str], folds: int, seed: int
) -> dict[str, int]:
    """Return question_id -> fold, 0 to ``folds - 1``, whole groups."""
    return deal(questions, groups, [1 / folds] * folds, seed)


def cut_dev(
    questions: Sequence[Question], groups: Mapping[str, str], share: float, seed: int
) -> tuple[list[Question], list[Question]]:
    """Return (train, dev), whole groups, dev about ``share`` of the questions."""
    part = deal(questions, groups, [1 - share, share], seed)
    train, dev = ([q for q in questions if part[q.question_id] == p] for p in (0, 1))
    return (train, dev) if train else (dev, [])

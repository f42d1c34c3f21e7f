"""Dealing questions into parts so that no group straddles two of them."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from pilot.quality.duplicates import contained, joined, near_duplicates, sharing
from pilot.records import Question
from pilot.sources.spool import Spool, key_of

MOST_EXACT = 20_000
"""More questions than this are held against each other by MinHash, which finds only the closer pairs."""


Alike = Sequence[tuple[int, int, float]]
"""Pairs of positions of near duplicates, with their overlap."""


def question_groups(questions: Sequence[Question], by_citation: bool = False) -> dict[str, str]:
    """Return question_id -> group: what must not be learnt from when the other is scored.

    The group bears the name of its first question's own; see `group_numbers`.
    """
    names: dict[int, str] = {}
    numbers = group_numbers(questions, by_citation)
    return {
        question.question_id: names.setdefault(number, question.group)
        for question, number in zip(questions, numbers, strict=True)
    }


def group_numbers(
    questions: Sequence[Question], by_citation: bool = False, alike: Alike | None = None
) -> list[int]:
    """Return the number of each question's group.

    Questions are joined that share their own group or are near duplicates of each other; for telling fields apart
    (``by_citation``) also those whose first citation is the same article, because its words give the field away.
    Passages asked as questions keep their document as group.

    Parameters
    ----------
    questions
        Of any number.
    by_citation
        Whether to join by the first citation.
    alike
        What `alike_questions` found, if it is known already.
    """
    links = sharing(
        map(key_of, (question.group, *(repr(one) for one in question.citations[:1] if by_citation)))
        for question in questions
    )
    places = _asked(questions)
    if len(places) <= MOST_EXACT:
        links += [(places[i], places[j]) for i, j in contained([questions[place].text for place in places])]
    else:
        links += [(i, j) for i, j, _ in (alike_questions(questions) if alike is None else alike)]
    return joined(len(questions), links)


def alike_questions(questions: Sequence[Question]) -> list[tuple[int, int, float]]:
    """Return the positions of near duplicates among the questions, with their overlap; passages are left out."""
    places = _asked(questions)
    texts = (questions[place].text for place in places)
    found = near_duplicates(Spool(texts) if isinstance(questions, Spool) else list(texts))
    return [(places[i], places[j], overlap) for i, j, overlap in found]


def _asked(questions: Sequence[Question]) -> list[int]:
    """Return the positions of the questions that are no passages."""
    return [place for place, question in enumerate(questions) if question.source != "passage"]


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
    members: dict[str, list[tuple[str, str]]] = {}
    for question in questions:
        main = question.fields[0] if question.fields else ""
        members.setdefault(groups[question.question_id], []).append((question.question_id, main))
    order = sorted(members)
    random.Random(seed).shuffle(order)
    order.sort(key=lambda group: -len(members[group]))
    filled = [Counter[str]() for _ in shares]
    sizes = [0] * len(shares)
    parts: dict[str, int] = {}
    for group in order:
        mains = Counter(main for _, main in members[group])
        label = mains.most_common(1)[0][0]
        part = min(
            (p for p in range(len(shares)) if shares[p] > 0),
            key=lambda p: ((filled[p][label] + 1) / shares[p], (sizes[p] + 1) / shares[p], p),
        )
        filled[part].update(mains)
        sizes[part] += len(members[group])
        parts |= {question_id: part for question_id, _ in members[group]}
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

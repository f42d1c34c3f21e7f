"""What a person needs to see of a ranked list: each answer once, and the clause that decides."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from pilot.quality.duplicates import near_duplicates
from pilot.rank.tokens import syllables
from pilot.records import Passage

_CLAUSE = re.compile(r"(?:(?<=\s)|^)(\d{1,2})\.\s")


class Clause(NamedTuple):
    """A numbered clause (khoản) of an article."""

    number: str
    text: str


def clauses(text: str) -> list[Clause]:
    """Return the clauses ``1.``, ``2.`` and so on of an article; none if it is not numbered so from 1."""
    marks: list[re.Match[str]] = []
    for match in _CLAUSE.finditer(text):
        if int(match[1]) == len(marks) + 1:
            marks.append(match)
    ends = [*(mark.start() for mark in marks[1:]), len(text)][: len(marks)]
    return [Clause(mark[1], text[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=True)]


def deciding_clause(question: str, passage: Passage) -> Clause | None:
    """Return the clause that shares most with the question; None if the article has none or nothing is shared.

    Shared are syllables and pairs of neighbours, each counting the less the more clauses have it; of equal clauses
    the first.
    """
    found = clauses(passage.text)
    asked = _grams(question)
    held = [_grams(clause.text) for clause in found]
    scores = [sum(1 / sum(gram in other for other in held) for gram in asked & own) for own in held]
    best = max(range(len(found)), key=scores.__getitem__, default=None)
    return found[best] if best is not None and scores[best] > 0 else None


def collapse(passages: Sequence[Passage]) -> list[list[Passage]]:
    """Return the passages in order, near duplicates of an earlier one behind it instead of at their own place."""
    first = list(range(len(passages)))
    for earlier, later, _ in near_duplicates([passage.full_text for passage in passages]):
        first[later] = min(first[later], first[earlier])
    return [
        [passage for passage, head in zip(passages, first, strict=True) if head == place]
        for place in range(len(passages))
        if first[place] == place
    ]


def _grams(text: str) -> set[str]:
    own = syllables(text)
    return {*own, *(f"{left} {right}" for left, right in pairwise(own))}

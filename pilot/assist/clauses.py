"""The khoản of a passage that decides a question."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

_CLAUSE = re.compile(r"^(?:Khoản\s+)?(?P<number>\d{1,2}[a-zđ]?)\s*\.\s+", re.MULTILINE)
_WORD = re.compile(r"\w+")
LEAD = 1.5
"""How many times as much as the second the first clause must hold of the question to be called deciding."""


class Clause(NamedTuple):
    """A khoản as it is stored."""

    number: str
    text: str


def clauses(text: str) -> list[Clause]:
    """Return the numbered clauses of a passage, in order; what stands before the first is no clause."""
    marks = list(_CLAUSE.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [
        Clause(mark["number"], text[mark.start() : end].strip())
        for mark, end in zip(marks, ends, strict=False)
    ]


def deciding(text: str, question: str, weight: Callable[[str], float]) -> Clause | None:
    """Return the clause that holds most of the question; None if there are no two clauses or none leads clearly.

    Parameters
    ----------
    text
        Of the passage.
    question
        As it is searched.
    weight
        What a syllable tells, such as its inverse document frequency; 0 for those no passage has.
    """
    found = clauses(text)
    if len(found) < 2:
        return None
    asked = _terms(question)
    scores = sorted(((_held(_terms(c.text), asked, weight), -i) for i, c in enumerate(found)), reverse=True)
    (best, place), (second, _) = scores[:2]
    return found[-place] if best > 0 and best >= LEAD * second else None


def _terms(text: str) -> list[str]:
    """Return syllables and pairs of neighbours."""
    words = _WORD.findall(text.lower())
    return [*words, *map(" ".join, pairwise(words))]


def _held(own: Sequence[str], asked: Sequence[str], weight: Callable[[str], float]) -> float:
    return sum(_weight(term, weight) for term in set(own) & set(asked))


def _weight(term: str, weight: Callable[[str], float]) -> float:
    """Return what a term tells: a pair as much as both of its syllables."""
    return sum(map(weight, term.split()))

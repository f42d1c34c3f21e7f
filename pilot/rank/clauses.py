"""The numbered clauses of an article."""

import re
from typing import NamedTuple

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

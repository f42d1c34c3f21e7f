"""What of a passage is read for an index, passage by passage."""

import re
from collections.abc import Iterator, Sequence

from pilot.progress import one_by_one
from pilot.records import Passage

_ARTICLE = re.compile(r"\s*Điều\s+\d+\w*\s*[.:]?\s*")
_CLAUSE = re.compile(r"\s*(?:\d+|[a-zđ])\s*[.)]")
_LONGEST_HEADING = 30
_HEAD_LINES = 4


def texts_of(passages: Sequence[Passage], part: str) -> Iterator[str]:
    """Yield the ``full`` text, ``title`` or ``path`` of each passage, none of them held."""
    for passage in one_by_one(passages, f"reading: {part}"):
        if part == "full":
            yield passage.full_text
        else:
            yield heading(passage) if part == "title" else passage.path or ""


def heading(passage: Passage) -> str:
    """Return the title, and with it the heading that the text begins with, if there is one.

    That is what follows ``Điều 5.`` in one of the first lines, else a short first line that is no clause.
    """
    lines = passage.text.split("\n", _HEAD_LINES)
    for line in lines[:_HEAD_LINES]:
        if match := _ARTICLE.match(line):
            return f"{passage.title}. {line[match.end() :]}"
    first = lines[0]
    if len(lines) == 1 or _CLAUSE.match(first) or len(first.split()) > _LONGEST_HEADING:
        return passage.title
    return f"{passage.title}. {first}"

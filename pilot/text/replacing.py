"""What a new legal document says of older ones: replaced, repealed, amended, without effect from a day on."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from pilot.text.citations import find_citations

Action = Literal["replaces", "repeals", "amends"]
DAY = r"ngày\s+(?:(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})|(\d{1,2})[/-](\d{1,2})[/-](\d{4}))"
"""A day as legal documents write it: six groups, three of them filled."""


class Replacement(NamedTuple):
    """One older document that a clause acts on.

    Attributes
    ----------
    document_id
        Its number.
    action
        What happens to it; ``hết hiệu lực`` counts as repealed.
    whole
        Whether all of it is concerned; parts, and wholes with exceptions, are not.
    on
        The first day without effect, if the clause names one; else it is the day the new document takes effect.
    """

    document_id: str
    action: Action
    whole: bool
    on: date | None


_SENTENCE = re.compile(r"(?:[^\n;.]|\.(?!\s))+")
_ACTS: tuple[tuple[re.Pattern[str], Action, bool], ...] = (
    (re.compile(r"hết hiệu lực|không còn hiệu lực", re.IGNORECASE), "repeals", True),
    (
        re.compile(r"(?<!được )thay thế(?: cho)?(?! (?:các |một số )?(?:cụm )?từ)", re.IGNORECASE),
        "replaces",
        False,
    ),
    (re.compile(r"(?<!được )bãi bỏ(?! (?:các |một số )?(?:cụm )?từ)", re.IGNORECASE), "repeals", False),
    (re.compile(r"(?<!được )(?<!bị )sửa đổi(?:,\s*| và )?(?:bổ sung)?", re.IGNORECASE), "amends", False),
)
"""Words, what they mean, and whether the documents meant stand before them."""
_HISTORY = re.compile(
    r"(?:đã\s+)?được\s+(?:sửa đổi|bổ sung|thay thế).*?(?=hết hiệu lực|không còn hiệu lực|$)", re.IGNORECASE
)
_PARTS = re.compile(
    r"\b(?:điều|khoản|điểm|chương|mục|phụ lục|cụm từ|mẫu|một số|một phần|quy định tại|nội dung)\b",
    re.IGNORECASE,
)
_EXCEPT = re.compile(r"\btrừ\b|\bngoại trừ\b", re.IGNORECASE)


def find_replacements(text: str) -> list[Replacement]:
    """Return what the clauses of ``text`` (NFC) do to older documents named by number, in order, once each.

    One clause is one sentence or one line. Laws that only tell how an older document had been amended before
    (``đã được sửa đổi, bổ sung theo Luật số …``) are left out, so are clauses about single words.
    """
    return list(dict.fromkeys(found for one in _SENTENCE.finditer(text) for found in _clause(one.group())))


def _clause(sentence: str) -> Iterator[Replacement]:
    plain = _HISTORY.sub(lambda match: " " * len(match.group()), sentence)
    for words, action, before in _ACTS:
        match = words.search(plain)
        if not match:
            continue
        span = plain[: match.start()] if before else plain[match.end() :]
        on = read_day(sentence[match.end() :]) if before else None
        excepted = bool(_EXCEPT.search(sentence))
        place = 0
        for found in find_citations(span):
            parted = found.article is not None or bool(_PARTS.search(span[place : found.start]))
            place = found.end
            if found.document_id:
                yield Replacement(
                    found.document_id, action, not (parted or excepted or action == "amends"), on
                )
        return


def read_day(text: str) -> date | None:
    """Return the first day that ``text`` names; None if it names none there is."""
    match = re.search(DAY, text, re.IGNORECASE)
    if not match:
        return None
    day, month, year = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None

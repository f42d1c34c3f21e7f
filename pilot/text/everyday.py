"""Everyday wording put beside the wording of the law."""

import re
from functools import cache

from pilot.text.words import any_of, word_lists


def add_legal_terms(text: str) -> str:
    """Return ``text`` followed by the law's words for everyday ones: ``sổ đỏ`` (giấy chứng nhận quyền sử dụng đất).

    For ranking: nothing typed is lost. The longest wording counts where several begin at one place.
    """
    terms, pattern = _known()
    lower = text.lower()
    added = dict.fromkeys(terms[match.group()] for match in pattern.finditer(lower))
    new = [term for term in added if term.lower() not in lower]
    return f"{text} ({'; '.join(new)})" if new else text


@cache
def _known() -> tuple[dict[str, str], re.Pattern[str]]:
    """Return everyday wording -> the law's, and the pattern of all everyday wordings."""
    terms = {
        wording.strip().lower(): legal
        for wordings, legal in word_lists()["everyday"].items()
        for wording in wordings.split("|")
    }
    return terms, re.compile(rf"(?<!\w)(?:{any_of(terms)})(?!\w)")

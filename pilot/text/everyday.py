"""Everyday wording put beside the wording of the law."""

import re
from functools import lru_cache
from pathlib import Path

LIST = Path(__file__).parent / "data" / "everyday.txt"


def add_legal_terms(text: str) -> str:
    """Return ``text`` followed by the law's words for everyday ones: ``sổ đỏ`` (giấy chứng nhận quyền sử dụng đất).

    For ranking: nothing typed is lost. The longest wording counts where several begin at one place.
    """
    terms, pattern = _known()
    lower = text.lower()
    added = dict.fromkeys(terms[match.group()] for match in pattern.finditer(lower))
    new = [term for term in added if term.lower() not in lower]
    return f"{text} ({'; '.join(new)})" if new else text


@lru_cache(maxsize=1)
def _known() -> tuple[dict[str, str], re.Pattern[str]]:
    """Return everyday wording -> the law's, and the pattern of all everyday wordings."""
    terms: dict[str, str] = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            everyday, legal = line.split("=")
            terms |= {wording.strip().lower(): legal.strip() for wording in everyday.split("|")}
    wordings = sorted(map(re.escape, terms), key=len, reverse=True)
    return terms, re.compile(rf"(?<!\w)(?:{'|'.join(wordings)})(?!\w)")

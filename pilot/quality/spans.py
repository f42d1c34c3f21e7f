"""What the finders of personal data share: kinds, spans, patterns for text with and without accents."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pilot.text.letters import MARKED_LETTERS, has_accent, strip_accents

KINDS = {
    "EMAIL": "THƯ ĐIỆN TỬ",
    "PLATE": "BIỂN SỐ XE",
    "ID": "SỐ GIẤY TỜ TÙY THÂN",
    "PASSPORT": "SỐ HỘ CHIẾU",
    "PHONE": "SỐ ĐIỆN THOẠI",
    "TAX": "MÃ SỐ THUẾ",
    "BANK": "SỐ TÀI KHOẢN",
    "SOCIAL": "SỐ BẢO HIỂM",
    "BIRTH": "NGÀY SINH",
    "ADDRESS": "ĐỊA CHỈ",
    "NAME": "HỌ TÊN",
}
"""Kind of personal data -> what its placeholder says."""

MASK = "\u25ae"
"""Stands for one thing already found; no finder matches it."""
UPPER = "".join(sorted(letter for letter in MARKED_LETTERS if letter.isupper()))


class Span(NamedTuple):
    """A value found: its kind, and where it stands in the text searched."""

    kind: str
    start: int
    end: int


Finder = Callable[[str], Iterator[Span]]


class Pattern:
    """A regular expression written with accents, which also reads text that has none.

    Accents are not simply dropped: ``to 5`` is *tờ 5* as well as *tổ 5*, and a text with accents means what it
    says.
    """

    def __init__(self, source: str, flags: int = 0) -> None:
        self._accented = re.compile(source, flags)
        self._plain = re.compile(strip_accents(source), flags)

    def on(self, text: str) -> re.Pattern[str]:
        """Return the form that fits ``text``."""
        return self._accented if has_accent(text) else self._plain


def any_of(words: str) -> str:
    """Return a regular expression for words separated by ``|``, longest first."""
    return "|".join(re.escape(word) for word in sorted(words.split("|"), key=len, reverse=True))

"""What the finders of personal data share: kinds, spans, patterns for text with and without accents."""

import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from pilot.text.letters import MARKED_LETTERS, strip_accents

KINDS = {
    "EMAIL": "THƯ ĐIỆN TỬ",
    "LINK": "TRANG CÁ NHÂN",
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
_SMALL = frozenset(MARKED_LETTERS) - frozenset(UPPER)
_MARKED = re.compile(f"[{''.join(sorted(MARKED_LETTERS))}]")
_LETTER = re.compile(r"[^\W\d_]")


class Span(NamedTuple):
    """A value found: its kind, and where it stands in the text searched."""

    kind: str
    start: int
    end: int


Finder = Callable[[str], Iterator[Span]]


@lru_cache(maxsize=8)
def accented(text: str) -> bool:
    """Say whether ``text`` (NFC) is typed with accents; one *ạ* at the end of a hasty line does not make it so.

    Of the letters of Vietnamese prose about a quarter bear marks; the bound is half of that.
    """
    return 8 * len(_MARKED.findall(text)) > len(_LETTER.findall(text))


def either(source: str) -> str:
    """Let the small letters with accents in a regular expression, outside of brackets, stand for those without too."""
    return "".join(f"[{sign}{strip_accents(sign)}]" if sign in _SMALL else sign for sign in source)


class Pattern:
    """A regular expression written with accents, which also reads text typed without, or with hardly any.

    Accents are not simply ignored: ``to 5`` is *tờ 5* as well as *tổ 5*, and a text with accents means what it
    says. Capitals with accents stay as they are. Compiled at first use.

    Parameters
    ----------
    source
        The expression, or what returns it.
    flags
        Of `re.compile`.
    """

    def __init__(self, source: str | Callable[[], str], flags: int = 0) -> None:
        self._source, self._flags = source, flags

    @property
    def _text(self) -> str:
        return self._source if isinstance(self._source, str) else self._source()

    @cached_property
    def _accented(self) -> re.Pattern[str]:
        return re.compile(self._text, self._flags)

    @cached_property
    def _either(self) -> re.Pattern[str]:
        return re.compile(either(self._text), self._flags)

    def on(self, text: str) -> re.Pattern[str]:
        """Return the form that fits ``text``."""
        return self._accented if accented(text) else self._either


@cache
def privacy_words() -> dict[str, tuple[str, ...]]:
    """Return the lists of ``privacy_words.yaml``."""
    raw = yaml.safe_load(Path(__file__).with_name("privacy_words.yaml").read_text(encoding="utf-8"))
    return {name: tuple(text.split(", ")) for name, text in raw.items()}

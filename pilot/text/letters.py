"""Vietnamese letters: marks taken off, tones read, tones moved between the two spellings in use."""

import re
import unicodedata
from functools import lru_cache

_VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")  # level, huyền, sắc, hỏi, ngã, nặng
_MARKED = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in TONES) + "đ"
_PLAIN = str.maketrans(
    {
        letter: "d" if letter == "đ" else unicodedata.normalize("NFD", letter)[0]
        for letter in _MARKED
        if not letter.isascii()
    }
    | {
        letter.upper(): "D" if letter == "đ" else unicodedata.normalize("NFD", letter.upper())[0]
        for letter in _MARKED
        if not letter.isascii()
    }
)
MARKED_LETTERS = frozenset(map(chr, _PLAIN))

# The three rhymes whose tone two spellings put in different places, when no letter follows.
_OPEN_RHYME = re.compile(r"(o[aeàáảãạèéẻẽẹ]|[òóỏõọ][ae]|u[yỳýỷỹỵ]|[ùúủũụ]y)(?![^\W\d_])", re.IGNORECASE)


def strip_accents(text: str) -> str:
    """Return ``text`` in NFC with each Vietnamese letter replaced by its ASCII base, one for one."""
    return unicodedata.normalize("NFC", text).translate(_PLAIN)


def has_accent(text: str) -> bool:
    """Return whether ``text`` (NFC) has a letter that bears a Vietnamese mark, ``đ`` included."""
    return not text.isascii() and not MARKED_LETTERS.isdisjoint(text)


def split_tone(letter: str) -> tuple[str, str]:
    """Return a letter without its tone, and the tone as a combining mark (empty for the level tone)."""
    parts = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in parts if mark in TONES[1:]), "")
    return unicodedata.normalize("NFC", parts.replace(tone, "") if tone else parts), tone


def place_tones(text: str) -> str:
    """Return ``text`` (NFC) with tones in the older place: ``hòa``, ``khỏe``, ``thủy`` (not ``hoà`` …).

    ``qu`` is a consonant and keeps ``quý``; syllables with a final consonant have one spelling only.
    """
    return unicodedata.normalize("NFC", _OPEN_RHYME.sub(_move_tone, text))


def _move_tone(match: re.Match[str]) -> str:
    first, second = match.group()[0], match.group()[1]
    if first in "uU" and match.string[max(match.start() - 1, 0)] in "qQ":
        return match.group()
    first, tone = split_tone(first)
    second, other = split_tone(second)
    return first + (tone or other) + second


@lru_cache(maxsize=512)
def marks(letter: str) -> frozenset[str]:
    """Return the marks of a letter: combining characters, and ``đ`` for the bar of ``đ``."""
    parts = unicodedata.normalize("NFD", letter.lower())
    return frozenset(parts[1:]) | ({"đ"} if parts[0] == "đ" else set())

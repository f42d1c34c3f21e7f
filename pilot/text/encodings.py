"""Legacy Vietnamese encodings, recognised and turned into Unicode: TCVN3 (ABC), VNI, Windows-1258, UTF-8 read wrongly.

Used at import only. Old office files hold such text as Latin letters that only look Vietnamese in their own font.
Tables: TCVN 5712:1993 (VN3); the VNI for Windows character set.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from pilot.text.letters import is_syllable
from pilot.text.words import any_of

TCVN3_LETTERS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ", 0xB5: "àảãáạ", 0xBB: "ằẳẵắ", 0xC6: "ặầẩẫấậè", 0xCE: "ẻẽéẹềểễếệìỉ", 0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộ", 0xEA: "ờởỡớợù", 0xF1: "ủũúụừửữứựỳỷỹýỵ",
}  # fmt: skip
"""First byte -> letters from there on; tone-marked capitals share the small letters' bytes."""
VNI_MARKS = {"a": "øàùáûảõãïạêăèằéắúẳüẵëặââàầáấåẩãẫäậ", "e": "øèùéûẻõẽïẹâêàềáếåểãễäệ",
             "o": "øòùóûỏõõïọâôàồáốåổãỗäộ", "u": "øùùúûủõũïụ", "y": "øỳùýûỷõỹ", "ô": "øờùớûởõỡïợ",
             "ö": "øừùứûửõữïự"}  # fmt: skip
"""Base letter -> pairs of the mark that follows it and the letter meant."""
VNI_ALONE = {"ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ", "ñ": "đ"}
LEAST = 0.6
"""Share of accented words that must be Vietnamese syllables before a decoding is believed."""

_EDGES = " \t\n.,;:!?()[]{}\"'/\\-+*=<>%&“”‘’…–—0123456789"
_SPLIT = re.compile(r"[\s\-/]+")
# Letters no single-byte Western text has: their presence says that the text is Unicode already.
_UNICODE = re.compile(
    "[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9\u0300-\u0323]"
)


def repair(text: str, hint: str | None = None) -> tuple[str, str | None]:
    """Return ``text`` in Unicode, and the name of the encoding it was in; None if it stays as it is.

    Parameters
    ----------
    text
        As an office file or a Western decoding of bytes gives it.
    hint
        The encoding of the text around it, which decides between equally good readings of a short text.
    """
    if text.isascii() or _UNICODE.search(text):
        return text, None
    raw = _bytes(text)
    if raw is None:
        return text, None
    readings = {name: decode(raw) for name, decode in _DECODERS.items()}
    scores = {name: vietnamese_share(reading) for name, reading in readings.items()}
    best = max(scores, key=lambda name: (scores[name], name == hint))
    if scores[best] < LEAST or scores[best] <= vietnamese_share(text):
        return text, None
    return readings[best], best


def vietnamese_share(text: str) -> float:
    """Return the share of words with other than ASCII letters that are Vietnamese syllables; 0 if there are none."""
    words = [word.strip(_EDGES) for word in _SPLIT.split(text)]
    words = [word for word in words if not word.isascii()]
    return (
        sum(is_syllable(unicodedata.normalize("NFC", word.lower())) for word in words) / len(words)
        if words
        else 0.0
    )


def _bytes(text: str) -> bytes | None:
    """Return the bytes a Western reading of which is ``text``; None if there are none."""
    try:
        return b"".join(char.encode("latin-1") if char <= "\xff" else char.encode("cp1252") for char in text)
    except UnicodeEncodeError:
        return None


def _tcvn3(raw: bytes) -> str:
    return _raised(raw.decode("latin-1").translate(_tcvn3_table()))


@cache
def _tcvn3_table() -> dict[int, str]:
    return {
        first + place: letter
        for first, letters in TCVN3_LETTERS.items()
        for place, letter in enumerate(letters)
    }


def _raised(text: str) -> str:
    """Write marked letters as capitals in words that are in capitals: TCVN3 leaves that to the font.

    A word is if it has two unmarked letters or more, all capitals; with one, if the words beside it are.
    """
    pieces = re.split(r"(\s+)", text)
    capitals = [_unmarked_capitals(piece) for piece in pieces]
    for place in range(0, len(pieces), 2):
        beside = [
            capitals[near] for near in (place - 2, place + 2) if 0 <= near < len(pieces) and pieces[near]
        ]
        if capitals[place] >= 2 or (capitals[place] == 1 and beside and min(beside) >= 2):
            pieces[place] = pieces[place].upper()
    return "".join(pieces)


def _unmarked_capitals(word: str) -> int:
    """Return how many ASCII letters a word has if all are capitals, else 0."""
    plain = [char for char in word if char.isascii() and char.isalpha()]
    return len(plain) if all(char.isupper() for char in plain) else 0


def _vni(raw: bytes) -> str:
    pattern, letters = _vni_table()
    return pattern.sub(lambda match: letters[match.group()], raw.decode("cp1252", "replace"))


@cache
def _vni_table() -> tuple[re.Pattern[str], dict[str, str]]:
    letters = dict(VNI_ALONE)
    for base, pairs in VNI_MARKS.items():
        letters |= {base + mark: letter for mark, letter in zip(pairs[::2], pairs[1::2], strict=True)}
    letters |= {key.upper(): letter.upper() for key, letter in letters.items()}
    letters |= {
        key[0] + key[1:].lower(): letter for key, letter in letters.items() if len(key) == 2 and key.isupper()
    }
    return re.compile(any_of(letters)), letters


_DECODERS: dict[str, Callable[[bytes], str]] = {
    "UTF-8": lambda raw: raw.decode("utf-8", "replace"),
    "TCVN3": _tcvn3,
    "VNI": _vni,
    "Windows-1258": lambda raw: unicodedata.normalize("NFC", raw.decode("cp1258", "replace")),
}

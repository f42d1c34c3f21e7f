"""Normalisation: the one form in which all text lives inside the project."""

import re
import unicodedata

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
# Latin eth and African D look like Đ and are typed in its place; they are no Vietnamese letters.
_LOOKALIKES = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ"})
_BLANKS = re.compile(r"[^\S\n]+")
_LINE_EDGES = re.compile(r" ?\n ?")
_EMPTY_LINES = re.compile(r"\n{3,}")


def normalise(text: str) -> str:
    """Return ``text`` in the form every other part expects.

    NFC; Windows and Unicode line ends become newlines; every other run of white space becomes one space;
    invisible characters go; look-alikes of ``Đ`` become ``Đ``. Letters, case, punctuation and legal numbering
    stay as they are. Idempotent, and equal for NFC and NFD input.
    """
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE)).translate(_LOOKALIKES)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = _LINE_EDGES.sub("\n", _BLANKS.sub(" ", text))
    return _EMPTY_LINES.sub("\n\n", text).strip()

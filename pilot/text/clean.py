"""Normalisation: the one form in which all text lives inside the project."""

import re
import unicodedata

# Invisible characters go. Latin eth and African D look like Đ and are typed in its place; they are no
# Vietnamese letters.
_REPLACED: dict[str, str | None] = {
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad"),
    **{"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "\r": "\n", "\u2028": "\n", "\u2029": "\n"},
}
_TABLE = str.maketrans(_REPLACED)
# Translating letter by letter is slow, and clean text needs none of it.
_UNCLEAN = re.compile("[" + "".join(_REPLACED) + "]")
_BLANKS = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_LINE_EDGES = re.compile(r" \n ?|\n ")
_EMPTY_LINES = re.compile(r"\n{3,}")


def normalise(text: str) -> str:
    """Return ``text`` in the form every other part expects.

    NFC; Windows and Unicode line ends become newlines; every other run of white space becomes one space;
    invisible characters go; look-alikes of ``Đ`` become ``Đ``. Letters, case, punctuation and legal numbering
    stay as they are. Idempotent, and equal for NFC and NFD input.
    """
    if _UNCLEAN.search(text):
        text = text.replace("\r\n", "\n").translate(_TABLE)
    text = unicodedata.normalize("NFC", text)
    text = _LINE_EDGES.sub("\n", _BLANKS.sub(" ", text))
    return _EMPTY_LINES.sub("\n\n", text).strip()

"""Vietnamese accents put back where typing left them off."""

import os
import re
import threading
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pilot.text.accent_model import AccentModel
    from pilot.text.accent_search import Typing

SHIPPED = Path(__file__).parent / "data" / "accents.bin"
VARIABLE = "PILOT_ACCENTS"

_GAP = "<gap>"
_PART = re.compile(r"[^\W\d_]+|[^\s\w]|\w+")
# Numbers of documents, addresses of pages and people: their letters are no syllables.
_KEPT = re.compile(r"\S*(?:://|@|www\.)\S*|\b\d+(?:/\d{2,4})?/[\w-]+|\S*\d[\w/.-]*")
_loading = threading.Lock()


def restore_accents(text: str) -> str:
    """Return ``text`` in NFC with missing, partial or wrong accents put right; nothing else changes.

    Case, punctuation, numbers, document numbers, addresses, abbreviations and words that are no Vietnamese
    syllables stay. A text whose accents are all there is left alone unless the evidence is overwhelming.
    The model is the shipped one, or the file that the environment variable ``PILOT_ACCENTS`` names; it
    loads at first use.

    Raises
    ------
    ValueError
        If ``PILOT_ACCENTS`` names a file that is missing or no accent model.
    """
    return restore_with(_model(os.environ.get(VARIABLE)), text)


def restore_with(model: "AccentModel", text: str, typing: "Typing | None" = None) -> str:
    """Return ``text`` restored by a given model and given costs of typing errors."""
    from pilot.text.accent_search import Typing, restore_words

    text = unicodedata.normalize("NFC", text)
    kept = [match.span() for match in _KEPT.finditer(text)]
    shouted = text.isupper()
    parts = list(_PART.finditer(text))
    words = [part.group().lower() if part.group().isalpha() else _GAP for part in parts]
    for i, part in enumerate(parts):
        abbreviation = not shouted and len(part.group()) > 1 and part.group().isupper()
        if abbreviation or any(start <= part.start() < end for start, end in kept):
            words[i] = _GAP
    pieces, last = [], 0
    for part, word, restored in zip(
        parts, words, restore_words(words, model, typing or Typing()), strict=True
    ):
        if word != restored:
            pieces += [text[last : part.start()], _with_case(restored, part.group())]
            last = part.end()
    return "".join([*pieces, text[last:]])


def _with_case(word: str, typed: str) -> str:
    """Return ``word`` with the case of each letter of ``typed``."""
    return "".join(new.upper() if old.isupper() else new for new, old in zip(word, typed, strict=True))


def _model(path: str | None) -> "AccentModel":
    with _loading:
        return _load(path)


@lru_cache(maxsize=2)
def _load(path: str | None) -> "AccentModel":
    if path and not Path(path).is_file():
        raise ValueError(
            f"{VARIABLE} names {path}, which does not exist; unset it to use the shipped model, "
            f"or train: pilot text train CORPUS --out {path}"
        )
    from pilot.text.accent_model import AccentModel

    return AccentModel.load(Path(path) if path else SHIPPED)

"""pyvi's tokens, and what its model says of each of them."""

import re
import string
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from pilot.text.pyvi_model import PyviModel

Weights = tuple[float, float]  # of B_W and I_W

# pyvi's patterns, in its order. Without "@" or "://" two of them cannot match, and scanning stays linear.
_BEFORE = [r"[A-ZĐ]+\.", r"Tp\.", r"Mr\.", r"Mrs\.", r"Ms\.", r"Dr\.", r"ThS\."]
_BEFORE += ["==>", "->", r"\.\.\.", ">>", "\n"]
_ADDRESSES = [r"\w+://[^\s]+", r"[a-zA-Z0-9_.+-]+@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+"]
_AFTER = [r"\d+(?:[\.,_]\d+)+", r"[^\w\s]", r"\w+"]
_TOKEN = re.compile("|".join(_BEFORE + _AFTER))
_TOKEN_OR_ADDRESS = re.compile("|".join(_BEFORE + _ADDRESSES + _AFTER))


class Facts(NamedTuple):
    """What pyvi's model and rules say of one token, whatever stands around it.

    Attributes
    ----------
    own
        Weights of the features of the token itself, summed in pyvi's order.
    before, after
        Non-zero weights that the token gives the next one and the one before, in pyvi's order.
    lower
        The token as the dictionary would spell it.
    joinable, title
        Whether pyvi's last rules let it join a neighbour; whether its first letter is a capital.
    """

    own: Weights
    before: tuple[Weights, ...]
    after: tuple[Weights, ...]
    lower: str
    joinable: bool
    title: bool


def split_chunks(text: str) -> list[str]:
    """Return the runs of non-blanks of ``text`` in NFC, and its line ends, in order.

    No token of pyvi's reaches over a blank, so chunks can be taken apart one by one, each once.
    """
    text = unicodedata.normalize("NFC", text)
    if "\n" not in text:
        return text.split()
    chunks: list[str] = []
    for line in text.split("\n"):
        chunks += line.split()
        chunks.append("\n")
    return chunks[:-1]


def tokens_of(chunk: str) -> list[str]:
    """Return the tokens of one chunk."""
    return (_TOKEN_OR_ADDRESS if "@" in chunk or "://" in chunk else _TOKEN).findall(chunk)


def facts_of(token: str, model: PyviModel) -> Facts:
    """Return what the model and the rules say of ``token``."""
    lower = token.lower()
    shapes = [("word.istitle()", token.istitle()), ("word.isupper()", token.isupper())]

    def weigh(names: Iterable[str]) -> tuple[Weights, ...]:
        # CRFsuite reads a name up to the first NUL.
        found = (model.weights.get(name.partition("\0")[0]) for name in names)
        return tuple(weights for weights in found if weights)

    def seen_from(side: str) -> tuple[Weights, ...]:
        return weigh([f"{side}word.lower():{lower}", *(side + name for name, holds in shapes if holds)])

    own = ["bias", f"word.lower():{lower}", *(name for name, holds in reversed(shapes) if holds)]
    if token.isdigit():
        own.append("word.isdigit()")
    return Facts(
        own=add((0.0, 0.0), weigh(own)),
        before=seen_from("-1:"),
        after=seen_from("+1:"),
        lower=lower,
        joinable=token not in string.punctuation and not token[0].isdigit(),
        title=token[0].istitle(),
    )


def add(start: Weights, weights: Iterable[Weights]) -> Weights:
    """Return the sums, added one by one in order: rounding must be CRFsuite's."""
    begin, inside = start
    for more_begin, more_inside in weights:
        begin += more_begin
        inside += more_inside
    return begin, inside

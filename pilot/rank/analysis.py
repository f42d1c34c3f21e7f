"""From text to index terms. Text is taken as normalised (``pilot.text.normalise``); terms are lower case."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

_TERM = re.compile(r"\w+")


def syllables(text: str) -> list[str]:
    """Return the runs of letters and digits: in Vietnamese, one per syllable."""
    return _TERM.findall(text.lower())


def pairs(text: str) -> list[str]:
    """Return neighbouring syllables joined by a space: a cheap stand-in for words of two syllables."""
    return [f"{left} {right}" for left, right in pairwise(syllables(text))]


ANALYSES: dict[str, Callable[[str], list[str]]] = {"syllables": syllables, "pairs": pairs}


def terms(text: str, analyses: Iterable[str]) -> list[str]:
    """Return the terms of ``text`` under each named analysis, one after another."""
    return [term for name in analyses for term in ANALYSES[name](text)]


def numbered(texts: Iterable[str], analyses: Sequence[str]) -> tuple[list[list[int]], dict[str, int]]:
    """Return the terms of each text as numbers, and the vocabulary term -> number."""
    vocabulary: dict[str, int] = {}
    number = vocabulary.setdefault
    return [[number(term, len(vocabulary)) for term in terms(text, analyses)] for text in texts], vocabulary

"""A collection's texts as numbers in flat arrays, and the keys that stand for its terms."""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pilot.text.letters import strip_accents

_TERM = re.compile(r"\w+")
WIDTH = 1 << 31
"""A pair of terms is the number ``left * WIDTH + right``; a term alone is its own number."""
AT_ONCE = 4_000_000
"""Tokens looked at together where all of a corpus would be too many."""


def syllables(text: str) -> list[str]:
    """Return the runs of letters and digits in small letters: in Vietnamese, one per syllable."""
    return _TERM.findall(text.lower())


def words(segmented: Iterable[str]) -> Iterator[list[str]]:
    """Yield the words of each text from `pilot.text.segment_many`, syllables joined by ``_``, without punctuation."""
    for text in segmented:
        yield [word for word in text.lower().split() if _TERM.search(word)]


class Tokens(NamedTuple):
    """Texts as term numbers, one after another.

    Attributes
    ----------
    ids
        Shape (tokens,), int32; -1 for a term outside the vocabulary.
    starts
        Shape (texts + 1,), int64: text ``i`` is ``ids[starts[i]:starts[i + 1]]``.
    """

    ids: np.ndarray
    starts: np.ndarray

    @property
    def owner(self) -> np.ndarray:
        """Return which text each token belongs to, shape (tokens,)."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))

    def taken(self, texts: np.ndarray) -> "Tokens":
        """Return the tokens of some texts, in the order asked for."""
        lengths = self.starts[texts + 1] - self.starts[texts]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        places = np.arange(starts[-1]) + np.repeat(self.starts[texts] - starts[:-1], lengths)
        return Tokens(self.ids[places], starts)

    def parts(self, most: int = AT_ONCE) -> Iterator["Tokens"]:
        """Yield the texts in order, so many together that they have about ``most`` tokens; one part at least."""
        cuts = np.searchsorted(self.starts, np.arange(most, self.starts[-1], most))
        for first, last in pairwise([0, *cuts, len(self.starts) - 1]):
            starts = self.starts[first : last + 1]
            yield Tokens(self.ids[starts[0] : starts[-1]], starts - starts[0])


@dataclass
class Vocabulary:
    """Term -> number, and for each term the number of its form without accents."""

    numbers: dict[str, int]

    def learn(self, texts: Iterable[Sequence[str]]) -> Tokens:
        """Return the texts with their terms numbered, new ones too."""
        number = self.numbers.setdefault
        return _flat([number(term, len(self.numbers)) for term in text] for text in texts)

    def read(self, texts: Iterable[Sequence[str]]) -> Tokens:
        """Return the texts with their terms numbered; -1 for unknown ones."""
        return _flat([self.numbers.get(term, -1) for term in text] for text in texts)

    def bare(self) -> tuple["Vocabulary", np.ndarray]:
        """Return the vocabulary of forms without accents, and the number in it of each term here."""
        plain = Vocabulary({})
        return plain, plain.learn([[strip_accents(term) for term in self.numbers]]).ids


def singles(tokens: Tokens) -> tuple[np.ndarray, np.ndarray]:
    """Return (text, key) of every term."""
    known = tokens.ids >= 0
    return tokens.owner[known], tokens.ids[known].astype(np.int64)


def pairs(tokens: Tokens) -> tuple[np.ndarray, np.ndarray]:
    """Return (text, key) of every two neighbouring terms: a cheap stand-in for words of two syllables."""
    owner = tokens.owner
    keys = pair_keys(tokens, owner)
    return owner[:-1][keys >= 0], keys[keys >= 0]


def pair_keys(tokens: Tokens, owner: np.ndarray) -> np.ndarray:
    """Return the key of each token with its right neighbour, shape (tokens - 1,); -1 where there is none."""
    left, right = tokens.ids[:-1].astype(np.int64), tokens.ids[1:].astype(np.int64)
    whole = (owner[:-1] == owner[1:]) & (left >= 0) & (right >= 0)
    return np.where(whole, left * WIDTH + right, -1)


def both(tokens: Tokens) -> tuple[np.ndarray, np.ndarray]:
    """Return (text, key) of every term and every two neighbouring terms."""
    (texts, keys), (more_texts, more_keys) = singles(tokens), pairs(tokens)
    return np.concatenate([texts, more_texts]), np.concatenate([keys, more_keys])


Keys = Callable[[Tokens], tuple[np.ndarray, np.ndarray]]


def spread(tokens: Tokens, size: int) -> np.ndarray:
    """Return in how many texts each of ``size`` terms occurs."""
    found = np.zeros(size, np.int64)
    for part in tokens.parts():
        owner, keys = singles(part)
        found += np.bincount(np.unique(owner.astype(np.int64) * size + keys) % size, minlength=size)
    return found


def _flat(texts: Iterable[list[int]]) -> Tokens:
    ids, starts = array("i"), array("q", [0])
    for text in texts:
        ids.extend(text)
        starts.append(len(ids))
    return Tokens(np.asarray(ids), np.asarray(starts))

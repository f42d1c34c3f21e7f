"""An inverted index with BM25 weights over numbered keys, small enough to keep several side by side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pilot.rank.tokens import Keys, Tokens

K1, B = 1.2, 0.75
COMMON = 25_000


@dataclass(frozen=True)
class Index:
    """BM25 (Robertson and Zaragoza 2009) with Lucene's idf; arrays may be memory-mapped.

    Parameters
    ----------
    keys
        Shape (keys,), ascending.
    starts
        Shape (keys + 1,): the postings of key ``i`` are ``starts[i]:starts[i + 1]``.
    texts, weights
        Shape (postings,): which text, and what the key adds to its score.
    idf
        Shape (keys,).
    size
        Number of texts.
    """

    keys: np.ndarray
    starts: np.ndarray
    texts: np.ndarray
    weights: np.ndarray
    idf: np.ndarray
    size: int

    @classmethod
    def build(cls, parts: Iterable[Tokens], keys: Keys, k1: float = K1, b: float = B) -> "Index":
        """Index the keys of texts that come in parts, one after another.

        Each part is inverted alone, then all are merged by key: of the whole there are never more than the postings,
        twice at the worst. How the texts are parted changes nothing in the index, to the last bit.
        """
        blocks = [_inverted(part, keys) for part in parts]
        lengths = np.concatenate([block.lengths for block in blocks])
        norm = k1 * (1 - b + b * lengths / max(lengths.mean(), 1e-9))
        names = np.unique(np.concatenate([block.keys for block in blocks]))
        found = np.zeros(len(names), np.int64)
        for block in blocks:
            found[np.searchsorted(names, block.keys)] += block.found
        idf = np.log(1 + (len(lengths) - found + 0.5) / (found + 0.5))
        starts = np.concatenate([[0], np.cumsum(found)])
        texts, weights = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
        free, first = starts[:-1].copy(), 0
        for block in _emptied(blocks):
            places = np.searchsorted(names, block.keys)
            own = first + block.texts
            target = np.repeat(free[places] - np.cumsum(block.found) + block.found, block.found)
            target += np.arange(len(own))
            texts[target] = own
            weights[target] = np.repeat(idf[places], block.found) * block.counts / (block.counts + norm[own])
            free[places] += block.found
            first += len(block.lengths)
        return cls(names, starts, texts, weights, idf, len(lengths))

    def find(self, keys: np.ndarray) -> np.ndarray:
        """Return the places of the distinct ``keys`` that the index knows, ascending."""
        keys = np.unique(keys)
        if not len(self.keys):
            return np.empty(0, np.int64)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return places[self.keys[places] == keys]

    def scores(self, places: np.ndarray, importance: np.ndarray | None = None) -> np.ndarray:
        """Return the score of every text, shape (size,), for the keys at ``places``, each counted once.

        Keys of more than ``COMMON`` texts are passed over: the slowest to add, they tell the least.
        ``importance`` multiplies what each of them adds, shape (places,).
        """
        total = np.zeros(self.size, np.float32)
        for i, place in enumerate(places):
            postings = slice(self.starts[place], self.starts[place + 1])
            if postings.stop - postings.start > COMMON:
                continue
            weights = self.weights[postings]
            total[self.texts[postings]] += weights if importance is None else weights * importance[i]
        return total

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """Return what to store, under names that begin with ``name``."""
        own = {key: getattr(self, key) for key in ("keys", "starts", "texts", "weights", "idf")}
        return {f"{name}.{key}": value for key, value in own.items()} | {f"{name}.size": np.array(self.size)}

    @classmethod
    def from_arrays(cls, name: str, arrays: dict[str, np.ndarray]) -> "Index":
        """Rebuild what ``arrays`` returned."""
        own = {key: arrays[f"{name}.{key}"] for key in ("keys", "starts", "texts", "weights", "idf")}
        return cls(**own, size=int(arrays[f"{name}.size"]))


class _Block(NamedTuple):
    """The postings of some texts, numbered from 0.

    Attributes
    ----------
    keys, found
        Shape (keys,): the distinct keys, ascending, and how many of the texts each is in.
    texts, counts
        Shape (postings,): these texts key by key, ascending, and how often the key is in each.
    lengths
        Shape (texts,): how many keys each text has, repetitions too.
    """

    keys: np.ndarray
    found: np.ndarray
    texts: np.ndarray
    counts: np.ndarray
    lengths: np.ndarray


def _inverted(tokens: Tokens, keys: Keys) -> _Block:
    """Return the postings of the texts of one part."""
    from scipy.sparse import coo_array

    texts, occurring = keys(tokens)
    size = len(tokens.starts) - 1
    names, numbers = np.unique(occurring, return_inverse=True)
    table = coo_array((np.ones(len(texts), np.int32), (texts, numbers)), (size, len(names))).tocsc()
    counts = table.data.astype(np.min_scalar_type(table.data.max(initial=0)))
    lengths = np.bincount(texts, minlength=size)
    return _Block(names, np.diff(table.indptr), table.indices.astype(np.int32), counts, lengths)


def _emptied(blocks: list[_Block]) -> Iterator[_Block]:
    """Yield the blocks in order; none is kept."""
    blocks.reverse()
    while blocks:
        yield blocks.pop()

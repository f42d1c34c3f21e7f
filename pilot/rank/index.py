"""An inverted index with BM25 weights over numbered keys, small enough to keep several side by side."""

from dataclasses import dataclass

import numpy as np

K1, B = 1.2, 0.75
COMMON = 25_000
AT_ONCE = 4_000_000
"""Occurrences sorted at a time while building, for the sake of memory."""


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
    def build(cls, texts: np.ndarray, keys: np.ndarray, size: int, k1: float = K1, b: float = B) -> "Index":
        """Index the occurrences (text, key), each array of shape (occurrences,)."""
        lengths = np.bincount(texts, minlength=size)
        norm = k1 * (1 - b + b * lengths / max(lengths.mean(), 1e-9))
        parts = [_postings(texts[part], keys[part], size) for part in _by_key(keys)]
        names, starts, postings, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
        idf = np.log(1 + (size - starts + 0.5) / (starts + 0.5))
        weights = np.repeat(idf, starts) * counts / (counts + norm[postings])
        starts = np.concatenate([[0], np.cumsum(starts)])
        return cls(names, starts, postings, weights.astype(np.float32), idf, size)

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


def _by_key(keys: np.ndarray) -> list[np.ndarray]:
    """Return masks that part the occurrences by ascending ranges of keys, about ``AT_ONCE`` in each."""
    bounds = np.unique(
        np.quantile(keys[:: 1 + len(keys) // AT_ONCE], np.linspace(0, 1, 1 + len(keys) // AT_ONCE)[1:])
    )
    bounds = bounds.astype(np.int64)[:-1] if len(keys) else bounds
    part = np.searchsorted(bounds, keys, side="right") if len(bounds) else np.zeros(len(keys), np.int64)
    return [np.flatnonzero(part == number) for number in range(len(bounds) + 1)]


def _postings(
    texts: np.ndarray, keys: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return distinct keys, how many texts each is in, these texts key by key, and how often it is in each."""
    from scipy.sparse import coo_array

    names, numbers = np.unique(keys, return_inverse=True)
    counts = coo_array((np.ones(len(keys), np.float32), (texts, numbers)), (size, len(names))).tocsc()
    return names, np.diff(counts.indptr).astype(np.int64), counts.indices.astype(np.int32), counts.data

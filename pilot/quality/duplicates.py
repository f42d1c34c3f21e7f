"""Near duplicates by MinHash (Broder 1997) with banding, every candidate pair checked for its true overlap."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from zlib import crc32

import numpy as np

from pilot.text.letters import strip_accents

SIGNATURE = 64
"""Hash functions per text."""
BANDS = 16
"""Texts that agree on all hashes of a band are compared: pairs of overlap 0.8 are missed once in 5,000."""
MOST_IN_BUCKET = 200
"""Beyond this many texts of one bucket each is compared with the bucket's first only."""
NEAR = 0.8
CONTAINED = 0.7
BLOCK = 500
"""Texts whose overlaps with all others are held at once."""
MANY = 20_000
"""Texts from which on progress is shown."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def near_duplicates(texts: Sequence[str], near: float = NEAR) -> list[tuple[int, int, float]]:
    """Return pairs of positions whose texts are nearly the same, with their overlap.

    Parameters
    ----------
    texts
        Compared by their runs of three syllables, without regard to case, accents and punctuation.
    near
        Least Jaccard overlap of two such sets of runs.

    Returns
    -------
    list of tuple
        ``(first, second, overlap)`` with first < second, in order. Of many copies of one text each is paired with
        the first.
    """
    from tqdm import tqdm

    runs = lru_cache(maxsize=2048)(lambda place: _runs(texts[place]))
    signatures = np.empty((len(texts), SIGNATURE), np.uint32)
    for place in tqdm(range(len(texts)), desc="near duplicates", mininterval=0.5, disable=len(texts) < MANY):
        signatures[place] = _signature(runs(place))
    pairs = []
    for first, second in sorted(set(_candidates(signatures))):
        overlap = _overlap(runs(first), runs(second))
        if overlap >= near:
            pairs.append((first, second, overlap))
    return pairs


def contained(texts: Sequence[str], share: float = CONTAINED) -> list[tuple[int, int]]:
    """Return pairs of positions of which one holds most of the other, while at most twice as long.

    The criterion of `pilot.evaluate.audit.contamination`, exact, quadratic in the number of texts: for questions,
    not for corpora.

    Parameters
    ----------
    texts
        Compared as in `near_duplicates`.
    share
        Least share of the runs of the text with fewer runs that the other has too.
    """
    from scipy.sparse import csr_array

    runs = [_runs(text) for text in texts]
    if not runs:
        return []
    sizes = np.array([len(run) for run in runs])
    columns = np.unique(np.concatenate(runs), return_inverse=True)[1]
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    matrix = csr_array((np.ones(len(columns), np.float32), columns, bounds))
    pairs = []
    for start in range(0, len(runs), BLOCK):
        common = (matrix[start : start + BLOCK] @ matrix.T).tocoo()
        first, second = common.row + start, common.col
        low, high = np.minimum(sizes[first], sizes[second]), np.maximum(sizes[first], sizes[second])
        kept = (first < second) & (common.data >= share * low) & (high <= 2 * low)
        pairs += list(zip(first[kept].tolist(), second[kept].tolist(), strict=True))
    return pairs


def joined(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    """Return the number of the connected group of each of ``count`` items."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ends = np.array(list(links), dtype=int).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    numbers: list[int] = connected_components(graph, directed=False)[1].tolist()
    return numbers


def _runs(text: str) -> np.ndarray:
    """Return the sorted distinct hashes of a text's runs of three syllables (of all it has, if fewer)."""
    words = "".join(c if c.isalnum() else " " for c in strip_accents(text).lower()).split()
    codes = np.array([crc32(word.encode("utf-8", "replace")) for word in words] or [0], np.uint64)
    size = min(3, len(codes))
    run = codes[: len(codes) - size + 1].copy()
    for step in range(1, size):
        run = _mixed(run) + codes[step : len(codes) - size + 1 + step]
    return np.unique(_mixed(run))


def _mixed(values: np.ndarray) -> np.ndarray:
    """Scatter 64-bit numbers (splitmix64's finaliser)."""
    values = (values + _GOLDEN).astype(np.uint64)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


_SEEDS = _mixed(np.arange(1, SIGNATURE + 1, dtype=np.uint64) * np.uint64(0xD1342543DE82EF95)) | np.uint64(1)


def _signature(run: np.ndarray) -> np.ndarray:
    """Return the upper half of the least hash of the set under each hash function, shape (SIGNATURE,)."""
    return (run[:, None] * _SEEDS ^ (run[:, None] >> np.uint64(29))).min(axis=0) >> np.uint64(32)


def _candidates(signatures: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield pairs that agree on all hashes of some band."""
    rows = SIGNATURE // BANDS
    for band in range(BANDS):
        key = np.zeros(len(signatures), np.uint64)
        for column in signatures[:, band * rows : (band + 1) * rows].T:
            key = _mixed(key + column)
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(np.concatenate([[True], np.diff(key[order]) != 0]))
        stops = np.append(starts[1:], len(order))
        for start, stop in zip(starts[stops - starts > 1], stops[stops - starts > 1], strict=True):
            members = order[start:stop].tolist()
            if len(members) <= MOST_IN_BUCKET:
                yield from combinations(members, 2)
            else:
                yield from ((members[0], other) for other in members[1:])


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)

"""Near duplicates by MinHash (Broder 1997) with banding, every candidate pair checked for its true overlap."""

import math
import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np

from pilot.progress import one_by_one
from pilot.text.letters import strip_accents

SIGNATURE = 64
"""Hash functions per text."""
BANDS = 16
"""Texts that agree on all hashes of a band are compared: pairs of overlap 0.8 are missed once in 5,000."""
MOST_IN_BUCKET = 200
"""Beyond this many texts of one bucket each is compared with the bucket's first only."""
NEAR = 0.8
CONTAINED = 0.7
WITHIN = 0.95
"""A text much longer than another holds it only if it has nearly all of it."""
_WORD = re.compile(r"[^\W_]+")
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
    codes_of = _Codes()
    runs = lru_cache(maxsize=2048)(lambda place: _run(texts[place], codes_of))
    signatures = np.empty((len(texts), SIGNATURE), np.uint32)
    for place in one_by_one(range(len(texts)), "near duplicates"):
        signatures[place] = _signature(runs(place))
    pairs = []
    for first, second in sorted(set(_candidates(signatures))):
        overlap = _overlap(runs(first), runs(second))
        if overlap >= near:
            pairs.append((first, second, overlap))
    return pairs


def contained(texts: Sequence[str], share: float = CONTAINED) -> list[tuple[int, int]]:
    """Return pairs of positions of which one holds most of the other, while at most twice as long; exact.

    Parameters
    ----------
    texts
        Compared as in `near_duplicates`.
    share
        Least share of the runs of the text with fewer runs that the other has too.
    """
    found = holders(texts, texts, share, longer=None)
    return sorted({(min(pair), max(pair)) for pair in found if pair[0] != pair[1]})


def holders(
    texts: Sequence[str], others: Sequence[str], share: float = CONTAINED, longer: float | None = WITHIN
) -> Iterator[tuple[int, int]]:
    """Yield (position of a text, position of another that holds it), exact, ascending.

    A text that has a share of n runs has one of any n - share x n + 1 of them, so only what has one of the rarest
    is compared (prefix filtering, Chaudhuri, Ganti & Kaushik 2006).

    Parameters
    ----------
    texts, others
        Compared as in `near_duplicates`; a text without a letter or digit is held by none that has some.
    share
        Least share of the text's runs in another one at most twice as long.
    longer
        The same in a longer one, such as an article; None = longer ones are not looked at.
    """
    runs = list(_runs([*texts, *others]))
    own, rest = runs[: len(texts)], runs[len(texts) :]
    known = np.unique(np.concatenate(own or [np.empty(0, np.uint64)]))
    held = [_places(known, run) for run in rest]
    flat = np.concatenate([*held, np.empty(0, int)])
    order = np.argsort(flat, kind="stable")
    owners = np.repeat(np.arange(len(held)), [len(row) for row in held])[order]
    ends = np.searchsorted(flat[order], np.arange(len(known) + 1))
    sizes, common, mine = np.array([len(run) for run in rest], int), np.diff(ends), np.zeros(len(known), bool)
    for number, run in enumerate(own):
        places = _places(known, run)
        rarest = places[np.argsort(common[places], kind="stable")]
        least = np.where(sizes <= 2 * len(run), share, longer or np.inf) * len(run)
        rarest = rarest[: len(run) - math.ceil(share * len(run)) + 1]
        near = [owners[ends[place] : ends[place + 1]] for place in rarest]
        mine[places] = True
        for other in np.unique(np.concatenate([*near, np.empty(0, int)])).tolist():
            if sizes[other] >= least[other] <= mine[held[other]].sum():
                yield number, other
        mine[places] = False


def _places(known: np.ndarray, run: np.ndarray) -> np.ndarray:
    """Return where the members of a run stand among the known ones, ascending; strangers left out."""
    places = np.searchsorted(known, run)
    places = places[places < len(known)]
    return places[known[places] == run[: len(places)]]


def joined(count: int, links: Iterable[tuple[int, int]], both_ways: bool = False) -> list[int]:
    """Return the number of the connected group of each of ``count`` items.

    ``both_ways``: a group's items must lead to each other along the links' direction.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ends = np.array(list(links), dtype=int).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    numbers: list[int] = connected_components(graph, directed=both_ways, connection="strong")[1].tolist()
    return numbers


def sharing(keys: Iterable[Iterable[Hashable]]) -> list[tuple[int, int]]:
    """Return links from each item to the first with one of its keys, for `joined`."""
    first: dict[Hashable, int] = {}
    links: list[tuple[int, int]] = []
    for place, own in enumerate(keys):
        links += [(other, place) for other in {first.setdefault(key, place) for key in own} - {place}]
    return links


def _runs(texts: Sequence[str]) -> Iterator[np.ndarray]:
    codes_of = _Codes()
    return (_run(text, codes_of) for text in texts)


def _run(text: str, codes_of: "_Codes") -> np.ndarray:
    """Return the sorted distinct hashes of a text's runs of three syllables (of all it has, if fewer)."""
    words = _WORD.findall(unicodedata.normalize("NFC", text).lower())
    codes = np.array([*map(codes_of.__getitem__, words)] or [0], np.uint64)
    size = min(3, len(codes))
    run = codes[: len(codes) - size + 1].copy()
    for step in range(1, size):
        run = _mixed(run) + codes[step : len(codes) - size + 1 + step]
    return np.unique(_mixed(run))


class _Codes(dict[str, int]):
    """Word -> number, the same with and without accents; from 1, in the order they are met."""

    def __missing__(self, word: str) -> int:
        plain = strip_accents(word)
        self[word] = len(self) + 1 if plain == word else self[plain]
        return self[word]


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

"""Where in a passage the question's terms stand: coverage, windows of text, runs of the question's words."""

from typing import NamedTuple

import numpy as np

from pilot.rank.tokens import Tokens, pair_keys

BLOCK = 20
"""Tokens per block; windows are whole numbers of neighbouring blocks."""
WINDOWS = (2, 4)
SATURATION = 1.2


class Asked(NamedTuple):
    """The terms of a question that a collection knows.

    Attributes
    ----------
    terms, pairs
        Distinct keys, ascending, shapes (terms,) and (pairs,).
    term_weights, pair_weights
        Their idf times importance.
    numbers
        Which terms are figures, shape (terms,).
    """

    terms: np.ndarray
    pairs: np.ndarray
    term_weights: np.ndarray
    pair_weights: np.ndarray
    numbers: np.ndarray


def evidence(passages: Tokens, asked: Asked) -> dict[str, np.ndarray]:
    """Return for each passage, shape (passages,) each:

    - ``coverage``, ``pair_coverage``: share of the question's terms and pairs that occur, by weight;
    - ``window_40``, ``pairs_40`` and the like: the best BM25-like sum within a window of so many tokens;
    - ``run``: the longest run of tokens that are neighbours in the question too, in tokens;
    - ``figures``: share of the question's figures that occur; 0 if it has none.
    """
    count = len(passages.starts) - 1
    owner = passages.owner
    terms = _place(passages.ids, asked.terms)
    pairs = np.append(_place(pair_keys(passages, owner), asked.pairs), -1) if len(owner) else terms
    block, first = _blocks(passages)
    found: dict[str, np.ndarray] = {}
    for name, places, weights in (
        ("window", terms, asked.term_weights),
        ("pairs", pairs, asked.pair_weights),
    ):
        table = _counts(block, places, int(first[-1]), len(weights))
        share = np.add.reduceat(table, first[:-1], axis=0) > 0
        found["coverage" if name == "window" else "pair_coverage"] = (
            share @ weights / max(weights.sum(), 1e-9)
        )
        if name == "window":
            found["figures"] = share @ asked.numbers / max(asked.numbers.sum(), 1)
        for width in WINDOWS:
            scores = _windowed(table, first, width) @ weights
            found[f"{name}_{width * BLOCK}"] = np.maximum.reduceat(scores, first[:-1])
    found["run"] = _longest(pairs >= 0, owner, count)
    return found


def _place(keys: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return where in ``known`` each key is, -1 if nowhere."""
    if not len(known):
        return np.full(len(keys), -1)
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[places] == keys, places, -1)


def _blocks(passages: Tokens) -> tuple[np.ndarray, np.ndarray]:
    """Return the block of each token, and the first block of each passage (every passage has one at least)."""
    lengths = np.diff(passages.starts)
    blocks = np.maximum(-(-lengths // BLOCK), 1)
    first = np.concatenate([[0], np.cumsum(blocks)])
    within = np.arange(passages.starts[-1] - passages.starts[0]) - np.repeat(passages.starts[:-1], lengths)
    return np.repeat(first[:-1], lengths) + within // BLOCK, first


def _counts(block: np.ndarray, places: np.ndarray, blocks: int, width: int) -> np.ndarray:
    hit = places >= 0
    flat = np.bincount(block[hit] * width + places[hit], minlength=blocks * width)
    return flat.reshape(blocks, width).astype(np.float32)


def _windowed(table: np.ndarray, first: np.ndarray, width: int) -> np.ndarray:
    """Return saturated counts in the window that starts at each block and does not leave its passage."""
    blocks = len(table)
    sums = np.concatenate([np.zeros((1, table.shape[1]), np.float32), np.cumsum(table, axis=0)])
    last = np.repeat(first[1:], np.diff(first))
    inside = sums[np.minimum(np.arange(blocks) + width, last)] - sums[:blocks]
    return inside / (inside + SATURATION)


def _longest(matched: np.ndarray, owner: np.ndarray, count: int) -> np.ndarray:
    """Return the longest run of matched neighbours in each passage, in tokens (a pair has two); 0 for none."""
    ends = np.arange(len(matched))
    broken = np.maximum.accumulate(np.where(matched, -1, ends)) if len(matched) else ends
    longest = np.zeros(count)
    np.maximum.at(longest, owner, np.where(matched, ends - broken + 1, 0))
    return longest

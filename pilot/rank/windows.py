"""Where in a passage the question's terms stand: coverage, windows of text, runs of the question's words."""

from typing import NamedTuple

import numpy as np

from pilot.rank.tokens import WIDTH, Tokens

BLOCK = 20
"""Tokens per block."""
WINDOWS = (2, 4)
"""Windows in blocks, each twice the one before."""
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
    """Return what the places of the question's terms say, per passage, shape (passages,) each.

    - ``coverage``, ``pair_coverage``: share of the question's terms and pairs that occur, by weight;
    - ``window_40``, ``pairs_40`` and the like: the best BM25-like sum within a window of so many tokens;
    - ``run``: the longest run of tokens that are neighbours in the question too, in tokens;
    - ``figures``: share of the question's figures that occur; 0 if it has none.
    """
    owner = passages.owner
    terms = _place(passages.ids, asked.terms)
    pairs = _place_pairs(passages, owner, terms, asked.pairs)
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
            table = _joined(table, first, width // 2)
            scores = (table / (table + SATURATION)) @ weights
            found[f"{name}_{width * BLOCK}"] = np.maximum.reduceat(scores, first[:-1])
    found["run"] = _longest(pairs >= 0, passages.starts)
    return found


def _place(keys: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return where in ``known`` each key is, -1 if nowhere."""
    if not len(known):
        return np.full(len(keys), -1)
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[places] == keys, places, -1)


def _place_pairs(passages: Tokens, owner: np.ndarray, terms: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return where in ``known`` the pair is that each token begins; only two of the question's terms can make one."""
    places = np.full(len(terms), -1)
    left = np.flatnonzero((terms[:-1] >= 0) & (terms[1:] >= 0) & (owner[:-1] == owner[1:]))
    keys = passages.ids[left].astype(np.int64) * WIDTH + passages.ids[left + 1]
    places[left] = _place(keys, known)
    return places


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


def _joined(table: np.ndarray, first: np.ndarray, step: int) -> np.ndarray:
    """Return each block's counts and those ``step`` blocks on, where these belong to the same passage."""
    later = np.arange(len(table)) + step
    inside = later < np.repeat(first[1:], np.diff(first))
    joined = table.copy()
    joined[inside] += table[later[inside]]
    return joined


def _longest(matched: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the longest run of matched neighbours in each passage, in tokens (a pair has two); 0 for none."""
    longest = np.zeros(len(starts) - 1)
    ends = np.arange(len(matched))
    broken = np.maximum.accumulate(np.where(matched, -1, ends)) if len(matched) else ends
    runs = np.where(matched, ends - broken + 1, 0)
    filled = np.flatnonzero(np.diff(starts))
    longest[filled] = np.maximum.reduceat(runs, starts[filled]) if len(filled) else 0
    return longest

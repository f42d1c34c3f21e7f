"""Long passages in pieces that an encoder can read whole; a passage counts by its best piece."""

from collections.abc import Sequence

import numpy as np

from pilot.records import Passage

SIZE, STRIDE = 160, 120
"""Whitespace words per piece, and from one piece to the next."""


def chunks(passage: Passage, size: int = SIZE, stride: int = STRIDE) -> list[str]:
    """Return the passage in overlapping pieces, each under its title; one at least."""
    words = passage.text.split()
    starts = range(0, max(1, len(words) - (size - stride)), stride)
    return [
        ". ".join(part for part in (passage.title, " ".join(words[i : i + size])) if part) for i in starts
    ]


def cut(passages: Sequence[Passage]) -> tuple[list[str], np.ndarray]:
    """Return the pieces of all passages, and where each passage's pieces begin, shape (passages + 1,)."""
    pieces = [chunks(passage) for passage in passages]
    return [piece for own in pieces for piece in own], np.cumsum([0, *map(len, pieces)])


def best(scores: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the largest score among each passage's pieces, shape (passages,)."""
    pooled: np.ndarray = np.maximum.reduceat(scores, starts[:-1])
    return pooled

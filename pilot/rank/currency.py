"""Whether a passage was law on the day asked about."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import numpy as np

from pilot.records import Passage

Validity = Literal["còn hiệu lực", "hết hiệu lực", "chưa rõ"]
VALID: Validity = "còn hiệu lực"
EXPIRED: Validity = "hết hiệu lực"
UNKNOWN: Validity = "chưa rõ"


def validity(passage: Passage, on: date) -> Validity:
    """Return the state of a passage on a day, from its dates alone.

    ``effective_to`` is the first day without effect. A passage is in force only if the day it took effect is
    known and passed; without a known end this means that none was recorded. Before that day, or from
    ``effective_to`` on, it is not; with no date to go by nothing is known.
    """
    if passage.effective_to is not None and passage.effective_to <= on:
        return EXPIRED
    if passage.effective_from is None:
        return UNKNOWN
    return VALID if passage.effective_from <= on else EXPIRED


class Calendar:
    """The dates of many passages, for asking about all of them at once."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.first = np.array([p.effective_from or date.min for p in passages], dtype="datetime64[D]")
        self.end = np.array([p.effective_to or date.max for p in passages], dtype="datetime64[D]")

    def out_of_force(self, on: date) -> np.ndarray:
        """Return which passages are known not to be in force on a day, shape (passages,)."""
        day = np.datetime64(on, "D")
        out: np.ndarray = (self.end <= day) | (self.first > day)
        return out


def demoted(order: np.ndarray, scores: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return order and scores with what is out of force moved to the end, each part in its own order.

    Scores out of force are shifted below the lowest in force, or below zero where they would stay above it.
    """
    if not out.any():
        return order, scores
    floor = min(float(scores[~out].min(initial=np.inf)), 0.0)
    moved = scores[out] - scores[out].max() + floor - 1.0
    return np.concatenate([order[~out], order[out]]), np.concatenate([scores[~out], moved])

"""What is not law on the day asked about goes last."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from pilot.quality.currency import EXPIRED, validity
from pilot.records import Passage


def out_of_force(passages: Sequence[Passage], on: date) -> np.ndarray:
    """Return which passages are not law on a day for certain, ended or not begun, shape (passages,)."""
    return np.array(
        [
            validity(one, on) == EXPIRED or (one.effective_from is not None and one.effective_from > on)
            for one in passages
        ],
        dtype=bool,
    )


def demoted(order: np.ndarray, scores: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return order and scores with what is out of force moved to the end, each part in its own order.

    Scores out of force are shifted below the lowest in force, or below zero where they would stay above it.
    """
    if not out.any():
        return order, scores
    floor = min(float(scores[~out].min(initial=np.inf)), 0.0)
    moved = scores[out] - scores[out].max() + floor - 1.0
    return np.concatenate([order[~out], order[out]]), np.concatenate([scores[~out], moved])

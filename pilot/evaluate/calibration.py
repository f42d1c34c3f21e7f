"""Do probabilities mean what they say? Reliability, and what chance alone would show."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pilot.evaluate.classification import BINS, bins, calibrated_errors, calibration_error, correct
from pilot.evaluate.rows import ClassifyRows

if TYPE_CHECKING:
    import pandas as pd

LEAST = 1e-12
"""Stands for 0 where a distribution takes only positive numbers."""


@dataclass(frozen=True)
class Reference:
    """A model's ECE beside what a perfectly calibrated model shows at the same n and probabilities.

    ``mean`` and ``p95`` are mean and 95th percentile over simulated perfectly calibrated models; an ECE above
    ``p95`` is more than chance.
    """

    ece: float
    mean: float
    p95: float
    n: int


def reliability(rows: ClassifyRows) -> "pd.DataFrame":
    """Return the reliability curve over 15 equal-width bins of the top probability.

    Returns
    -------
    pandas.DataFrame
        One row per bin that is not empty: ``low, high`` its edges, ``questions`` in it, ``confidence`` their
        mean probability, ``accuracy`` the share that is right with its exact 95 % binomial interval
        ``accuracy_low, accuracy_high`` (Clopper & Pearson 1934; takes questions as independent).
    """
    import pandas as pd

    place, right = bins(rows.confidence), correct(rows)
    count, hits = np.bincount(place, minlength=BINS), np.bincount(place, right, minlength=BINS)
    mean = np.bincount(place, rows.confidence, minlength=BINS)
    some = count > 0
    low, high = exact_interval(hits[some], count[some])
    return pd.DataFrame(
        {
            "low": np.flatnonzero(some) / BINS,
            "high": (np.flatnonzero(some) + 1) / BINS,
            "questions": count[some],
            "confidence": mean[some] / count[some],
            "accuracy": hits[some] / count[some],
            "accuracy_low": low,
            "accuracy_high": high,
        }
    )


def reference(rows: ClassifyRows, *, seed: int = 0, draws: int = 2000) -> Reference:
    """Return the ECE with mean and 95th percentile over ``draws`` simulated perfectly calibrated models."""
    drawn = calibrated_errors(rows, draws, np.random.default_rng(seed))
    value = float(calibration_error(rows)(np.ones((1, len(rows.gold))))[0])
    return Reference(value, float(drawn.mean()), float(np.quantile(drawn, 0.95)), len(rows.gold))


def exact_interval(hits: np.ndarray, count: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return the binomial interval of Clopper & Pearson (1934) for ``hits`` of ``count``; shapes as given.

    Fractions are allowed in both; the quantiles of the beta distribution take them.
    """
    from scipy.special import betaincinv

    hits, count = np.asarray(hits, dtype=float), np.asarray(count, dtype=float)
    tail, missed = (1 - level) / 2, count - hits
    low = np.where(hits > 0, betaincinv(np.maximum(hits, LEAST), missed + 1, tail), 0.0)
    high = np.where(missed > 0, betaincinv(hits + 1, np.maximum(missed, LEAST), 1 - tail), 1.0)
    return low, high

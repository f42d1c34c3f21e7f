"""Do probabilities mean what they say? Reliability, what chance alone would show, and temperature scaling."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pilot.evaluate.classification import BINS, bins, calibrated_errors, calibration_error, correct
from pilot.evaluate.rows import ClassifyRows

if TYPE_CHECKING:
    import pandas as pd

LEAST = 1e-12
"""Probabilities below this count as this: the logarithm of 0 is no number."""


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


def fit_temperature(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """Return the temperature that makes held-out labels likeliest (Guo et al. 2017).

    Parameters
    ----------
    probabilities
        Shape (n, k), of questions the model has not learnt from.
    truth
        Shape (n,): column of the right label. A label the model does not know has no place here.

    Returns
    -------
    float
        Between 0.05 and 20; above 1 the model was over-confident.
    """
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        right = tempered(probabilities, float(np.exp(log_temperature)))[rows, truth]
        return -float(np.log(np.maximum(right, LEAST)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded").x))


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return probabilities ^ (1 / temperature), each row made to sum to one; order within rows stays."""
    logits = np.log(np.maximum(probabilities, LEAST)) / temperature
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


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

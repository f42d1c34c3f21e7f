"""When to hand a question over: the error rate as fewer are answered, and thresholds one may rely on."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pilot.evaluate.bootstrap import Estimate, mean_of, resampled
from pilot.evaluate.calibration import exact_interval
from pilot.evaluate.classification import correct
from pilot.evaluate.rows import ClassifyRows, subset

if TYPE_CHECKING:
    import pandas as pd


STEPS = 20
"""How many thresholds are tried."""


@dataclass(frozen=True)
class Threshold:
    """A rule chosen on dev: answer at a probability of at least ``value``, otherwise hand over.

    Parameters
    ----------
    value
        The threshold; ``inf`` if no rule could be relied on, so that nothing is answered.
    risk, delta
        With probability at least 1 - ``delta`` the error rate of what is answered is at most ``risk``.
    coverage
        Share of the dev questions that is answered.
    bound
        Upper bound on the error rate of this rule, at most ``risk``; 1 if nothing is answered.
    """

    value: float
    risk: float
    delta: float
    coverage: float
    bound: float


@dataclass(frozen=True)
class Realised:
    """What a threshold did on questions it was not chosen on; ``risk`` is None if none was answered.

    ``kept`` is ``yes`` if the whole interval of the risk is within the promise, ``no`` if all of it is
    beyond, else ``undecided``.
    """

    threshold: Threshold
    coverage: Estimate
    risk: Estimate | None
    kept: str


def risk_coverage(rows: ClassifyRows) -> "pd.DataFrame":
    """Return ``threshold, coverage, risk``: one row per distinct probability, highest first.

    Risk is the error rate among the questions answered at that threshold (El-Yaniv & Wiener 2010).
    """
    import pandas as pd

    order = np.argsort(-rows.confidence, kind="stable")
    ends = np.flatnonzero(np.diff(rows.confidence[order], append=-np.inf))
    wrong = np.cumsum(1.0 - correct(rows)[order])[ends]
    answered = ends + 1.0
    coverage = answered / len(order)
    return pd.DataFrame(
        {"threshold": rows.confidence[order][ends], "coverage": coverage, "risk": wrong / answered}
    )


def choose_threshold(dev: ClassifyRows, risk: float, delta: float = 0.05) -> Threshold:
    """Choose the threshold that answers most while the error rate is held with confidence 1 - ``delta``.

    Learn then test by a fixed sequence (Angelopoulos et al. 2021): from few questions answered to all, in
    `STEPS` steps laid down before any answer is looked at, each is tested by the upper bound of Clopper &
    Pearson at ``delta``, until one fails. No share of ``delta`` is spent on the number of tests. Questions of
    one group may err together, so the bound counts groups, not questions; with every question its own group
    that is the binomial bound itself.

    Parameters
    ----------
    dev
        Questions on which neither the model nor its calibration was fitted, else the promise does not hold.
    risk
        The error rate to stay within.
    delta
        Probability with which the promise may fail.
    """
    best = Threshold(math.inf, risk, delta, 0.0, 1.0)
    ranked = np.sort(dev.confidence)[::-1]
    for count in _sequence(dev, risk, delta):
        answered = dev.confidence >= ranked[count - 1]
        groups = len(np.unique(dev.groups[answered]))
        bound = float(
            _upper(np.array((1.0 - correct(dev)[answered].mean()) * groups), np.array(groups), delta)
        )
        if bound > risk:
            break
        best = Threshold(float(ranked[count - 1]), risk, delta, float(answered.mean()), bound)
    return best


def realised(test: ClassifyRows, threshold: Threshold, *, seed: int = 0, resamples: int = 2000) -> Realised:
    """Apply a threshold to questions it was not chosen on: coverage and error rate with their intervals."""
    answered = test.confidence >= threshold.value
    rng = np.random.default_rng(seed)
    coverage = _mean(answered.astype(float), test.groups, resamples, rng)
    if not answered.any():
        return Realised(threshold, coverage, None, "yes")
    part = subset(test, answered)
    risk = _mean(1.0 - correct(part), part.groups, resamples, rng)
    kept = "yes" if risk.high <= threshold.risk else "no" if risk.low > threshold.risk else "undecided"
    return Realised(threshold, coverage, risk, kept)


def promised(rows: ClassifyRows, risk: float, *, seed: int = 0) -> Realised | None:
    """Choose a threshold on one half of the groups and apply it to the other; None if there is but one group."""
    half = np.random.default_rng(seed).permutation(int(rows.groups.max()) + 1) % 2 == 0
    chosen_on = half[rows.groups]
    if chosen_on.all() or not chosen_on.any():
        return None
    return realised(subset(rows, ~chosen_on), choose_threshold(subset(rows, chosen_on), risk))


def _sequence(dev: ClassifyRows, risk: float, delta: float) -> np.ndarray:
    """Return how many of the most confident questions each test answers, ascending.

    The first test is of so many groups that three errors are forgiven, or fewer if that takes more than half
    of all groups: an early slip shall not end the search, nor shall nothing be left to search.
    """
    groups = int(dev.groups.max()) + 1
    counts = np.arange(1, groups + 1)
    needed = groups
    for forgiven in (3, 2, 1, 0):
        enough = counts[(counts > forgiven) & (_upper(np.minimum(forgiven, counts), counts, delta) <= risk)]
        needed = int(enough[0]) if len(enough) else groups
        if needed <= groups / 2:
            break
    first_seen = np.unique(dev.groups[np.argsort(-dev.confidence, kind="stable")], return_index=True)[1]
    start = int(np.sort(first_seen)[needed - 1]) + 1
    return np.unique(np.linspace(start, len(dev.groups), STEPS).round().astype(int))


def _upper(errors: np.ndarray, count: np.ndarray, delta: float) -> np.ndarray:
    """Return the one-sided upper bound on an error rate that holds with confidence 1 - ``delta``."""
    return exact_interval(errors, count, 1 - 2 * delta)[1]


def _mean(values: np.ndarray, groups: np.ndarray, resamples: int, rng: np.random.Generator) -> Estimate:
    return resampled([mean_of(values)], groups, resamples, rng)[0].estimate(len(values))

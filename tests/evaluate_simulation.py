"""The instrument held against known truth: whether intervals cover and tests keep their promise.

Numbers of these functions at full length are in ``experiments/LOG.md``; `test_evaluate_alarms` runs them short.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pilot.evaluate.bootstrap import mean_of, resampled
from pilot.evaluate.measures import parse_measure
from pilot.evaluate.randomisation import exchange, holm, sign_flip
from pilot.evaluate.rows import ClassifyRows

SHAPES: Mapping[str, tuple[float, float, float]] = {
    "MRR@10 of a good ranker": (0.2, 0.7, 0.6),
    "MRR@10 of a weak ranker": (-1.3, 0.25, 1.0),
    "Accuracy near its ceiling": (2.4, 0.0, 1.0),
}
"""Name -> ease of questions in standard deviations, share of the failed found later, of the easy at 1."""


@dataclass(frozen=True)
class Coverage:
    """How often 95 % intervals of a mean held the truth.

    ``held`` for the intervals in use, ``percentile`` for plain percentile ones; ``truth_below`` and
    ``truth_above`` are the two ways in which the former missed. ``questions`` is the mean number of them.
    """

    shape: str
    groups: int
    questions: float
    truth: float
    simulations: int
    held: float
    percentile: float
    truth_below: float
    truth_above: float


def interval_coverage(
    shape: str, groups: int, *, simulations: int = 2000, resamples: int = 1000, seed: int = 0
) -> Coverage:
    """Draw data sets of clustered, skewed per-question values; count how often intervals hold the mean.

    Parameters
    ----------
    shape
        One of `SHAPES`: values are 0, 1 or a reciprocal rank; questions of a group share part of their ease.
    groups
        How many groups each data set has; sizes are geometric with mean 5/3.
    simulations
        How many data sets.
    resamples
        Bootstrap resamples for each.
    seed
        Of everything.
    """
    rng = np.random.default_rng(seed)
    truth = float(_values(shape, rng, 300_000)[0].mean())
    sizes, found = [], []
    for _ in range(simulations):
        values, codes = _values(shape, rng, groups)
        figure = resampled([mean_of(values)], codes, resamples, rng)[0]
        sizes.append(len(values))
        found.append((*figure.bca(), *np.quantile(figure.drawn, [0.025, 0.975])))
    low, high, plain_low, plain_high = np.array(found).T
    return Coverage(
        shape=shape,
        groups=groups,
        questions=float(np.mean(sizes)),
        truth=truth,
        simulations=simulations,
        held=float(np.mean((low <= truth) & (truth <= high))),
        percentile=float(np.mean((plain_low <= truth) & (truth <= plain_high))),
        truth_below=float(np.mean(truth < low)),
        truth_above=float(np.mean(truth > high)),
    )


def family_wise_error(
    *, systems: int = 5, groups: int = 180, simulations: int = 2000, resamples: int = 1000, seed: int = 0
) -> float:
    """Return how often any corrected test of a comparison errs when all systems are in truth alike.

    Each simulation compares ``systems`` classifiers with a baseline of the same quality in Accuracy (flips of
    sign) and macro-F1 (exchange of predictions) over questions in groups, Holm over all tests. At most 0.05
    is promised.
    """
    rng = np.random.default_rng(seed)
    macro, errors = parse_measure("macro-F1"), 0
    for _ in range(simulations):
        base, *others = _alike(systems + 1, groups, rng)
        p: list[float] = []
        for other in others:
            right = (other.place == 1).astype(float) - (base.place == 1)
            p += sign_flip(right[:, None], base.groups, resamples, rng).tolist()
            p += exchange(other, base, [macro.over], resamples, rng).tolist()
        errors += bool((holm(np.array(p)) <= 0.05).any())
    return errors / simulations


def _values(shape: str, rng: np.random.Generator, groups: int) -> tuple[np.ndarray, np.ndarray]:
    ease, later, first = SHAPES[shape]
    codes = np.repeat(np.arange(groups), rng.geometric(0.6, groups))
    own = rng.normal(size=len(codes)) + (ease + 0.8 * rng.normal(size=groups))[codes]
    values = ((own > 0) & (rng.random(len(codes)) < first)).astype(float)
    found = (values == 0) & (rng.random(len(codes)) < later)
    values[found] = 1 / rng.integers(2, 11, found.sum())
    return values, codes


def _alike(systems: int, groups: int, rng: np.random.Generator, labels: int = 8) -> list[ClassifyRows]:
    """Return classifiers of one quality on the same questions, each with its own luck per group."""
    codes = np.repeat(np.arange(groups), rng.geometric(0.6, groups))
    shares = 1 / np.arange(1, labels + 1)
    gold = rng.choice(labels, groups, p=shares / shares.sum())[codes]
    ease = rng.normal(size=groups)
    made = []
    for _ in range(systems):
        luck = ease + 0.7 * rng.normal(size=groups)
        right = rng.normal(size=len(codes)) + luck[codes] + 0.6 > 0
        predicted = np.where(right, gold, (gold + rng.integers(1, labels, len(codes))) % labels)
        ids = np.arange(len(codes))
        made.append(ClassifyRows(ids, codes, gold, predicted, rng.random(len(codes)), np.where(right, 1, 2)))
    return made

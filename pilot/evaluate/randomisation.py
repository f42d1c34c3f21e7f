"""Paired randomisation tests: if two systems are alike, it is chance which of them gave which answer.

Noreen (1989); Smucker, Allan & Carterette (2007). Whole groups are exchanged, because the questions of a
group are not independent.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from pilot.evaluate.bootstrap import CELLS, Statistic
from pilot.evaluate.measures import Measure
from pilot.evaluate.rows import ClassifyRows, Rows, stacked

TOLERANCE = 1e-12
"""Differences closer than this are equal: sums in another order differ in the last digits."""


def p_values(
    system: Rows, baseline: Rows, measures: Sequence[Measure], resamples: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the p-value of each measure, shape (measures,): flips of sign for means, exchange for the others."""
    pairs = [(measure.values(system), measure.values(baseline)) for measure in measures]
    p = np.ones(len(measures))
    means = [place for place, (one, _) in enumerate(pairs) if one is not None]
    others = [place for place, (one, _) in enumerate(pairs) if one is None]
    if means:
        differences = np.column_stack([pairs[place][0] - pairs[place][1] for place in means])  # type: ignore[operator]
        p[means] = sign_flip(differences, baseline.groups, resamples, rng)
    if others and isinstance(system, ClassifyRows) and isinstance(baseline, ClassifyRows):
        statistics = [measures[place].over for place in others]
        p[others] = exchange(system, baseline, statistics, resamples, rng)
    return p


def sign_flip(
    differences: np.ndarray, groups: np.ndarray, resamples: int, rng: np.random.Generator
) -> np.ndarray:
    """Return two-sided p-values for mean differences of zero.

    Parameters
    ----------
    differences
        Shape (n, k): per-question differences of k comparisons; all share the same flips.
    groups
        Shape (n,): group of each question, numbered from 0.
    resamples
        Number of random flips.
    rng
        Where the flips come from.

    Returns
    -------
    numpy.ndarray
        Shape (k,): (1 + flips at least as extreme) / (1 + flips), never 0 (Phipson & Smyth 2010).
    """
    sums = np.zeros((int(groups.max()) + 1, differences.shape[1]))
    np.add.at(sums, groups, differences)
    observed = np.abs(sums.sum(axis=0)) - TOLERANCE * len(groups)
    extreme = sum(
        (np.abs((2.0 * swapped - 1.0) @ sums) >= observed).sum(axis=0)
        for swapped in _exchanges(len(sums), len(sums), resamples, rng)
    )
    return (1 + extreme) / (1 + resamples)


def exchange(
    first: ClassifyRows,
    second: ClassifyRows,
    statistics: Sequence[Callable[[ClassifyRows], Statistic]],
    resamples: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return two-sided p-values for statistics that are no means, by exchanging whole predictions.

    Parameters
    ----------
    first, second
        Two systems' rows on the same questions and groups.
    statistics
        Each maps rows to a function of question weights, as `Measure.over` does; there are k.
    resamples, rng
        As in `sign_flip`.

    Returns
    -------
    numpy.ndarray
        Shape (k,), as in `sign_flip`.
    """
    both, groups = stacked(first, second), first.groups
    of = [statistic(both) for statistic in statistics]
    here = np.r_[np.ones(len(groups)), np.zeros(len(groups))][None]
    observed = np.array([abs(f(here)[0] - f(1 - here)[0]) for f in of]) - TOLERANCE
    extreme = np.zeros(len(of))
    for swapped in _exchanges(int(groups.max()) + 1, 2 * len(groups), resamples, rng):
        weights = np.concatenate([swapped[:, groups], 1 - swapped[:, groups]], axis=1)
        extreme += [
            (np.abs(f(weights) - f(1 - weights)) >= o).sum() for f, o in zip(of, observed, strict=True)
        ]
    return (1 + extreme) / (1 + resamples)


def holm(p: np.ndarray) -> np.ndarray:
    """Return p-values adjusted for the whole family (Holm 1979); shape and order as given."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(stepped)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _exchanges(groups: int, width: int, resamples: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield blocks of 0.0 or 1.0, together shape (resamples, groups)."""
    step = max(1, CELLS // width)
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        yield rng.integers(2, size=(size, groups), dtype=np.int8).astype(float)

"""Do raters agree by more than chance? Kappa for two, alpha for any number, with intervals over groups.

Votes are a frame ``item, group, rater, value``, one row per vote: the item is what was rated (a question, or
a question and passage), the group what is drawn as a whole (the question).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from pilot.evaluate.bootstrap import Estimate, Statistic, mean_of, resampled
from pilot.records import InputError

if TYPE_CHECKING:
    import pandas as pd

Level = Literal["nominal", "ordinal"]
BOUNDS = (-1.0, 1.0)


def cohen_kappa(
    votes: "pd.DataFrame", raters: tuple[str, str], level: Level, *, seed: int = 0, resamples: int = 2000
) -> Estimate:
    """Return Cohen's kappa of two raters over the items both rated; n is the number of these.

    Unweighted for nominal values (Cohen 1960), weighted by the squared distance of the grades for ordinal
    ones (Cohen 1968). 1 where both raters only ever gave one and the same value: chance has nothing to do.

    Raises
    ------
    InputError
        If a column is missing, a rater voted twice on an item, or no item was rated by both.
    """
    table = _wide(votes)
    missing = [rater for rater in raters if rater not in table.columns]
    both = table.dropna(subset=[*raters]) if not missing else table.iloc[:0]
    if not len(both):
        raise InputError(
            f"no item was rated by both {raters[0]} and {raters[1]}; agreement needs common items"
        )
    values = np.unique(both[[*raters]].to_numpy().ravel())
    first, second = (np.searchsorted(values, both[rater].to_numpy()) for rater in raters)
    pairs = np.zeros((len(both), len(values) ** 2))
    pairs[np.arange(len(both)), first * len(values) + second] = 1.0
    distance = _distance(values, level)

    def kappa(weights: np.ndarray) -> np.ndarray:
        confusion = (weights @ pairs).reshape(len(weights), len(values), len(values))
        chance = confusion.sum(axis=2)[:, :, None] * confusion.sum(axis=1)[:, None, :]
        observed = (confusion * distance).sum(axis=(1, 2)) * weights.sum(axis=1)
        expected = (chance * distance).sum(axis=(1, 2))
        return 1.0 - np.divide(observed, expected, out=np.zeros(len(weights)), where=expected > 0)

    return _estimate(kappa, both.index.get_level_values("group"), resamples, seed)


def krippendorff_alpha(
    votes: "pd.DataFrame", level: Level, *, seed: int = 0, resamples: int = 1000
) -> Estimate:
    """Return Krippendorff's alpha over all raters; items with one vote are left out, n counts the others.

    The value is that of the library ``krippendorff`` (Krippendorff 2011); the resamples use the same formula on
    many samples at once. 1 where only one value was ever given.

    Raises
    ------
    InputError
        If a column is missing, a rater voted twice on an item, or no item has two votes.
    """
    import krippendorff

    table = _wide(votes)
    table = table[table.notna().sum(axis=1) >= 2]
    if not len(table):
        raise InputError("no item was rated by two raters; agreement needs common items")
    values = np.unique(table.to_numpy()[table.notna().to_numpy()])
    counts = np.column_stack([(table == value).sum(axis=1) for value in values])
    figure = _estimate(_alphas(counts, values, level), table.index.get_level_values("group"), resamples, seed)
    if len(values) < 2:
        return figure
    value = krippendorff.alpha(value_counts=counts, value_domain=values, level_of_measurement=level)
    return Estimate(float(value), figure.low, figure.high, figure.n)


def mean_over_votes(votes: Sequence[tuple[str, float]], *, seed: int = 0, resamples: int = 1000) -> Estimate:
    """Return the mean of (question_id, value) pairs, such as whether a vote was right; interval over questions."""
    values = np.array([value for _, value in votes])
    codes = np.unique([question for question, _ in votes], return_inverse=True)[1]
    return resampled([mean_of(values)], codes, resamples, np.random.default_rng(seed))[0].estimate(
        len(values)
    )


def _alphas(counts: np.ndarray, values: np.ndarray, level: Level) -> Statistic:
    """Return alpha as a function of the items' weights, from how often each item got each value (items, values)."""
    from scipy.sparse import csr_array

    ordered = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(values))
    parts = csr_array((ordered / (counts.sum(axis=1) - 1)[:, None, None]).reshape(len(counts), -1))

    def alpha(weights: np.ndarray) -> np.ndarray:
        seen = (parts.T @ weights.T).T.reshape(len(weights), len(values), len(values))
        total = seen.sum(axis=2)
        distance = _ordinal_distance(total) if level == "ordinal" else _distance(values, level)[None]
        observed = (seen * distance).sum(axis=(1, 2)) * (total.sum(axis=1) - 1)
        expected = (total[:, :, None] * total[:, None, :] * distance).sum(axis=(1, 2))
        return 1.0 - np.divide(observed, expected, out=np.zeros(len(weights)), where=expected > 0)

    return alpha


def _ordinal_distance(total: np.ndarray) -> np.ndarray:
    """Return the squared distance of every two values by how many votes lie between them, shape (b, values, values)."""
    middle = total.cumsum(axis=1) - total / 2
    return np.asarray((middle[:, :, None] - middle[:, None, :]) ** 2)


def _wide(votes: "pd.DataFrame") -> "pd.DataFrame":
    """Return one row per (group, item), one column per rater."""
    needed = ["item", "group", "rater", "value"]
    if missing := [name for name in needed if name not in votes.columns]:
        raise InputError(f"votes: no column {', '.join(missing)}; expected {', '.join(needed)}")
    twice = votes[votes.duplicated(["item", "rater"])]
    if len(twice):
        row = twice.iloc[0]
        raise InputError(
            f"votes: rater {row['rater']} voted twice on {row['item']}; expected one vote per item"
        )
    return votes.pivot(index=["group", "item"], columns="rater", values="value")


def _distance(values: np.ndarray, level: Level) -> np.ndarray:
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    return (values[:, None].astype(float) - values[None, :].astype(float)) ** 2


def _estimate(of: Statistic, groups: "pd.Index", resamples: int, seed: int) -> Estimate:
    codes = np.unique([str(group) for group in groups], return_inverse=True)[1]
    return resampled([of], codes, resamples, np.random.default_rng(seed), BOUNDS)[0].estimate(len(codes))

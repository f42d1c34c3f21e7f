"""Measures of predicted labels and their probabilities.

Those that are means have per-question values, shape (n,). The others are statistics of the whole sample:
functions of weights of shape (b, n), how often each question stands in each of b resamples, to shape (b,);
the measure itself is the value at weights of one.
"""

from collections.abc import Callable

import numpy as np

from pilot.evaluate.bootstrap import Statistic
from pilot.evaluate.rows import ClassifyRows

BINS = 15
"""Equal-width bins of the top probability for ECE (DESIGN section 3)."""


def correct(rows: ClassifyRows) -> np.ndarray:
    """Return 1 where the first label is the gold one, else 0."""
    return (rows.place == 1).astype(float)


def top(rows: ClassifyRows, k: int) -> np.ndarray:
    """Return 1 where the gold label is among the ``k`` likeliest, else 0."""
    return ((rows.place >= 1) & (rows.place <= k)).astype(float)


def macro_f1(rows: ClassifyRows) -> Statistic:
    """Return the unweighted mean of F1 over the labels present in the gold of each resample.

    Equals scikit-learn's ``f1_score(average="macro", labels=<labels of the gold>)``: a predicted label that
    no gold bears costs the gold label its recall and is no class of its own. Where labels have a handful of
    questions its interval is too narrow: seen to cover 89 % at 100 questions over 12 labels of falling
    frequency, 94 % at 300; the misses are values above the interval.
    """
    labels = np.unique(rows.gold)
    gold = (rows.gold[:, None] == labels).astype(float)
    predicted = (rows.predicted[:, None] == labels).astype(float)
    hits = 2 * gold * predicted

    def of(weights: np.ndarray) -> np.ndarray:
        support = weights @ gold
        # Neither in the gold nor predicted: 0 / 0, which counts as 0 and not as a label.
        f1 = (weights @ hits) / np.maximum(support + weights @ predicted, 1e-300)
        return f1.sum(axis=1) / (support > 0).sum(axis=1)

    return of


def calibration_error(rows: ClassifyRows) -> Statistic:
    """Return the expected calibration error of the top probability over 15 equal-width bins.

    Naeini et al. (2015), Guo et al. (2017): sum over bins of (share of questions) x |accuracy - mean
    probability|; a bin holds its upper edge. It is biased upwards: read it beside
    `pilot.evaluate.calibration.reference`.
    """
    gaps = _members(rows) * (correct(rows) - rows.confidence)[:, None]
    return lambda weights: np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1)


def calibrated_errors(rows: ClassifyRows, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return, shape (draws,), the ECE of a model whose probabilities are right, at these probabilities and n.

    Each draw makes every answer correct with its own probability, independently (Vaicenavicius et al. 2019).
    """
    right = rng.random((draws, len(rows.confidence))) < rows.confidence
    return np.abs((right - rows.confidence) @ _members(rows)).sum(axis=1) / len(rows.confidence)


def bins(confidence: np.ndarray) -> np.ndarray:
    """Return the bin of each probability, 0 to 14; bin m is (m/15, (m+1)/15], and 0 falls into the first."""
    return np.clip(np.searchsorted(np.linspace(0, 1, BINS + 1), confidence, side="left") - 1, 0, BINS - 1)


def area_under_risk_coverage(rows: ClassifyRows) -> Statistic:
    """Return AURC: the mean, over i = 1..n, of the error rate among the i most confident questions.

    Geifman, Uziel & El-Yaniv (2019), 0/1 loss. Equal probabilities cannot be told apart by a threshold:
    within them the expectation over random orders is taken, so one constant probability gives the error
    rate, and the copies a resample makes of a question count as ties. With M answered and E wrong before a
    block of m ties of which e are wrong, the block adds
    sum_{j=1..m} (E + j e/m) / (M + j) = e + (E - M e/m) (H(M+m) - H(M)), H being the harmonic numbers.
    """
    blocks = _blocks(rows)

    def of(weights: np.ndarray) -> np.ndarray:
        answered, wrong = blocks(weights)
        after = np.cumsum(answered, axis=1)
        before, total = after - answered, after[:, -1]
        harmonic = np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, int(total.max()) + 1))])
        span = np.take(harmonic, after.astype(np.intp)) - np.take(harmonic, before.astype(np.intp))
        rate = wrong / np.maximum(answered, 1e-300)
        excess = np.cumsum(wrong, axis=1) - wrong - before * rate
        return (wrong.sum(axis=1) + np.einsum("ij,ij->i", excess, span)) / total

    return of


def coverage_at_risk(rows: ClassifyRows, risk: float) -> Statistic:
    """Return the largest share of questions one threshold answers with an error rate of at most ``risk``.

    Geifman & El-Yaniv (2017). 0 where no threshold keeps the risk. The threshold is the best one in
    hindsight, so this describes the order of the probabilities; what a threshold chosen beforehand keeps is
    for `pilot.evaluate.abstention` to say.
    """
    blocks = _blocks(rows)

    def of(weights: np.ndarray) -> np.ndarray:
        answered, wrong = (np.cumsum(part, axis=1) for part in blocks(weights))
        # Counts are whole numbers: half of the smallest step in risk is a safe slack for rounding.
        kept = wrong <= risk * answered + 1e-9
        return np.where(kept, answered, 0.0).max(axis=1) / weights.sum(axis=1)

    return of


def _blocks(rows: ClassifyRows) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return what turns weights into weights and weighted errors per distinct probability, highest first."""
    order = np.argsort(-rows.confidence, kind="stable")
    starts = np.flatnonzero(np.diff(rows.confidence[order], prepend=np.inf))
    error = 1.0 - correct(rows)[order]

    def of(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        answered = np.take(weights, order, axis=1)
        wrong = answered * error
        if len(starts) == len(order):
            return answered, wrong
        return np.add.reduceat(answered, starts, axis=1), np.add.reduceat(wrong, starts, axis=1)

    return of


def _members(rows: ClassifyRows) -> np.ndarray:
    """Return 1.0 where a question falls into a bin; shape (n, bins)."""
    return (bins(rows.confidence)[:, None] == np.arange(BINS)).astype(float)

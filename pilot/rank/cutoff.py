"""How likely an answer is right, and where a list of answers should end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

DEPTH = 10
"""Only so many passages per question are looked at when the cut-off is learnt; lists end there at the latest."""
STEPS = 101
"""How many thresholds are tried, at equal shares of the probabilities seen."""
FEWEST = 10
"""With fewer dev questions nothing is learnt."""


class Trial(NamedTuple):
    """One dev question: its scores in order, best first, what is known of it, and what is relevant.

    Attributes
    ----------
    scores
        Shape (candidates,), mean 0 and spread 1, descending.
    coverage
        The largest share of its terms that a candidate holds.
    hits
        Shape (candidates,), whether each is of relevance >= 1.
    relevant
        How many passages of relevance >= 1 there are, found or not.
    """

    scores: np.ndarray
    coverage: float
    hits: np.ndarray
    relevant: int


@dataclass(frozen=True)
class Cutoff:
    """A logistic model of relevance, and the least probability at which a passage stays in the list.

    Parameters
    ----------
    weights
        Four, of the score, the lead of the first over the second, the coverage, and one.
    keep
        The threshold.
    """

    weights: list[float]
    keep: float

    def probabilities(self, scores: np.ndarray, coverage: float) -> np.ndarray:
        """Return the probability that each passage is relevant, for scores in order; falls as they fall."""
        return _logistic(_signs(scores, coverage) @ np.array(self.weights))

    def kept(self, probabilities: np.ndarray) -> int:
        """Return how many of the first passages stay: those above the threshold, at least one."""
        return max(1, int((probabilities[:DEPTH] >= self.keep).sum()))


def learn_cutoff(trials: Sequence[Trial]) -> Cutoff | None:
    """Learn from dev questions; None if they are too few, or the scores tell nothing.

    The threshold is the one of the largest mean F2 over the trials.
    """
    from sklearn.linear_model import LogisticRegression

    if len(trials) < FEWEST:
        return None
    signs = [_signs(trial.scores[:DEPTH], trial.coverage) for trial in trials]
    hits = np.concatenate([trial.hits[:DEPTH] for trial in trials])
    if hits.all() or not hits.any():
        return None
    weights = LogisticRegression(fit_intercept=False).fit(np.concatenate(signs), hits).coef_[0]
    if weights[0] <= 0:
        return None
    curves = [_logistic(own @ weights) for own in signs]
    grid = np.unique(np.quantile(np.concatenate(curves), np.linspace(0, 1, STEPS), method="nearest"))
    values = [np.mean([_f2(c, t, keep) for c, t in zip(curves, trials, strict=True)]) for keep in grid]
    return Cutoff(weights.tolist(), float(grid[int(np.argmax(values))]))


def _f2(probabilities: np.ndarray, trial: Trial, keep: float) -> float:
    kept = max(1, int((probabilities >= keep).sum()))
    return float(5 * trial.hits[:kept].sum() / (4 * trial.relevant + kept))


def _signs(scores: np.ndarray, coverage: float) -> np.ndarray:
    """Return what the probability depends on, shape (scores, 4)."""
    lead = scores[0] - scores[1] if len(scores) > 1 else 0.0
    same = np.ones(len(scores))
    return np.column_stack([scores, lead * same, coverage * same, same])


def _logistic(values: np.ndarray) -> np.ndarray:
    result: np.ndarray = 1.0 / (1.0 + np.exp(-values))
    return result

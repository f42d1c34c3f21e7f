"""How sure an answer is, in a number and in words, and where the machine hands over instead."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

WORDS = ((0.85, "rất chắc chắn"), (0.7, "khá chắc chắn"), (0.0, "tương đối chắc chắn, nên đọc kỹ"))
"""From this probability on, what people read."""
STEPS = 1e-3
"""Probabilities nearer to 0 or 1 than this count as this."""


class Trial(NamedTuple):
    """A question the models had not seen: what speaks for its first passage in force, and whether it was served.

    Attributes
    ----------
    score
        Of the ranker.
    agreement
        Probability that the question belongs to a field of the passage.
    held
        Share of the question's words, weighed by how rare they are, that the passage has.
    served
        Whether one of the first passages answers.
    """

    score: float
    agreement: float
    held: float
    served: bool


@dataclass(frozen=True)
class Confidence:
    """A logistic model of whether one of the first passages answers the question.

    Parameters
    ----------
    weights
        Of the log-odds of the first passage's score, of those of the agreement of its fields, of the share of the
        question's words it holds, and of one.
    least
        Below it the question is handed over.
    """

    weights: tuple[float, float, float, float]
    least: float

    def of(self, score: float, agreement: float, held: float) -> float:
        """Return the probability that one of the first passages answers; see `Trial`."""
        signs = (odds(score), odds(agreement), held, 1.0)
        return 1.0 / (1.0 + math.exp(-sum(w * s for w, s in zip(self.weights, signs, strict=True))))


def in_words(probability: float) -> str:
    """Return what people read for a probability."""
    return next(words for least, words in WORDS if probability >= least)


def learn_confidence(trials: Sequence[Trial], risk: float) -> Confidence:
    """Fit the model, and choose the least probability at which those answered go wrong in at most the share ``risk``.

    Of several such thresholds the lowest; with none the one that answers only the surest trial.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    signs = np.array([[odds(trial.score), odds(trial.agreement), trial.held] for trial in trials])
    served = np.array([trial.served for trial in trials])
    model = LogisticRegression().fit(signs, served)
    first, second, third = map(float, model.coef_[0])
    weights = (first, second, third, float(model.intercept_[0]))
    sure = np.array([Confidence(weights, 0.0).of(*trial[:3]) for trial in trials])
    order = np.argsort(-sure, kind="stable")
    wrong = np.cumsum(~served[order]) / np.arange(1, len(order) + 1)
    within = np.flatnonzero(wrong <= risk)
    return Confidence(weights, float(sure[order[within[-1] if len(within) else 0]]))


def odds(probability: float) -> float:
    """Return the natural log-odds of a probability."""
    inside = min(max(probability, STEPS), 1 - STEPS)
    return math.log(inside / (1 - inside))

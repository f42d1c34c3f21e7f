"""Scores of several models as one probability: temperatures, a weighted sum of logarithms, and how sure to be of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

LEAST = -9.0
"""No model may rule a label out: log probabilities below this count as this."""
EDGE = 1e-9
"""Probabilities come no nearer to 0 and 1 than this."""
CAUTION = 5.0
"""How many dev examples it takes to move the weights of a pool as far as its starting point holds them back."""


def known_columns(labels: Sequence[str], known: Sequence[str]) -> "tuple[list[int], np.ndarray]":
    """Return the rows whose label is known, and the column of each one's label."""
    import numpy as np

    column = {label: place for place, label in enumerate(known)}
    rows = [row for row, label in enumerate(labels) if label in column]
    return rows, np.array([column[labels[row]] for row in rows], dtype=int)


def sides_of(model: Any) -> "tuple[np.ndarray, np.ndarray]":
    """Return weights (labels, columns) and intercepts (labels,) of a linear model of scikit-learn.

    Of two labels scikit-learn keeps one row, for the second against the first: here each has half of it.
    """
    import numpy as np

    sides, intercepts = model.coef_, model.intercept_
    if len(model.classes_) != 2:
        return sides, intercepts
    return np.concatenate([-sides, sides]) / 2, np.concatenate([-intercepts, intercepts]) / 2


def log_probabilities(scores: "np.ndarray", temperature: float) -> "np.ndarray":
    """Return the logarithm of the softmax of scores over a temperature, shape (n, k), not below `LEAST`."""
    import numpy as np
    from scipy.special import log_softmax

    return np.maximum(log_softmax(scores / temperature, axis=1), LEAST)


def log_loss(logits: "np.ndarray", columns: "np.ndarray") -> float:
    """Return the mean negative log probability of the right column, the softmax of logits being the probabilities."""
    import numpy as np
    from scipy.special import log_softmax

    return -float(log_softmax(logits, axis=1)[np.arange(len(columns)), columns].mean())


def best_temperature(scores: "np.ndarray", columns: "np.ndarray") -> float:
    """Return the temperature that minimises the log loss (Guo et al. 2017); 1 without examples."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    if not len(columns):
        return 1.0
    found = minimize_scalar(
        lambda log: log_loss(scores / np.exp(log), columns), bounds=(-5, 5), method="bounded"
    )
    return float(np.exp(found.x))


def best_weights(members: "np.ndarray", columns: "np.ndarray", start: "np.ndarray") -> "np.ndarray":
    """Return weights of a log-linear pool, none negative, that fit dev examples without straying without cause.

    Parameters
    ----------
    members
        Log probabilities or evidence, shape (members, n, k).
    columns
        The right column of each example, shape (n,).
    start
        Weights without examples; the squared distance to them counts as `CAUTION` / n in the mean log loss.

    Returns
    -------
    numpy.ndarray
        Shape (members,).
    """
    import numpy as np
    from scipy.optimize import minimize

    if not len(columns):
        return start
    held = CAUTION / len(columns)

    def loss(weights: np.ndarray) -> float:
        return log_loss(np.tensordot(weights, members, 1), columns) + held * float(
            ((weights - start) ** 2).sum()
        )

    found = minimize(loss, start, method="L-BFGS-B", bounds=[(0, 3)] * len(start))
    return np.asarray(found.x)


def best_odds(probabilities: "np.ndarray", columns: "np.ndarray") -> "np.ndarray":
    """Return slope and intercept by which log-odds of the top probability tell how often it is right (Platt 1999).

    One temperature cannot mend a model that is too sure where it is sure and too shy where it is not.

    Parameters
    ----------
    probabilities
        Of held-out examples, shape (n, k).
    columns
        The right column of each, shape (n,). The fewer there are, the nearer the result stays to (1, 0).
    """
    import numpy as np
    from scipy.optimize import minimize

    start = np.array([1.0, 0.0])
    if not len(columns):
        return start
    odds, held = _odds(probabilities.max(axis=1)), CAUTION / len(columns)
    signs = np.where(probabilities.argmax(axis=1) == columns, 1, -1)

    def loss(line: np.ndarray) -> float:
        return float(
            np.logaddexp(0, -signs * (line[0] * odds + line[1])).mean() + held * ((line - start) ** 2).sum()
        )

    return np.asarray(minimize(loss, start, method="L-BFGS-B", bounds=[(0.05, 5), (-5, 5)]).x)


def with_odds(probabilities: "np.ndarray", line: "np.ndarray") -> "np.ndarray":
    """Return probabilities with the top ones as `best_odds` has them, the others in proportion; the order stays."""
    import numpy as np
    from scipy.special import expit

    if probabilities.shape[1] < 2:
        return probabilities
    rows, first = np.arange(len(probabilities)), probabilities.argmax(axis=1)
    top = np.clip(probabilities.max(axis=1), None, 1 - EDGE)
    second = np.partition(probabilities, -2, axis=1)[:, -2]
    least = second / (1 - top + second) + EDGE
    moved = np.clip(np.maximum(expit(line[0] * _odds(top) + line[1]), least), None, 1 - EDGE)
    found = probabilities * ((1 - moved) / (1 - top))[:, None]
    found[rows, first] = moved
    return found / found.sum(axis=1, keepdims=True)


def _odds(top: "np.ndarray") -> "np.ndarray":
    """Return log-odds of probabilities, kept off 0 and 1."""
    from scipy.special import logit

    return logit(top.clip(EDGE, 1 - EDGE))

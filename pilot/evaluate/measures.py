"""Measures are named values: they parse, print and compare as they are typed, ``nDCG@10`` everywhere."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pilot.evaluate import classification, ranking
from pilot.evaluate.bootstrap import Statistic, mean_of
from pilot.evaluate.rows import Rows
from pilot.records import InputError


@dataclass(frozen=True)
class Family:
    """All measures of one form, such as ``nDCG@k``.

    Parameters
    ----------
    task
        ``rank`` or ``classify``.
    values
        Per-question values of a measure that is their mean: (rows[, parameter]) -> shape (n,).
    statistic
        Of a measure that is no mean: (rows[, parameter]) -> function of weights (b, n) to values (b,).
    tally
        Per-question values by which wins and losses are counted, for a statistic that has a natural one.
    reference
        Of an error that even a faultless model shows: (rows, draws, rng) -> its values, shape (draws,).
    lower_is_better
        True for errors.
    """

    task: str
    values: Callable[..., np.ndarray] | None = None
    statistic: Callable[..., Statistic] | None = None
    tally: Callable[..., np.ndarray] | None = None
    reference: Callable[..., np.ndarray] | None = None
    lower_is_better: bool = False


MEASURES: dict[str, Family] = {
    "nDCG@k": Family("rank", values=ranking.ndcg),
    "MRR@k": Family("rank", values=ranking.reciprocal_rank),
    "R@k": Family("rank", values=ranking.recall),
    "P@k": Family("rank", values=ranking.precision),
    "hit@k": Family("rank", values=ranking.hit),
    "F2": Family("rank", values=ranking.f2),
    "F2@k": Family("rank", values=ranking.f2),
    "Judged@k": Family("rank", values=ranking.judged),
    "macro-F1": Family("classify", statistic=classification.macro_f1, tally=classification.correct),
    "Accuracy": Family("classify", values=classification.correct),
    "Top-k": Family("classify", values=classification.top),
    "ECE": Family(
        "classify",
        statistic=classification.calibration_error,
        reference=classification.calibrated_errors,
        lower_is_better=True,
    ),
    "AURC": Family("classify", statistic=classification.area_under_risk_coverage, lower_is_better=True),
    "Coverage@risk=r": Family("classify", statistic=classification.coverage_at_risk),
}
"""Form -> family. ``k`` stands for a whole number from 1, ``r`` for an error rate such as 0.05."""

_PARAMETERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "k": (r"([1-9]\d{0,4})", int),
    "r": (r"(0\.\d{1,4})", float),
}


@dataclass(frozen=True)
class Measure:
    """One measure, equal to others of its name and hashed by it."""

    name: str
    family: Family = field(compare=False, repr=False)
    parameters: tuple[Any, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return self.name

    @property
    def task(self) -> str:
        """Return ``rank`` or ``classify``."""
        return self.family.task

    @property
    def lower_is_better(self) -> bool:
        """Say whether a smaller value is the better one."""
        return self.family.lower_is_better

    def values(self, rows: Rows) -> np.ndarray | None:
        """Return the value of each question, shape (n,); None if the measure is no mean over questions."""
        return None if self.family.values is None else self.family.values(rows, *self.parameters)

    def tally(self, rows: Rows) -> np.ndarray | None:
        """Return what wins and losses are counted by, shape (n,); None if no question wins by itself."""
        return self.values(rows) if self.family.tally is None else self.family.tally(rows)

    def over(self, rows: Rows) -> Statistic:
        """Return the measure as a function of question weights: (b, n) -> (b,)."""
        values = self.values(rows)
        if values is not None:
            return mean_of(values)
        assert self.family.statistic is not None  # every family has the one or the other
        return self.family.statistic(rows, *self.parameters)


def parse_measure(name: str) -> Measure:
    """Return the measure of that name.

    Raises
    ------
    InputError
        If there is none; the message gives the nearest valid names.
    """
    for form, family in MEASURES.items():
        match = re.fullmatch(_pattern(form), name)
        if match:
            return Measure(name, family, tuple(_PARAMETERS[form[-1]][1](text) for text in match.groups()))
    raise InputError(f"unknown measure {name!r}; {_nearest(name)}")


def _pattern(form: str) -> str:
    if re.search(r"[@=-][kr]$", form):
        return re.escape(form[:-1]) + _PARAMETERS[form[-1]][0]
    return re.escape(form)


def _nearest(name: str) -> str:
    """Word the valid names that look most like ``name``, keeping its number."""
    number = next(iter(re.findall(r"[1-9]\d*", re.sub(r"(?i)^f[12]", "", name))), "10")
    written = [re.sub(r"([@-])k$", rf"\g<1>{number}", form).replace("=r", "=0.05") for form in MEASURES]
    folded = {text.lower(): text for text in written}
    near = [folded[text] for text in difflib.get_close_matches(name.lower(), folded, n=2, cutoff=0.5)]
    if near:
        return "did you mean " + " or ".join(near) + "?"
    return "expected one of " + ", ".join(MEASURES) + " with a number for k and an error rate for r"

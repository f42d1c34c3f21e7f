"""How much a measure drops when the same questions are typed differently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pilot.evaluate.bootstrap import Estimate, resampled
from pilot.evaluate.evaluation import parse_measures
from pilot.evaluate.rows import BUILDERS
from pilot.evaluate.systems import System

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Drop:
    """One perturbation under one measure.

    ``drop`` is as typed minus perturbed, paired by question; ``changed`` counts the questions whose text the
    perturbation changed at all.
    """

    perturbation: str
    measure: str
    typed: Estimate
    perturbed: Estimate
    drop: Estimate
    changed: int


def drops(
    typed: System,
    perturbed: "Mapping[str, tuple[pd.DataFrame, int]]",
    measures: Sequence[str],
    *,
    seed: int = 0,
    resamples: int = 2000,
) -> list[Drop]:
    """Measure the drop from predictions already made.

    Parameters
    ----------
    typed
        The system's predictions for the questions as typed, with gold and groups.
    perturbed
        Perturbation -> predictions for the same questions so typed, and how many of them it changed.
    measures
        Names of measures.
    seed, resamples
        Of the intervals.

    Returns
    -------
    list of Drop
        Perturbations in order, measures within.

    Raises
    ------
    InputError
        If predictions do not fit the gold.
    """
    named = parse_measures(typed.task, measures)
    names, n = [measure.name for measure in named], len(typed.rows.question_ids)
    found: list[Drop] = []
    for name, (predictions, moved) in perturbed.items():
        rows = BUILDERS[typed.task](predictions, typed.gold, typed.groups)
        statistics = [measure.over(part) for part in (typed.rows, rows) for measure in named]
        figures = resampled(statistics, rows.groups, resamples, np.random.default_rng(seed))
        pairs = zip(names, figures[: len(named)], figures[len(named) :], strict=True)
        found += [
            Drop(name, measure, before.estimate(n), after.estimate(n), (before - after).estimate(n), moved)
            for measure, before, after in pairs
        ]
    return found

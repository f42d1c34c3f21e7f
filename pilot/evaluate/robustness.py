"""How much a measure drops when the same questions are typed differently."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pilot.evaluate.bootstrap import Estimate, Resampled, resampled
from pilot.evaluate.evaluation import parse_measures
from pilot.evaluate.rows import BUILDERS
from pilot.evaluate.systems import System
from pilot.records import InputError, Question

if TYPE_CHECKING:
    import pandas as pd

Predict = Callable[[list[Question]], "pd.DataFrame"]
"""Maps questions to predictions: what a trained model offers, with everything but the questions bound."""


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


def robustness(
    predict: Predict,
    questions: Sequence[Question],
    perturbations: Mapping[str, Callable[[str], str]],
    typed: System,
    measures: Sequence[str],
    *,
    seed: int = 0,
    resamples: int = 2000,
) -> list[Drop]:
    """Predict again for every perturbation and measure the drop.

    Parameters
    ----------
    predict
        Questions -> predictions; called once per perturbation, with the same ids in the same order.
    questions
        The questions as typed, at least those with gold.
    perturbations
        Name -> text to text; seeded by the caller.
    typed
        The system's predictions for the questions as typed, with gold and groups.
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
        If a judged question is not among ``questions``, or predictions do not fit the gold.
    """
    judged = set(typed.rows.question_ids)
    asked = [question for question in questions if question.question_id in judged]
    if lost := judged - {question.question_id for question in asked}:
        raise InputError(f"{len(lost)} judged questions are not among those to perturb, first {min(lost)}")
    perturbed = {}
    for name, perturb in perturbations.items():
        changed = [dataclasses.replace(question, text=perturb(question.text)) for question in asked]
        moved = sum(new.text != old.text for new, old in zip(changed, asked, strict=True))
        perturbed[name] = predict(changed), moved
    return drops(typed, perturbed, measures, seed=seed, resamples=resamples)


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
        found += [_drop(name, measure, before, after, moved, n) for measure, before, after in pairs]
    return found


def _drop(name: str, measure: str, before: Resampled, after: Resampled, moved: int, n: int) -> Drop:
    typed, perturbed, drop = (
        Estimate(figure.value, *figure.bca(), n) for figure in (before, after, before - after)
    )
    return Drop(name, measure, typed, perturbed, drop, moved)

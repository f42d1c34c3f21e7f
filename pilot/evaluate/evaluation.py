"""Predictions and gold in, per-question scores and estimates out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pilot.evaluate.bootstrap import ALPHA, Estimate, Resampled, resampled
from pilot.evaluate.measures import Measure, parse_measure
from pilot.evaluate.rows import BUILDERS, Rows
from pilot.records import InputError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Evaluation:
    """What a run scored.

    Parameters
    ----------
    scores
        Columns ``question_id, measure, value``: every judged question under every measure that is a mean over
        questions. The others (macro-F1, ECE, AURC, Coverage@risk) follow from the predictions.
    metrics
        Measure -> estimate, in the order asked for.
    """

    scores: "pd.DataFrame"
    metrics: dict[str, Estimate]


def evaluate(
    task: str,
    predictions: "pd.DataFrame",
    gold: "pd.DataFrame",
    groups: "pd.Series",
    measures: Sequence[str],
    *,
    seed: int = 0,
    resamples: int = 2000,
) -> Evaluation:
    """Score predictions against gold; every judged question counts, a missing one scores 0.

    Parameters
    ----------
    task
        ``rank`` or ``classify``.
    predictions
        ``question_id, passage_id, score`` or ``question_id, label, probability``; further columns are not
        read, the rank is made anew with ties by id.
    gold
        ``question_id, passage_id, relevance``, or ``question_id, label`` with the main field.
    groups
        question_id -> group; at least for the questions of ``gold``.
    measures
        Names such as ``nDCG@10``.
    seed
        Of the resampling.
    resamples
        How many times the groups are drawn anew for the intervals.

    Raises
    ------
    InputError
        If a measure is unknown or of the other task, or the frames do not fit together; all faults of a kind
        at once.
    """
    named = parse_measures(task, measures)
    rows = BUILDERS[task](predictions, gold, groups)
    return Evaluation(
        per_question(rows, named), estimates(rows, named, resamples, np.random.default_rng(seed))
    )


def parse_measures(task: str, names: Sequence[str]) -> list[Measure]:
    """Return the measures of these names.

    Raises
    ------
    InputError
        If the task is unknown, or names are unknown or belong to the other task; all of them at once.
    """
    if task not in BUILDERS:
        raise InputError(f"unknown task {task!r}; expected {' or '.join(BUILDERS)}")
    faults: list[str] = []
    found: list[Measure] = []
    for name in names:
        try:
            found.append(parse_measure(name))
        except InputError as error:
            faults += error.faults
    faults += [f"measure {m} belongs to task {m.task}, not to {task}" for m in found if m.task != task]
    if faults:
        raise InputError(*faults)
    return found


def estimates(
    rows: Rows, measures: Sequence[Measure], resamples: int, rng: np.random.Generator
) -> dict[str, Estimate]:
    """Return measure -> estimate, all from the same resamples of the groups.

    BCa intervals; where even a faultless model would show an error (ECE), the basic interval, reaching down
    to 0 if the value is within what a faultless model shows at this n.
    """
    found = resampled([measure.over(rows) for measure in measures], rows.groups, resamples, rng)
    return {
        measure.name: _estimate(measure, rows, figure, rng)
        for measure, figure in zip(measures, found, strict=True)
    }


def _estimate(measure: Measure, rows: Rows, figure: Resampled, rng: np.random.Generator) -> Estimate:
    reference = measure.family.reference
    if reference is None:
        low, high = figure.bca()
    else:
        low, high = figure.basic()
        if figure.value <= np.quantile(reference(rows, 1000, rng), 1 - ALPHA / 2):
            low = 0.0
    return Estimate(figure.value, low, high, len(rows.question_ids))


def per_question(rows: Rows, measures: Sequence[Measure]) -> "pd.DataFrame":
    """Return ``question_id, measure, value`` for the measures that are means, by measure, then id."""
    import pandas as pd

    frames = [
        pd.DataFrame({"question_id": rows.question_ids, "measure": measure.name, "value": values})
        for measure in measures
        if (values := measure.values(rows)) is not None
    ]
    empty = pd.DataFrame({"question_id": [], "measure": [], "value": []}).astype({"value": float})
    return pd.concat(frames, ignore_index=True) if frames else empty

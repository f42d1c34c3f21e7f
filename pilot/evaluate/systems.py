"""A system is what a run left behind: enough to score it again in any way."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from pilot.evaluate.evaluation import per_question
from pilot.evaluate.measures import parse_measure
from pilot.evaluate.rows import BUILDERS, Rows

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class System:
    """One system's output on one set of questions.

    Parameters
    ----------
    task
        ``rank`` or ``classify``.
    predictions, gold, groups
        As `pilot.evaluate.evaluate` takes them.
    scores
        The per-question scores stored with the run, if any: they are held against the predictions.
    """

    task: str
    predictions: "pd.DataFrame"
    gold: "pd.DataFrame"
    groups: "pd.Series"
    scores: "pd.DataFrame | None" = None

    @cached_property
    def rows(self) -> Rows:
        """Return predictions and gold aligned by question; raises `InputError` where they do not fit."""
        return BUILDERS[self.task](self.predictions, self.gold, self.groups)

    def score_faults(self) -> list[str]:
        """Return where the stored scores are not what the predictions give."""
        if self.scores is None or not len(self.scores):
            return []
        measures = [parse_measure(name) for name in self.scores["measure"].unique()]
        again = per_question(self.rows, measures).set_index(["measure", "question_id"])["value"]
        stored = self.scores.set_index(["measure", "question_id"])["value"]
        off = ~np.isclose(stored.to_numpy(), again.reindex(stored.index).to_numpy(), rtol=0, atol=1e-9)
        if len(stored) == len(again) and not off.any():
            return []
        measure, question = stored.index[int(off.argmax())]
        return [
            f"{int(off.sum())} of {len(stored)} stored scores ({len(again)} expected) are not what the "
            f"predictions give, first {measure} of question {question}; run the experiment again"
        ]


def comparison_faults(systems: Mapping[str, System], baseline: str) -> list[str]:
    """Return what keeps systems from being compared question by question."""
    if baseline not in systems:
        return [f"baseline {baseline!r} is not among the systems {', '.join(systems)}"]
    faults = [f"{name}: {fault}" for name, system in systems.items() for fault in system.score_faults()]
    base = systems[baseline]
    for name, system in systems.items():
        if system.task != base.task:
            faults.append(f"{name} is a system for {system.task}, {baseline} one for {base.task}")
        elif not np.array_equal(system.rows.question_ids, base.rows.question_ids):
            only = set(system.rows.question_ids) ^ set(base.rows.question_ids)
            faults.append(
                f"{name} and {baseline} were not scored on the same questions: {len(only)} are in one only, "
                f"first {min(only)}; run both on the same dataset and split"
            )
        elif not _same_gold(system.gold, base.gold):
            faults.append(f"{name} and {baseline} were scored against different gold; run both again")
        elif not np.array_equal(system.rows.groups, base.rows.groups):
            faults.append(f"{name} and {baseline} group the questions differently; run both again")
    return faults


def _same_gold(left: "pd.DataFrame", right: "pd.DataFrame") -> bool:
    columns = [name for name in ("question_id", "passage_id", "relevance", "label") if name in left.columns]
    if not set(columns) <= set(right.columns):
        return False
    one, other = (
        set(frame[columns].itertuples(index=False, name=None)) for frame in (left[columns], right[columns])
    )
    return one == other

"""The runs a report rests on: loaded, held against their own files, chosen for each question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from pilot import track
from pilot.decide.blocks import Figure
from pilot.decide.currency import STALE, stale_first
from pilot.evaluate import Estimate, System, evaluate, parse_measure
from pilot.evaluate.slices import length_band
from pilot.records import InputError
from pilot.taxonomy import taxonomy

if TYPE_CHECKING:
    import pandas as pd

BASELINE = {"classify": ("classify/keywords", "classify/majority"), "rank": ("rank/bm25", "rank/random")}
"""Task -> what stands for today's way of working; the first that was run."""
LEADING = {"classify": "macro-F1", "rank": "nDCG@10"}
"""Task -> measure by which systems are compared."""


@dataclass(frozen=True, eq=False)
class Scored:
    """A completed run with the frames it left."""

    run: track.Run
    frames: "Mapping[str, pd.DataFrame]"

    @cached_property
    def system(self) -> System:
        """Return what can be scored again in any way."""
        groups = self.frames["questions"].set_index("question_id")["group"]
        return System(
            self.run.task, self.frames["predictions"], self.frames["gold"], groups, self.frames["scores"]
        )

    @cached_property
    def attributes(self) -> "pd.DataFrame":
        """Return what its questions are sliced by, a row per question, values as people read them."""
        questions, labels = self.frames["questions"], taxonomy()
        groups = questions["field"].map(labels.group, na_action="ignore")
        return questions[["question_id", "audience", "province", "channel"]].assign(
            field=questions["field"].map(labels.name, na_action="ignore"),
            group=groups.map(lambda code: labels.groups.get(code, code)),
            length=questions["words"].map(length_band),
            cites_law=questions["cites_law"],
        )

    @property
    def standing(self) -> int:
        """Say what its data is worth: 2 labels settled by experts, 1 real questions, 0 illustration."""
        return 0 if self.run.illustrative else 1 + self.run.adjudicated

    def measured(self, measure: str) -> Estimate:
        """Return the figure of the run under a measure; made from its frames where the run did not log it."""
        if measure == STALE:
            return stale_first(self.system, self.frames)
        if measure not in self.run.metrics:
            frames = (self.frames["predictions"], self.frames["gold"], self.system.groups)
            return evaluate(self.run.task, *frames, [measure], seed=self.run.seed).metrics[measure]
        return self.run.metrics[measure]

    def figure(self, what: str, estimate: Estimate | None = None) -> Figure:
        """Return a figure of the run as it stands in tables; without an estimate ``what`` is a measure."""
        return Figure(what, self.measured(what) if estimate is None else estimate, self.run.run_id)

    def faults(self) -> list[str]:
        """Return where logged figures and stored scores are not what the predictions give."""
        faults = self.system.score_faults()
        rows = self.system.rows
        whole = np.ones((1, len(rows.question_ids)))
        for name, logged in self.run.metrics.items():
            again = float(parse_measure(name).over(rows)(whole)[0])
            if not np.isclose(again, logged.value, rtol=0, atol=1e-9):
                faults.append(f"{name} is logged as {logged.value:.6f}, its predictions give {again:.6f}")
        return faults


def load_runs(runs: Sequence[track.Run]) -> list[Scored]:
    """Load what runs left behind.

    Raises
    ------
    InputError
        If there are no runs, or files of one are missing, damaged, or not what was logged; all faults at once.
    """
    if not runs:
        raise InputError("no completed run to report on; `make run` makes the first ones")
    loaded: list[Scored] = []
    faults: list[str] = []
    for run in runs:
        try:
            scored = Scored(run, track.frames(run.run_id))
            found = scored.faults()
        except InputError as error:
            faults += error.faults
            continue
        faults += [f"run {run.run_id[:8]} ({run.experiment}): {fault}" for fault in found]
        loaded.append(scored)
    if faults:
        raise InputError(*faults)
    return loaded


def current(runs: Sequence[track.Run]) -> list[track.Run]:
    """Return the newest run per experiment, data and way of learning; those repeated on newer data go."""
    newest = track.newest(runs)
    last = {(run.experiment, run.supervision, run.path or run.data): run for run in reversed(newest)}
    return [run for run in newest if last[run.experiment, run.supervision, run.path or run.data] is run]


def witnesses(experiment: str, scored: Sequence[Scored]) -> list[Scored]:
    """Return the newest run of an experiment on each dataset, of the best standing there is."""
    own = sorted((s for s in scored if s.run.experiment == experiment), key=lambda s: -s.run.started)
    best = max((s.standing for s in own), default=0)
    kept: dict[str, Scored] = {}
    for one in own:
        if one.standing == best:
            kept.setdefault(one.run.data, one)
    return list(kept.values())


def counterpart(one: Scored, experiment: str, scored: Sequence[Scored]) -> Scored | None:
    """Return the newest run of an experiment that answered the same questions as ``one``."""
    fitting = [
        other
        for other in scored
        if other.run.experiment == experiment
        and other.run.data == one.run.data
        and np.array_equal(other.system.rows.question_ids, one.system.rows.question_ids)
    ]
    return max(fitting, key=lambda other: other.run.started, default=None)


def arenas(scored: Sequence[Scored]) -> list[list[Scored]]:
    """Group runs that answered the same questions; the best standing and most questions first."""
    found: dict[tuple[str, str, str], list[Scored]] = {}
    for one in scored:
        ids = ",".join(one.system.rows.question_ids)
        found.setdefault((one.run.task, one.run.data, ids), []).append(one)
    order = sorted(found.values(), key=lambda a: (-a[0].standing, -len(a[0].system.rows.question_ids)))
    return [sorted(arena, key=_place) for arena in order]


def baseline_of(arena: Sequence[Scored]) -> Scored | None:
    """Return the run of an arena that stands for today's way of working."""
    named = {one.run.experiment: one for one in arena}
    return next((named[name] for name in BASELINE[arena[0].run.task] if name in named), None)


def subject_of(arena: Sequence[Scored]) -> Scored:
    """Return the run of an arena that a pilot would use: the default, else the best by the leading measure."""
    task = arena[0].run.task
    named = {one.run.experiment: one for one in arena}
    return named.get(f"{task}/default") or max(arena, key=lambda s: s.measured(LEADING[task]).value)


def _place(one: Scored) -> float:
    return one.measured(LEADING[one.run.task]).value

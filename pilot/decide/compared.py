"""Completed runs held against each other, question by question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilot import track
from pilot.decide.criteria import load_criteria
from pilot.evaluate import Comparison, System, compare_systems, parse_measure, slice_table
from pilot.evaluate.slices import SliceTable, length_band
from pilot.records import InputError
from pilot.taxonomy import taxonomy

if TYPE_CHECKING:
    import pandas as pd

LEADING = {"classify": "macro-F1", "rank": "nDCG@10"}
"""Task -> measure by which slices are judged."""


@dataclass(frozen=True)
class Compared:
    """A comparison with the runs behind it, and the slices of each run under the leading measure."""

    runs: tuple[track.Run, ...]
    comparison: Comparison
    slices: dict[str, SliceTable]


def compare(
    runs: Sequence[str], baseline: str | None = None, *, slices: bool = True, resamples: int = 10_000
) -> Compared:
    """Compare completed runs with a baseline: paired by question, resampled by group, corrected for all tests.

    Parameters
    ----------
    runs
        Ids, unique prefixes, or experiment names (their newest completed run).
    baseline
        One more such reference, or one of ``runs``; by default the first.
    slices
        Whether to measure each run on every slice as well.
    resamples
        Of bootstrap and randomisation test.

    Raises
    ------
    InputError
        If a run is not found, fewer than two are named, or they were not scored on the same questions.
    """
    references = list(dict.fromkeys([*([baseline] if baseline else []), *runs]))
    found = list({run.run_id: run for run in map(track.find, references)}.values())
    if len(found) < 2:
        raise InputError("one run cannot be compared; name two or more, or a --baseline")
    names = _names(found)
    systems = {name: system_of(run) for name, run in zip(names, found, strict=True)}
    common = [m for m in found[0].metrics if all(m in run.metrics for run in found)]
    measures = [m for m in common if not m.startswith("Judged@")]  # says what was judged, not what is good
    effects = {m: load_criteria().smallest_effect.get(m, 0.02) for m in measures}
    comparison = compare_systems(systems, names[0], measures, smallest=effects, resamples=resamples)
    tables = {}
    if slices:
        attributes = slice_attributes(track.frames(found[0].run_id)["questions"])
        leading = LEADING[found[0].task] if LEADING[found[0].task] in measures else measures[0]
        tables = {name: slice_table(system, attributes, leading) for name, system in systems.items()}
    return Compared(tuple(found), comparison, tables)


def system_of(run: track.Run) -> System:
    """Return what a run left behind, ready to be scored again."""
    frames = track.frames(run.run_id)
    groups = frames["questions"].set_index("question_id")["group"]
    return System(run.task, frames["predictions"], frames["gold"], groups, frames["scores"])


def slice_attributes(questions: "pd.DataFrame") -> "pd.DataFrame":
    """Return what questions are sliced by, values as people read them."""
    labels = taxonomy()
    field = questions["field"].map(labels.name, na_action="ignore")
    group = (
        questions["field"]
        .map(labels.group, na_action="ignore")
        .map(lambda code: labels.groups.get(code, code))
    )
    shown = questions[["question_id", "audience", "province", "channel"]]
    length = questions["words"].map(length_band)
    return shown.assign(field=field, group=group, length=length, cites_law=questions["cites_law"])


def oriented(measure: str, value: float) -> float:
    """Return a difference so that more is better."""
    return -value if parse_measure(measure).lower_is_better else value


def _names(runs: Sequence[track.Run]) -> list[str]:
    """Return the experiment names, told apart by run id where one occurs twice."""
    names = [run.experiment for run in runs]
    return [
        name if names.count(name) == 1 else f"{name} ({run.run_id[:8]})"
        for name, run in zip(names, runs, strict=True)
    ]

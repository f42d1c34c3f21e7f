"""Completed runs held against each other, question by question."""

from collections.abc import Sequence
from dataclasses import dataclass

from pilot import track
from pilot.decide.criteria import load_criteria
from pilot.decide.evidence import LEADING, Scored
from pilot.evaluate import Comparison, compare_systems, parse_measure, slice_table
from pilot.evaluate.slices import SliceTable
from pilot.records import InputError


@dataclass(frozen=True)
class Compared:
    """A comparison with the runs behind it, and the slices of each run under the leading measure."""

    runs: tuple[track.Run, ...]
    comparison: Comparison
    slices: dict[str, SliceTable]


def compare(runs: Sequence[str], baseline: str | None = None, *, slices: bool = True) -> Compared:
    """Compare completed runs with a baseline: paired by question, resampled by group, corrected for all tests.

    Parameters
    ----------
    runs
        Ids, unique prefixes, or experiment names (their newest completed run).
    baseline
        One more such reference, or one of ``runs``; by default the first.
    slices
        Whether to measure each run on every slice as well.

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
    scored = [Scored(run, track.frames(run.run_id)) for run in found]
    systems = {name: one.system for name, one in zip(names, scored, strict=True)}
    common = [m for m in found[0].metrics if all(m in run.metrics for run in found)]
    measures = [m for m in common if not m.startswith("Judged@")]  # says what was judged, not what is good
    effects = {m: load_criteria().smallest_effect.get(m, 0.02) for m in measures}
    comparison = compare_systems(systems, names[0], measures, smallest=effects)
    tables = {}
    if slices:
        leading = LEADING[found[0].task] if LEADING[found[0].task] in measures else measures[0]
        attributes = scored[0].attributes
        tables = {name: slice_table(system, attributes, leading) for name, system in systems.items()}
    return Compared(tuple(found), comparison, tables)


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

"""What is read back from MLflow: completed runs and their frames."""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilot.evaluate import Estimate
from pilot.records import InputError
from pilot.track.store import connected, first_line, measure_name, settings

if TYPE_CHECKING:
    import pandas as pd


FRAMES = ("predictions", "scores", "gold", "questions")


FURTHER = ("asked", "perturbed", "judgments", "returned", "votes")
"""Frames that a run leaves where it has them; `pilot.experiment.frames` says what they hold."""


@dataclass(frozen=True)
class Run:
    """A completed run as tables and reports read it; ``started`` is in seconds since 1970.

    ``figures`` are its plain numbers, such as timings; ``path`` is where its dataset lay, ``adjudicated`` whether
    experts had settled what it was scored against, ``development`` whether the experiment got its form there.
    """

    run_id: str
    experiment: str
    task: str
    about: str
    dataset: str
    data: str
    illustrative: bool
    supervision: str
    commit: str
    dirty: bool
    config_hash: str
    suite: str
    identity: str
    seed: int
    started: float
    seconds: float
    metrics: Mapping[str, Estimate]
    figures: Mapping[str, float] = field(default_factory=dict)
    alarms: tuple[str, ...] = ()
    path: str = ""
    adjudicated: bool = False
    folds: str = ""
    development: bool = False

    @property
    def draft(self) -> bool:
        """Whether the code behind this run cannot be named by a commit."""
        return self.dirty or not self.commit


def completed(suite: str | None = None) -> list[Run]:
    """Return completed runs, newest first; runs of the smoke suite only when asked for by name."""
    mlflow, named = connected(), settings().experiments
    names = [named[key] for key in (("smoke",) if suite == "smoke" else ("classify", "rank"))]
    experiments = [e.experiment_id for name in names if (e := mlflow.get_experiment_by_name(name))]
    if not experiments:
        return []
    found = mlflow.search_runs(
        experiments,
        "tags.state = 'completed'",
        order_by=["attributes.start_time DESC"],
        output_format="list",
    )
    return [_read(run) for run in found]


def newest(runs: Sequence[Run]) -> list[Run]:
    """Return the newest run per experiment, data and way of learning, in the order of first appearance."""
    kept: dict[tuple[str, str, str], Run] = {}
    for run in sorted(runs, key=lambda run: run.started, reverse=True):
        kept.setdefault((run.experiment, run.data, run.supervision), run)
    return list(kept.values())


def find(reference: str) -> Run:
    """Return the run with this id, unique id prefix, or the newest of this experiment name.

    Raises
    ------
    InputError
        If nothing or more than one run fits.
    """
    runs = completed() + completed("smoke")
    if named := [run for run in runs if run.experiment == reference]:
        return named[0]
    fitting = [run for run in runs if run.run_id.startswith(reference)]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(sorted({run.experiment for run in runs})) or "none yet; start with `make run`"
    found = f"{len(fitting)} runs start with {reference!r}" if fitting else f"no completed run {reference!r}"
    raise InputError(f"{found}; give a longer id or one of the experiments run so far: {known}")


def frames(run_id: str) -> dict[str, "pd.DataFrame"]:
    """Return a run's ``predictions``, ``scores``, ``gold`` and ``questions``, and those of `FURTHER` that it has.

    Raises
    ------
    InputError
        If one of the first four is missing, or one that is there cannot be read.
    """
    import pandas as pd

    with tempfile.TemporaryDirectory() as folder:
        there = _fetched(run_id, folder)
        if missing := [f"{name}.parquet" for name in FRAMES if name not in there]:
            raise InputError(f"run {run_id[:8]}: {', '.join(missing)} missing; {_REMEDY}")
        found = {}
        for name in (name for name in (*FRAMES, *FURTHER) if name in there):
            try:
                found[name] = pd.read_parquet(there[name])
            except Exception as error:  # damaged in any way: what pyarrow raises has no common class
                message = f"{name}.parquet cannot be read ({first_line(error)}); {_REMEDY}"
                raise InputError(f"run {run_id[:8]}: {message}") from None
        return found


def _fetched(run_id: str, folder: str) -> dict[str, Path]:
    """Copy a run's files to a folder, and return name -> path of its frames."""
    try:
        place = connected().MlflowClient().download_artifacts(run_id, "", folder)
    except Exception as error:  # whatever the store raises: it differs from store to store
        raise InputError(f"run {run_id[:8]}: its files cannot be fetched ({first_line(error)})") from None
    return {path.stem: path for path in Path(place).glob("*.parquet")}


_REMEDY = "run the experiment again and delete this run in `pilot ui`, or name other runs"


_FROM_TAG: dict[Any, Callable[[str], Any]] = {str: str, int: int, float: float, bool: "true".__eq__}
"""Type of a field -> how its tag is read."""


def _read(run: Any) -> Run:
    tags, metrics = run.data.tags, run.data.metrics
    measured = [name.removesuffix("/low") for name in metrics if name.endswith("/low")]
    estimates = {
        measure_name(name): Estimate(
            metrics[name], metrics[f"{name}/low"], metrics[f"{name}/high"], int(metrics[f"{name}/n"])
        )
        for name in measured
    }
    return Run(
        run_id=run.info.run_id,
        started=run.info.start_time / 1000,
        metrics=estimates,
        figures={n: v for n, v in metrics.items() if "/" not in n and n not in measured},
        alarms=tuple(json.loads(tags.get("alarms", "[]"))),
        **{
            one.name: _FROM_TAG[one.type](tags[one.name])
            for one in fields(Run)
            if one.type in _FROM_TAG and one.name in tags
        },
    )

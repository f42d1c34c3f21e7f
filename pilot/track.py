"""The only module that speaks to MLflow: a run is started, then completed, and only completed runs are read back."""

import json
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from pilot import project
from pilot.config import Config
from pilot.evaluate import Estimate
from pilot.records import InputError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FROZEN = "tro-ly-phap-luat"
"""Name of the frozen assistant in the registry."""
FRAMES = ("predictions", "scores", "gold", "questions")
FURTHER = ("asked", "perturbed", "judgments", "returned")
"""Frames that a run leaves where it has them; `pilot.probe` says what they hold."""
_VERSIONED = ("numpy", "scikit-learn", "bm25s", "pyvi", "torch", "transformers", "mlflow")


@dataclass(frozen=True)
class Settings:
    """``mlflow.yaml``, its relative paths resolved against its own folder."""

    tracking_uri: str
    registry_uri: str
    artifact_root: str
    experiments: Mapping[str, str]
    required_tags: tuple[str, ...]
    host: str
    port: int


@dataclass(frozen=True)
class Run:
    """A completed run as tables and reports read it; ``started`` is in seconds since 1970.

    ``figures`` are its plain numbers, such as timings; ``path`` is where its dataset lay, ``adjudicated`` whether
    experts had settled what it was scored against.
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

    @property
    def draft(self) -> bool:
        """Whether the code behind this run cannot be named by a commit."""
        return self.dirty or not self.commit


def settings() -> Settings:
    """Read and check ``mlflow.yaml``; ``MLFLOW_TRACKING_URI`` and its like override it.

    Raises
    ------
    InputError
        If keys are missing, unknown or ill-typed.
    """
    path = project.root() / project.MARKER
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not readable as YAML: {' '.join(str(error).split())}") from None
    expected = {"tracking_uri": str, "registry_uri": str, "artifact_root": str, "experiments": dict,
                "required_tags": list, "server": dict}  # fmt: skip
    if not isinstance(raw, dict):
        raise InputError(f"{path}: expected the keys {', '.join(expected)}")
    faults = [
        f"{path}: unknown key {key!r}; expected {', '.join(expected)}" for key in raw if key not in expected
    ]
    for key, kind in expected.items():
        if not isinstance(raw.get(key), kind):
            faults.append(f"{path}: {key!r} is {raw.get(key)!r}; expected a {kind.__name__}")
    if faults:
        raise InputError(*faults)
    return Settings(
        tracking_uri=os.environ.get("MLFLOW_TRACKING_URI") or _resolved(raw["tracking_uri"]),
        registry_uri=os.environ.get("MLFLOW_REGISTRY_URI") or _resolved(raw["registry_uri"]),
        artifact_root=_resolved(raw["artifact_root"]),
        experiments=raw["experiments"],
        required_tags=tuple(raw["required_tags"]),
        host=os.environ.get("MLFLOW_HOST") or raw["server"].get("host", "127.0.0.1"),
        port=int(os.environ.get("MLFLOW_PORT") or raw["server"].get("port", 5000)),
    )


def _resolved(location: str) -> str:
    """Make a relative path, or the relative path in a SQLite address, absolute; other addresses stay."""
    scheme, separator, path = location.partition(":///")
    if separator and scheme == "sqlite":
        return f"sqlite:///{_placed(path)}"
    return location if "://" in location else str(_placed(location))


def _placed(path: str) -> Path:
    """Resolve against the project root; what lies in ``state/`` follows ``PILOT_STATE``."""
    parts = Path(path).parts
    return project.state(*parts[1:]) if parts[:1] == ("state",) else project.root() / path


def metric_name(measure: str) -> str:
    """Return the name MLflow accepts for a measure: ``nDCG@10`` -> ``nDCG_at_10``."""
    return measure.replace("@", "_at_").replace("=", "_is_")


def measure_name(metric: str) -> str:
    """Return the measure behind an MLflow name: the inverse of `metric_name`."""
    return metric.replace("_at_", "@").replace("_is_", "=")


def source_state() -> tuple[str, bool]:
    """Return the commit of the project's checkout ("" without git) and whether tracked or new files differ from it."""
    commit = _git("rev-parse", "HEAD").strip()
    return commit, not commit or bool(_git("status", "--porcelain").strip())


def file_at(commit: str, path: Path) -> str | None:
    """Return what a file of the project held at a commit; None where that cannot be said."""
    if not commit or not path.resolve().is_relative_to(project.root()):
        return None
    return _git("show", f"{commit}:./{path.resolve().relative_to(project.root()).as_posix()}") or None


def _git(*arguments: str) -> str:
    """Return what git says of the project's checkout, "" if it says nothing or is not there."""
    command = ["git", "-C", str(project.root()), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


class ActiveRun:
    """A started run: what is logged here becomes visible in tables only once the run completes."""

    def __init__(self, client: Any, run_id: str, seed_time: float) -> None:
        self.run_id = run_id
        self._client = client
        self._began = seed_time
        self.seconds = 0.0

    def metrics(self, estimates: Mapping[str, Estimate], extra: Mapping[str, float]) -> None:
        """Log each measure as value, low, high and n, and plain figures such as timings."""
        from mlflow.entities import Metric

        values = dict(extra)
        for measure, estimate in estimates.items():
            name = metric_name(measure)
            values[name] = estimate.value
            values |= {f"{name}/{part}": getattr(estimate, part) for part in ("low", "high", "n")}
        now = int(time.time() * 1000)
        self._client.log_batch(self.run_id, metrics=[Metric(k, float(v), now, 0) for k, v in values.items()])

    def epochs(self, history: Sequence[Mapping[str, float]]) -> None:
        """Log what a model measured after each epoch of its training; the epoch is the step."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        rows = [
            Metric(name, float(v), now, epoch) for epoch, row in enumerate(history) for name, v in row.items()
        ]
        if rows:
            self._client.log_batch(self.run_id, metrics=rows)

    def files(
        self, frames: Mapping[str, "pd.DataFrame"], figures: Mapping[str, "Figure"], config: Config
    ) -> None:
        """Log predictions, scores and gold as parquet, plots as PNG, and the configuration as JSON."""
        with tempfile.TemporaryDirectory() as folder:
            for name, frame in frames.items():
                frame.to_parquet(Path(folder) / f"{name}.parquet", index=False)
            for name, figure in figures.items():
                figure.savefig(Path(folder) / f"{name}.png", dpi=120, bbox_inches="tight")
            text = json.dumps(asdict(config), ensure_ascii=False, indent=1)
            (Path(folder) / "config.json").write_text(text, encoding="utf-8")
            self._client.log_artifacts(self.run_id, folder)

    def model(self, folder: Path, task: str) -> None:
        """Log a saved model as models-from-code: nothing is pickled, inputs and outputs are declared."""
        import mlflow
        from mlflow.models import ModelSignature
        from mlflow.types.schema import ColSpec, Schema, TensorSpec

        answer = {"classify": ("label", "probability"), "rank": ("passage_id", "score")}[task]
        columns: list[ColSpec | TensorSpec] = [
            ColSpec("string", "question"),
            ColSpec("string", answer[0]),
            ColSpec("double", answer[1]),
        ]
        mlflow.pyfunc.log_model(
            name="model",
            python_model=str(Path(__file__).parent / "assist" / "model.py"),
            artifacts={"model": str(folder)},
            signature=ModelSignature(Schema([ColSpec("string", "question")]), Schema(columns)),
            input_example={"question": ["Người lao động nghỉ việc thì phải báo trước bao nhiêu ngày?"]},
            pip_requirements=[
                f"{name}=={version(name)}" for name in ("mlflow", "scikit-learn", "skops", "bm25s", "pandas")
            ],
        )

    def alarms(self, messages: Sequence[str]) -> None:
        """Keep what speaks against believing this run."""
        self._client.set_tag(self.run_id, "alarms", json.dumps(list(messages), ensure_ascii=False))

    def complete(self) -> None:
        """Mark the run as completed; from here on tables and reports see it."""
        self.seconds = time.monotonic() - self._began
        self._client.set_tag(self.run_id, "seconds", f"{self.seconds:.3f}")
        self._client.set_tag(self.run_id, "state", "completed")


@contextmanager
def started(
    config: Config, tags: Mapping[str, str], dataset: tuple[str, str, "pd.DataFrame", str]
) -> Iterator[ActiveRun]:
    """Open a run in MLflow; it is failed, and stays out of every table, if the body raises.

    Parameters
    ----------
    config
        The experiment; its parts become MLflow parameters.
    tags
        Everything that identifies the run; ``mlflow.yaml`` says which are required.
    dataset
        Name, fingerprint, a frame without texts, and source, for MLflow's list of inputs.

    Raises
    ------
    InputError
        If a required tag is missing.
    """
    chosen = settings()
    tags = {**_environment_tags(), **tags, "task": config.task, "about": config.about, "state": "started"}
    # Outside git there is no commit: such a run is a draft, and says so.
    if missing := [tag for tag in chosen.required_tags if not tags.get(tag) and tag != "commit"]:
        raise InputError(
            f"a run of {config.name} lacks the tags {', '.join(missing)} that mlflow.yaml requires"
        )
    mlflow = _connected(chosen)
    from mlflow.data.code_dataset_source import CodeDatasetSource

    experiment = _experiment_id(mlflow, chosen, "smoke" if tags["suite"] == "smoke" else config.task)
    began = time.monotonic()
    with mlflow.start_run(experiment_id=experiment, run_name=config.name) as active:
        mlflow.set_tags(tags)
        mlflow.log_params(
            {
                "model": config.model,
                "depth": config.depth,
                **{f"params.{k}": v for k, v in config.params.items()},
            }
        )
        name, fingerprint, frame, source = dataset
        origin = CodeDatasetSource(
            {"path": source}
        )  # a bare path would be taken for an artifact that MLflow can fetch
        # MLflow takes a column of whole numbers for a mistake, and says so at length.
        frame = frame.astype({column: float for column in frame.select_dtypes("integer")})
        data = mlflow.data.from_pandas(frame, source=origin, name=name, digest=fingerprint[:32])
        mlflow.log_input(data, context="evaluation")
        yield ActiveRun(mlflow.MlflowClient(), active.info.run_id, began)


def log_datasheet(facts: Mapping[str, Any], folder: Path) -> None:
    """Log a datasheet's figures and the files in ``folder``; one run per state of a dataset, outside all tables."""
    chosen = settings()
    mlflow = _connected(chosen)
    experiment = _experiment_id(mlflow, chosen, "data")
    same = mlflow.search_runs(
        [experiment], f"tags.data = '{facts['fingerprint']}'", output_format="list", max_results=1
    )
    run_id = same[0].info.run_id if same else None
    with mlflow.start_run(run_id=run_id, experiment_id=experiment, run_name=facts["name"]):
        mlflow.set_tags({**_environment_tags(), "data": facts["fingerprint"], "dataset": facts["name"]})
        mlflow.log_metrics({**facts["rows"], "leaks": facts["leaks"], "faults": facts["faults"]})
        mlflow.log_artifacts(str(folder))


def completed(suite: str | None = None) -> list[Run]:
    """Return completed runs, newest first; runs of the smoke suite only when asked for by name."""
    chosen = settings()
    mlflow = _connected(chosen)
    names = (
        [chosen.experiments["smoke"]]
        if suite == "smoke"
        else [chosen.experiments[t] for t in ("classify", "rank")]
    )
    experiments = [e.experiment_id for name in names if (e := mlflow.get_experiment_by_name(name))]
    if not experiments:
        return []
    found, token = [], None
    while True:
        page = mlflow.MlflowClient().search_runs(
            experiments,
            "tags.state = 'completed'",
            max_results=1000,
            order_by=["attributes.start_time DESC"],
            page_token=token,
        )
        found += [_read(run) for run in page]
        token = page.token
        if not token:
            return found


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
    client = _connected(settings()).MlflowClient()
    with tempfile.TemporaryDirectory() as folder:
        names = _logged_frames(client, run_id)
        return {name: _frame(client, run_id, name, folder) for name in (*FRAMES, *FURTHER) if name in names}


def _logged_frames(client: Any, run_id: str) -> set[str]:
    try:
        found = {item.path.removesuffix(".parquet") for item in client.list_artifacts(run_id)}
    except Exception as error:  # whatever the store raises: it differs from store to store
        raise InputError(f"run {run_id[:8]}: its files cannot be listed ({_first_line(error)})") from None
    if missing := [f"{name}.parquet" for name in FRAMES if name not in found]:
        raise InputError(f"run {run_id[:8]}: {', '.join(missing)} missing; {_REMEDY}")
    return found


def _frame(client: Any, run_id: str, name: str, folder: str) -> "pd.DataFrame":
    import pandas as pd

    try:
        return pd.read_parquet(client.download_artifacts(run_id, f"{name}.parquet", folder))
    except Exception as error:  # damaged in any way: what pyarrow and the store raise has no common class
        message = f"run {run_id[:8]}: {name}.parquet cannot be read ({_first_line(error)}); {_REMEDY}"
        raise InputError(message) from None


_REMEDY = "run the experiment again and delete this run in `pilot ui`, or name other runs"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:160]


def log_report(folder: Path, tags: Mapping[str, str]) -> str:
    """Keep a written report with its tags in MLflow, and return the id it has there."""
    chosen = settings()
    mlflow = _connected(chosen)
    with mlflow.start_run(
        experiment_id=_experiment_id(mlflow, chosen, "report"), run_name="report"
    ) as active:
        mlflow.set_tags({**_environment_tags(), **tags})
        mlflow.MlflowClient().log_artifacts(active.info.run_id, str(folder))
    return str(active.info.run_id)


def log_frozen(folder: Path, card: Path, package: Path, requirements: Sequence[str]) -> str:
    """Register an assistant with its code as one model, and return the number of the version.

    Parameters
    ----------
    folder
        What `pilot.assist.kept.keep` wrote.
    card
        Its model card.
    package
        The source that reads it; goes along, so that no checkout is needed where it is served.
    requirements
        Pinned.
    """
    mlflow = _connected(settings())
    from mlflow.models import ModelSignature
    from mlflow.types.schema import ColSpec, Schema

    optional = (ColSpec("string", name, required=False) for name in ("as_of", "province", "audience"))
    answers = (ColSpec("string", name) for name in ("status", "reason", "fields", "body", "answers"))
    question = {
        "question": "Người lao động nghỉ việc thì phải báo trước bao nhiêu ngày?",
        "as_of": "2026-01-15",
    }
    experiment = _experiment_id(mlflow, settings(), "assistant")
    with mlflow.start_run(experiment_id=experiment, run_name=FROZEN):
        mlflow.set_tags(_environment_tags())
        logged = mlflow.pyfunc.log_model(
            name="assistant", python_model=str(package / "assist" / "model.py"), code_paths=[str(package)],
            artifacts={"assistant": str(folder), "card": str(card)},
            signature=ModelSignature(Schema([ColSpec("string", "question"), *optional]), Schema([*answers])),
            input_example=[question], pip_requirements=list(requirements), registered_model_name=FROZEN,
        )  # fmt: skip
    version = str(logged.registered_model_version)
    client = mlflow.MlflowClient()
    client.update_model_version(FROZEN, version, card.read_text(encoding="utf-8"))
    about = json.loads((folder / "assistant.json").read_text(encoding="utf-8"))
    client.set_model_version_tag(FROZEN, version, "origin", json.dumps(about["origin"], ensure_ascii=False))
    return version


def frozen_version(name: str) -> str:
    """Return the version number behind an alias or a number of the frozen assistant.

    Raises
    ------
    InputError
        If there is none.
    """
    mlflow = _connected(settings())
    client = mlflow.MlflowClient()
    try:
        found = (
            client.get_model_version(FROZEN, name)
            if name.isdigit()
            else client.get_model_version_by_alias(FROZEN, name)
        )
    except mlflow.exceptions.MlflowException as error:
        raise InputError(
            f"no frozen assistant {name!r} ({_first_line(error)}); `pilot model export` makes a candidate"
        ) from None
    return str(found.version)


def frozen_origin(version: str) -> dict[str, Any]:
    """Return where a version comes from, as it was exported."""
    mlflow = _connected(settings())
    origin: dict[str, Any] = json.loads(
        mlflow.MlflowClient().get_model_version(FROZEN, version).tags["origin"]
    )
    return origin


def fetch_frozen(version: str, folder: Path) -> None:
    """Copy what a version is made of to ``folder``, all of it or nothing."""
    mlflow = _connected(settings())
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        model = Path(mlflow.artifacts.download_artifacts(f"models:/{FROZEN}/{version}", dst_path=scratch))
        found = next(path.parent for path in model.rglob("files.json"))
        os.replace(found, folder)


def point(alias: str, version: str, tags: Mapping[str, str] | None = None) -> None:
    """Let an alias mean a version of the frozen assistant, and tag this version."""
    client = _connected(settings()).MlflowClient()
    for name, value in (tags or {}).items():
        client.set_model_version_tag(FROZEN, version, name, value)
    client.set_registered_model_alias(FROZEN, alias, version)


def ui_command() -> tuple[list[str], dict[str, str]]:
    """Return the command and environment that serve MLflow's pages on this project's store."""
    chosen = settings()
    _connected(chosen)
    options = {
        "backend-store-uri": chosen.tracking_uri,
        "registry-store-uri": chosen.registry_uri,
        "default-artifact-root": chosen.artifact_root,
        "host": chosen.host,
        "port": str(chosen.port),
        "workers": "1",
    }
    return ["mlflow", "server", *(f"--{name}={value}" for name, value in options.items())], dict(os.environ)


def _connected(chosen: Settings) -> Any:
    """Import MLflow with everything off that would call out, and point it at the project's store."""
    project.stay_private()
    import mlflow

    for location in (chosen.tracking_uri, chosen.registry_uri):
        if location.startswith("sqlite:///"):
            Path(location.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    mlflow.set_tracking_uri(chosen.tracking_uri)
    mlflow.set_registry_uri(chosen.registry_uri)
    return mlflow


def _experiment_id(mlflow: Any, chosen: Settings, key: str) -> str:
    name = chosen.experiments[key]
    if found := mlflow.get_experiment_by_name(name):
        return str(found.experiment_id)
    remote = "://" in chosen.artifact_root
    return str(
        mlflow.create_experiment(
            name, chosen.artifact_root if remote else Path(chosen.artifact_root).as_uri()
        )
    )


def _environment_tags() -> dict[str, str]:
    commit, dirty = source_state()
    versions = {f"version.{name}": version(name) for name in _VERSIONED}
    return {
        "commit": commit,
        "dirty": str(dirty).lower(),
        "version.python": platform.python_version(),
        **versions,
    }


def _read(run: Any) -> Run:
    tags, metrics = run.data.tags, run.data.metrics
    estimates = {
        measure_name(name.removesuffix("/low")): Estimate(
            metrics[name.removesuffix("/low")], metrics[name], metrics[name.replace("/low", "/high")],
            int(metrics[name.replace("/low", "/n")]),
        )
        for name in metrics if name.endswith("/low")
    }  # fmt: skip
    plain = {f.name for f in fields(Run)} & {"experiment", "task", "about", "dataset", "data", "supervision", "commit",
                                             "config_hash", "suite", "identity"}  # fmt: skip
    return Run(
        run_id=run.info.run_id,
        dirty=tags["dirty"] == "true",
        illustrative=tags["illustrative"] == "true",
        seed=int(tags["seed"]),
        started=run.info.start_time / 1000,
        seconds=float(tags["seconds"]),
        metrics=estimates,
        figures={n: v for n, v in metrics.items() if "/" not in n and f"{n}/low" not in metrics},
        alarms=tuple(json.loads(tags.get("alarms", "[]"))),
        path=tags.get("path", ""),
        adjudicated=tags.get("adjudicated") == "true",
        folds=tags.get("folds", ""),
        **{name: tags[name] for name in plain},
    )

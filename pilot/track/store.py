"""Where MLflow keeps things: ``mlflow.yaml``, the connection it describes, and the names MLflow accepts."""

import os
import platform
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pilot import checkout, project
from pilot.records import InputError

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


def settings() -> Settings:
    """Read and check ``mlflow.yaml``; ``MLFLOW_TRACKING_URI`` and its like override it.

    Raises
    ------
    InputError
        If keys are missing, unknown or ill-typed.
    """
    path, raw = project.read_yaml(project.MARKER)
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
        artifact_root=os.environ.get("MLFLOW_DEFAULT_ARTIFACT_ROOT") or _resolved(raw["artifact_root"]),
        experiments=raw["experiments"],
        required_tags=tuple(raw["required_tags"]),
        host=os.environ.get("MLFLOW_HOST") or raw["server"].get("host", "127.0.0.1"),
        port=_port(os.environ.get("MLFLOW_PORT") or raw["server"].get("port", 5000), path),
    )


def _port(value: Any, path: Path) -> int:
    if not str(value).isdecimal():
        raise InputError(f"{path}: the server's port is {value!r}; expected a whole number such as 5000")
    return int(value)


def _resolved(location: str) -> str:
    """Make a relative path, or the relative path in a SQLite address, absolute; other addresses stay."""
    scheme, separator, path = location.partition(":///")
    if separator and scheme == "sqlite":
        return f"sqlite:///{_placed(path)}"
    return location if ":/" in location else str(_placed(location))


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


def connected() -> Any:
    """Import MLflow with everything off that would call out, and point it at the project's store."""
    chosen = settings()
    project.stay_private()
    import mlflow

    for location in (chosen.tracking_uri, chosen.registry_uri):
        if location.startswith("sqlite:///"):
            _make_whole(Path(location.removeprefix("sqlite:///")), chosen.artifact_root)
    mlflow.set_tracking_uri(chosen.tracking_uri)
    mlflow.set_registry_uri(chosen.registry_uri)
    return mlflow


def check_writable(chosen: Settings) -> None:
    """Refuse to start what a SQLite database in a closed folder could not keep; MLflow would say it at length.

    Raises
    ------
    InputError
        If the database is there and may not be written.
    """
    path = Path(chosen.tracking_uri.removeprefix("sqlite:///"))
    if chosen.tracking_uri.startswith("sqlite:///") and path.exists():
        for place in (path, path.parent):
            if not os.access(place, os.W_OK):
                raise InputError(
                    f"{place}: may not be written; make it writable, or set PILOT_STATE to another folder"
                )


def _make_whole(database: Path, artifact_root: str) -> None:
    """Make MLflow's SQLite database where there is none, beside its place, and put it there whole.

    MLflow makes its tables in some fifty steps: two processes would trip over each other, and one that is killed or
    finds the disk full would leave a database that cannot be opened again.
    """
    if database.exists():
        return
    import fcntl

    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    database.parent.mkdir(parents=True, exist_ok=True)
    with (database.parent / f".{database.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if database.exists():
            return
        with tempfile.TemporaryDirectory(dir=database.parent, prefix=f".{database.name}-") as folder:
            store = SqlAlchemyStore(f"sqlite:///{folder}/{database.name}", artifact_root)
            store.engine.dispose()
            os.replace(Path(folder) / database.name, database)


def experiment_id(key: str) -> str:
    """Return the id of the experiment that ``mlflow.yaml`` names for a key; it is made if it is not there."""
    mlflow, chosen = connected(), settings()
    name = chosen.experiments[key]
    if found := mlflow.get_experiment_by_name(name):
        return str(found.experiment_id)
    remote = ":/" in chosen.artifact_root
    root = chosen.artifact_root if remote else Path(chosen.artifact_root).as_uri()
    try:
        return str(mlflow.create_experiment(name, root))
    except mlflow.exceptions.MlflowException:
        if found := mlflow.get_experiment_by_name(name):  # another process was first
            return str(found.experiment_id)
        raise


def environment_tags() -> dict[str, str]:
    """Return commit, dirty flag and versions as every run carries them."""
    commit, dirty = checkout.source_state()
    versions = {f"version.{name}": version(name) for name in _VERSIONED}
    return {
        "commit": commit,
        "dirty": str(dirty).lower(),
        "version.python": platform.python_version(),
        **versions,
    }


def ui_command() -> tuple[list[str], dict[str, str]]:
    """Return the command and environment that serve MLflow's pages on this project's store."""
    connected()
    chosen = settings()
    options = {
        "backend-store-uri": chosen.tracking_uri,
        "registry-store-uri": chosen.registry_uri,
        "default-artifact-root": chosen.artifact_root,
        "host": chosen.host,
        "port": str(chosen.port),
        "workers": "1",
    }
    return ["mlflow", "server", *(f"--{name}={value}" for name, value in options.items())], dict(os.environ)


def first_line(error: Exception) -> str:
    """Return what an error says in one line of at most 160 characters."""
    return (str(error).splitlines() or [type(error).__name__])[0][:160]

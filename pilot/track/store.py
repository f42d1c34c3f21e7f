"""Where MLflow keeps things: ``mlflow.yaml``, the connection it describes, and the names MLflow accepts."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

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


def connected(chosen: Settings) -> Any:
    """Import MLflow with everything off that would call out, and point it at the project's store."""
    project.stay_private()
    import mlflow

    for location in (chosen.tracking_uri, chosen.registry_uri):
        if location.startswith("sqlite:///"):
            Path(location.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    mlflow.set_tracking_uri(chosen.tracking_uri)
    mlflow.set_registry_uri(chosen.registry_uri)
    return mlflow


def experiment_id(mlflow: Any, chosen: Settings, key: str) -> str:
    """Return the id of the experiment that ``mlflow.yaml`` names for a key; it is made if it is not there."""
    name = chosen.experiments[key]
    if found := mlflow.get_experiment_by_name(name):
        return str(found.experiment_id)
    remote = "://" in chosen.artifact_root
    root = chosen.artifact_root if remote else Path(chosen.artifact_root).as_uri()
    return str(mlflow.create_experiment(name, root))


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
    chosen = settings()
    connected(chosen)
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

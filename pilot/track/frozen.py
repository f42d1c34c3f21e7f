"""The frozen assistant in MLflow's registry: versions of it, and the aliases that point at them."""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pilot.records import InputError
from pilot.track.store import connected, environment_tags, experiment_id, first_line

FROZEN = "tro-ly-phap-luat"
"""Name of the frozen assistant in the registry."""


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
    mlflow = connected()
    from mlflow.models import ModelSignature
    from mlflow.types.schema import ColSpec, Schema

    optional = (ColSpec("string", name, required=False) for name in ("as_of", "province", "audience"))
    answers = (ColSpec("string", name) for name in ("status", "reason", "fields", "body", "answers"))
    question = {
        "question": "Người lao động nghỉ việc thì phải báo trước bao nhiêu ngày?",
        "as_of": "2026-01-15",
    }
    experiment = experiment_id("assistant")
    with mlflow.start_run(experiment_id=experiment, run_name=FROZEN):
        mlflow.set_tags(environment_tags())
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
    mlflow = connected()
    client = mlflow.MlflowClient()
    try:
        found = (
            client.get_model_version(FROZEN, name)
            if name.isdigit()
            else client.get_model_version_by_alias(FROZEN, name)
        )
    except mlflow.exceptions.MlflowException as error:
        raise InputError(
            f"no frozen assistant {name!r} ({first_line(error)}); `pilot model export` makes a candidate"
        ) from None
    return str(found.version)


def frozen_origin(version: str) -> dict[str, Any]:
    """Return where a version comes from, as it was exported."""
    mlflow = connected()
    origin: dict[str, Any] = json.loads(
        mlflow.MlflowClient().get_model_version(FROZEN, version).tags["origin"]
    )
    return origin


def fetch_frozen(version: str, folder: Path) -> None:
    """Copy what a version is made of to ``folder``, all of it or nothing."""
    mlflow = connected()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        model = Path(mlflow.artifacts.download_artifacts(f"models:/{FROZEN}/{version}", dst_path=scratch))
        found = next(path.parent for path in model.rglob("files.json"))
        os.replace(found, folder)


def point(alias: str, version: str, tags: Mapping[str, str] | None = None) -> None:
    """Let an alias mean a version of the frozen assistant, and tag this version."""
    client = connected().MlflowClient()
    for name, value in (tags or {}).items():
        client.set_model_version_tag(FROZEN, version, name, value)
    client.set_registered_model_alias(FROZEN, alias, version)

"""A trained assistant on disk: one folder, whole or not there, its files known by their hashes."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilot import project
from pilot.assist.assistant import Assistant
from pilot.assist.confidence import Confidence
from pilot.records import Document, Passage, Row, parse_rows, to_row

if TYPE_CHECKING:
    from pilot.config import Config

FILES, ABOUT = "files.json", "assistant.json"
KNOWLEDGE = (project.MARKER, "data/taxonomy.yaml", "data/keywords.yaml")
"""What the models read from the project besides their own state; kept with them."""


@dataclass(frozen=True)
class Origin:
    """Where a trained assistant comes from: kept beside it, for its card and for tables."""

    dataset: str
    fingerprint: str
    illustrative: bool
    taught_by: str
    classify: str
    rank: str
    commit: str


def keep(assistant: Assistant, configs: "tuple[Config, Config]", origin: Origin, folder: Path) -> None:
    """Write the assistant as ``folder``, all of it or nothing; one that is there already is replaced.

    Parameters
    ----------
    assistant
        A trained one.
    configs
        Of the classifier and of the ranker.
    origin
        What it was trained on.
    folder
        Where it goes.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        models: tuple[Any, Any] = (assistant.classifier, assistant.ranker)
        for config, model in zip(configs, models, strict=True):
            (fresh / config.task).mkdir()
            params = dict(config.params)
            about = {"task": config.task, "model": config.model, "seed": config.seed, "params": params}
            _write_json(fresh / config.task / "model.json", about)
            model.save(fresh / config.task)
        _write_rows(fresh / "passages.jsonl", assistant.passages)
        _write_rows(fresh / "documents.jsonl", assistant.documents)
        for name in KNOWLEDGE:
            (fresh / "project" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(project.root() / name, fresh / "project" / name)
        confidence = asdict(assistant.confidence)
        settings = {"origin": asdict(origin), "confidence": confidence, "shown": assistant.shown}
        _write_json(fresh / ABOUT, settings)
        _write_json(fresh / FILES, _hashes(fresh))
        fresh.chmod(0o755)
        project.replace_folder(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def is_whole(folder: Path) -> bool:
    """Say whether every file is there as it was written."""
    try:
        return bool(_read_json(folder / FILES) == _hashes(folder))
    except (OSError, ValueError):
        return False


def restore(folder: Path) -> Assistant:
    """Read what `keep` wrote."""
    settings = _read_json(folder / ABOUT)
    passages = read_rows(folder / "passages.jsonl", Passage)
    confidence = settings["confidence"]
    return Assistant(
        restored_model(folder / "classify", lambda model: model.restore(folder / "classify")),
        restored_model(folder / "rank", lambda model: model.restore(folder / "rank", passages)),
        passages,
        read_rows(folder / "documents.jsonl", Document),
        Confidence(tuple(confidence["weights"]), confidence["least"]),
        settings["shown"],
    )


def origin_of(folder: Path) -> Origin:
    """Return where a kept assistant comes from."""
    return Origin(**_read_json(folder / ABOUT)["origin"])


def restored_model(folder: Path, fill: Callable[[Any], None]) -> Any:
    """Return the model that ``model.json`` describes after ``fill`` has read its state."""
    from pilot.classify import MODELS as CLASSIFIERS
    from pilot.rank import MODELS as RANKERS

    state = _read_json(folder / "model.json")
    models: dict[str, Any] = {**CLASSIFIERS} if state["task"] == "classify" else {**RANKERS}
    model = models[state["model"]](seed=state["seed"], **state["params"])
    fill(model)
    return model


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != FILES)
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_rows(path: Path, rows: Iterable[Row]) -> None:
    lines = (json.dumps(to_row(row), ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def read_rows(path: Path, kind: Any) -> Any:
    """Return the records of a file written here or beside a tracked model."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return parse_rows(kind, ((path.name, json.loads(line)) for line in lines if line), [])

"""The assistant of a dataset: trained once, kept under ``state/``, trained anew when data, settings or code change."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from pilot import project
from pilot.assist.assistant import Assistant
from pilot.assist.confidence import Confidence
from pilot.assist.kept import KNOWLEDGE, Origin, is_whole, keep, restore
from pilot.records import InputError

if TYPE_CHECKING:
    from pilot.config import Config
    from pilot.sources import Dataset

SETTINGS = Path("experiments") / "assistant.yaml"
FEWEST = 30
"""With fewer labelled training questions of its own a dataset's models learn from the sample."""
CODE = ("text", "classify", "rank", "quality/split.py", "quality/duplicates.py", "plan.py", "parts.py",
        "assist/kept.py", "assist/ready.py")  # fmt: skip
"""Code that makes what is kept."""
KEYS = {"classify": str, "rank": str, "shown": int, "weights": list, "least": float}


@dataclass(frozen=True)
class Settings:
    """``experiments/assistant.yaml``: which experiments, how many answers, how sure."""

    classify: Path
    rank: Path
    shown: int
    confidence: Confidence


def load_settings() -> Settings:
    """Read ``experiments/assistant.yaml``.

    Raises
    ------
    InputError
        If it is missing or faulty.
    """
    path = project.root() / SETTINGS
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            f"{path}: not readable ({error}); restore it with `git checkout {SETTINGS}`"
        ) from None
    if not isinstance(raw, dict) or raw.keys() != KEYS.keys():
        raise InputError(f"{path}: expected the keys {', '.join(KEYS)}")
    faults = [
        f"{path}: {key!r} is {raw[key]!r}; expected {kind.__name__}" for key, kind in KEYS.items()
        if not isinstance(raw[key], kind)
    ]  # fmt: skip
    if faults:
        raise InputError(*faults)
    folder = path.parent
    confidence = Confidence(tuple(map(float, raw["weights"])), raw["least"])  # type: ignore[arg-type]
    return Settings(folder / raw["classify"], folder / raw["rank"], raw["shown"], confidence)


def ready(dataset: Path | None = None, say: Callable[[str], Any] = lambda line: None) -> Assistant:
    """Return the assistant of a dataset, trained first if there is none yet or the one there is damaged.

    Parameters
    ----------
    dataset
        A dataset folder; the sample if none is given.
    say
        Hears, in one line, what takes time.

    Raises
    ------
    InputError
        If the dataset cannot be read or has no passages.
    """
    return restore(ready_folder(dataset, say))


def ready_folder(dataset: Path | None = None, say: Callable[[str], Any] = lambda line: None) -> Path:
    """Return the folder where the assistant of a dataset is kept; see `ready`."""
    path = dataset or project.sample()
    folder = project.state("assistant", _key(path))
    if is_whole(folder):
        return folder
    from pilot.sources import Dataset

    data = Dataset.load(path)
    again = "the kept models are damaged; training again" if folder.exists() else "no trained models yet"
    say(f"{again}: training the quick models for {data.name}, a minute or two, once")
    settings = load_settings()
    assistant, taught_by = trained(data, settings)
    keep(assistant, _configs(settings), _origin(data, taught_by, settings), folder)
    return folder


def trained(data: "Dataset", settings: Settings) -> tuple[Assistant, str]:
    """Return the assistant of a dataset and the name of the dataset that taught its models.

    Raises
    ------
    InputError
        If there are no passages to answer with.
    """
    from pilot.parts import fitted
    from pilot.plan import Plan
    from pilot.sources import Dataset

    if not data.passages:
        raise InputError(f"{data.name}: no passages to answer with; give a dataset with passages.jsonl")
    others = () if _teaches(data) else (Dataset.load(project.sample()),)
    classifier, ranker = (fitted(Plan(config, data, others)) for config in _configs(settings))
    assistant = Assistant(
        classifier, ranker, data.passages, data.documents, settings.confidence, settings.shown
    )
    return assistant, ", ".join(other.name for other in others) or data.name


def _teaches(data: "Dataset") -> bool:
    """Say whether a dataset has enough judged questions with a field to train on."""
    judged = {judgment.question_id for judgment in data.judgments}
    return sum(bool(q.fields) and q.question_id in judged for q in data.questions_of("train")) >= FEWEST


def _configs(settings: Settings) -> "tuple[Config, Config]":
    from pilot.config import load_experiment

    return load_experiment(settings.classify), load_experiment(settings.rank)


def _origin(data: "Dataset", taught_by: str, settings: Settings) -> Origin:
    from pilot.checkout import source_state

    classify, rank = (config.hash for config in _configs(settings))
    commit = source_state()[0]
    return Origin(data.name, data.fingerprint, data.illustrative, taught_by, classify, rank, commit)


def _key(dataset: Path) -> str:
    """Return what an answer depends on, as a hash: the bytes of data, settings, knowledge and code."""
    if not dataset.exists():
        raise InputError(f"{dataset}: no such dataset; give a folder with passages.jsonl, as data/sample")
    root, package = project.root(), Path(__file__).parent.parent
    files = [
        *_below(dataset),
        *_below(project.sample()),
        root / SETTINGS,
        *(root / name for name in KNOWLEDGE),
    ]
    files += sorted((root / SETTINGS.parent).glob("*/default.yaml"))
    files += [path for name in CODE for path in _below(package / name)]
    digest = sha256()
    for path in files:
        digest.update(f"{path.name} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _below(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    hidden = ("__pycache__",)
    return sorted(p for p in path.rglob("*") if p.is_file() and not set(p.parts) & set(hidden))

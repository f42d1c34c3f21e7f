"""An experiment is one YAML file; here it becomes a frozen dataclass, or a list of everything wrong with it."""

import dataclasses
import difflib
import hashlib
import json
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from pilot import classify, rank
from pilot.evaluate.evaluation import parse_measures
from pilot.records import InputError

Task = Literal["classify", "rank"]
MODELS: dict[str, Mapping[str, type]] = {"classify": classify.MODELS, "rank": rank.MODELS}


@dataclass(frozen=True)
class Config:
    """What one experiment is: its name, folder and stem of its file, and every key of its YAML.

    ``about`` is one Vietnamese line for tables and reports; ``params`` are the model's own settings; ``suite``
    is the smallest suite that runs it; ``perturb`` asks for predictions on the questions typed as people type
    them as well; ``developed_on`` names the datasets that were scored while this experiment was given its form:
    its figures there test nothing.
    """

    name: str
    task: Task
    model: str
    about: str
    measures: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    depth: int = 100
    seed: int = 0
    suite: Literal["quick", "full"] = "quick"
    perturb: bool = False
    developed_on: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """Return what identifies this configuration: sha256 over its canonical JSON, 16 hex digits.

        What does not change a result is left out: ``about``, ``suite``, ``perturb``, ``developed_on``.
        """
        content = {
            key: value
            for key, value in dataclasses.asdict(self).items()
            if key not in {"about", "suite", "perturb", "developed_on"}
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def build(self) -> Any:
        """Return the untrained model."""
        return MODELS[self.task][self.model](**{"seed": self.seed, **self.params})


def load_experiment(path: str | Path) -> Config:
    """Read one experiment.

    Raises
    ------
    InputError
        If the file is missing or is no YAML mapping, or a key, value, model, setting or measure is wrong; all
        faults at once, unknown names with the nearest valid one.
    """
    path = Path(path)
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(
            f"{path}: no such experiment; `ls experiments/*/*.yaml` lists those there are"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise InputError(
            f"{path}: holds {type(raw).__name__}; expected `key: value` lines, as in default.yaml"
        )
    raw = {"name": f"{path.resolve().parent.name}/{path.stem}", **raw}
    faults = [f"{path}: {fault}" for fault in _faults(raw)]
    if faults:
        raise InputError(*faults)
    config = Config(**{**raw, **{key: tuple(raw.get(key, ())) for key in ("measures", "developed_on")}})
    try:
        config.build()
    except InputError as error:
        raise InputError(*(f"{path}: {fault}" for fault in error.faults)) from None
    return config


def _faults(raw: Mapping[str, Any]) -> list[str]:
    faults = mapping_faults(raw, Config, "key")
    task = str(raw.get("task"))
    models = MODELS.get(task, {})
    if models and isinstance(raw.get("model"), str):
        if raw["model"] not in models:
            faults.append(f"unknown model {raw['model']!r}{_nearest(raw['model'], models)}")
        elif isinstance(raw.get("params", {}), dict):
            params = raw.get("params", {})
            faults += mapping_faults(params, models[raw["model"]], f"setting of model {raw['model']!r}")
    named = raw.get("measures")
    if models and isinstance(named, list):
        try:
            parse_measures(task, list(map(str, named)))
        except InputError as error:
            faults += error.faults
    return faults


def mapping_faults(raw: Mapping[str, Any], kind: type, what: str) -> list[str]:
    """Hold a mapping against the fields of a dataclass: unknown, missing and ill-typed ones."""
    fields = {f.name: f for f in dataclasses.fields(kind) if f.init}
    hints: dict[str, Any] = {name: spec.type for name, spec in fields.items()}
    faults = [f"unknown {what} {key!r}{_nearest(str(key), fields)}" for key in raw if key not in fields]
    for name, spec in fields.items():
        required = spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING
        if name not in raw:
            faults += [f"{what} {name!r} is missing"] if required else []
        elif not _fits(raw[name], hints[name]):
            faults.append(f"{what} {name!r} is {raw[name]!r}; expected {_words(hints[name])}")
    return faults


def _fits(value: Any, hint: Any) -> bool:
    """Say whether a YAML value fits a type hint; lists stand for tuples, whole numbers for floats."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return value in arguments
    if origin in (types.UnionType, typing.Union):
        return any(_fits(value, option) for option in arguments)
    if origin is tuple and isinstance(value, list | tuple):
        items = arguments[:1] * len(value) if arguments[-1] is ... else arguments
        return len(value) == len(items) and all(map(_fits, value, items))
    wanted = {float: int | float, int: int}.get(hint, origin or hint)
    return isinstance(value, wanted) and (hint is bool or not isinstance(value, bool))


_PLAIN: dict[Any, str] = {
    bool: "true or false", int: "a whole number", float: "a number", str: "text", tuple: "a list",
    Mapping: "`key: value`",
}  # fmt: skip


def _words(hint: Any) -> str:
    """Return what a type hint asks of a YAML value, for somebody who knows YAML but not Python."""
    if typing.get_origin(hint) is Literal:
        return "one of " + ", ".join(map(repr, typing.get_args(hint)))
    return _PLAIN.get(typing.get_origin(hint) or hint, str(hint))


def _nearest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; expected one of {', '.join(sorted(known))}"

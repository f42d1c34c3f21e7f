"""The criteria of the decision, written down before test splits are scored."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml

from pilot import project
from pilot.config import mapping_faults
from pilot.decide.currency import STALE
from pilot.evaluate import parse_measure
from pilot.records import InputError

WHERE = Path("experiments") / "decision.yaml"


@dataclass(frozen=True)
class Criterion:
    """One condition: on the bound of an interval that is less favourable.

    Parameters
    ----------
    name
        Short name, for tables and logs.
    text
        What it says, as leadership reads it.
    experiment
        Whose newest run is judged.
    measure
        By which measure; beside those of `pilot.evaluate` there is ``Stale@1`` (`pilot.decide.currency`).
    reason
        Why this threshold, in one sentence.
    at_least, at_most
        What the lower bound must reach, or the upper one stay within.
    against
        Experiment that must be surpassed, by at least the smallest effect that matters.
    slice
        Attribute of which every value with enough questions must fulfil the condition.
    """

    name: str
    text: str
    experiment: str
    measure: str
    reason: str
    at_least: float | None = None
    at_most: float | None = None
    against: str | None = None
    slice: Literal["field", "group", "audience", "province", "channel", "length"] | None = None


@dataclass(frozen=True)
class Criteria:
    """All criteria, with their standing: a draft can never lead to "go"."""

    status: Literal["draft", "approved"]
    date: date
    comparator: str
    smallest_effect: Mapping[str, float]
    criteria: tuple[Criterion, ...] = field(default_factory=tuple)
    approved_by: str | None = None

    @property
    def hash(self) -> str:
        """Return what changes when a criterion does: sha256 of the criteria and effects, 16 hex digits."""
        content = {"criteria": [asdict(c) for c in self.criteria], "smallest": dict(self.smallest_effect)}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def load_criteria(path: Path | None = None) -> Criteria:
    """Read ``experiments/decision.yaml``, or another file of its form.

    Raises
    ------
    InputError
        If the file is missing or faulty; all faults at once.
    """
    path = path or project.root() / WHERE
    try:
        return parse_criteria(path.read_text(encoding="utf-8"), path)
    except OSError:
        raise InputError(f"{path}: no such file; the criteria stand in {WHERE}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None


def parse_criteria(text: str, path: Path) -> Criteria:
    """Read criteria from the text of the file at ``path``.

    Raises
    ------
    InputError
        If the text is faulty; all faults at once.
    """
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not readable as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise InputError(f"{path}: holds {type(raw).__name__}; expected `key: value` lines")
    faults = mapping_faults({**raw, "criteria": []}, Criteria, "key")
    listed = raw.get("criteria")
    rows = listed if isinstance(listed, list) else []
    faults += [fault for number, row in enumerate(rows, 1) for fault in _faults(row, number, raw)]
    if not rows:
        faults.append("no criteria; expected at least one")
    if raw.get("status") == "approved" and not raw.get("approved_by"):
        faults.append("status is approved, but approved_by names nobody")
    if faults:
        raise InputError(*(f"{path}: {fault}" for fault in faults))
    return Criteria(**{**raw, "criteria": tuple(Criterion(**row) for row in rows)})


def _faults(row: Any, number: int, raw: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with one criterion."""
    where = f"criterion {number}"
    if not isinstance(row, dict):
        return [f"{where} is {row!r}; expected a mapping"]
    if faults := mapping_faults(row, Criterion, f"{where}, key"):
        return faults
    stated = [key for key in ("at_least", "at_most", "against") if row.get(key) is not None]
    if len(stated) != 1:
        faults.append(
            f"{where} states {' and '.join(stated) or 'nothing'}; expected one of at_least, at_most, against"
        )
    faults += [f"{where}: {fault}" for fault in _measure_faults(row)]
    effects = raw.get("smallest_effect")
    if "against" in stated and isinstance(effects, dict) and row["measure"] not in effects:
        faults.append(f"{where}: no smallest_effect for {row['measure']}; add one")
    return faults


def _measure_faults(row: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the measure of a criterion: unknown, or of the other task."""
    task = row["experiment"].split("/")[0]
    if row["measure"] == STALE:
        fits = row.get("against") is None and row.get("slice") is None and task != "classify"
        return [] if fits else [f"{STALE} is for rank experiments, without against and slice"]
    try:
        measure = parse_measure(row["measure"])
    except InputError as error:
        return list(error.faults)
    fits = task not in ("rank", "classify") or measure.task == task
    return [] if fits else [f"measure {measure} belongs to {measure.task}, not to {task}"]

"""The small record beside every report: what it said, so that the next one can be held against it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pilot.decide.blocks import Figure, Section
from pilot.decide.front import Front
from pilot.decide.material import Material
from pilot.records import InputError

NAME = "bao_cao.json"
COMPARED = ("written", "milestone", "recommendation", "criteria_hash", "criteria", "runs")
"""What is kept of an earlier report."""


def earlier_records(out: Path, runs: Sequence[str], criteria_hash: str) -> list[dict[str, Any]]:
    """Return the earlier reports of a folder: its milestones and the one before, oldest first.

    The report that lies there is an earlier one only if it rests on other runs or criteria than these; writing the
    same report again changes nothing.

    Raises
    ------
    InputError
        If the record in the folder cannot be read.
    """
    path = out / NAME
    if not path.is_file():
        return []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        before = list(found["before"])
        last = {key: found[key] for key in COMPARED}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: no record of a report ({error}); move it away, or choose another --out"
        ) from None
    if (sorted(last["runs"]), last["criteria_hash"]) == (sorted(runs), criteria_hash):
        return before
    return [record for record in before if record["milestone"]] + [last]


def record(material: Material, front: Front, sections: Sequence[Section]) -> dict[str, Any]:
    """Return the record of a report: verdicts, obstacles, and every figure with n, interval and run."""
    decision = material.decision
    criteria = {
        judged.criterion.name: {"state": judged.state, **(_figure(row.figure) if row.figure else {})}
        for judged, row in zip(decision.judged, front.rows, strict=True)
    }
    return {
        "written": material.written.isoformat(timespec="seconds"),
        "milestone": decision.milestone,
        "recommendation": decision.recommendation,
        "criteria_hash": material.criteria.hash,
        "criteria_status": material.criteria.status,
        "criteria": criteria,
        "obstacles": [obstacle.code for obstacle in decision.obstacles],
        "runs": sorted(one.run.run_id for one in material.scored),
        "figures": [
            {"section": number, **_figure(figure)}
            for number, section in enumerate(sections, 1)
            for figure in section.figures
        ],
        "before": list(material.earlier),
    }


def as_text(found: Mapping[str, Any]) -> str:
    """Return the record as it is written."""
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _figure(figure: Figure) -> dict[str, Any]:
    return {"what": figure.what, **asdict(figure.estimate), "run": figure.run_id}

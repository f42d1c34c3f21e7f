"""The report: verdict, evidence, gaps; written as a page, a Word file, a page for the public and a record."""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pilot import project, track
from pilot.decide.contents import contents
from pilot.decide.cost import load_sheet
from pilot.decide.criteria import WHERE, load_criteria
from pilot.decide.decision import Decision, Milestone, decide
from pilot.decide.evidence import load_runs
from pilot.decide.front import front
from pilot.decide.html import public_page, report_page
from pilot.decide.material import Material
from pilot.decide.obstacles import obstacles
from pilot.decide.record import NAME, as_text, earlier_records, record
from pilot.decide.verdicts import judge
from pilot.decide.word import word_file

PAGE, WORD, PUBLIC = "bao_cao.html", "bao_cao.docx", "cong_bo.html"


def write_report(
    runs: Sequence[track.Run],
    out: Path,
    criteria_path: Path | None = None,
    milestone: Milestone | None = None,
    usage: Mapping[str, Any] | None = None,
) -> Decision:
    """Write the report on completed runs below ``out``, keep it in MLflow, and return what it recommends.

    Parameters
    ----------
    runs
        What is reported on.
    out
        Folder; earlier reports there are what this one is compared with.
    criteria_path
        Another file of criteria than the project's.
    milestone
        Which report of the pilot this is, if it is one that later ones shall be compared with.
    usage
        What the assistant's log of use sums up to.

    Raises
    ------
    InputError
        If there are no runs, files of one are missing or damaged, or criteria, costs or an earlier record are
        faulty; nothing is written then.
    """
    material = gather(runs, out, criteria_path, milestone, usage)
    first, sections = front(material), contents(material)
    texts = {
        PAGE: report_page(material, first, sections),
        PUBLIC: public_page(material, first),
        NAME: as_text(record(material, first, sections)),
    }
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        word_file(material, first, sections, Path(folder) / WORD)
        track.log_report(Path(folder), _tags(material))
        for name in (WORD, PAGE, PUBLIC, NAME):
            project.write_whole(out / name, (Path(folder) / name).read_bytes())
    return material.decision


def gather(
    runs: Sequence[track.Run],
    out: Path,
    criteria_path: Path | None = None,
    milestone: Milestone | None = None,
    usage: Mapping[str, Any] | None = None,
) -> Material:
    """Return everything the report is written from; see `write_report`."""
    criteria, sheet, scored = load_criteria(criteria_path), load_sheet(), load_runs(runs)
    earlier = earlier_records(out, [run.run_id for run in runs], criteria.hash)
    judged = judge(criteria, scored)
    now = datetime.now()
    hashes = [found["criteria_hash"] for found in earlier]
    path = criteria_path or project.root() / WHERE
    decision = decide(judged, obstacles(criteria, path, judged, hashes, now.date()), milestone)
    return Material(criteria, path, decision, scored, sheet, earlier, now, usage or {})


def _tags(material: Material) -> dict[str, str]:
    return {
        "recommendation": material.decision.recommendation,
        "milestone": material.decision.milestone or "",
        "criteria_hash": material.criteria.hash,
        "runs": ",".join(sorted(one.run.run_id for one in material.scored)),
    }

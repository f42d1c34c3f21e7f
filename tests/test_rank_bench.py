"""``pilot bench rank``: what is asked, and that each system is measured apart."""

import json
import os
from pathlib import Path

from conftest import write_dataset

from pilot.bench.rank import Asked, _apart, asked, measured, missing_peers
from pilot.cli import app
from pilot.sources import Dataset

PASSAGES = [
    {"passage_id": f"p{n}", "kind": "article", "title": title, "text": f"Quy định {n} về {title.lower()}."}
    for n, title in enumerate(["Thuê nhà", "Ly hôn", "Khai sinh", "", "Thừa kế"])
]


def test_titles_are_asked_where_there_are_no_questions(tmp_path: Path) -> None:
    data = Dataset.load(write_dataset(tmp_path / "law", {"passages": PASSAGES}))
    assert asked(data, 2) == [Asked("Thuê nhà", frozenset({"p0"})), Asked("Khai sinh", frozenset({"p2"}))]
    assert len(asked(data, 100)) == 4


def test_judged_questions_are_asked_first_of_all(tiny: Path) -> None:
    data = Dataset.load(tiny)
    found = asked(data, 100)
    relevant = {j.question_id for j in data.judgments if j.relevance > 0}
    assert [one.text for one in found] == [q.text for q in data.questions if q.question_id in relevant]


def test_a_system_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    cores = os.sched_getaffinity(0)
    law = write_dataset(tmp_path / "law", {"passages": PASSAGES})
    figures = _apart(measured, "bm25s", law, 4)
    assert figures["MRR@10"] == 1
    assert figures["asked"] == 4
    assert 0 < figures["ms_p50"] <= figures["ms_p95"]
    assert 0 < figures["added_peak_mib"] < figures["process_peak_mib"]
    assert os.sched_getaffinity(0) == cores


def test_the_command_names_what_is_missing(tiny: Path, capsys) -> None:
    app(["bench", "rank", str(tiny), "--json"], standalone_mode=False)
    out, err = capsys.readouterr()
    rows = {row["name"]: row for row in map(json.loads, out.splitlines())}
    assert rows["default"]["ratio"] == 1
    assert set(rows) >= {"default", "bm25", "bm25s"}
    assert all(f"{name} is left out" in err and remedy in err for name, remedy in missing_peers())

"""Criteria, comparisons of completed runs, accepted results."""

import dataclasses
import json
from pathlib import Path

import pytest
from conftest import ROOT, TINY, write_dataset

from pilot import Dataset, checkout, compare, load_experiment, run, track
from pilot.decide.cost import KEYS, Item, per_question
from pilot.decide.criteria import load_criteria
from pilot.decide.results import BEGIN, END, accept, read_records, write_tables
from pilot.evaluate import Estimate
from pilot.records import InputError

RANK = ROOT / "experiments" / "rank"


@pytest.fixture
def many(tmp_path: Path) -> Dataset:
    """Forty questions, each answered by one passage that shares a rare word with it."""
    words = [f"từ{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(40)]
    questions = [
        {**TINY["questions"][6], "question_id": f"r{i}", "text": f"hỏi về {word} thế nào",
         "audience": "người dân" if i % 4 else "doanh nghiệp"}
        for i, word in enumerate(words)
    ]  # fmt: skip
    passages = [
        {**TINY["passages"][1], "passage_id": f"p{i}", "text": f"quy định {word}"}
        for i, word in enumerate(words)
    ]
    judged = [{**TINY["judgments"][0], "question_id": f"r{i}", "passage_id": f"p{i}"} for i in range(40)]
    return Dataset.load(
        write_dataset(tmp_path / "many", {"questions": questions, "passages": passages, "judgments": judged})
    )


def test_compare_finds_what_is_better_and_where(state: Path, many: Dataset) -> None:
    floor, better = (run(load_experiment(RANK / f"{name}.yaml"), many) for name in ("random", "bm25"))
    found = compare([better.run_id], baseline=floor.run_id[:12])
    assert found.comparison.baseline == "rank/random"
    one = next(d for d in found.comparison.differences if d.measure == "MRR@10")
    assert (one.system, one.verdict, one.losses) == ("rank/bm25", "better", 0)
    assert one.value == pytest.approx(better.metrics["MRR@10"].value - floor.metrics["MRR@10"].value)
    assert not any(d.measure.startswith("Judged") for d in found.comparison.differences)
    values = {(s.attribute, s.value): s.estimate for s in found.slices["rank/bm25"].slices}
    assert values["audience", "người dân"].n == 30
    assert values["audience", "doanh nghiệp"] is None, "ten questions are too few to judge"
    assert ("length", "đến 15 tiếng") in values
    assert ("group", "Dân sự, hôn nhân và gia đình") in values


def test_compare_refuses_what_cannot_be_compared(state: Path, many: Dataset, tiny: Path) -> None:
    one = run(load_experiment(RANK / "bm25.yaml"), many)
    other = run(load_experiment(RANK / "bm25.yaml"), Dataset.load(tiny))
    with pytest.raises(InputError, match="not scored on the same questions"):
        compare([one.run_id, other.run_id])
    with pytest.raises(InputError, match="name two or more"):
        compare([one.run_id])
    with pytest.raises(InputError, match="no completed run"):
        compare([one.run_id, "zzzz"])


def test_shipped_criteria_are_a_draft_over_known_experiments() -> None:
    criteria = load_criteria()
    assert criteria.status == "draft"
    assert len({c.name for c in criteria.criteria}) == len(criteria.criteria)
    assert {c.experiment.split("/")[0] for c in criteria.criteria} == {"rank", "classify"}


def test_the_hash_changes_with_a_threshold_not_with_the_standing() -> None:
    criteria = load_criteria()
    assert dataclasses.replace(criteria, status="approved", approved_by="x").hash == criteria.hash
    lower = dataclasses.replace(criteria.criteria[1], at_least=0.1)
    assert dataclasses.replace(criteria, criteria=(lower, *criteria.criteria[2:])).hash != criteria.hash
    assert dataclasses.replace(criteria, smallest_effect={}).hash != criteria.hash


def test_faulty_criteria_are_explained_at_once(tmp_path: Path) -> None:
    path = tmp_path / "decision.yaml"
    path.write_text(
        "status: approved\ndate: 2026-01-01\ncomparator: x\nsmallest_effect: {}\nsmalest: 1\ncriteria:\n"
        "  - {name: a, text: a, experiment: rank/x, measure: nDGC@10, reason: r, at_least: 0.1}\n"
        "  - {name: b, text: a, experiment: rank/x, measure: nDCG@10, reason: r, at_least: 0.1, at_most: 0.2}\n"
        "  - {name: c, text: a, experiment: rank/x, measure: nDCG@10, reason: r, against: rank/y}\n"
        "  - {name: d, text: a, experiment: rank/x, measure: nDCG@10, reason: r, at_least: high, slice: moon}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        load_criteria(path)
    for part in ("'smalest'; did you mean 'smallest_effect'", "approved_by names nobody",
                 "criterion 1: unknown measure",
                 "criterion 2 states at_least and at_most", "criterion 3: no smallest_effect for nDCG@10",
                 "criterion 4, key 'at_least' is 'high'", "criterion 4, key 'slice' is 'moon'"):  # fmt: skip
        assert part in str(caught.value), str(caught.value)


@pytest.fixture
def accepted(state: Path, many: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> track.Run:
    """A run from a clean commit, in a project of its own."""
    monkeypatch.setattr(checkout, "source_state", lambda: ("c" * 40, False))
    done = track.find(run(load_experiment(RANK / "bm25.yaml"), many).run_id)
    home = tmp_path / "home"
    (home / "experiments").mkdir(parents=True)
    (home / "mlflow.yaml").write_text((ROOT / "mlflow.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (home / "README.md").write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    monkeypatch.setenv("PILOT_ROOT", str(home))
    return done


def test_accepted_runs_become_records_and_tables(accepted: track.Run, tmp_path: Path) -> None:
    path = accept([accepted])[0]
    assert path.name == "rank-bm25--many--passages.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    assert (record["run_id"], record["commit"], record["data"]) == (accepted.run_id, "c" * 40, accepted.data)
    assert Estimate(**record["metrics"]["MRR@10"]) == accepted.metrics["MRR@10"]
    assert read_records()[0].metrics == accepted.metrics
    table, readme = write_tables()
    assert f"| rank/bm25 | passages | {accepted.metrics['nDCG@10'].value:.3f}" in table.read_text(
        encoding="utf-8"
    )
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert write_tables()[1].read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"dirty": True}, "is a draft"),
        ({"suite": "smoke"}, "never reported"),
        ({"alarms": ("leak",)}, "has an alarm: leak"),
    ],
)
def test_runs_that_cannot_be_accepted(accepted: track.Run, change: dict, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        accept([accepted, dataclasses.replace(accepted, **change)])
    assert read_records() == []


def test_a_damaged_record_is_named(accepted: track.Run) -> None:
    path = accept([accepted])[0]
    path.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"rank-bm25--many--passages\.json: no record"):
        write_tables()


@pytest.mark.parametrize(
    ("form", "cost"), [("keyword", 50_250), ("ranked", 50_458.33), ("routed", 81_708.33)]
)
def test_cost_of_a_pilot_form_by_hand(form: str, cost: float) -> None:
    """Half is enough: 250 for the server, 12,500 for a check, 75,000 for an expert, 208.33 for labels."""
    values = dict(zip(KEYS, (400, 150_000, 30, 5, 30, 3_000_000, 200, 12), strict=True))
    sheet = {key: Item(key, key, value, "", False) for key, value in values.items()}
    found = per_question(sheet, form, Estimate(0.5, 0.4, 0.6, 50))
    assert found.value == pytest.approx(cost, abs=0.01)
    assert found.low < found.value < found.high

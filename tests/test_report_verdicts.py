"""Verdicts on bounds, the rule that combines them, costs, and what the release card says."""

import ast
import dataclasses
from pathlib import Path
from string import Formatter

import pytest
from conftest import ROOT, TINY, write_dataset
from report_cases import CRITERIA, criteria_file, release

from pilot import Dataset
from pilot.decide.cost import costs, load_sheet
from pilot.decide.criteria import load_criteria
from pilot.decide.decision import decide
from pilot.decide.obstacles import Obstacle
from pilot.decide.sections.governance import legal_facts
from pilot.decide.verdicts import Judged, alarm_text, bound_state, difference_state
from pilot.decide.words import wording
from pilot.evaluate import Estimate
from pilot.evaluate.comparison import Difference
from pilot.records import InputError
from pilot.sources.folder import write_folder


@pytest.mark.parametrize(
    ("low", "high", "at_least", "at_most", "expected"),
    [
        (0.80, 0.90, 0.8, None, "met"),
        (0.79, 0.90, 0.8, None, "undecided"),
        (0.60, 0.79, 0.8, None, "not met"),
        (0.60, 0.80, 0.8, None, "undecided"),
        (0.00, 0.05, None, 0.05, "met"),
        (0.04, 0.06, None, 0.05, "undecided"),
        (0.06, 0.09, None, 0.05, "not met"),
    ],
)
def test_the_whole_interval_decides(low, high, at_least, at_most, expected) -> None:
    assert bound_state(Estimate((low + high) / 2, low, high, 9), at_least, at_most) == expected


@pytest.mark.parametrize(
    ("measure", "low", "high", "p", "expected"),
    [
        ("nDCG@10", 0.02, 0.09, 0.01, "met"),
        ("nDCG@10", 0.02, 0.09, 0.06, "undecided"),
        ("nDCG@10", 0.01, 0.09, 0.01, "undecided"),
        ("nDCG@10", -0.03, 0.019, 0.5, "not met"),
        ("nDCG@10", -0.30, -0.10, 0.01, "not met"),
        ("ECE", -0.09, -0.02, 0.01, "met"),
        ("ECE", 0.02, 0.09, 0.01, "not met"),
    ],
)
def test_a_difference_must_be_as_large_as_matters(measure, low, high, p, expected) -> None:
    found = Difference("s", measure, (low + high) / 2, low, high, p, p, 1, 1, 1, 0.02, "undecided", 0)
    assert difference_state(found) == expected


@pytest.mark.parametrize(
    ("states", "obstacle", "milestone", "expected"),
    [
        (("met", "met"), False, None, "go"),
        (("met", "met"), True, None, "extend"),
        (("met", "undecided"), False, None, "extend"),
        (("not met", "undecided"), False, None, "stop"),
        (("not met", "met"), False, "final", "stop"),
        (("not met", "met"), False, "middle", "extend"),
        (("not met", "not met"), True, "final", "extend"),
    ],
)
def test_the_rule(states, obstacle, milestone, expected, tmp_path: Path, monkeypatch) -> None:
    criterion = load_criteria(criteria_file(tmp_path / "c.yaml")).criteria[0]
    judged = [Judged(criterion, ()) for _ in states]
    monkeypatch.setattr(
        Judged, "state", property(lambda self: states[[id(j) for j in judged].index(id(self))])
    )
    found = decide(judged, [Obstacle("x", "x", "x")] if obstacle else [], milestone)
    assert found.recommendation == expected


def test_a_criterion_without_a_run_is_undecided(tmp_path: Path) -> None:
    criterion = load_criteria(criteria_file(tmp_path / "c.yaml")).criteria[0]
    assert Judged(criterion, ()).state == "undecided"


def test_stale_is_a_measure_of_rankings_alone(tmp_path: Path) -> None:
    rows = [{**CRITERIA[3], "experiment": "classify/x"}, {**CRITERIA[3], "name": "b", "slice": "audience"}]
    with pytest.raises(InputError) as caught:
        load_criteria(criteria_file(tmp_path / "c.yaml", rows))
    assert str(caught.value).count("Stale@1 is for rank experiments") == 2


def test_alarms_are_told_in_vietnamese() -> None:
    assert "có mặt trong dữ liệu đã học" in alarm_text("2 of 2 test questions occur in the training texts")
    assert "ngẫu nhiên" in alarm_text("Accuracy: 0.1 is no better than chance")
    assert alarm_text("something else") == "something else"


def test_costs_by_hand(tmp_path: Path) -> None:
    sheet = {key: dataclasses.replace(item, value=value) for (key, item), value in zip(
        load_sheet().items(), (100, 60_000, 30, 5, 40, 3_000_000, 50, 10), strict=True)}  # fmt: skip
    found = costs(sheet, Estimate(0.5, 0.25, 0.75, 80))
    assert found.by_hand == 1000 * 30 * 1000
    assert found.machine == 1_000_000
    assert found.checking == 500 * 5 * 1000
    assert found.handed_over == 500 * 40 * 1000
    assert found.labelling == pytest.approx(1000 * 50 * 60_000 / 30_000)
    assert found.total == 1_000_000 + 2_500_000 + 20_000_000 + 100_000
    assert (found.low, found.high) == (14_850_000, 32_350_000)


def test_the_sheet_marks_every_assumption_and_faults_are_told_at_once(tmp_path: Path) -> None:
    assert not any(item.confirmed for item in load_sheet().values())
    path = tmp_path / "cost.yaml"
    path.write_text(
        "cau_hoi_moi_ngay: {ten: a, gia_tri: -1, don_vi: b, da_xac_nhan: false}\nla: 1\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        load_sheet(path)
    for part in ("gia_tri is -1", "unknown entry 'la'", "no entry 'thang_su_dung'"):
        assert part in str(caught.value)


def test_legal_facts_not_held_against_the_text_say_so() -> None:
    facts = legal_facts()
    assert all(fact.source for fact in facts)
    assert not any("Điều" in fact.known for fact in facts if not fact.checked)


FIXED = {"note": "notes", "listing": "lists", "form": "forms", "gap": "gaps", "_obstacle": "obstacles"}
"""Function that writes fixed words -> their kind in ``loi_van.yaml``."""


def test_the_fixed_words_are_those_the_code_asks_for_and_their_places_are_filled() -> None:
    asked: dict[str, set[str]] = {kind: set() for kind in FIXED.values()}
    asked["gaps"] = {"classify", "rank"}  # asked for by task
    for path in (ROOT / "pilot" / "decide").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FIXED):
                continue
            (key,) = node.args
            if isinstance(key, ast.Constant):
                kind = FIXED[node.func.id]
                asked[kind].add(key.value)
                texts = wording()[kind][key.value]
                parts = Formatter().parse("".join(texts))
                places = {name for _, name, _, _ in parts if name}
                assert places == {word.arg for word in node.keywords}, f"{path.name}: {key.value}"
    assert asked == {kind: set(wording()[kind]) for kind in asked}


def test_only_labels_that_experts_settled_count_as_adjudicated(tmp_path: Path) -> None:
    data = Dataset.load(release(tmp_path / "r"))
    assert data.adjudicated("rank")
    assert data.adjudicated("classify")
    part = [j for j in data.judgments if not (j.rater == "adjudicated" and j.question_id == "q000")]
    assert not data.replaced(judgments=part).adjudicated("rank")
    tiny = Dataset.load(write_dataset(tmp_path / "t", TINY))
    assert not tiny.adjudicated("rank")
    assert not tiny.adjudicated("classify")
    write_folder(data, tmp_path / "again", "x")
    assert Dataset.load(tmp_path / "again").settled
    assert not Dataset.load(ROOT / "data" / "sample").settled

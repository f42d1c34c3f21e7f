"""Slices, robustness, alarms and figures: each must speak where it should and be silent where not."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from evaluate_simulation import SHAPES, family_wise_error, interval_coverage

from pilot.evaluate import Estimate, System, audit, compare_systems, slice_table
from pilot.evaluate import plots as drawing
from pilot.evaluate.abstention import risk_coverage
from pilot.evaluate.audit import no_better_than_chance, straddling_groups
from pilot.evaluate.calibration import reference, reliability
from pilot.evaluate.robustness import drops
from pilot.evaluate.slices import length_band
from pilot.experiment.alarms import contamination
from pilot.records import InputError

N = 120
IDS = [f"q{i:03d}" for i in range(N)]
GROUPS = pd.Series(IDS, index=IDS)
LABELS = np.array(list("abc"))
TRUTH = np.arange(N) % 3


def classifier(said: np.ndarray, confidence=0.8) -> System:
    gold = pd.DataFrame({"question_id": IDS, "label": LABELS[TRUTH]})
    predictions = pd.DataFrame({"question_id": IDS, "label": LABELS[said], "probability": confidence})
    return System("classify", predictions, gold, GROUPS)


def ranker(share: float, seed: int = 0) -> System:
    """Twelve passages per question out of 200; the right one among them, first, in a share of the cases."""
    rng = np.random.default_rng(seed)
    rows, gold = [], []
    for i, question in enumerate(IDS):
        right = f"p{i % 150}"
        others = [f"p{p}" for p in rng.permutation(200)[:12] if f"p{p}" != right]
        listed = [right, *others] if rng.random() < share else others
        rows += [(question, passage, -float(rank)) for rank, passage in enumerate(listed)]
        gold.append((question, right, 2))
    return System(
        "rank",
        pd.DataFrame(rows, columns=["question_id", "passage_id", "score"]),
        pd.DataFrame(gold, columns=["question_id", "passage_id", "relevance"]),
        GROUPS,
    )


@pytest.fixture(scope="module")
def good() -> System:
    """Right on three in four, surer where right."""
    rng = np.random.default_rng(0)
    right = rng.random(N) < 0.75
    return classifier(np.where(right, TRUTH, (TRUTH + 1) % 3), np.where(right, 0.9, 0.5) + rng.random(N) / 20)


def test_slices_worked_by_hand():
    # Right in the first half, wrong in the second; a third value has too few questions.
    system = classifier(np.where(np.arange(N) < 60, TRUTH, (TRUTH + 1) % 3))
    part = np.where(np.arange(N) < 60, "Hà Nội", "Huế").astype(object)
    part[[0, 1, 2]] = "Lào Cai"
    part[-1] = None
    found = slice_table(
        system, pd.DataFrame({"question_id": IDS, "province": part}), "Accuracy", resamples=200
    )
    of = {one.value: one for one in found.slices}
    assert found.overall.value == 0.5
    assert {value: one.questions for value, one in of.items()} == {
        "Hà Nội": 57,
        "Huế": 59,
        "Lào Cai": 3,
        "không rõ": 1,
    }
    assert of["Hà Nội"].estimate.value == 1.0
    assert of["Huế"].estimate.value == 0.0
    assert of["Lào Cai"].estimate is None
    assert found.worst.value == "Huế"
    table = found.table()
    assert table["judged"].tolist() == [True, True, False, False]
    assert table["estimate"].isna().tolist() == [False, False, True, True]


def test_slices_of_macro_f1_are_over_their_own_labels(good):
    found = slice_table(
        good, pd.DataFrame({"question_id": IDS, "field": LABELS[TRUTH]}), "macro-F1", resamples=100
    )
    single = [one.estimate.value for one in found.slices]
    right = [(good.rows.place[one == TRUTH] == 1).mean() for one in range(3)]
    # With one label in the gold, precision is 1 and recall the share of right answers.
    assert single == pytest.approx([2 * share / (1 + share) for share in right])


def test_few_groups_are_too_few_however_many_questions(good):
    system = System(good.task, good.predictions, good.gold, pd.Series(np.arange(N) % 9, index=IDS))
    found = slice_table(system, pd.DataFrame({"question_id": IDS, "all": "x"}), "Accuracy", resamples=50)
    assert found.slices[0].estimate is None
    assert found.worst is None


def test_the_worst_slice_of_an_error_is_the_largest(good):
    half = np.where(np.arange(N) < 60, "one", "other")
    found = slice_table(good, pd.DataFrame({"question_id": IDS, "half": half}), "AURC", resamples=50)
    values = {one.value: one.estimate.value for one in found.slices}
    assert found.worst.value == max(values, key=values.get)


def test_attributes_need_each_question_once(good):
    with pytest.raises(InputError, match="question_id"):
        slice_table(good, pd.DataFrame({"field": ["a"]}), "Accuracy")
    assert [length_band(n) for n in (15, 16, 40, 41)] == [
        "đến 15 tiếng", "16–40 tiếng", "16–40 tiếng", "trên 40 tiếng"
    ]  # fmt: skip


def test_robustness_measures_the_paired_drop():
    """Typed so, every other question is answered wrongly."""
    odd = np.arange(N) % 2 == 1
    typed, spoilt = classifier(TRUTH), classifier(np.where(odd, (TRUTH + 1) % 3, TRUTH))
    perturbed = {"none": (typed.predictions, 0), "spoilt": (spoilt.predictions, 60)}
    none, spoilt = drops(typed, perturbed, ["Accuracy"], resamples=200)
    assert (none.drop.value, none.changed) == (0.0, 0)
    assert (spoilt.typed.value, spoilt.perturbed.value, spoilt.drop.value) == (1.0, 0.5, 0.5)
    assert (spoilt.changed, spoilt.drop.n) == (60, N)
    assert 0.4 < spoilt.drop.low < 0.5 < spoilt.drop.high < 0.63
    assert spoilt.perturbation == "spoilt"
    unknown = typed.predictions.assign(question_id="x")
    with pytest.raises(InputError, match="1 questions without gold"):
        drops(typed, {"none": (unknown, 0)}, ["Accuracy"])


QUESTION = "Người lao động nghỉ việc không báo trước thì có phải bồi thường không?"
TRAINING = [
    ("t1", "Thủ tục đăng ký khai sinh cho con ở nước ngoài như thế nào?"),
    ("t2", "Điều 40. Nghĩa vụ của người lao động khi đơn phương chấm dứt hợp đồng lao động trái pháp luật."),
]


@pytest.mark.parametrize(
    "leak",
    [
        QUESTION,
        QUESTION.upper(),
        "nguoi lao dong nghi viec khong bao truoc thi co phai boi thuong khong",
        QUESTION.replace("không?", "ko ạ?"),
        "Lời đầu. " * 30 + QUESTION + " Lời cuối." * 30,
    ],
)
def test_a_training_set_that_contains_the_test_is_said(leak):
    found = contamination(
        {"q1": QUESTION, "q2": "Mức phạt vượt đèn đỏ là bao nhiêu?"}, [*TRAINING, ("t3", leak)]
    )
    assert [finding.code for finding in found] == ["test_in_training"]
    assert found[0].question_ids == ("q1",)
    assert "1 of 2 test questions" in found[0].message
    assert "q1, in t3" in found[0].message
    assert "lao động" not in found[0].message


def test_related_training_texts_are_no_leak():
    related = "Người lao động nghỉ việc phải báo trước bao nhiêu ngày?"
    assert contamination({"q1": QUESTION}, [*TRAINING, ("t3", related)]) == []
    assert contamination({"q1": "?", "q2": ""}, [*TRAINING, ("t3", "")]) == []


def test_a_leaked_split_is_said():
    groups = pd.Series({"q1": "g1", "q2": "g1", "q3": "g2", "q4": "g2"})
    clean = pd.Series({"q1": "train", "q2": "train", "q3": "test", "q4": "test"})
    assert straddling_groups(groups, clean) == []
    leaked = straddling_groups(groups, clean.replace({"train": "test"}).where(clean.index != "q1", "train"))
    assert [finding.code for finding in leaked] == ["group_straddles_splits"]
    assert leaked[0].question_ids == ("q1", "q2")
    assert "1 of 2 groups lie in more than one split, first g1 in test, train" in leaked[0].message


def test_shuffled_labels_are_said(good):
    shuffled = classifier(np.random.default_rng(5).permutation(TRUTH))
    found = no_better_than_chance(shuffled, ["macro-F1", "Accuracy"], permutations=119)
    assert {finding.code for finding in found} == {"no_better_than_chance"}
    assert len(found) == 2
    assert "no better than chance" in found[0].message
    assert no_better_than_chance(good, ["macro-F1", "Accuracy", "AURC"], permutations=119) == []


def test_always_the_same_answer_is_said():
    majority = classifier(np.zeros(N, dtype=int))
    assert len(no_better_than_chance(majority, ["Accuracy"], permutations=39)) == 1


def test_random_ranking_is_said():
    found = no_better_than_chance(ranker(0.0), ["nDCG@10", "MRR@10"], permutations=119)
    assert [finding.code for finding in found] == ["no_better_than_chance"] * 2
    assert no_better_than_chance(ranker(0.3), ["nDCG@10", "MRR@10"], permutations=119) == []


def test_chance_is_what_dealing_by_hand_gives_in_one_go_and_in_many(monkeypatch: pytest.MonkeyPatch):
    said, measures = np.random.default_rng(5).permutation(TRUTH), ["Accuracy"]
    rng, names = np.random.default_rng(3), np.array(IDS, dtype=object)
    dealt = [np.argsort(np.argsort(rng.permutation(names))) for _ in range(119)]
    as_good = sum((TRUTH[places] == said).mean() >= (said == TRUTH).mean() for places in dealt)
    found = no_better_than_chance(classifier(said), measures, seed=3, permutations=119)
    assert f"(p = {(1 + as_good) / 120:.3f}, {N} questions)" in found[0].message
    ranked = no_better_than_chance(ranker(0.0), ["nDCG@10"], seed=3, permutations=119)
    monkeypatch.setattr(audit, "AT_ONCE", 1)
    assert no_better_than_chance(classifier(said), measures, seed=3, permutations=119) == found
    assert no_better_than_chance(ranker(0.0), ["nDCG@10"], seed=3, permutations=119) == ranked


def test_intervals_cover_and_corrected_tests_keep_their_level():
    """A seeded cut of the full simulations; bounds are four standard errors wide."""
    for shape, groups in zip(SHAPES, (60, 60, 60), strict=True):
        found = interval_coverage(shape, groups, simulations=300, resamples=400)
        assert found.held > 0.95 - 4 * np.sqrt(0.05 * 0.95 / 300), found
        assert found.held >= found.percentile, found
    error = family_wise_error(systems=3, groups=40, simulations=120, resamples=199)
    assert error < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 120)


def texts(figure) -> str:
    labels = [axes.get_xlabel() + axes.get_ylabel() + axes.get_title(loc="left") for axes in figure.axes]
    ticks = [tick.get_text() for axes in figure.axes for tick in axes.get_yticklabels()]
    drawn = [text.get_text() for axes in figure.axes for text in axes.texts]
    return "\n".join([*labels, *ticks, *drawn])


def test_figures_say_in_vietnamese_what_they_show(good, tmp_path):
    half = pd.DataFrame({"question_id": IDS, "nửa": np.where(np.arange(N) < 100, "đầu", "cuối")})
    slices = slice_table(good, half, "Accuracy", resamples=50)
    majority = classifier(np.zeros(N, dtype=int))
    comparison = compare_systems({"nền": majority, "mới": good}, "nền", ["Accuracy", "AURC"], resamples=200)
    shown = {
        "interval": drawing.interval_plot({"a": {"Accuracy": Estimate(0.5, 0.4, 0.6, N)}}, "Tên"),
        "difference": drawing.difference_plot(comparison),
        "slices": drawing.slice_plot(slices),
        "reliability": drawing.reliability_plot(reliability(good.rows), reference(good.rows, draws=50)),
        "risk": drawing.risk_coverage_plot(
            {"mới": risk_coverage(good.rows), "nền": risk_coverage(majority.rows)}, 0.05
        ),
    }
    said = {name: texts(figure) for name, figure in shown.items()}
    assert "0,500" in said["interval"]
    assert "khoảng tin cậy 95 %" in said["interval"]
    assert "mới · Accuracy\ntốt hơn" in said["difference"]
    assert "AURC (nhỏ là tốt)" in said["difference"]
    assert "120 câu hỏi" in said["difference"]
    assert "nửa: đầu (n = 100)" in said["slices"]
    assert "1 nhóm có quá ít câu hỏi" in said["slices"]
    assert "ECE 0," in said["reliability"]
    assert "Phần câu hỏi máy tự trả lời" in said["risk"]
    for name, figure in shown.items():
        figure.savefig(tmp_path / f"{name}.png", dpi=40)


def test_results_are_values(good):
    assert dataclasses.is_dataclass(Estimate(0, 0, 0, 0))
    with pytest.raises(dataclasses.FrozenInstanceError):
        Estimate(0, 0, 0, 0).value = 1  # type: ignore[misc]

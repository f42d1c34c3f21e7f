"""What `evaluate` takes and refuses, what it gives back, and the merging of raters."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from pilot.evaluate import evaluate, merge_raters
from pilot.records import InputError, Judgment

GOLD = pd.DataFrame(
    {"question_id": ["q1", "q1", "q2"], "passage_id": ["a", "b", "a"], "relevance": [1, 0, 2]}
)
RANKED = pd.DataFrame(
    {"question_id": ["q1", "q1", "q2"], "passage_id": ["a", "b", "a"], "score": [2.0, 1.0, 1.0]}
)
LABELS = pd.DataFrame({"question_id": ["q1", "q2"], "label": ["01", "02"]})
LABELLED = pd.DataFrame({"question_id": ["q1", "q2"], "label": ["01", "01"], "probability": [0.9, 0.6]})
GROUPS = pd.Series({"q1": "g1", "q2": "g2", "q3": "g3"})


def refused(task="rank", predictions=RANKED, gold=GOLD, groups=GROUPS, measures=("MRR@10",)) -> str:
    with pytest.raises(InputError) as caught:
        evaluate(task, predictions, gold, groups, list(measures), resamples=10)
    return str(caught.value)


def test_scores_hold_every_judged_question_under_every_mean():
    found = evaluate("rank", RANKED.iloc[:2], GOLD, GROUPS, ["MRR@10", "R@1"], resamples=10)
    assert list(found.scores.columns) == ["question_id", "measure", "value"]
    assert found.scores.to_numpy().tolist() == [
        ["q1", "MRR@10", 1.0], ["q2", "MRR@10", 0.0], ["q1", "R@1", 1.0], ["q2", "R@1", 0.0]
    ]  # fmt: skip
    means = found.scores.groupby("measure")["value"].mean()
    assert {name: estimate.value for name, estimate in found.metrics.items()} == means.to_dict()
    assert {estimate.n for estimate in found.metrics.values()} == {2}


def test_measures_that_are_no_mean_have_no_per_question_scores():
    found = evaluate("classify", LABELLED, LABELS, GROUPS, ["macro-F1", "Accuracy"], resamples=10)
    assert set(found.scores["measure"]) == {"Accuracy"}
    assert list(found.metrics) == ["macro-F1", "Accuracy"]
    none = evaluate("classify", LABELLED, LABELS, GROUPS, ["ECE"], resamples=10).scores
    assert list(none.columns) == ["question_id", "measure", "value"]
    assert len(none) == 0


def test_inputs_stay_as_they_were():
    before = [frame.copy() for frame in (RANKED, GOLD, LABELLED, LABELS)]
    evaluate("rank", RANKED, GOLD, GROUPS, ["nDCG@10"], resamples=10)
    evaluate("classify", LABELLED, LABELS, GROUPS, ["macro-F1"], resamples=10)
    for old, new in zip(before, (RANKED, GOLD, LABELLED, LABELS), strict=True):
        pd.testing.assert_frame_equal(old, new)


@pytest.mark.parametrize("task", ["rank", "classify"])
def test_no_predictions_at_all_score_zero(task):
    predictions, gold = (RANKED, GOLD) if task == "rank" else (LABELLED, LABELS)
    measures = ["nDCG@10", "MRR@10", "F2", "Judged@10"] if task == "rank" else ["macro-F1", "Accuracy"]
    found = evaluate(task, predictions.iloc[:0], gold, GROUPS, measures, resamples=10)
    assert {estimate.value for estimate in found.metrics.values()} == {0.0}
    assert (
        evaluate(task, predictions.iloc[:0].astype(object), gold, GROUPS, measures, resamples=10) is not None
    )


def test_one_seed_gives_one_result_and_others_differ():
    rng = np.random.default_rng(0)
    ids = [f"q{i}" for i in range(50)]
    gold = pd.DataFrame({"question_id": ids, "passage_id": "a", "relevance": 1})
    ranked = gold[rng.random(50) < 0.5].assign(score=1.0)
    groups = pd.Series(ids, index=ids)
    first, second, third = (
        evaluate("rank", ranked, gold, groups, ["hit@1"], seed=seed, resamples=50).metrics["hit@1"]
        for seed in (0, 0, 1)
    )
    assert first == second
    assert (first.low, first.high) != (third.low, third.high)


def test_unknown_questions_are_an_error_that_names_one():
    message = refused(predictions=RANKED.assign(question_id=["q1", "q1", "q9"]))
    assert "1 questions without gold, first q9" in message


def test_all_faults_come_at_once():
    predictions = pd.concat([RANKED, RANKED.iloc[:1], RANKED.iloc[:1].assign(question_id="q9")])
    message = refused(predictions=predictions, gold=pd.concat([GOLD, GOLD.iloc[:1]]), groups=GROUPS[["q1"]])
    for fault in (
        "gold: q1, a occurs more than once",
        "groups: no group for 1 of 2 questions, first q2",
        "predictions: q1, a occurs more than once",
        "without gold, first q9",
    ):
        assert fault in message


@pytest.mark.parametrize(
    ("task", "predictions", "said"),
    [
        ("rank", RANKED.assign(score=[np.nan, 1.0, 1.0]), "score is empty for question q1"),
        ("rank", RANKED.assign(score=[np.inf, 1.0, 1.0]), "score inf for question q1"),
        ("rank", RANKED.assign(score=["x", "y", "z"]), "score holds 'x'; expected numbers"),
        ("rank", RANKED.drop(columns="score"), "no column score"),
        ("rank", RANKED.assign(passage_id=[None, "b", "a"]), "1 rows without question_id or passage_id"),
        ("classify", LABELLED.assign(probability=[0.5, 1.5]), "probability 1.5 for question q2"),
        ("classify", LABELLED.assign(probability=[-0.5, 0.5]), "expected a probability from 0 to 1"),
    ],
)
def test_broken_predictions_are_refused(task, predictions, said):
    gold, measure = (GOLD, "MRR@10") if task == "rank" else (LABELS, "Accuracy")
    assert said in refused(task, predictions, gold, measures=(measure,))


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        (GOLD.iloc[:0], "no rows"),
        (GOLD.assign(relevance=[1, -1, 2]), "relevance below 0 for question q1"),
        (GOLD.assign(relevance=["high", "low", "low"]), "relevance holds 'high'"),
        (GOLD.assign(relevance=[1, None, 2]), "relevance is empty for question q1"),
    ],
)
def test_broken_gold_is_refused(gold, said):
    assert said in refused(gold=gold, predictions=RANKED)


def test_labels_given_twice_or_not_at_all_are_refused():
    twice = pd.concat([LABELS, LABELS.iloc[:1]])
    assert "q1 occurs more than once" in refused("classify", LABELLED, twice, measures=("Accuracy",))
    empty = LABELS.assign(label=["01", None])
    assert "label is empty for question q2" in refused("classify", LABELLED, empty, measures=("Accuracy",))


def test_measures_of_the_other_task_and_unknown_ones_are_refused_together():
    message = refused(measures=("macro-F1", "nDGC@10"))
    assert "macro-F1 belongs to task classify" in message
    assert "nDCG@10" in message
    assert "expected rank or classify" in refused(task="route")


def grade(rater: str, relevance: int, passage: str = "p") -> Judgment:
    return Judgment("q", passage, relevance, rater)


@pytest.mark.parametrize(
    ("given", "merged"),
    [
        ([grade("a", 2)], 2),
        ([grade("a", 3), grade("b", 1)], 1),
        ([grade("a", 3), grade("b", 0), grade("c", 2)], 2),
        ([grade("a", 0), grade("b", 3), grade("c", 3), grade("d", 1)], 1),
        ([grade("a", 3), grade("adjudicated", 0), grade("b", 3)], 0),
    ],
)
def test_raters_merge_to_the_adjudicated_grade_else_the_lower_median(given, merged):
    for order in (given, given[::-1]):
        assert merge_raters(order).to_numpy().tolist() == [["q", "p", merged]]


def test_merged_pairs_are_sorted_and_no_judgment_gives_an_empty_frame():
    found = merge_raters([grade("a", 1, "p2"), grade("a", 2, "p10")])
    assert found["passage_id"].tolist() == ["p10", "p2"]
    assert list(merge_raters([]).columns) == ["question_id", "passage_id", "relevance"]


def test_importing_is_light():
    heavy = "torch", "transformers", "mlflow", "sklearn", "pandas", "matplotlib", "scipy"
    code = f"import sys, pilot.evaluate; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""Measures: as typed, worked by hand, and equal to pytrec_eval, ir_measures and scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilot.evaluate import MEASURES, evaluate, parse_measure
from pilot.evaluate.classification import bins, macro_f1
from pilot.evaluate.rows import classify_rows
from pilot.records import InputError

TYPED = [
    "nDCG@10", "MRR@10", "R@100", "P@5", "hit@1", "F2", "F2@3", "Judged@10",
    "macro-F1", "Accuracy", "Top-3", "ECE", "AURC", "Coverage@risk=0.05",
]  # fmt: skip


def rankings(lists: dict[str, list[str]]) -> pd.DataFrame:
    """Rankings from best-first lists, scores falling from 10."""
    rows = [(q, p, 10.0 - place) for q, passages in lists.items() for place, p in enumerate(passages)]
    return pd.DataFrame(rows, columns=["question_id", "passage_id", "score"])


def judged(grades: dict[str, dict[str, int]]) -> pd.DataFrame:
    rows = [(q, p, grade) for q, given in grades.items() for p, grade in given.items()]
    return pd.DataFrame(rows, columns=["question_id", "passage_id", "relevance"])


def labelled(answers: list[tuple[str, str, float]], others: str = "z") -> tuple[pd.DataFrame, pd.DataFrame]:
    """(gold, predicted, probability) per question -> predictions and gold; the rest goes to ``others``."""
    ids = [f"q{i}" for i in range(len(answers))]
    rows = [
        row
        for q, (_, label, p) in zip(ids, answers, strict=True)
        for row in ((q, label, p), (q, others, min(p, 1 - p)))
    ]
    gold = pd.DataFrame({"question_id": ids, "label": [answer[0] for answer in answers]})
    return pd.DataFrame(rows, columns=["question_id", "label", "probability"]), gold


def alone(gold: pd.DataFrame) -> pd.Series:
    """Every question its own group."""
    ids = gold["question_id"].unique()
    return pd.Series(ids, index=ids)


def figures(task, predictions, gold, measures) -> dict[str, float]:
    found = evaluate(task, predictions, gold, alone(gold), measures, resamples=10)
    return {name: estimate.value for name, estimate in found.metrics.items()}


@pytest.mark.parametrize("name", TYPED)
def test_a_measure_prints_as_it_is_typed(name):
    assert str(parse_measure(name)) == name
    assert parse_measure(name) == parse_measure(name)
    assert len({parse_measure(name), parse_measure(name)}) == 1


def test_every_form_has_a_typed_example():
    forms = {name.split("@")[0].split("-")[0] for name in TYPED}
    assert {form.split("@")[0].split("-")[0] for form in MEASURES} == forms


@pytest.mark.parametrize(
    ("name", "advice"),
    [("ndcg@10", "nDCG@10"), ("MMR@5", "MRR@5"), ("macro_f1", "macro-F1"), ("Top3", "Top-3"), ("F2@0", "F2")],
)
def test_unknown_measures_get_the_nearest_name(name, advice):
    with pytest.raises(InputError, match=advice):
        parse_measure(name)


@pytest.mark.parametrize("name", ["nDCG@010", "nDCG@", "R@-1", "Coverage@risk=5", "", "something else"])
def test_malformed_measures_are_refused(name):
    with pytest.raises(InputError, match="unknown measure"):
        parse_measure(name)


def test_a_ranking_worked_by_hand():
    predictions = rankings({"q1": ["a", "b", "c", "d"], "q2": ["a", "b"]})
    gold = judged({"q1": {"b": 3, "d": 1, "x": 2, "c": 0}, "q2": {"c": 1}, "q3": {"a": 1}})
    found = evaluate("rank", predictions, gold, alone(gold), TYPED[:8], resamples=10)
    of = found.scores.pivot(index="question_id", columns="measure", values="value")
    # q1: gains 0 3 0 1; ideal 3 2 1.
    ideal = 3 + 2 / np.log2(3) + 1 / 2
    assert of.loc["q1", "nDCG@10"] == pytest.approx((3 / np.log2(3) + 1 / np.log2(5)) / ideal)
    assert of.loc["q1", "MRR@10"] == 1 / 2
    assert of.loc["q1", "R@100"] == pytest.approx(2 / 3)
    assert of.loc["q1", "P@5"] == 2 / 5
    assert of.loc["q1", "hit@1"] == 0
    # P = 2/4, R = 2/3: 5 P R / (4 P + R) = 0.625; of the first three P = 1/3, R = 1/3.
    assert of.loc["q1", "F2"] == pytest.approx(0.625)
    assert of.loc["q1", "F2@3"] == pytest.approx(1 / 3)
    assert of.loc["q1", "Judged@10"] == 3 / 4
    # Nothing right, and nothing returned: both stay in the denominator.
    assert (of.loc[["q2", "q3"]] == 0).all(axis=None)
    assert found.metrics["MRR@10"].value == pytest.approx(0.5 / 3)
    assert found.metrics["MRR@10"].n == 3


def test_mrr_is_cut():
    predictions, gold = rankings({"q": list("abcdef")}), judged({"q": {"e": 1}})
    assert figures("rank", predictions, gold, ["MRR@4", "MRR@5"]) == {"MRR@4": 0, "MRR@5": 1 / 5}


def test_a_question_without_a_relevant_passage_scores_zero_as_in_trec_eval():
    predictions, gold = rankings({"q": ["a"]}), judged({"q": {"a": 0}})
    assert set(figures("rank", predictions, gold, TYPED[:7]).values()) == {0.0}


def test_ties_break_by_passage_id_whatever_the_order_of_rows_and_ranks():
    gold = judged({"q": {"p1": 1}})
    tied = pd.DataFrame(
        {"question_id": "q", "passage_id": ["p2", "p1", "p0"], "score": [1.0, 1.0, 0.5], "rank": [1, 2, 3]}
    )
    assert figures("rank", tied, gold, ["hit@1"]) == {"hit@1": 1}
    assert figures("rank", tied.iloc[::-1], gold, ["hit@1"]) == {"hit@1": 1}


def test_labels_worked_by_hand():
    # a: 2 right of 3, 1 false alarm -> F1 2/3. b: 1 of 2, 1 false alarm -> 1/2. c: 0 of 1. "x" is no class.
    predictions, gold = labelled(
        [
            ("a", "a", 0.9),
            ("a", "a", 0.8),
            ("a", "b", 0.7),
            ("b", "b", 0.6),
            ("b", "a", 0.55),
            ("c", "x", 0.52),
        ]
    )
    found = figures("classify", predictions, gold, ["macro-F1", "Accuracy", "Top-1", "Coverage@risk=0.34"])
    assert found["macro-F1"] == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert found["Accuracy"] == found["Top-1"] == 1 / 2
    # Errors by falling probability: 0 0 1 0 1 1; one third wrong among three, one quarter among four.
    assert found["Coverage@risk=0.34"] == pytest.approx(4 / 6)
    area = figures("classify", predictions, gold, ["AURC"])["AURC"]
    assert area == pytest.approx((0 + 0 + 1 / 3 + 1 / 4 + 2 / 5 + 3 / 6) / 6)


def test_calibration_error_worked_by_hand():
    # Bins of 1/15: 0.9 is in (13/15, 14/15]; 0.62 and 0.66 share (9/15, 10/15].
    predictions, gold = labelled([("a", "a", 0.9), ("a", "b", 0.62), ("a", "a", 0.66), ("a", "a", 1.0)])
    expected = (abs(1 - 0.9) + abs(1 - (0.62 + 0.66)) + abs(1 - 1.0)) / 4
    assert figures("classify", predictions, gold, ["ECE"])["ECE"] == pytest.approx(expected)


def test_a_bin_holds_its_upper_edge_and_the_first_also_zero():
    assert bins(np.linspace(0, 1, 16)).tolist() == [0, *range(15)]


def test_a_resample_without_a_label_is_averaged_over_the_labels_it_has():
    predictions, gold = labelled([("a", "a", 0.9), ("a", "b", 0.8), ("b", "b", 0.7), ("c", "a", 0.6)])
    rows = classify_rows(predictions, gold, alone(gold))
    found = macro_f1(rows)(np.array([[1.0, 1, 1, 0], [2, 0, 1, 0], [0, 0, 0, 4]]))
    assert found == pytest.approx([2 / 3, 1.0, 0.0])


def test_one_constant_probability_has_its_error_rate_as_area_and_all_or_nothing_as_coverage():
    predictions, gold = labelled([("a", "a", 0.6), ("b", "a", 0.6), ("a", "a", 0.6), ("a", "a", 0.6)])
    found = figures("classify", predictions, gold, ["AURC", "Coverage@risk=0.2", "Coverage@risk=0.25"])
    assert found == pytest.approx({"AURC": 0.25, "Coverage@risk=0.2": 0, "Coverage@risk=0.25": 1})


def test_a_question_without_prediction_is_wrong_with_confidence_zero():
    predictions, gold = labelled([("a", "a", 0.9), ("a", "a", 0.8)])
    predictions = predictions[predictions["question_id"] == "q0"]
    found = figures("classify", predictions, gold, ["Accuracy", "Top-3", "macro-F1", "Coverage@risk=0.05"])
    assert found == pytest.approx(
        {"Accuracy": 0.5, "Top-3": 0.5, "macro-F1": 2 / 3, "Coverage@risk=0.05": 0.5}
    )


def random_rankings(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """30 questions; some lists empty, some questions without relevant passage, a few unjudged passages."""
    rng = np.random.default_rng(seed)
    lists = {f"q{i}": [f"p{p}" for p in rng.permutation(40)[: rng.integers(0, 25)]] for i in range(30)}
    grades = {
        f"q{i}": {f"p{p}": int(rng.integers(0, 4)) for p in rng.permutation(40)[:12]} for i in range(29)
    }
    grades["q29"] = {"p1": 0}
    return rankings(lists), judged(grades)


@pytest.mark.parametrize("seed", range(5))
def test_rankings_agree_with_pytrec_eval(seed):
    import pytrec_eval

    predictions, gold = random_rankings(seed)
    theirs = {
        "nDCG@10": "ndcg_cut_10",
        "R@10": "recall_10",
        "P@10": "P_10",
        "hit@10": "success_10",
        "MRR@100": "recip_rank",
    }
    qrels = {
        q: dict(zip(part["passage_id"], part["relevance"], strict=True))
        for q, part in gold.groupby("question_id")
    }
    run = {
        q: dict(zip(part["passage_id"], part["score"], strict=True))
        for q, part in predictions.groupby("question_id")
    }
    found = pytrec_eval.RelevanceEvaluator(qrels, set(theirs.values())).evaluate(run)
    scores = evaluate("rank", predictions, gold, alone(gold), list(theirs), resamples=10).scores
    for row in scores.itertuples():
        # trec_eval leaves questions without a list out; here they score 0.
        expected = found.get(row.question_id, {}).get(theirs[row.measure], 0.0)
        assert row.value == pytest.approx(expected, abs=1e-9), (row.question_id, row.measure)


@pytest.mark.parametrize("seed", range(3))
def test_rankings_agree_with_ir_measures(seed):
    import ir_measures

    predictions, gold = random_rankings(seed)
    theirs = {"nDCG@5": "nDCG@5", "MRR@5": "RR@5", "R@5": "R@5", "Judged@5": "Judged@5"}
    qrels = [ir_measures.Qrel(*row) for row in gold.itertuples(index=False)]
    run = [ir_measures.ScoredDoc(*row) for row in predictions.itertuples(index=False)]
    named = {name: ir_measures.parse_measure(other) for name, other in theirs.items()}
    found = ir_measures.calc_aggregate(list(named.values()), qrels, run)
    ours = figures("rank", predictions, gold, list(theirs))
    assert ours == pytest.approx({name: found[other] for name, other in named.items()})


def random_labels(seed: int, n: int = 60) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, np.ndarray]:
    """Predictions over six labels of which the gold bears five, with their matrix and the gold's columns."""
    rng = np.random.default_rng(seed)
    matrix, truth = rng.dirichlet(np.ones(6), n), rng.integers(0, 5, n)
    ids, labels = np.array([f"q{i:02d}" for i in range(n)]), np.array(list("abcdef"))
    predictions = pd.DataFrame(
        {"question_id": np.repeat(ids, 6), "label": np.tile(labels, n), "probability": matrix.ravel()}
    )
    return predictions, pd.DataFrame({"question_id": ids, "label": labels[truth]}), matrix, truth


@pytest.mark.parametrize("seed", range(5))
def test_labels_agree_with_scikit_learn(seed):
    from sklearn.metrics import accuracy_score, f1_score, top_k_accuracy_score

    predictions, gold, matrix, truth = random_labels(seed)
    found = figures("classify", predictions, gold, ["macro-F1", "Accuracy", "Top-3"])
    first = matrix.argmax(axis=1)
    assert found["macro-F1"] == pytest.approx(
        f1_score(truth, first, average="macro", labels=np.unique(truth))
    )
    assert found["Accuracy"] == pytest.approx(accuracy_score(truth, first))
    assert found["Top-3"] == pytest.approx(top_k_accuracy_score(truth, matrix, k=3, labels=np.arange(6)))


@pytest.mark.parametrize("seed", range(3))
def test_errors_and_risks_agree_with_plain_loops(seed):
    predictions, gold, matrix, truth = random_labels(seed)
    wrong, confidence = matrix.argmax(axis=1) != truth, matrix.max(axis=1)
    order = np.argsort(-confidence)
    risks = [wrong[order][:count].mean() for count in range(1, 61)]
    expected_error = 0.0
    for m in range(15):
        inside = (confidence > m / 15) & (confidence <= (m + 1) / 15)
        if inside.any():
            expected_error += inside.mean() * abs((~wrong)[inside].mean() - confidence[inside].mean())
    covered = max([0, *[count for count, risk in enumerate(risks, 1) if risk <= 0.7]]) / 60
    found = figures("classify", predictions, gold, ["ECE", "AURC", "Coverage@risk=0.7"])
    assert found == pytest.approx(
        {"ECE": expected_error, "AURC": np.mean(risks), "Coverage@risk=0.7": covered}
    )


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.5, 0.6, 0.7, 0.8])), min_size=1, max_size=8))
@settings(max_examples=50, deadline=None)
def test_ties_in_probability_give_the_expectation_over_orders(answers):
    """Averaged over many random orders of equal probabilities, the plain definition gives our area."""
    predictions, gold = labelled([("a", "a" if right else "b", p) for right, p in answers])
    wrong, p = np.array([not right for right, _ in answers], dtype=float), np.array([p for _, p in answers])
    rng = np.random.default_rng(0)
    counts = np.arange(1, len(answers) + 1)
    areas = [(np.cumsum(wrong[np.lexsort((rng.random(len(p)), -p))]) / counts).mean() for _ in range(3000)]
    assert figures("classify", predictions, gold, ["AURC"])["AURC"] == pytest.approx(np.mean(areas), abs=0.03)

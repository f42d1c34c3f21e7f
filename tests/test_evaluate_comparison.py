"""Comparisons: paired, by group, corrected, with a verdict that says no more than the data."""

import numpy as np
import pandas as pd
import pytest

from pilot.evaluate import System, compare_systems, evaluate
from pilot.evaluate.comparison import questions_needed, verdict
from pilot.evaluate.randomisation import exchange, holm, sign_flip
from pilot.records import InputError

IDS = [f"q{i:03d}" for i in range(120)]


def ranker(hits, ids=IDS, groups=None) -> System:
    """A ranker that finds the one right passage first where ``hits`` says so, second elsewhere."""
    rows = [
        (q, p, s)
        for q, found in zip(ids, hits, strict=True)
        for p, s in (("right", 2.0 if found else 1.0), ("wrong", 1.5))
    ]
    predictions = pd.DataFrame(rows, columns=["question_id", "passage_id", "score"])
    gold = pd.DataFrame({"question_id": ids, "passage_id": "right", "relevance": 1})
    return System("rank", predictions, gold, pd.Series(groups if groups is not None else ids, index=ids))


def classifier(right, confidence=0.8, ids=IDS) -> System:
    """A classifier over three labels, right where told, else one label too far."""
    labels = np.array(list("abc"))
    truth = np.arange(len(ids)) % 3
    said = np.where(right, truth, (truth + 1) % 3)
    predictions = pd.DataFrame({"question_id": ids, "label": labels[said], "probability": confidence})
    return System(
        "classify",
        predictions,
        pd.DataFrame({"question_id": ids, "label": labels[truth]}),
        pd.Series(ids, ids),
    )


def first(share: float) -> np.ndarray:
    return np.arange(len(IDS)) < share * len(IDS)


def test_holm_worked_by_hand():
    # Sorted .01 .02 .03 .04 times 4 3 2 1, never falling, never above 1.
    assert holm(np.array([0.02, 0.04, 0.01, 0.03])) == pytest.approx([0.06, 0.06, 0.04, 0.06])
    assert holm(np.array([0.9, 0.6])) == pytest.approx([1.0, 1.0])
    assert holm(np.array([])).shape == (0,)


def test_sign_flips_agree_with_the_exact_distribution():
    differences = np.full((8, 1), 0.5)
    p = sign_flip(differences, np.arange(8), 40_000, np.random.default_rng(0))
    assert p[0] == pytest.approx(2 / 2**8, abs=0.002)
    # Four groups of two flip together: 2 of 2^4 flips are as extreme.
    p = sign_flip(differences, np.arange(8) // 2, 40_000, np.random.default_rng(0))
    assert p[0] == pytest.approx(2 / 2**4, abs=0.005)


def test_sign_flips_agree_with_scipy():
    from scipy.stats import permutation_test

    rng = np.random.default_rng(4)
    one, other = rng.random(30), rng.random(30) + 0.12
    theirs = permutation_test(
        (one, other), lambda a, b: (a - b).mean(), permutation_type="samples", n_resamples=20_000,
        rng=np.random.default_rng(0),
    )  # fmt: skip
    ours = sign_flip((one - other)[:, None], np.arange(30), 20_000, np.random.default_rng(0))
    assert ours[0] == pytest.approx(theirs.pvalue, abs=0.01)


def test_exchange_of_predictions_is_the_sign_flip_where_the_measure_is_a_mean():
    rng = np.random.default_rng(1)
    one, other = (classifier(rng.random(120) < share).rows for share in (0.8, 0.7))
    right = [(rows.place == 1).astype(float) for rows in (one, other)]

    def accuracy(rows):
        values = (rows.place == 1).astype(float)
        return lambda weights: weights @ values / weights.sum(axis=1)

    swapped = exchange(one, other, [accuracy], 20_000, np.random.default_rng(0))
    flipped = sign_flip((right[0] - right[1])[:, None], one.groups, 20_000, np.random.default_rng(0))
    assert swapped[0] == pytest.approx(flipped[0], abs=0.015)


def test_nothing_in_common_gives_p_of_one_for_equal_systems():
    one = classifier(first(0.7)).rows
    assert sign_flip(np.zeros((10, 2)), np.arange(10), 99, np.random.default_rng(0)).tolist() == [1.0, 1.0]
    accuracy = [lambda rows: lambda weights: weights @ (rows.place == 1) / weights.sum(axis=1)]
    assert exchange(one, one, accuracy, 99, np.random.default_rng(0)).tolist() == [1.0]


def test_a_comparison_worked_by_hand():
    # b finds 90 of 120 first, a 60, all of a's among b's: 30 wins of half a point each in MRR.
    found = compare_systems(
        {"a": ranker(first(0.5)), "b": ranker(first(0.75))}, "a", ["MRR@10"], resamples=2000
    )
    difference = found.differences[0]
    assert (found.baseline, found.questions, found.groups) == ("a", 120, 120)
    assert difference.value == pytest.approx(30 * 0.5 / 120)
    assert (difference.wins, difference.ties, difference.losses) == (30, 90, 0)
    assert 0.08 < difference.low < difference.value < difference.high < 0.17
    assert difference.p == difference.p_holm == pytest.approx(1 / 2001)
    assert (difference.verdict, difference.more_questions) == ("better", 0)


def test_differences_are_those_of_the_single_evaluations():
    rng = np.random.default_rng(0)
    systems = {
        name: classifier(rng.random(120) < share) for name, share in (("a", 0.6), ("b", 0.7), ("c", 0.8))
    }
    measures = ["macro-F1", "Accuracy", "ECE", "AURC"]
    found = compare_systems(systems, "b", measures, resamples=200)
    assert [(d.system, d.measure) for d in found.differences] == [(s, m) for s in "ac" for m in measures]
    figures = {
        name: evaluate(s.task, s.predictions, s.gold, s.groups, measures, resamples=10).metrics
        for name, s in systems.items()
    }
    for d in found.differences:
        assert d.value == pytest.approx(figures[d.system][d.measure].value - figures["b"][d.measure].value)
    assert len(found.table()) == 8
    assert found.differences[0].wins is not None  # macro-F1 is won by right answers
    assert found.differences[2].wins is None  # ECE is won by no single question


def test_smaller_is_better_for_errors():
    rng = np.random.default_rng(0)
    ids = [f"q{i:04d}" for i in range(600)]
    sure = np.where(np.arange(600) % 2, 0.99, 0.6)
    right = np.where(np.arange(600) % 2, True, np.arange(600) % 4 == 0)
    good, bad = classifier(right, sure, ids), classifier(right, rng.random(600), ids)
    found = compare_systems({"bad": bad, "good": good}, "bad", ["AURC"], resamples=500)
    assert found.differences[0].value < 0
    assert found.differences[0].verdict == "better"


@pytest.mark.parametrize(
    ("low", "high", "p", "said"),
    [
        (0.03, 0.09, 0.01, "better"),
        (0.03, 0.09, 0.20, "undecided"),
        (0.01, 0.09, 0.01, "undecided"),
        (-0.01, 0.015, 0.9, "no relevant difference"),
        (0.005, 0.015, 0.001, "no relevant difference"),
        (-0.09, -0.03, 0.01, "worse"),
        (-0.09, 0.09, 0.9, "undecided"),
    ],
)
def test_verdicts(low, high, p, said):
    assert verdict(low, high, p, smallest=0.02) == said


def test_touching_zero_is_not_better_even_if_every_effect_matters():
    assert verdict(0.0, 0.1, 0.04, smallest=0.0) == "undecided"


def test_questions_needed_worked_by_hand():
    # Standard error .02 at 100 questions; (1.96 + .84) x .02 / .03 = 1.87, squared 3.49: 349 questions.
    assert questions_needed(0.02, 100, 0.03) == 349
    assert questions_needed(0.02, 100, 0.0) is None
    assert questions_needed(0.5, 1000, 0.001) is None


def test_the_recommended_number_of_questions_does_settle_it():
    rng = np.random.default_rng(3)
    undecided = compare_systems(
        {"a": ranker(rng.random(120) < 0.45), "b": ranker(rng.random(120) < 0.57)},
        "a",
        ["hit@1"],
        resamples=500,
    ).differences[0]
    assert undecided.verdict == "undecided"
    n = 120 + undecided.more_questions
    error = (undecided.high - undecided.low) / 3.92
    assert n == pytest.approx(120 * (2.80 * error / (undecided.value - 0.02)) ** 2, rel=0.15)
    ids = [f"q{i:04d}" for i in range(n)]
    settled = 0
    for _ in range(20):
        a = rng.random(n) < 0.45
        b = rng.random(n) < 0.45 + undecided.value
        pair = {"a": ranker(a, ids), "b": ranker(b, ids)}
        settled += compare_systems(pair, "a", ["hit@1"], resamples=300).differences[0].verdict == "better"
    assert 11 <= settled <= 20


def test_whole_groups_make_up_the_evidence():
    single = compare_systems(
        {"a": ranker(first(0.5)), "b": ranker(first(0.6))}, "a", ["hit@1"], resamples=1000
    )
    same = np.repeat(np.arange(10), 12)
    grouped = compare_systems(
        {"a": ranker(first(0.5), groups=same), "b": ranker(first(0.6), groups=same)},
        "a",
        ["hit@1"],
        resamples=1000,
    )
    assert single.differences[0].p < 0.01
    assert grouped.differences[0].p > 0.9
    assert grouped.groups == 10


def test_what_cannot_be_compared_is_refused_with_every_reason():
    base = ranker(first(0.5))
    fewer = ranker(first(0.5)[:100], IDS[:100])
    other_gold = System("rank", base.predictions, base.gold.assign(relevance=2), base.groups)
    regrouped = ranker(first(0.5), groups=np.arange(120) // 2)
    systems = {
        "base": base,
        "fewer": fewer,
        "gold": other_gold,
        "grouped": regrouped,
        "task": classifier(first(1)),
    }
    with pytest.raises(InputError) as caught:
        compare_systems(systems, "base", ["hit@1"])
    assert len(caught.value.faults) == 4
    assert "20 are in one only, first q100" in str(caught.value)
    with pytest.raises(InputError, match="baseline 'x' is not among the systems base"):
        compare_systems({"base": base}, "x", ["hit@1"])
    with pytest.raises(InputError, match="no smallest effect that matters for hit@1"):
        compare_systems({"base": base}, "base", ["hit@1"], smallest={"MRR@10": 0.1})


def test_stored_scores_must_be_what_the_predictions_give():
    system = ranker(first(0.5))
    scores = evaluate("rank", system.predictions, system.gold, system.groups, ["MRR@10"], resamples=10).scores
    stored = System("rank", system.predictions, system.gold, system.groups, scores)
    assert stored.score_faults() == []
    doctored = scores.assign(value=scores["value"].where(scores["question_id"] != "q007", 0.9))
    faults = System("rank", system.predictions, system.gold, system.groups, doctored).score_faults()
    assert len(faults) == 1
    assert "1 of 120 stored scores" in faults[0]
    assert "MRR@10 of question q007" in faults[0]
    missing = System("rank", system.predictions, system.gold, system.groups, scores.iloc[1:]).score_faults()
    assert "119 stored scores (120 expected)" in missing[0]

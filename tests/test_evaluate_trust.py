"""Calibration, abstention, agreement: hand-worked, equal to the libraries, and true to what they promise."""

import numpy as np
import pandas as pd
import pytest

from pilot.evaluate import Estimate, evaluate, parse_measure
from pilot.evaluate.abstention import _sequence, choose_threshold, realised, risk_coverage
from pilot.evaluate.agreement import _alphas, cohen_kappa, krippendorff_alpha
from pilot.evaluate.bootstrap import Resampled, resampled
from pilot.evaluate.calibration import exact_interval, reference, reliability
from pilot.evaluate.rows import ClassifyRows, classify_rows
from pilot.records import InputError


def answers(confidence, right, groups=None) -> ClassifyRows:
    """Rows of a classifier that was right where told, over two labels."""
    confidence, right = np.asarray(confidence, dtype=float), np.asarray(right, dtype=bool)
    n = len(confidence)
    gold = np.arange(n) % 2
    return ClassifyRows(
        question_ids=np.array([f"q{i:05d}" for i in range(n)], dtype=object),
        groups=np.arange(n) if groups is None else np.asarray(groups),
        gold=gold,
        predicted=np.where(right, gold, 1 - gold),
        confidence=confidence,
        place=np.where(right, 1, 2),
    )


def calibrated(n: int, seed: int = 0, power: int = 1) -> ClassifyRows:
    """Answers right as often as stated; the risk above a threshold t is (1 - t) / (1 + power)."""
    rng = np.random.default_rng(seed)
    confidence = 1 - 0.7 * rng.random(n) ** power
    return answers(confidence, rng.random(n) < confidence)


def test_the_reliability_curve_worked_by_hand():
    curve = reliability(answers([0.62, 0.66, 0.95], [True, False, True]))
    assert curve["low"].tolist() == pytest.approx([9 / 15, 14 / 15])
    assert curve["questions"].tolist() == [2, 1]
    assert curve["confidence"].tolist() == pytest.approx([0.64, 0.95])
    assert curve["accuracy"].tolist() == [0.5, 1.0]
    # One of two, and one of one: 1.26-98.74 % and 2.5-100 %.
    assert curve["accuracy_low"].tolist() == pytest.approx([0.01258, 0.025], abs=1e-4)
    assert curve["accuracy_high"].tolist() == pytest.approx([0.98742, 1.0], abs=1e-4)


def test_exact_intervals_agree_with_scipy():
    from scipy.stats import binomtest

    hits, count = np.array([0, 1, 17, 40]), np.array([40, 40, 40, 40])
    low, high = exact_interval(hits, count)
    for k, a, b in zip(hits, low, high, strict=True):
        theirs = binomtest(int(k), 40).proportion_ci(0.95, "exact")
        assert (a, b) == pytest.approx((theirs.low, theirs.high))


def test_the_reference_contains_calibrated_models_and_exposes_overconfident_ones():
    found = [reference(calibrated(400, seed), draws=300) for seed in range(60)]
    assert np.mean([one.ece > one.p95 for one in found]) < 0.15
    assert np.mean([one.ece for one in found]) == pytest.approx(found[0].mean, rel=0.15)
    overconfident = calibrated(400)
    pushed = answers(np.minimum(1, overconfident.confidence + 0.15), overconfident.place == 1)
    assert reference(pushed).ece > reference(pushed).p95
    assert reference(calibrated(6400)).mean == pytest.approx(found[0].mean / 4, rel=0.15)


def test_the_interval_of_ece_reaches_zero_unless_chance_is_ruled_out():
    ids = [f"q{i:03d}" for i in range(400)]
    gold = pd.DataFrame({"question_id": ids, "label": "a"})

    def of(shift: float) -> tuple[Estimate, Resampled]:
        rng = np.random.default_rng(0)
        p = rng.uniform(0.3, 0.8, 400)
        label = np.where(rng.random(400) < p, "a", "b")
        predictions = pd.DataFrame({"question_id": ids, "label": label, "probability": p + shift})
        groups = pd.Series(ids, ids)
        found = evaluate("classify", predictions, gold, groups, ["ECE"], seed=3, resamples=500)
        statistic = parse_measure("ECE").over(classify_rows(predictions, gold, groups))
        return found.metrics["ECE"], resampled([statistic], np.arange(400), 500, np.random.default_rng(3))[0]

    calm, _ = of(0.0)
    assert (calm.low, calm.high > calm.value) == (0.0, True)
    pushed, figure = of(0.2)
    assert (pushed.low, pushed.high) == figure.basic()
    assert 0.1 < pushed.low < pushed.value


def test_the_risk_coverage_curve_worked_by_hand():
    curve = risk_coverage(answers([0.9, 0.8, 0.8, 0.5], [True, False, True, True]))
    assert curve["threshold"].tolist() == [0.9, 0.8, 0.5]
    assert curve["coverage"].tolist() == [0.25, 0.75, 1.0]
    assert curve["risk"].tolist() == pytest.approx([0, 1 / 3, 1 / 4])


def test_no_errors_at_all_need_enough_questions_to_promise_anything():
    # One distinct probability, one test: 1 - .05 ** (1 / n) <= .05 from n = 59 on.
    assert choose_threshold(answers(np.full(58, 0.9), np.ones(58)), 0.05).coverage == 0
    found = choose_threshold(answers(np.full(59, 0.9), np.ones(59)), 0.05)
    assert (found.value, found.coverage) == (0.9, 1.0)
    assert found.bound == pytest.approx(1 - 0.05 ** (1 / 59))
    # 118 questions in 58 groups are 58 pieces of evidence.
    assert choose_threshold(answers(np.full(118, 0.9), np.ones(118), np.arange(118) % 58), 0.05).coverage == 0


def test_the_promised_risk_is_kept_in_all_but_delta_of_cases_and_most_is_answered():
    found = [choose_threshold(calibrated(800, seed, power=3), 0.10, delta=0.05) for seed in range(300)]
    # The best threshold there is, .6, answers (.4 / .7) ** (1 / 3) = .83 of the questions.
    assert np.mean([(1 - one.value) / 4 > 0.10 for one in found if one.coverage > 0]) <= 0.05
    assert np.mean([one.coverage for one in found]) > 0.65


def test_the_search_ends_at_the_first_failure():
    # Ten errors among the surest hundred of a thousand: 1.7 % is the bound over all; the way there fails.
    confidence = np.linspace(1, 0.5, 1000)
    right = (np.arange(1000) >= 100) | (np.arange(1000) % 10 > 0)
    assert exact_interval(np.array(10), np.array(1000), 0.9)[1] < 0.02
    assert choose_threshold(answers(confidence, right), 0.02).coverage == 0
    assert choose_threshold(answers(confidence[::-1], right), 0.02).coverage > 0.9


def test_the_tests_are_laid_down_before_the_answers_are_seen():
    rows = calibrated(400, power=3)
    other = answers(rows.confidence, np.zeros(400))
    assert _sequence(rows, 0.1, 0.05).tolist() == _sequence(other, 0.1, 0.05).tolist()
    # Three errors of 76 are the first to pass: 1 - beta quantile.
    assert _sequence(rows, 0.1, 0.05)[[0, -1]].tolist() == [76, 400]


def test_what_a_threshold_did_is_told_with_intervals():
    found = choose_threshold(calibrated(2000, power=3), 0.10)
    done = realised(calibrated(12_000, 1, power=3), found, resamples=200)
    assert done.kept == "yes"
    assert done.coverage.low < ((1 - found.value) / 0.7) ** (1 / 3) < done.coverage.high
    assert done.risk.low < (1 - found.value) / 4 < done.risk.high <= 0.10
    assert done.risk.n == round(done.coverage.value * 12_000)
    shifted = realised(answers(calibrated(500).confidence, np.zeros(500)), found, resamples=500)
    assert shifted.kept == "no"
    nothing = realised(calibrated(50), choose_threshold(calibrated(20), 0.01), resamples=50)
    assert (nothing.coverage.value, nothing.risk, nothing.threshold.value) == (0.0, None, np.inf)


def votes(*rows: tuple[str, str, object]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["item", "rater", "value"])
    return frame.assign(group=frame["item"])


def random_votes(seed: int, raters: int, share: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for item in range(80):
        grade = rng.integers(0, 4)
        for rater in range(raters):
            if rng.random() < share:
                rows.append(
                    (f"i{item:02d}", f"r{rater}", int(grade if rng.random() < 0.6 else rng.integers(0, 4)))
                )
    return votes(*rows)


@pytest.mark.parametrize(("level", "weights"), [("nominal", None), ("ordinal", "quadratic")])
def test_kappa_agrees_with_scikit_learn(level, weights):
    from sklearn.metrics import cohen_kappa_score

    frame = random_votes(0, 2)
    wide = frame.pivot(index="item", columns="rater", values="value")
    found = cohen_kappa(frame, ("r0", "r1"), level)
    assert found.value == pytest.approx(cohen_kappa_score(wide["r0"], wide["r1"], weights=weights))
    assert found.low < found.value < found.high
    assert found.n == 80


def test_kappa_worked_by_hand():
    # Agree on 3 of 4; both say x half of the time: (3/4 - 1/2) / (1 - 1/2).
    given = {"a": "xxyy", "b": "xxyx"}
    frame = votes(*[(f"i{i}", rater, v) for rater, text in given.items() for i, v in enumerate(text)])
    expected = (0.75 - (0.5 * 0.75 + 0.5 * 0.25)) / (1 - (0.5 * 0.75 + 0.5 * 0.25))
    assert cohen_kappa(frame, ("a", "b"), "nominal", resamples=50).value == pytest.approx(expected)


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_alpha_agrees_with_the_library_on_all_its_data_with_gaps(level):
    import krippendorff

    frame = random_votes(1, 4, share=0.7)
    wide = frame.pivot(index="item", columns="rater", values="value")
    theirs = krippendorff.alpha(reliability_data=wide.to_numpy(float).T, level_of_measurement=level)
    found = krippendorff_alpha(frame, level, resamples=100)
    assert found.value == pytest.approx(theirs)
    assert found.low < found.value < found.high
    assert found.n == (wide.notna().sum(axis=1) >= 2).sum()


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_resamples_of_alpha_are_what_the_library_says_of_repeated_items(level):
    import krippendorff

    rng = np.random.default_rng(3)
    counts, weights = rng.multinomial(3, [0.5, 0.2, 0.2, 0.1], size=20), rng.integers(0, 4, (5, 20))
    values = np.array([0.0, 1.0, 2.0, 3.0])
    theirs = [
        krippendorff.alpha(
            value_counts=np.repeat(counts, row, axis=0), value_domain=values, level_of_measurement=level
        )
        for row in weights
    ]
    assert _alphas(counts, values, level)(weights.astype(float)) == pytest.approx(theirs)


def test_alpha_of_krippendorff_s_own_example():
    """Krippendorff (2011), example C: four observers, twelve units, nominal alpha .743."""
    data = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    cells = [(u, o, v) for o, line in enumerate(data) for u, v in enumerate(line.split())]
    rows = [(f"u{u}", f"o{o}", int(v)) for u, o, v in cells if v != "."]
    assert krippendorff_alpha(votes(*rows), "nominal", resamples=100).value == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(votes(*rows), "ordinal", resamples=100).value == pytest.approx(0.815, abs=5e-4)


def test_one_value_throughout_is_agreement():
    frame = votes(*[(f"i{i}", rater, "x") for i in range(30) for rater in "ab"])
    assert cohen_kappa(frame, ("a", "b"), "nominal", resamples=20).value == 1.0
    found = krippendorff_alpha(frame, "nominal", resamples=20)
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.7 < found.low < 0.9


def test_agreement_needs_common_items_and_one_vote_each():
    apart = votes(("i1", "a", 1), ("i2", "b", 1))
    with pytest.raises(InputError, match="no item was rated by both a and b"):
        cohen_kappa(apart, ("a", "b"), "nominal")
    with pytest.raises(InputError, match="no item was rated by both a and c"):
        cohen_kappa(apart, ("a", "c"), "nominal")
    with pytest.raises(InputError, match="no item was rated by two raters"):
        krippendorff_alpha(apart, "nominal")
    with pytest.raises(InputError, match="rater a voted twice on i1"):
        krippendorff_alpha(votes(("i1", "a", 1), ("i1", "a", 2)), "nominal")
    with pytest.raises(InputError, match="no column group"):
        cohen_kappa(apart.drop(columns="group"), ("a", "b"), "nominal")

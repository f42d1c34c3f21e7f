"""Intervals: right where the answer is known, honest where resampling says nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilot.evaluate.bootstrap import MOST_LEFT_OUT, drawn_weights, left_out_weights, resampled


def mean_of(values):
    return lambda weights: weights @ values / weights.sum(axis=1)


def interval(values, groups, resamples=2000, seed=0) -> tuple[float, float]:
    values = np.asarray(values, dtype=float)
    return resampled([mean_of(values)], np.asarray(groups), resamples, np.random.default_rng(seed))[0].bca()


def test_weights_keep_groups_whole_and_draw_as_many_groups_as_there_are():
    groups = np.array([0, 0, 1, 2, 2, 2])
    weights = np.concatenate(list(drawn_weights(groups, 500, np.random.default_rng(0))))
    assert weights.shape == (500, 6)
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 3] == weights[:, 5]).all()
    assert (weights[:, [0, 2, 3]].sum(axis=1) == 3).all()
    assert weights.mean() == pytest.approx(1, abs=0.1)


def test_blocks_do_not_change_the_draws(monkeypatch):
    groups = np.arange(40) // 2
    whole = np.concatenate(list(drawn_weights(groups, 30, np.random.default_rng(3))))
    monkeypatch.setattr("pilot.evaluate.bootstrap.CELLS", 200)
    blocks = list(drawn_weights(groups, 30, np.random.default_rng(3)))
    assert len(blocks) > 1
    np.testing.assert_array_equal(np.concatenate(blocks), whole)
    left_out = np.concatenate(list(left_out_weights(groups)))
    assert left_out.shape == (20, 40)
    assert (left_out.sum(axis=1) == 38).all()


def test_many_groups_are_left_out_in_parts():
    left_out = np.concatenate(list(left_out_weights(np.arange(3 * MOST_LEFT_OUT))))
    assert left_out.shape[0] == MOST_LEFT_OUT
    assert (left_out.sum(axis=1) == 3 * MOST_LEFT_OUT - 3).all()


def test_the_interval_of_a_normal_mean_is_the_textbook_one():
    values = np.random.default_rng(1).normal(size=400) * 0.1 + 0.5
    half = 1.966 * values.std(ddof=1) / np.sqrt(400)
    low, high = interval(values, np.arange(400), resamples=20_000)
    assert low == pytest.approx(values.mean() - half, abs=0.0006)
    assert high == pytest.approx(values.mean() + half, abs=0.0006)


def test_the_interval_agrees_with_scipy_but_for_the_expanded_level():
    from scipy.special import ndtr, stdtrit
    from scipy.stats import bootstrap

    values = np.random.default_rng(2).exponential(size=40) / 8
    level = 1 - 2 * ndtr(-np.sqrt(40 / 39) * stdtrit(39, 0.975))

    def variance(weights):
        mean = weights @ values / weights.sum(axis=1)
        return weights @ values**2 / weights.sum(axis=1) - mean**2

    theirs = bootstrap(
        (values,),
        np.var,
        n_resamples=20_000,
        confidence_level=level,
        method="BCa",
        rng=np.random.default_rng(0),
    ).confidence_interval
    ours = resampled([variance], np.arange(40), 20_000, np.random.default_rng(0))[0].bca()
    # Its width is some .02; without the corrections for bias and skewness it lies some .003 lower.
    assert ours == pytest.approx(theirs, abs=0.0008)


def test_few_groups_widen_the_level():
    found = resampled([mean_of(np.arange(5) / 5)], np.arange(5), 50, np.random.default_rng(0))[0]
    assert found._quantile() == pytest.approx(np.sqrt(5 / 4) * 2.776445, abs=1e-5)


def test_copies_within_a_group_do_not_narrow_the_interval():
    values = np.random.default_rng(0).random(30)
    single = interval(values, np.arange(30))
    copied = interval(np.repeat(values, 5), np.repeat(np.arange(30), 5))
    assert copied == pytest.approx(single)
    taken_apart = interval(np.repeat(values, 5), np.arange(150))
    assert np.ptp(taken_apart) < 0.6 * np.ptp(single)


@pytest.mark.parametrize("n", [5, 60])
def test_all_right_leaves_the_exact_binomial_doubt(n):
    from scipy.stats import binomtest

    exact = binomtest(n, n).proportion_ci(0.95, "exact")
    assert interval(np.ones(n), np.arange(n)) == pytest.approx((exact.low, 1.0))
    assert interval(np.zeros(n), np.arange(n)) == pytest.approx((0.0, 1 - exact.low))


def test_one_group_says_nothing():
    assert interval([0.2, 0.9, 0.4], [0, 0, 0]) == (0.0, 1.0)


def test_no_difference_still_leaves_doubt():
    found = resampled([mean_of(np.ones(50))] * 2, np.arange(50), 100, np.random.default_rng(0))
    low, high = (found[0] - found[1]).bca()
    assert low == -high
    assert 0.05 < high < 0.1


def test_differences_are_paired():
    rng = np.random.default_rng(0)
    hard, better = rng.random(200) * 0.5, 0.03
    noise = rng.normal(size=200) * 0.01
    first, second = resampled(
        [mean_of(hard + better + noise), mean_of(hard)], np.arange(200), 1000, np.random.default_rng(0)
    )
    low, high = (first - second).bca()
    assert 0.025 < low < better + noise.mean() < high < 0.035
    assert np.ptp(first.bca()) > 10 * (high - low)


def test_the_basic_interval_mirrors_and_stays_within_bounds():
    found = resampled([mean_of(np.r_[np.zeros(40), 0.2])], np.arange(41), 2000, np.random.default_rng(0))[0]
    low, high = found.basic()
    assert low == 0.0
    assert high == pytest.approx(2 * found.value, abs=1e-9)


@given(
    values=st.lists(st.floats(0, 1), min_size=2, max_size=12),
    groups=st.lists(st.integers(0, 3), min_size=12, max_size=12),
    seed=st.integers(0, 5),
)
@settings(max_examples=60, deadline=None)
def test_intervals_hold_the_value_and_stay_within_bounds(values, groups, seed):
    codes = np.unique(groups[: len(values)], return_inverse=True)[1]
    figure = resampled([mean_of(np.array(values))], codes, 50, np.random.default_rng(seed))[0]
    for low, high in (figure.bca(), figure.basic()):
        assert -1e-12 <= low <= figure.value + 1e-12
        assert figure.value - 1e-12 <= high <= 1 + 1e-12

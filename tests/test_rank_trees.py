"""Trees read without LightGBM say what LightGBM says."""

from pathlib import Path

import lightgbm
import numpy as np
import pytest

from pilot.rank.learning import Learned, Lesson, learn
from pilot.rank.trees import Trees

RNG = np.random.default_rng(0)


def grown(rows: int, rounds: int) -> tuple[lightgbm.Booster, np.ndarray]:
    evidence = RNG.normal(size=(rows, 4)).round(1).astype(np.float32)  # rounded: values that meet a threshold
    wanted = evidence[:, 0] * (evidence[:, 1] > 0) + evidence[:, 2]
    settings = {"num_leaves": 7, "min_data_in_leaf": 5, "verbosity": -1, "num_threads": 1}
    return lightgbm.train(settings, lightgbm.Dataset(evidence, wanted), rounds), evidence


def test_the_same_scores_as_lightgbm() -> None:
    boosters = []
    for rounds in (1, 20):
        booster, evidence = grown(300, rounds)
        boosters.append(booster)
    expected = sum(booster.predict(evidence) for booster in boosters)
    assert Trees.of(boosters).predict(evidence) == pytest.approx(expected, abs=1e-12)


def test_a_tree_without_a_split_is_its_value() -> None:
    stump = lightgbm.train({"verbosity": -1}, lightgbm.Dataset(np.zeros((30, 2)), np.full(30, 2.5)), 1)
    assert Trees.of([stump]).predict(np.ones((3, 2))) == pytest.approx([2.5] * 3)


def test_what_was_learnt_comes_back_whole(tmp_path: Path) -> None:
    lessons = [
        Lesson(e := RNG.normal(size=(30, 3)), (e[:, 0] > 0.5).astype(int) + (e[:, 0] > 1)) for _ in range(8)
    ]
    learned = learn(lessons, "both", 0)
    learned.save(tmp_path)
    again = Learned.load(tmp_path)
    for one, other in zip(
        learned.scores(lessons[0].evidence), again.scores(lessons[0].evidence), strict=True
    ):
        assert one.tolist() == other.tolist()
    assert len(again.scores(lessons[0].evidence)) == 2


def test_nothing_learnt_comes_back_as_nothing(tmp_path: Path) -> None:
    Learned().save(tmp_path)
    assert Learned.load(tmp_path).scores(np.ones((2, 3))) == []

"""Learning to rank: boosted trees and a linear model over the same evidence, their scores averaged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from pilot.rank.trees import Trees

Learner = Literal["none", "linear", "trees", "both"]
TREES = {
    "objective": "lambdarank", "lambdarank_truncation_level": 20, "label_gain": [0, 1, 2, 3], "learning_rate": 0.07,
    "num_leaves": 15, "min_data_in_leaf": 20, "feature_fraction": 0.4, "bagging_fraction": 0.7, "bagging_freq": 1,
    "max_bin": 63, "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbosity": -1,
}  # fmt: skip
"""One thread: so little data gains nothing from more, and threads that wait for a busy core cost many times that."""
ROUNDS, COPIES = 100, 2
RIDGE = 2e-3


class Lesson(NamedTuple):
    """One question: the evidence on its candidates, shape (candidates, features), and their grades 0 to 3."""

    evidence: np.ndarray
    relevance: np.ndarray


@dataclass
class Learned:
    """What was learnt: trees, or weights with the mean and spread of each feature, or both."""

    trees: Trees | None = None
    weights: Mapping[str, np.ndarray] | None = None

    def scores(self, evidence: np.ndarray) -> list[np.ndarray]:
        """Return one score per candidate from each kind of model, each of mean 0 and spread 1."""
        found = []
        if self.trees:
            found.append(standard(self.trees.predict(evidence)))
        if self.weights:
            scaled = (evidence - self.weights["mean"]) / self.weights["spread"]
            found.append(standard(scaled @ self.weights["weights"]))
        return found

    def save(self, folder: Path) -> None:
        """Write what there is, each as npz."""
        for name, arrays in self._parts().items():
            np.savez(folder / f"{name}.npz", allow_pickle=False, **arrays)

    @classmethod
    def load(cls, folder: Path) -> "Learned":
        """Read what ``save`` wrote."""
        trees, linear = (
            dict(np.load(path)) if (path := folder / f"{name}.npz").exists() else None
            for name in ("trees", "linear")
        )
        return cls(Trees(**trees) if trees else None, linear)

    def _parts(self) -> dict[str, Mapping[str, np.ndarray]]:
        parts = {"trees": self.trees._asdict() if self.trees else None, "linear": self.weights}
        return {name: arrays for name, arrays in parts.items() if arrays}


def learn(lessons: Sequence[Lesson], learner: Learner, seed: int, copies: int = COPIES) -> Learned:
    """Learn from the lessons that have a relevant candidate; nothing from none. Trees are grown in ``copies``."""
    useful = [
        lesson for lesson in lessons if (lesson.relevance > 0).any() and not (lesson.relevance > 0).all()
    ]
    if not useful or learner == "none":
        return Learned()
    return Learned(
        _trees(useful, seed, copies) if learner in ("trees", "both") else None,
        _linear(useful) if learner in ("linear", "both") else None,
    )


def standard(scores: np.ndarray) -> np.ndarray:
    """Return scores of one question shifted to mean 0 and scaled to spread 1; all equal gives zeros."""
    return (scores - scores.mean()) / (scores.std() + 1e-9)


def _trees(lessons: Sequence[Lesson], seed: int, copies: int) -> Trees:
    """LambdaMART (Burges 2010), a few copies with different draws."""
    import lightgbm

    evidence = np.concatenate([lesson.evidence for lesson in lessons])
    relevance = np.concatenate([lesson.relevance for lesson in lessons])
    sizes = [len(lesson.relevance) for lesson in lessons]
    boosters = [
        lightgbm.train(
            TREES | {"seed": seed + 100 * copy},
            lightgbm.Dataset(evidence, relevance, group=sizes),
            num_boost_round=ROUNDS,
        )
        for copy in range(copies)
    ]
    return Trees.of(boosters)


def _linear(lessons: Sequence[Lesson]) -> dict[str, np.ndarray]:
    """ListNet's top-one likelihood (Cao et al. 2007) with a ridge, by L-BFGS."""
    from scipy.optimize import minimize

    evidence = np.concatenate([lesson.evidence for lesson in lessons]).astype(np.float64)
    mean, spread = evidence.mean(axis=0), evidence.std(axis=0) + 1e-6
    evidence = (evidence - mean) / spread
    starts = np.cumsum([0, *(len(lesson.relevance) for lesson in lessons)])
    wanted = np.concatenate([lesson.relevance / lesson.relevance.sum() for lesson in lessons])
    sizes = np.diff(starts)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = evidence @ weights
        scores = scores - np.repeat(np.maximum.reduceat(scores, starts[:-1]), sizes)
        powers = np.exp(scores)
        sums = np.add.reduceat(powers, starts[:-1])
        value = -(wanted * (scores - np.repeat(np.log(sums), sizes))).sum() / len(lessons)
        slope = (powers / np.repeat(sums, sizes) - wanted) @ evidence / len(lessons)
        return value + RIDGE * float(weights @ weights), slope + 2 * RIDGE * weights

    found = minimize(
        loss, np.zeros(evidence.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300}
    ).x
    return {"weights": found, "mean": mean, "spread": spread}

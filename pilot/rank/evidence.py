"""What speaks for a passage: every piece of evidence on the candidates of one question, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pilot.rank.answered import COLUMNS, Answered
from pilot.rank.cited import Citable
from pilot.rank.collection import Collection
from pilot.rank.learning import standard
from pilot.rank.windows import evidence as windows
from pilot.records import Passage

if TYPE_CHECKING:
    from pilot.rank.dense import Dense

COUNTED = (
    "syllables", "pairs", "bare", "words", "title", "title_pairs", "coverage", "window_80", "pairs_80", "citation",
    "dense",
)  # fmt: skip
"""Evidence that counts without labels: each once, as none is known to be worth more."""
FIRST = ("syllables", "pairs", "bare", "words", "title", "citation", "dense")
"""Scores whose sum, each as a share of its best, chooses the candidates."""


class Candidates(NamedTuple):
    """The candidates of one question.

    Attributes
    ----------
    places
        Shape (candidates,), positions of passages, ascending.
    features
        Shape (candidates, features), float32, for learning; always the same features in the same order.
    prior
        Shape (candidates,), the score that needs no labels: mean 0, spread 1.
    coverage
        The largest share of the question's terms that one candidate holds.
    """

    places: np.ndarray
    features: np.ndarray
    prior: np.ndarray
    coverage: float

    def with_votes(self, text: str, answered: Answered | None) -> np.ndarray:
        """Return the features and what answered questions say for each candidate: zeros if there are none."""
        votes = (
            np.zeros((len(self.places), COLUMNS)) if answered is None else answered.votes(text)[self.places]
        )
        return np.hstack([self.features, votes.astype(np.float32)])


@dataclass(frozen=True)
class Searcher:
    """Passages with all that evidence is drawn from.

    Parameters
    ----------
    collection
        The indexed passages.
    passages
        What it was built from.
    citable
        How they are cited; None leaves citations out.
    dense
        Their embeddings; None leaves them out.
    """

    collection: Collection
    passages: Sequence[Passage]
    citable: Citable | None = None
    dense: "Dense | None" = None

    @classmethod
    def over(cls, passages: Sequence[Passage], collection: Collection, citations: bool) -> "Searcher":
        """Return the searcher of a collection and the passages it was built from, without embeddings."""
        return cls(collection, passages, Citable(passages) if citations else None)

    def candidates(self, text: str, count: int) -> Candidates:
        """Collect the evidence on the best ``count`` passages for a prepared question."""
        collection = self.collection
        places = collection.places(text)
        scores = {
            name: index.scores(places[name], collection.weights(name, places[name]))
            for name, index in collection.indexes.items()
        }
        if self.citable:
            scores["citation"] = self.citable.scores(text)
        if self.dense:
            scores["dense"] = self.dense.scores(text)
        chosen = _best(np.sum([share(scores[name]) for name in FIRST if name in scores], axis=0), count)
        found = {name: values[chosen] for name, values in scores.items()}
        found |= windows(collection.tokens.taken(chosen), collection.asked(places))
        lengths = [np.diff(read.taken(chosen).starts) for read in (collection.tokens, collection.titles)]
        prior = _prior(found, titled=lengths[1] > 0)
        features = [column for name in sorted(found) for column in (found[name], share(found[name]))]
        features += [np.log1p(length) for length in lengths]
        table = np.column_stack([*features, prior]).astype(np.float32)
        return Candidates(chosen, table, prior, float(found["coverage"].max()))


def _prior(found: dict[str, np.ndarray], titled: np.ndarray) -> np.ndarray:
    """Return the sum of what counts without labels; titles are compared among those who have one, else neutral."""
    total = np.zeros(len(titled))
    for name in COUNTED:
        if name in found:
            known = titled if name.startswith("title") else np.ones_like(titled)
            total[known] += standard(found[name][known]) if known.any() else 0.0
    return standard(total)


def share(scores: np.ndarray) -> np.ndarray:
    """Return scores as shares of the best one; zeros if none is above zero."""
    return scores / max(float(scores.max(initial=0.0)), 1e-9)


def _best(scores: np.ndarray, count: int) -> np.ndarray:
    """Return the positions of the ``count`` largest scores, ascending; of equal ones the first."""
    if len(scores) <= count:
        return np.arange(len(scores))
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    above = np.flatnonzero(scores > least)
    ties = np.flatnonzero(scores == least)[: count - len(above)]
    return np.sort(np.concatenate([above, ties]))

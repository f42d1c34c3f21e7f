"""Questions answered before, as witnesses: what answered a similar question may answer this one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pilot.rank.index import K1, Index
from pilot.rank.tokens import Vocabulary, both, syllables

NEAREST = 30
CLOSE = 8
NAMES = ("votes", "best_vote", "close_votes", "asked_for")


@dataclass(frozen=True)
class Answered:
    """Answered questions, searchable.

    Parameters
    ----------
    vocabulary, index
        Over their syllables and pairs of these.
    lengths
        Shape (questions,), each one's score against itself.
    answers
        Shape (links, 2): (question, passage) for every passage of relevance >= 1, in order of question.
    passages
        How many passages there are.
    """

    vocabulary: Vocabulary
    index: Index
    lengths: np.ndarray
    answers: np.ndarray
    passages: int

    @classmethod
    def build(cls, texts: Sequence[str], answers: Sequence[np.ndarray], passages: int) -> "Answered":
        """Index the questions; ``answers`` holds the positions of each one's passages."""
        vocabulary = Vocabulary({})
        tokens = vocabulary.learn(map(syllables, texts))
        index = Index.build(*both(tokens), len(texts), b=0.3)
        lengths = np.bincount(index.texts, index.weights, minlength=len(texts))
        links = [(number, passage) for number, own in enumerate(answers) for passage in own]
        return cls(vocabulary, index, lengths, np.array(links, dtype=np.int64).reshape(-1, 2), passages)

    def similarity(self, text: str) -> np.ndarray:
        """Return how similar each answered question is to ``text``, about 0 to 1, shape (questions,)."""
        _, keys = both(self.vocabulary.read([syllables(text)]))
        places = self.index.find(keys)
        own = self.index.idf[places].sum() / (1 + K1)
        return self.index.scores(places) / np.sqrt(np.maximum(self.lengths * own, 1e-9))

    def votes(self, text: str) -> np.ndarray:
        """Return what the nearest questions say for each passage, shape (passages, len(NAMES)).

        The sum of squared similarities, the largest similarity, the sum over the few closest, and the logarithm of
        how many questions each passage answered at all.
        """
        found = np.zeros((self.passages, len(NAMES)), np.float32)
        if not len(self.answers):
            return found
        similar = self.similarity(text)
        order = np.argsort(-similar, kind="stable")
        near = np.zeros(len(similar))
        near[order[:NEAREST]] = similar[order[:NEAREST]]
        close = np.zeros(len(similar))
        close[order[:CLOSE]] = similar[order[:CLOSE]]
        questions, answers = self.answers.T
        np.add.at(found[:, 0], answers, near[questions] ** 2)
        np.maximum.at(found[:, 1], answers, near[questions])
        np.add.at(found[:, 2], answers, close[questions])
        found[:, 3] = np.log1p(np.bincount(answers, minlength=self.passages))
        return found

    def save(self, path: Path) -> None:
        """Write everything into one npz file."""
        terms = np.array(list(self.vocabulary.numbers), dtype=str)
        own = {
            "terms": terms,
            "lengths": self.lengths,
            "answers": self.answers,
            "passages": np.array(self.passages),
        }
        np.savez(path, **own, **self.index.arrays("index"))

    @classmethod
    def load(cls, path: Path) -> "Answered":
        """Read what ``save`` wrote."""
        arrays = dict(np.load(path))
        vocabulary = Vocabulary({str(term): number for number, term in enumerate(arrays["terms"])})
        index = Index.from_arrays("index", arrays)
        return cls(vocabulary, index, arrays["lengths"], arrays["answers"], int(arrays["passages"]))

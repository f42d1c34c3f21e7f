"""BM25 (Robertson and Zaragoza 2009) with Lucene's idf, over any mix of analyses."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pilot.rank.base import Judged, rankings_frame, top
from pilot.rank.tokens import syllables
from pilot.records import InputError, Passage, Question

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

TERMS: dict[str, Callable[[list[str]], list[str]]] = {
    "syllables": lambda words: words,
    "pairs": lambda words: [f"{left} {right}" for left, right in pairwise(words)],
}
"""From a text's syllables to the terms that are indexed."""


@dataclass
class BM25:
    """Score passages by the question's terms; each term of the question counts once.

    ``terms`` names what is indexed (see ``TERMS``), all in one index; ``k1`` and
    ``b`` are the usual constants.
    """

    learns: ClassVar[bool] = False
    terms: tuple[str, ...] = ("syllables",)
    k1: float = 1.2
    b: float = 0.75
    seed: int = 0
    ids_: "np.ndarray" = field(default=None, init=False, repr=False)  # type: ignore[arg-type]
    index_: Any = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if unknown := [name for name in self.terms if name not in TERMS]:
            raise InputError(f"unknown terms {', '.join(unknown)}; expected some of {', '.join(TERMS)}")

    def fit(self, passages: Sequence[Passage], train: Sequence[Judged], dev: Sequence[Judged]) -> None:
        """Index title and text of every passage."""
        import bm25s
        import numpy as np

        self.ids_ = np.array([passage.passage_id for passage in passages], dtype=object)
        corpus = self._numbered(passage.full_text for passage in passages)
        self.index_ = bm25s.BM25(method="lucene", k1=self.k1, b=self.b)
        self.index_.index(corpus, show_progress=False)

    def rank(self, questions: Sequence[Question], depth: int) -> "pd.DataFrame":
        """Return the passages that share a term with the question, at most ``depth``."""
        return rankings_frame(self._ranked(question, depth) for question in questions)

    def scores(self, text: str) -> "np.ndarray":
        """Return the score of every passage for ``text``, in the order of ``ids_``."""
        import numpy as np

        vocabulary = self.index_.vocab_dict
        known = {vocabulary[term] for term in self._terms(text) if term in vocabulary}
        if not known:
            return np.zeros(len(self.ids_))
        found: np.ndarray = self.index_.get_scores_from_ids(sorted(known))
        return found

    def save(self, folder: Path) -> None:
        """Write the index and its vocabulary."""
        self.index_.save(folder / "bm25", show_progress=False)

    def restore(self, folder: Path, passages: Sequence[Passage]) -> None:
        """Read the index, memory-mapped, for the same passages."""
        import bm25s
        import numpy as np

        self.ids_ = np.array([passage.passage_id for passage in passages], dtype=object)
        self.index_ = bm25s.BM25.load(folder / "bm25", mmap=True)

    def _ranked(self, question: Question, depth: int) -> tuple[str, "np.ndarray", "np.ndarray"]:
        scores = self.scores(question.text)
        best = top(scores, self.ids_, depth)
        return question.question_id, self.ids_[best], scores[best]

    def _terms(self, text: str) -> list[str]:
        words = syllables(text)
        return [term for name in self.terms for term in TERMS[name](words)]

    def _numbered(self, texts: Iterable[str]) -> tuple[list[list[int]], dict[str, int]]:
        """Return the terms of each text as numbers, and the vocabulary term -> number."""
        vocabulary: dict[str, int] = {}
        number = vocabulary.setdefault
        return [[number(term, len(vocabulary)) for term in self._terms(text)] for text in texts], vocabulary

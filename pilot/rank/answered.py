"""Questions answered before, as witnesses: what answered a similar question may answer this one."""

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pilot.text.letters import strip_accents

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def _words(text: str) -> Iterator[str]:
    """Yield words and pairs of neighbours."""
    words = re.findall(r"\w+", text)
    yield from words
    yield from map(" ".join, pairwise(words))


def _letters(text: str) -> Iterator[str]:
    """Yield runs of four to six letters."""
    for size in (4, 5, 6):
        for start in range(len(text) - size + 1):
            yield text[start : start + size]


VIEWS: dict[str, Callable[[str], Iterator[str]]] = {"words": _words, "letters": _letters}
"""How questions are compared, accents aside."""
BUCKETS = 2**18
WHOLE, NEAREST = 1000, 300
"""Up to so many questions all of them speak; of more, the nearest."""
CLOSE = (5, 20)
RIDGE = 0.5
COLUMNS = len(VIEWS) * (len(CLOSE) + 2) + 1


@dataclass(frozen=True)
class Answered:
    """Answered questions, searchable.

    Parameters
    ----------
    idf
        View -> shape (BUCKETS,).
    questions
        View -> tf-idf of unit length, shape (questions, BUCKETS).
    answers
        Shape (questions, passages): 1 where a passage is of relevance >= 1.
    """

    idf: dict[str, np.ndarray]
    questions: "dict[str, csr_array]"
    answers: "csr_array"
    _inverses: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def build(cls, texts: Sequence[str], answers: Sequence[np.ndarray], passages: int) -> "Answered":
        """Index the questions; ``answers`` holds the positions of each one's passages."""
        from scipy.sparse import csr_array, vstack

        counts = {view: csr_array(vstack([_counts(text, view) for text in texts])) for view in VIEWS}
        idf = {
            view: np.log((1 + len(texts)) / (1 + np.bincount(table.indices, minlength=BUCKETS))) + 1
            for view, table in counts.items()
        }
        starts = np.cumsum([0, *map(len, answers)])
        links = np.concatenate([np.empty(0, np.int64), *answers])
        given = csr_array((np.ones(len(links), np.float32), links, starts), shape=(len(texts), passages))
        return cls(idf, {view: _unit(table, idf[view]) for view, table in counts.items()}, given)

    def votes(self, text: str) -> np.ndarray:
        """Return what the nearest questions say for each passage, shape (passages, COLUMNS).

        Per view: the forecast of a kernel ridge regression over them, shares among the closest few, and the
        similarity of the nearest question each passage answered; last, the logarithm of how many it answered.
        """
        columns = [column for view in VIEWS for column in self._views(text, view)]
        return np.column_stack([*columns, np.log1p(self.answers.sum(axis=0))]).astype(np.float32)

    def _views(self, text: str, view: str) -> Iterator[np.ndarray]:
        asked = _unit(_counts(text, view), self.idf[view])
        similar = self.questions[view] @ asked.toarray().ravel()
        near = np.argsort(-similar, kind="stable")[:NEAREST]
        weights = np.zeros((len(similar), 1 + len(CLOSE)))
        if len(similar) <= WHOLE:
            weights[:, 0] = self._inverse(view) @ similar
        else:
            weights[near, 0] = np.linalg.solve(_ridged(self.questions[view][near]), similar[near])
        for column, count in enumerate(CLOSE, 1):
            squares = similar[near[:count]] ** 2
            weights[near[:count], column] = squares / max(squares.sum(), 1e-9)
        yield from (self.answers.T @ weights).T
        closest = np.zeros(self.answers.shape[1])
        np.maximum.at(closest, self.answers.indices, np.repeat(similar, np.diff(self.answers.indptr)))
        yield closest

    def _inverse(self, view: str) -> np.ndarray:
        if view not in self._inverses:
            self._inverses[view] = np.linalg.inv(_ridged(self.questions[view]))
        return self._inverses[view]

    def save(self, path: Path) -> None:
        """Write everything into one npz file."""
        tables = {**self.questions, "answers": self.answers}
        arrays = {f"{name}.{part}": getattr(table, part) for name, table in tables.items() for part in _PARTS}
        arrays |= {f"{view}.idf": idf for view, idf in self.idf.items()}
        np.savez_compressed(path, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Answered":
        """Read what ``save`` wrote."""
        from scipy.sparse import csr_array

        arrays = dict(np.load(path))
        tables = {
            name: csr_array(
                tuple(arrays[f"{name}.{part}"] for part in _PARTS[:3]), shape=arrays[f"{name}.shape"]
            )
            for name in (*VIEWS, "answers")
        }
        answers = tables.pop("answers")
        return cls({view: arrays[f"{view}.idf"] for view in VIEWS}, tables, answers)


_PARTS = ("data", "indices", "indptr", "shape")


@lru_cache(maxsize=4096)
def _counts(text: str, view: str) -> "csr_array":
    """Return how often each hashed n-gram occurs, 1 + log of it, as one row; not to be changed."""
    from scipy.sparse import csr_array

    grams = VIEWS[view](" ".join(strip_accents(text).lower().split()))
    buckets, counts = np.unique([zlib.crc32(gram.encode()) % BUCKETS for gram in grams], return_counts=True)
    return csr_array((1 + np.log(counts), buckets.astype(np.int32), [0, len(buckets)]), shape=(1, BUCKETS))


def _unit(table: "csr_array", idf: np.ndarray) -> "csr_array":
    """Return the rows weighted by idf and scaled to length one."""
    table = table.copy()
    table.data *= idf[table.indices]
    rows = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    lengths = np.sqrt(np.bincount(rows, table.data**2, minlength=table.shape[0]))
    table.data /= lengths[rows]
    return table


def _ridged(table: "csr_array") -> np.ndarray:
    """Return the similarities among some questions, with a ridge on the diagonal."""
    return np.asarray((table @ table.T).toarray() + RIDGE * np.eye(table.shape[0]))

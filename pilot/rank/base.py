"""What all rankers share: their shape, what they may learn from, the form of their rankings."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pilot.records import Judgment, Passage, Question

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Judged(NamedTuple):
    """Questions of one dataset, their judgments, and the passages these refer to."""

    passages: Sequence[Passage]
    questions: Sequence[Question]
    judgments: Sequence[Judgment]

    @property
    def relevant(self) -> dict[str, set[str]]:
        """Return question_id -> ids of its passages of relevance >= 1; questions without any are left out."""
        found: dict[str, set[str]] = {}
        for judgment in self.judgments:
            if judgment.relevance >= 1:
                found.setdefault(judgment.question_id, set()).add(judgment.passage_id)
        return found


class Ranker(Protocol):
    """A model that orders the passages it was given for each question."""

    def __init__(self, *, seed: int = 0, **settings: Any) -> None:
        """Take the settings named in the YAML."""

    @property
    def learns(self) -> bool:
        """Say whether judgments change the model; otherwise it is built from the passages alone."""

    def fit(self, passages: Sequence[Passage], train: Sequence[Judged], dev: Sequence[Judged]) -> None:
        """Index ``passages``; learn from ``train``, tune on ``dev``; both may be empty (zero-label)."""

    def rank(self, questions: Sequence[Question], depth: int) -> "pd.DataFrame":
        """Return ``question_id, passage_id, score, rank`` with at most ``depth`` rows per question."""

    def save(self, folder: Path) -> None:
        """Write the fitted state below ``folder``, without pickles."""

    def restore(self, folder: Path, passages: Sequence[Passage]) -> None:
        """Read the state that ``save`` wrote for the same passages, in the same order."""


def top(scores: "np.ndarray", ids: "np.ndarray", depth: int) -> "np.ndarray":
    """Return positions of the best scores above zero, best first, ties by id ascending, at most ``depth``.

    ``scores`` (n,) and ``ids`` (n,) describe the same passages. Exact at the cut: whatever ties with the last
    place is ordered by id before cutting.
    """
    import numpy as np

    positive = np.flatnonzero(scores > 0)
    if len(positive) > depth:
        threshold = np.partition(scores[positive], len(positive) - depth)[len(positive) - depth]
        positive = positive[scores[positive] >= threshold]
    return positive[np.lexsort((ids[positive], -scores[positive]))][:depth]


def rankings_frame(rankings: Iterable[tuple[str, "np.ndarray", "np.ndarray"]]) -> "pd.DataFrame":
    """Return ``question_id, passage_id, score, rank`` from (question_id, passage ids, scores), best first."""
    import numpy as np
    import pandas as pd

    parts = [(question, ids, scores) for question, ids, scores in rankings if len(ids)]
    sizes = np.array([len(ids) for _, ids, _ in parts], dtype=int)
    return pd.DataFrame(
        {
            "question_id": np.repeat(np.array([question for question, *_ in parts], dtype=object), sizes),
            "passage_id": np.concatenate([np.empty(0, object), *(ids for _, ids, _ in parts)]),
            "score": np.concatenate([np.empty(0), *(scores for *_, scores in parts)]),
            "rank": np.concatenate([np.empty(0, int), *(np.arange(1, size + 1) for size in sizes)]),
        }
    )

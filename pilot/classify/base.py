"""What all classifiers share: their shape, their examples, the form of their predictions."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from pilot.records import Question
from pilot.taxonomy import ABSTENTION

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Examples(NamedTuple):
    """Texts with their main label, the group each must not leave, and its further labels (same length each)."""

    texts: list[str]
    labels: list[str]
    groups: list[str]
    others: list[tuple[str, ...]]

    @property
    def known_labels(self) -> list[str]:
        """Return every label that occurs, main or further, sorted."""
        return sorted({*self.labels, *(label for others in self.others for label in others)})

    def chosen(self, places: Sequence[int]) -> "Examples":
        """Return the examples at these places, in their order."""
        return Examples._make([own[place] for place in places] for own in self)

    def joined(self, other: "Examples") -> "Examples":
        """Return these examples, then the others."""
        pairs: Iterable[Any] = zip(self, other, strict=True)
        return Examples._make(own + more for own, more in pairs)


class Classifier(Protocol):
    """A model that turns texts into probabilities over ``labels_``; `pilot.classify.fitted` has what most share."""

    learns: ClassVar[bool]
    labels_: list[str]

    def __init__(self, *, seed: int = 0, **settings: Any) -> None:
        """Take the settings named in the YAML."""

    def fit(self, train: Examples, dev: Examples) -> None:
        """Learn from ``train``; tune and calibrate on ``dev`` only. ``labels_`` becomes sorted train labels."""

    def predict_proba(self, texts: Sequence[str]) -> "np.ndarray":
        """Return probabilities of shape (texts, labels_), each row summing to one."""

    def save(self, folder: Path) -> None:
        """Write the fitted state below ``folder``, without pickles."""

    def restore(self, folder: Path) -> None:
        """Read the state that ``save`` wrote."""


def examples_from(questions: Iterable[Question]) -> Examples:
    """Return the questions that carry a class label, with their main field and group; near duplicates share one."""
    from pilot.quality.split import question_groups

    kept = [question for question in questions if question.fields and question.fields[0] != ABSTENTION]
    groups = question_groups(kept, by_citation=True)
    return Examples(
        [question.text for question in kept],
        [question.fields[0] for question in kept],
        [groups[question.question_id] for question in kept],
        [question.fields[1:] for question in kept],
    )


def predictions_frame(
    question_ids: Sequence[str], labels: Sequence[str], probabilities: "np.ndarray"
) -> "pd.DataFrame":
    """Return columns ``question_id, label, probability, rank``; rank 1 is the likeliest, ties by label."""
    import numpy as np
    import pandas as pd

    order = np.lexsort((np.broadcast_to(np.argsort(np.argsort(labels)), probabilities.shape), -probabilities))
    n, k = probabilities.shape
    return pd.DataFrame(
        {
            "question_id": np.repeat(np.asarray(question_ids, dtype=object), k),
            "label": np.asarray(labels, dtype=object)[order.ravel()],
            "probability": np.take_along_axis(probabilities, order, axis=1).ravel(),
            "rank": np.tile(np.arange(1, k + 1), n),
        }
    )

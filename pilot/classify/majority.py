"""The floor under every classifier: always answer the commonest field."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pilot.classify.base import Examples

if TYPE_CHECKING:
    import numpy as np


@dataclass
class Majority:
    """Predict the label shares of the training set for every text."""

    learns: ClassVar[bool] = True
    seed: int = 0
    labels_: list[str] = field(default_factory=list, init=False)
    shares_: list[float] = field(default_factory=list, init=False)

    def fit(self, train: Examples, dev: Examples) -> None:
        """Count the training labels."""
        counts = Counter(train.labels)
        self.labels_ = sorted(counts)
        self.shares_ = [counts[label] / len(train.labels) for label in self.labels_]

    def predict_proba(self, texts: Sequence[str]) -> "np.ndarray":
        """Return the training shares once per text, shape (texts, labels_)."""
        import numpy as np

        return np.tile(self.shares_, (len(texts), 1))

    def save(self, folder: Path) -> None:
        """Write ``majority.json``."""
        (folder / "majority.json").write_text(
            json.dumps({"labels": self.labels_, "shares": self.shares_}, ensure_ascii=False), encoding="utf-8"
        )

    def restore(self, folder: Path) -> None:
        """Read ``majority.json``."""
        state = json.loads((folder / "majority.json").read_text(encoding="utf-8"))
        self.labels_, self.shares_ = state["labels"], state["shares"]

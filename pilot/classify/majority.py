"""The floor under every classifier: always answer the commonest field."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilot.classify.base import Examples
from pilot.classify.fitted import Fitted

if TYPE_CHECKING:
    import numpy as np


@dataclass
class Majority(Fitted):
    """Predict the label shares of the training set for every text."""

    def fit(self, train: Examples, dev: Examples) -> None:
        """Count the training labels."""
        import numpy as np

        labels, counts = np.unique(train.labels, return_counts=True)
        self.labels_, self.state_ = labels.tolist(), {"shares": counts / len(train.labels)}

    def predict_proba(self, texts: Sequence[str]) -> "np.ndarray":
        """Return the training shares once per text, shape (texts, labels_)."""
        import numpy as np

        return np.tile(self.state_["shares"], (len(texts), 1))

"""Complement naive Bayes over words and pairs: trains in a second, good where fields are uneven."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilot.classify.base import Examples
from pilot.classify.features import Terms
from pilot.classify.fitted import Tempered

if TYPE_CHECKING:
    import numpy as np


@dataclass
class Bayes(Tempered):
    """Complement naive Bayes (Rennie et al. 2003) over TF-IDF, its probabilities scaled by one temperature.

    ``smoothing`` is added to every count; ``longest`` and ``min_df`` are those of `Terms`.
    """

    smoothing: float = 0.3
    longest: int = 400
    min_df: int = 2

    def fit(self, train: Examples, dev: Examples) -> None:
        """Count words on ``train``; fit the temperature on ``dev``."""
        import numpy as np
        from sklearn.naive_bayes import ComplementNB

        terms = Terms(self.longest, self.min_df)
        model = ComplementNB(alpha=self.smoothing).fit(terms.fit(train.texts), train.labels)
        self.labels_ = sorted(set(train.labels))
        self.state_ = {
            "columns": terms.columns,
            "idf": terms.idf,
            "weights": model.feature_log_prob_.T.astype(np.float32),
        }
        self._tune(dev)

    def _scores(self, texts: Sequence[str]) -> "np.ndarray":
        terms = Terms(self.longest, self.min_df, self.state_["columns"], self.state_["idf"])
        return terms.transform(texts)[0] @ self.state_["weights"]

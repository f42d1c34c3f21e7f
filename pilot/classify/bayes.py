"""Complement naive Bayes over words and pairs: trains in a second, good where fields are uneven."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pilot.classify.base import Examples
from pilot.classify.features import Terms
from pilot.classify.pool import best_temperature, known_columns

if TYPE_CHECKING:
    import numpy as np

FILE = "bayes.npz"


@dataclass
class Bayes:
    """Complement naive Bayes (Rennie et al. 2003) over TF-IDF, its probabilities scaled by one temperature.

    ``smoothing`` is added to every count; ``longest`` and ``min_df`` are those of `Terms`.
    """

    learns: ClassVar[bool] = True
    smoothing: float = 0.3
    longest: int = 400
    min_df: int = 2
    seed: int = 0
    labels_: list[str] = field(default_factory=list, init=False)
    terms_: Terms = field(default_factory=Terms, init=False, repr=False)
    weights_: Any = field(default=None, init=False, repr=False)
    temperature_: float = field(default=1.0, init=False)

    def fit(self, train: Examples, dev: Examples) -> None:
        """Count words on ``train``; fit the temperature on ``dev``."""
        import numpy as np
        from sklearn.naive_bayes import ComplementNB

        self.terms_ = Terms(self.longest, self.min_df)
        model = ComplementNB(alpha=self.smoothing).fit(self.terms_.fit(train.texts), train.labels)
        self.labels_ = sorted(set(train.labels))
        self.weights_ = model.feature_log_prob_.T.astype(np.float32)
        rows, columns = known_columns(dev.labels, self.labels_)
        self.temperature_ = best_temperature(self._scores([dev.texts[row] for row in rows]), columns)

    def predict_proba(self, texts: Sequence[str]) -> "np.ndarray":
        """Return probabilities of shape (texts, labels_)."""
        from scipy.special import softmax

        return softmax(self._scores(texts) / self.temperature_, axis=1)

    def save(self, folder: Path) -> None:
        """Write ``bayes.npz``: arrays alone."""
        import numpy as np

        np.savez(
            folder / FILE, labels=np.array(self.labels_), columns=self.terms_.columns, idf=self.terms_.idf,
            weights=self.weights_, temperature=self.temperature_,
        )  # fmt: skip

    def restore(self, folder: Path) -> None:
        """Read ``bayes.npz``, pickles refused."""
        import numpy as np

        with np.load(folder / FILE, allow_pickle=False) as arrays:
            self.labels_ = [str(label) for label in arrays["labels"]]
            self.terms_ = Terms(self.longest, self.min_df, arrays["columns"], arrays["idf"])
            self.weights_, self.temperature_ = arrays["weights"], float(arrays["temperature"])

    def _scores(self, texts: Sequence[str]) -> "np.ndarray":
        return self.terms_.transform(texts)[0] @ self.weights_

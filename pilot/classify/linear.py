"""TF-IDF over words and characters with a linear model: hard to beat on field of law."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pilot.classify.base import Examples
from pilot.classify.pool import best_temperature, known_columns

if TYPE_CHECKING:
    import numpy as np


@dataclass
class Linear:
    """Linear classifier over TF-IDF features, its probabilities scaled by one temperature.

    ``loss`` is ``logistic`` or ``svm`` (squared hinge, one against the rest). Either way the probabilities are
    the softmax of the scores divided by a temperature that minimises the dev set's log loss (Guo et al. 2017);
    without dev examples the temperature is 1. ``words`` and ``characters`` are n-gram ranges, ``null`` = off.
    """

    learns: ClassVar[bool] = True
    loss: Literal["logistic", "svm"] = "logistic"
    C: float = 10.0
    words: tuple[int, int] | None = (1, 2)
    characters: tuple[int, int] | None = (2, 4)
    min_df: int = 1
    balanced: bool = True
    seed: int = 0
    labels_: list[str] = field(default_factory=list, init=False)
    temperature_: float = field(default=1.0, init=False)
    pipeline_: Any = field(default=None, init=False, repr=False)

    def fit(self, train: Examples, dev: Examples) -> None:
        """Fit features and weights on ``train``, the temperature on ``dev``."""
        self.labels_ = sorted(set(train.labels))
        self.pipeline_ = self._untrained().fit(train.texts, train.labels)
        rows, columns = known_columns(dev.labels, self.labels_)
        if rows:
            self.temperature_ = best_temperature(self._scores([dev.texts[row] for row in rows]), columns)

    def predict_proba(self, texts: Sequence[str]) -> "np.ndarray":
        """Return probabilities of shape (texts, labels_)."""
        from scipy.special import softmax

        return softmax(self._scores(texts) / self.temperature_, axis=1)

    def save(self, folder: Path) -> None:
        """Write ``linear.skops``; skops files hold no executable pickle."""
        import skops.io

        skops.io.dump({"pipeline": self.pipeline_, "temperature": self.temperature_}, folder / "linear.skops")

    def restore(self, folder: Path) -> None:
        """Read ``linear.skops``; skops refuses any type it does not know to be harmless."""
        import skops.io

        state = skops.io.load(folder / "linear.skops")
        self.pipeline_, self.temperature_ = state["pipeline"], state["temperature"]
        self.labels_ = list(self.pipeline_[-1].classes_)

    def _untrained(self) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline, make_union
        from sklearn.svm import LinearSVC

        common = {"sublinear_tf": True, "min_df": self.min_df}
        features = []
        if self.words:
            # The token pattern keeps one-letter syllables such as "ở" and "ý", which scikit-learn's drops.
            features.append(TfidfVectorizer(token_pattern=r"\w+", ngram_range=tuple(self.words), **common))
        if self.characters:
            features.append(TfidfVectorizer(analyzer="char_wb", ngram_range=tuple(self.characters), **common))
        weight = "balanced" if self.balanced else None
        model = {
            "logistic": LogisticRegression(
                C=self.C, class_weight=weight, max_iter=2000, random_state=self.seed
            ),
            "svm": LinearSVC(C=self.C, class_weight=weight, random_state=self.seed),
        }[self.loss]
        return make_pipeline(make_union(*features), model)

    def _scores(self, texts: Sequence[str]) -> "np.ndarray":
        """Return one score per label, also where scikit-learn gives one column for two labels."""
        import numpy as np

        scores = self.pipeline_.decision_function(texts)
        return np.column_stack([-scores, scores]) / 2 if scores.ndim == 1 else scores

"""TF-IDF over words and characters with a linear model: hard to beat on field of law."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pilot.classify.base import Examples
from pilot.classify.fitted import Tempered

if TYPE_CHECKING:
    import numpy as np


@dataclass
class Linear(Tempered):
    """Linear classifier over TF-IDF features, its probabilities scaled by one temperature.

    ``loss`` is ``logistic`` or ``svm`` (squared hinge, one against the rest). Either way the probabilities are
    the softmax of the scores divided by a temperature that minimises the dev set's log loss (Guo et al. 2017);
    without dev examples the temperature is 1. ``words`` and ``characters`` are n-gram ranges, ``null`` = off.
    """

    loss: Literal["logistic", "svm"] = "logistic"
    C: float = 10.0
    words: tuple[int, int] | None = (1, 2)
    characters: tuple[int, int] | None = (2, 4)
    min_df: int = 1
    balanced: bool = True
    pipeline_: Any = field(default=None, init=False, repr=False)

    def fit(self, train: Examples, dev: Examples) -> None:
        """Fit features and weights on ``train``, the temperature on ``dev``."""
        self.labels_ = sorted(set(train.labels))
        self.pipeline_ = self._untrained().fit(train.texts, train.labels)
        self._tune(dev)

    def save(self, folder: Path) -> None:
        """Write ``linear.skops`` as well; skops files hold no executable pickle."""
        import skops.io

        super().save(folder)
        skops.io.dump(self.pipeline_, folder / "linear.skops")

    def restore(self, folder: Path) -> None:
        """Read ``linear.skops``; skops refuses any type it does not know to be harmless."""
        import skops.io

        self.pipeline_ = skops.io.load(folder / "linear.skops")
        super().restore(folder)

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

"""What fitted classifiers keep, and how scores become probabilities: one form of both for all of them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pilot.classify.base import Examples
from pilot.classify.pool import best_temperature, known_columns

if TYPE_CHECKING:
    import numpy as np

FILE = "fitted.npz"


@dataclass(kw_only=True)
class Fitted:
    """A model whose fitted state is a list of labels and named arrays; who has more says so in `save`."""

    learns: ClassVar[bool] = True
    seed: int = 0
    labels_: list[str] = field(default_factory=list, init=False)
    state_: "dict[str, np.ndarray]" = field(default_factory=dict, init=False, repr=False)

    def save(self, folder: Path) -> None:
        """Write ``fitted.npz``: arrays alone."""
        import numpy as np

        np.savez(folder / FILE, labels=np.array(self.labels_), **self.state_)  # type: ignore[arg-type]

    def restore(self, folder: Path) -> None:
        """Read ``fitted.npz``, pickles refused."""
        import numpy as np

        with np.load(folder / FILE, allow_pickle=False) as arrays:
            self.state_ = dict(arrays)
        self.labels_ = self.state_.pop("labels").tolist()


@dataclass(kw_only=True)
class Tempered(Fitted, ABC):
    """A model whose probabilities are the softmax of its scores over one temperature (Guo et al. 2017)."""

    def predict_proba(self, texts: Sequence[str]) -> "np.ndarray":
        """Return probabilities of shape (texts, labels_)."""
        from scipy.special import softmax

        return softmax(self._scores(texts) / float(self.state_["temperature"]), axis=1)

    def _tune(self, dev: Examples) -> None:
        """Fit the temperature on the dev examples whose label is known; 1 without any."""
        import numpy as np

        rows, columns = known_columns(dev.labels, self.labels_)
        scores = self._scores([dev.texts[row] for row in rows]) if rows else np.empty((0, len(self.labels_)))
        self.state_["temperature"] = np.array(best_temperature(scores, columns))

    @abstractmethod
    def _scores(self, texts: Sequence[str]) -> "np.ndarray":
        """Return what the softmax is taken of, shape (texts, labels_)."""

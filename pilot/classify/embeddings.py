"""Frozen embeddings of a local or hub checkpoint under a logistic regression."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pilot.classify.base import Examples
from pilot.classify.encoder import Segmentation, chunks, device, load, padded, pooled
from pilot.classify.pool import best_temperature, known_columns

if TYPE_CHECKING:
    import numpy as np

BATCH = 32
FILE = "embeddings.npz"


@dataclass
class Embeddings:
    """Mean of the last hidden states over tokens, then over chunks; a logistic head learns, the encoder does not.

    Parameters
    ----------
    checkpoint
        Folder or hub name of an encoder; must be given.
    segmentation
        ``words`` if the checkpoint was trained on segmented text.
    length, most_chunks
        Tokens per chunk and chunks per text.
    C
        Inverse strength of the head's regularisation.
    """

    learns: ClassVar[bool] = True
    checkpoint: str
    segmentation: Segmentation = "none"
    length: int = 256
    most_chunks: int = 4
    C: float = 10.0
    seed: int = 0
    labels_: list[str] = field(default_factory=list, init=False)
    encoder_: Any = field(default=None, init=False, repr=False)
    head_: "tuple[np.ndarray, np.ndarray]" = field(default=None, init=False, repr=False)  # type: ignore[assignment]
    temperature_: float = field(default=1.0, init=False)

    def fit(self, train: Examples, dev: Examples) -> None:
        """Fit the head on ``train``, the temperature on ``dev``."""
        import numpy as np
        from sklearn.linear_model import LogisticRegression

        vectors = self._vectors(train.texts)
        model = LogisticRegression(C=self.C, class_weight="balanced", max_iter=2000).fit(
            vectors, train.labels
        )
        self.labels_ = list(model.classes_)
        coefficients, intercepts = model.coef_, model.intercept_
        if len(self.labels_) == 2:
            coefficients, intercepts = (np.concatenate([-x, x]) / 2 for x in (coefficients, intercepts))
        self.head_ = (coefficients.T, intercepts)
        rows, columns = known_columns(dev.labels, self.labels_)
        if rows:
            self.temperature_ = best_temperature(self._scores([dev.texts[row] for row in rows]), columns)

    def predict_proba(self, texts: Sequence[str]) -> "np.ndarray":
        """Return probabilities of shape (texts, labels_)."""
        from scipy.special import softmax

        return softmax(self._scores(texts) / self.temperature_, axis=1)

    def save(self, folder: Path) -> None:
        """Write the head as ``embeddings.npz`` and the encoder as safetensors below ``encoder``."""
        import numpy as np

        weights, intercepts = self.head_
        labels = np.array(self.labels_)
        np.savez(
            folder / FILE,
            weights=weights,
            intercepts=intercepts,
            labels=labels,
            temperature=self.temperature_,
        )
        for part in self._loaded():
            part.save_pretrained(folder / "encoder")

    def restore(self, folder: Path) -> None:
        """Read what ``save`` wrote; the checkpoint itself is no longer needed."""
        import numpy as np

        with np.load(folder / FILE, allow_pickle=False) as arrays:
            self.labels_ = [str(label) for label in arrays["labels"]]
            self.head_ = (arrays["weights"], arrays["intercepts"])
            self.temperature_ = float(arrays["temperature"])
        self.encoder_ = _encoder(str(folder / "encoder"))

    def _loaded(self) -> Any:
        if self.encoder_ is None:
            self.encoder_ = _encoder(self.checkpoint)
        return self.encoder_

    def _scores(self, texts: Sequence[str]) -> "np.ndarray":
        weights, intercepts = self.head_
        return self._vectors(texts) @ weights + intercepts

    def _vectors(self, texts: Sequence[str]) -> "np.ndarray":
        """Return one vector of length 1 per text."""
        import torch

        tokenizer, model = self._loaded()
        ids, owners = chunks(tokenizer, texts, self.length, self.most_chunks, self.segmentation)
        means = []
        with torch.inference_mode():
            for start in range(0, len(ids), BATCH):
                batch = padded(ids[start : start + BATCH], tokenizer.pad_token_id, device())
                mask = batch["attention_mask"][:, :, None]
                states = model(**batch).last_hidden_state
                means.append((states * mask).sum(1) / mask.sum(1))
        vectors = torch.nn.functional.normalize(pooled(torch.cat(means), owners, len(texts)))
        return vectors.cpu().numpy()


def _encoder(checkpoint: str) -> tuple[Any, Any]:
    from transformers import AutoModel, AutoTokenizer

    model = load(AutoModel, checkpoint).to(device()).eval()
    return load(AutoTokenizer, checkpoint), model

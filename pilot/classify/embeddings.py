"""Frozen embeddings of a local or hub checkpoint under a logistic regression."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilot.classify.base import Examples
from pilot.classify.encoder import Segmentation, chunks, device, load, padded, pooled
from pilot.classify.fitted import Tempered
from pilot.classify.pool import sides_of

if TYPE_CHECKING:
    import numpy as np

BATCH = 32


@dataclass
class Embeddings(Tempered):
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

    checkpoint: str
    segmentation: Segmentation = "none"
    length: int = 256
    most_chunks: int = 4
    C: float = 10.0
    encoder_: Any = field(default=None, init=False, repr=False)

    def fit(self, train: Examples, dev: Examples) -> None:
        """Fit the head on ``train``, the temperature on ``dev``."""
        from sklearn.linear_model import LogisticRegression

        vectors = self._vectors(train.texts)
        model = LogisticRegression(C=self.C, class_weight="balanced", max_iter=2000).fit(
            vectors, train.labels
        )
        self.labels_ = list(model.classes_)
        sides, intercepts = sides_of(model)
        self.state_ = {"weights": sides.T, "intercepts": intercepts}
        self._tune(dev)

    def save(self, folder: Path) -> None:
        """Write the encoder as safetensors below ``encoder`` as well."""
        super().save(folder)
        for part in self._loaded():
            part.save_pretrained(folder / "encoder")

    def restore(self, folder: Path) -> None:
        """Read what ``save`` wrote; the checkpoint itself is no longer needed."""
        super().restore(folder)
        self.encoder_ = _encoder(str(folder / "encoder"))

    def _loaded(self) -> Any:
        if self.encoder_ is None:
            self.encoder_ = _encoder(self.checkpoint)
        return self.encoder_

    def _scores(self, texts: Sequence[str]) -> "np.ndarray":
        return self._vectors(texts) @ self.state_["weights"] + self.state_["intercepts"]

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

    model = load(AutoModel.from_pretrained, checkpoint).to(device()).eval()
    return load(AutoTokenizer.from_pretrained, checkpoint), model

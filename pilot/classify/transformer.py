"""A transformer fine-tuned on the task: any local or hub checkpoint, on a CPU or an accelerator."""

import copy
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilot.classify.base import Examples
from pilot.classify.encoder import Segmentation, chunks, device, load, padded, pooled
from pilot.classify.fitted import Tempered
from pilot.classify.pool import known_columns, log_loss
from pilot.classify.scratch import untrained

if TYPE_CHECKING:
    import numpy as np
    import torch

WARM_UP = 0.1
"""Share of the steps in which the learning rate rises; then it falls linearly to 0."""


@dataclass
class Transformer(Tempered):
    """Sequence classification with class weights, early stopping on dev's log loss, and one temperature.

    A long text is cut into chunks; its score is the mean of its chunks' logits, in training and in use. The
    best epoch by dev is kept; ``history_`` holds each epoch's losses for tracking.

    Parameters
    ----------
    checkpoint
        Folder or hub name; None = start from random weights over the training texts' syllables.
    segmentation
        ``words`` if the checkpoint was trained on segmented text.
    length, most_chunks
        Tokens per chunk and chunks per text.
    epochs, patience
        At most so many epochs, ended once dev has not got better for ``patience`` of them.
    rate, batch
        Peak learning rate of AdamW; texts per step.
    layers, width
        Size of an encoder that starts from random weights.
    """

    checkpoint: str | None = None
    segmentation: Segmentation = "none"
    length: int = 256
    most_chunks: int = 2
    epochs: int = 5
    patience: int = 1
    rate: float = 3e-5
    batch: int = 16
    layers: int = 4
    width: int = 256
    history_: list[dict[str, float]] = field(default_factory=list, init=False)
    parts_: Any = field(default=None, init=False, repr=False)

    def fit(self, train: Examples, dev: Examples) -> None:
        """Fine-tune on ``train``; the best epoch and the temperature are chosen on ``dev``."""
        import torch

        torch.manual_seed(self.seed)
        self.labels_ = sorted(set(train.labels))
        self.parts_ = self._start(train.texts)
        rows, columns = known_columns(dev.labels, self.labels_)
        texts = [dev.texts[row] for row in rows]
        best, since, kept = float("inf"), 0, None
        for loss in self._epochs(train):
            held = log_loss(self._scores(texts), columns) if rows else loss
            self.history_.append({"train_loss": loss, "dev_loss": held})
            since = 0 if held < best else since + 1
            if not since:
                best, kept = held, copy.deepcopy(self.parts_[1].state_dict())
            if since > self.patience:
                break
        self.parts_[1].load_state_dict(kept)
        self._tune(dev)

    def save(self, folder: Path) -> None:
        """Write the model as safetensors and its tokenizer below ``transformer`` as well."""
        super().save(folder)
        for part in self.parts_:
            part.save_pretrained(folder / "transformer")

    def restore(self, folder: Path) -> None:
        """Read what ``save`` wrote; neither the checkpoint nor the history of training is needed any more."""
        super().restore(folder)
        self.parts_ = _parts(str(folder / "transformer"), self.labels_)

    def _start(self, texts: Sequence[str]) -> tuple[Any, Any]:
        if self.checkpoint:
            return _parts(self.checkpoint, self.labels_)
        tokenizer, model = untrained(texts, len(self.labels_), self.length, self.layers, self.width)
        return tokenizer, model.to(device())

    def _epochs(self, train: Examples) -> Iterator[float]:
        """Yield the mean training loss of each epoch; the caller may stop at any."""
        import torch
        from transformers import get_linear_schedule_with_warmup

        model = self.parts_[1]
        steps = self.epochs * -(-len(train.texts) // self.batch)
        optimiser = torch.optim.AdamW(model.parameters(), lr=self.rate, weight_decay=0.01)
        schedule = get_linear_schedule_with_warmup(optimiser, int(WARM_UP * steps), steps)
        column = {label: place for place, label in enumerate(self.labels_)}
        gold = torch.tensor([column[label] for label in train.labels], device=device())
        counts = torch.bincount(gold, minlength=len(self.labels_)).float()
        weigh = torch.nn.CrossEntropyLoss(weight=len(gold) / (len(counts) * counts))
        order = list(range(len(gold)))
        for epoch in range(self.epochs):
            random.Random(self.seed + epoch).shuffle(order)
            total = 0.0
            model.train()
            for start in range(0, len(order), self.batch):
                chosen = order[start : start + self.batch]
                loss = weigh(self._logits([train.texts[place] for place in chosen]), gold[chosen])
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimiser.step()
                schedule.step()
                optimiser.zero_grad()
                total += float(loss.detach()) * len(chosen)
            yield total / len(order)

    def _logits(self, texts: Sequence[str]) -> "torch.Tensor":
        tokenizer, model = self.parts_
        ids, owners = chunks(tokenizer, texts, self.length, self.most_chunks, self.segmentation)
        return pooled(model(**padded(ids, tokenizer.pad_token_id, device())).logits, owners, len(texts))

    def _scores(self, texts: Sequence[str]) -> "np.ndarray":
        import torch

        self.parts_[1].eval()
        with torch.inference_mode():
            batches = range(0, len(texts), self.batch)
            rows = [self._logits(texts[start : start + self.batch]) for start in batches]
        return torch.cat(rows).float().cpu().numpy()


def _parts(checkpoint: str, labels: Sequence[str]) -> tuple[Any, Any]:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = load(AutoModelForSequenceClassification.from_pretrained, checkpoint, num_labels=len(labels))
    return load(AutoTokenizer.from_pretrained, checkpoint), model.to(device())

"""A cross-encoder loaded, made small from nothing, and trained."""

import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pilot.classify.encoder import load
from pilot.classify.scratch import untrained
from pilot.rank.dense import train

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

LONGEST = 256
RATE, RATE_FROM_NOTHING = 2e-5, 5e-4
"""Learning rates."""


def load_cross_encoder(name: str) -> "CrossEncoder":
    """Load a checkpoint; an encoder without a head for this gets a new one; see `pilot.classify.encoder.load`."""
    from sentence_transformers import CrossEncoder

    return load(CrossEncoder, name, num_labels=1, max_length=LONGEST)


def small_cross_encoder(texts: Sequence[str], seed: int) -> "CrossEncoder":
    """Return a cross-encoder of two layers with random weights, its vocabulary the syllables of ``texts``."""
    from tokenizers import processors
    from transformers import set_seed

    set_seed(seed)
    tokenizer, model = untrained(texts, 1, LONGEST, layers=2, width=128)
    marks = [(mark, tokenizer.convert_tokens_to_ids(mark)) for mark in ("[CLS]", "[SEP]")]
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=marks
    )
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder)
        model.save_pretrained(folder)
        return load_cross_encoder(folder)


def train_cross_encoder(
    encoder: "CrossEncoder", examples: Sequence[tuple[str, str, float]], epochs: int, rate: float, seed: int
) -> None:
    """Train on (question, piece, relevance) by binary cross-entropy."""
    from sentence_transformers.cross_encoder import CrossEncoderTrainer, CrossEncoderTrainingArguments
    from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss

    columns = map(list, zip(*examples, strict=True))
    rows = dict(zip(("question", "passage", "label"), columns, strict=True))
    kinds = CrossEncoderTrainer, CrossEncoderTrainingArguments
    settings = {"per_device_train_batch_size": 16, "learning_rate": rate}
    train(
        kinds,
        (encoder, BinaryCrossEntropyLoss(encoder)),
        rows,
        num_train_epochs=epochs,
        seed=seed,
        **settings,
    )

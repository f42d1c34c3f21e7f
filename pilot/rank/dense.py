"""Passages and questions as vectors: any sentence-transformers checkpoint, or one learnt here from the passages."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pilot.classify.encoder import load
from pilot.rank.base import Judged
from pilot.rank.chunks import best, chunks, cut
from pilot.records import Passage

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

STATIC = "static"
VOCABULARY, WIDTH = 20_000, 256
BATCH = 256
RATE = {True: 0.05, False: 2e-5}
"""Learning rates of a static model and of a transformer."""


@dataclass(frozen=True)
class Dense:
    """Embedded passages.

    Parameters
    ----------
    encoder
        What embeds.
    vectors
        Shape (pieces, width), float32, of length one; may be memory-mapped.
    starts
        Shape (passages + 1,): which pieces are whose.
    """

    encoder: "SentenceTransformer"
    vectors: np.ndarray
    starts: np.ndarray

    @classmethod
    def build(cls, passages: Sequence[Passage], encoder: "SentenceTransformer") -> "Dense":
        """Embed the passages piece by piece."""
        pieces, starts = cut(passages)
        return cls(encoder, _embedded(encoder, pieces), starts)

    def scores(self, text: str) -> np.ndarray:
        """Return the cosine of the question with each passage's best piece, shape (passages,)."""
        return best(self.vectors @ _embedded(self.encoder, [text])[0], self.starts)

    def save(self, folder: Path) -> None:
        """Write encoder (safetensors) and vectors."""
        self.encoder.save(str(folder / "encoder"))
        np.save(folder / "vectors.npy", self.vectors)
        np.save(folder / "pieces.npy", self.starts)

    @classmethod
    def load(cls, folder: Path) -> "Dense":
        """Read what ``save`` wrote, the vectors memory-mapped."""
        vectors, starts = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("vectors", "pieces"))
        return cls(load_encoder(str(folder / "encoder")), vectors, starts)


def make_encoder(
    name: str, passages: Sequence[Passage], pairs: Sequence[tuple[str, str]], epochs: int, seed: int
) -> "SentenceTransformer":
    """Return the encoder of that name, trained: a static one on the passages, a checkpoint on the pairs."""
    if name == STATIC:
        return learn_static(passages, seed, epochs)
    return tune_encoder(load_encoder(name), pairs, epochs, seed)


def answered_pairs(judged: Judged, prepare: Callable[[str], tuple[str, list[str]]]) -> list[tuple[str, str]]:
    """Return (prepared question, first piece of a passage of relevance >= 1)."""
    known = {passage.passage_id: passage for passage in judged.passages}
    texts = {question.question_id: prepare(question.text)[0] for question in judged.questions}
    return [
        (texts[j.question_id], chunks(known[j.passage_id])[0])
        for j in judged.judgments
        if j.relevance > 0 and j.passage_id in known and j.question_id in texts
    ]


def load_encoder(name: str) -> "SentenceTransformer":
    """Load a checkpoint from a folder, or from the hub where that is reachable; see `pilot.classify.encoder.load`."""
    from sentence_transformers import SentenceTransformer

    return load(SentenceTransformer, name)


def learn_static(passages: Sequence[Passage], seed: int, epochs: int = 1) -> "SentenceTransformer":
    """Learn an encoder from the passages alone: one vector per word piece, summed.

    Contrastive (MultipleNegativesRankingLoss) on what belongs together: a title and its text, a piece of a text
    and the next, a passage and one it refers to.
    """
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
    from transformers import set_seed

    set_seed(seed)
    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=["[UNK]", "[PAD]"], show_progress=False
    )
    tokenizer.train_from_iterator((passage.full_text for passage in passages), trainer)
    encoder = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=WIDTH)], device="cpu")
    return tune_encoder(encoder, related_texts(passages), epochs, seed)


def related_texts(passages: Sequence[Passage]) -> list[tuple[str, str]]:
    """Return pairs of texts that belong together, from the passages alone."""
    by_id = {passage.passage_id: passage for passage in passages}
    pairs = []
    for passage in passages:
        pieces = chunks(passage, 60, 60)
        if passage.title and passage.text:
            pairs.append((passage.title, " ".join(passage.text.split()[:120])))
        pairs += list(pairwise(pieces))[:2]
        pairs += [(pieces[0], chunks(by_id[other])[0]) for other in passage.related[:2] if other in by_id]
    return pairs


def tune_encoder(
    encoder: "SentenceTransformer", pairs: Sequence[tuple[str, str]], epochs: int, seed: int
) -> "SentenceTransformer":
    """Train an encoder so that the two of a pair are nearer than others of their batch."""
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    if not pairs or not epochs:
        return encoder
    static = "StaticEmbedding" in type(encoder[0]).__name__
    rows = {"anchor": [a for a, _ in pairs], "positive": [b for _, b in pairs]}
    kinds = SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    batch = {"per_device_train_batch_size": BATCH if static else 16, "learning_rate": RATE[static]}
    train(
        kinds,
        (encoder, MultipleNegativesRankingLoss(encoder)),
        rows,
        num_train_epochs=epochs,
        seed=seed,
        **batch,
    )
    return encoder


def train(
    kinds: tuple[Any, Any], taught: tuple[Any, Any], rows: dict[str, list[Any]], **settings: Any
) -> None:
    """Train a model of sentence-transformers, keeping nothing of the training but the model.

    Further training arguments (epochs, batch, learning rate, seed) go by their names.

    Parameters
    ----------
    kinds
        Its trainer and its training arguments.
    taught
        The model and its loss.
    rows
        Column -> what is learnt from, all of one length.
    """
    import torch
    from datasets import Dataset

    trainer, arguments = kinds
    model, loss = taught
    with tempfile.TemporaryDirectory() as folder:
        quiet = arguments(
            output_dir=folder, report_to="none", dataloader_pin_memory=torch.cuda.is_available(), save_strategy="no",
            logging_strategy="no", disable_tqdm=True, **settings,
        )  # fmt: skip
        trainer(model=model, args=quiet, train_dataset=Dataset.from_dict(rows), loss=loss).train()


def _embedded(encoder: "SentenceTransformer", texts: list[str]) -> np.ndarray:
    vectors: Any = encoder.encode(
        texts, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
    )
    return np.asarray(vectors, np.float32)

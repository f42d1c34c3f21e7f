"""A cross-encoder reads question and passage together and has a say in the order of the first passages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pilot.rank.base import Judged, rankings_frame
from pilot.rank.chunks import best, cut
from pilot.rank.combined import Combined
from pilot.rank.cross_encoder import (
    RATE,
    RATE_FROM_NOTHING,
    load_cross_encoder,
    small_cross_encoder,
    train_cross_encoder,
)
from pilot.rank.learning import standard
from pilot.records import InputError, Passage, Question

if TYPE_CHECKING:
    import pandas as pd
    from sentence_transformers import CrossEncoder

SHARES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Weights of the cross-encoder tried on dev, the first stage having one."""


@dataclass
class Reranked:
    """The first passages of another ranker, ordered by its scores and a cross-encoder's.

    Parameters
    ----------
    first
        The settings of the first ranker, a `Combined`.
    checkpoint
        Folder or hub name of a cross-encoder, or of an encoder to make one of; None builds a small one with random
        weights, to be trained.
    top
        How many passages per question are read.
    epochs
        Of training on the questions of the training data; 0 uses the checkpoint as it is.
    negatives
        Passages without relevance per question in training, drawn from ranks ``hard[0]`` to ``hard[1]``: the very
        first are too often right and merely unjudged.
    hard
        These ranks.
    share
        Weight of the cross-encoder where there is no dev to choose it on.
    seed
        For draws and training.
    """

    first: Mapping[str, Any] = field(default_factory=dict)
    checkpoint: str | None = None
    top: int = 30
    epochs: int = 1
    negatives: int = 10
    hard: tuple[int, int] = (10, 60)
    share: float = 1.0
    seed: int = 0
    first_: Combined = field(default=None, init=False, repr=False)  # type: ignore[assignment]
    encoder_: "CrossEncoder" = field(default=None, init=False, repr=False)  # type: ignore[assignment]
    passages_: dict[str, Passage] = field(default_factory=dict, init=False, repr=False)
    share_: float = field(default=1.0, init=False)

    def __post_init__(self) -> None:
        try:
            self.first_ = Combined(**{"seed": self.seed, **self.first})
        except TypeError as error:
            raise InputError(f"settings of `first`: {error}") from None
        if self.checkpoint is None and not self.epochs:
            raise InputError(
                "without `checkpoint` there is nothing to read with; name one, or train for some `epochs`"
            )

    @property
    def learns(self) -> bool:
        """Say whether judgments change the model."""
        return self.first_.learns or self.epochs > 0

    def fit(self, passages: Sequence[Passage], train: Sequence[Judged], dev: Sequence[Judged]) -> None:
        """Train the first ranker and the cross-encoder on ``train``, choose the weights on ``dev``."""
        self.passages_ = {passage.passage_id: passage for passage in passages}
        self.first_.fit(passages, train, ())
        texts = [passage.full_text for passage in passages]
        self.encoder_ = (
            load_cross_encoder(self.checkpoint) if self.checkpoint else small_cross_encoder(texts, self.seed)
        )
        if train and self.epochs:
            rate = RATE if self.checkpoint else RATE_FROM_NOTHING
            train_cross_encoder(self.encoder_, self._examples(train), self.epochs, rate, self.seed)
        self.share_ = self.share if self.checkpoint or train else 0.0  # random weights have no say
        if dev:
            self.share_ = self._chosen_share(dev)
            self.first_.fit(passages, train, dev)

    def rank(self, questions: Sequence[Question], depth: int) -> "pd.DataFrame":
        """Return at most ``depth`` passages per question; those not read keep their order below those read."""
        rankings = []
        for question in questions:
            ids, scores = _merged(*self._read(question, max(depth, self.top)), self.share_)
            rankings.append((question.question_id, ids[:depth], scores[:depth]))
        return rankings_frame(rankings)

    def save(self, folder: Path) -> None:
        """Write the first ranker and the cross-encoder (safetensors)."""
        (folder / "first").mkdir()
        self.first_.save(folder / "first")
        self.encoder_.save_pretrained(str(folder / "cross_encoder"))
        (folder / "reranked.json").write_text(json.dumps({"share": self.share_}), encoding="utf-8")

    def restore(self, folder: Path, passages: Sequence[Passage]) -> None:
        """Read what ``save`` wrote."""
        self.passages_ = {passage.passage_id: passage for passage in passages}
        self.first_.restore(folder / "first", passages)
        self.encoder_ = load_cross_encoder(str(folder / "cross_encoder"))
        self.share_ = json.loads((folder / "reranked.json").read_text(encoding="utf-8"))["share"]

    def _read(self, question: Question, depth: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the ids of the first ranker, its scores, and the cross-encoder's for the first ``top``."""
        _, ids, first = self.first_.ranked(question, depth)
        pieces, starts = cut([self.passages_[passage_id] for passage_id in ids[: self.top]])
        text = self.first_.prepared(question.text)[0]
        read = np.asarray(self.encoder_.predict([(text, piece) for piece in pieces], show_progress_bar=False))
        return ids, first, best(read.ravel(), starts)

    def _examples(self, train: Sequence[Judged]) -> list[tuple[str, str, float]]:
        """Return (question, piece, relevance 0 or 1): each passage by the piece that shares most with the question."""
        rng, examples = np.random.default_rng(self.seed), []
        for judged in train:
            known = {passage.passage_id: passage for passage in judged.passages}
            relevant = judged.relevant
            for question in judged.questions:
                right = relevant.get(question.question_id, set())
                listed = self.first_.ranked(question, self.hard[1])[1][self.hard[0] :]
                wrong = [name for name in listed if name not in right and name in known]
                drawn = [wrong[place] for place in rng.permutation(len(wrong))[: self.negatives]]
                text = self.first_.prepared(question.text)[0]
                graded = [
                    *((name, 1.0) for name in sorted(right & known.keys())),
                    *((name, 0.0) for name in drawn),
                ]
                examples += [(text, _closest(text, known[name]), grade) for name, grade in graded]
        return examples

    def _chosen_share(self, dev: Sequence[Judged]) -> float:
        """Return the weight of the largest mean reciprocal rank on dev; of equals the one nearest to ``share``."""
        values = dict.fromkeys(SHARES, 0.0)
        for judged in dev:
            relevant = judged.relevant
            for question in judged.questions:
                ids, first, read = self._read(question, self.top)
                for weight in SHARES:
                    merged = _merged(ids, first, read, weight)[0]
                    hits = [name in relevant.get(question.question_id, ()) for name in merged]
                    values[weight] += 1 / (1 + hits.index(True)) if True in hits else 0.0
        return min(SHARES, key=lambda weight: (-values[weight], abs(weight - self.share)))


def _closest(text: str, passage: Passage) -> str:
    """Return the passage's piece that shares most words with the question."""
    asked = set(text.lower().split())
    return max(cut([passage])[0], key=lambda piece: len(asked & set(piece.lower().split())))


def _merged(
    ids: np.ndarray, first: np.ndarray, read: np.ndarray, share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return ids and scores by the weighted sum of both standardised scores; what was not read follows."""
    top = len(read)
    scores = standard(first[:top]) + share * standard(read)
    order = np.lexsort((ids[:top], -scores))
    below = scores.min() - 1.0 - np.arange(len(ids) - top)
    return np.concatenate([ids[:top][order], ids[top:]]), np.concatenate([scores[order], below])

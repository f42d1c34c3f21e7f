"""Speed of the classifiers, training and use, as seconds of one process."""

import time
from collections.abc import Sequence
from typing import Any

from pilot.bench.text import BenchRow
from pilot.classify import Examples


def classifiers(
    models: dict[str, Any], train: Examples, dev: Examples, questions: Sequence[str], batch: int = 256
) -> list[BenchRow]:
    """Return, per model, CPU seconds of training and questions answered per second.

    Parameters
    ----------
    models
        Name -> untrained model; the ratio is to the training time of the first.
    train, dev
        What is learnt from and tuned on.
    questions
        Asked in batches, until a second has passed.
    batch
        Questions per batch.
    """
    rows: list[BenchRow] = []
    for name, model in models.items():
        start = time.process_time()
        model.fit(train, dev)
        trained = time.process_time() - start
        model.predict_proba(questions[:1])  # loading dictionaries is no part of the speed
        answered, start = 0, time.process_time()
        while (spent := time.process_time() - start) < 1:
            chunk = questions[answered % len(questions) :][:batch]
            model.predict_proba(chunk)
            answered += len(chunk)
        figures = {
            "train_seconds": trained,
            "questions_per_second": answered / spent,
            "examples": float(len(train.texts)),
        }
        first = rows[0].figures["train_seconds"] if rows else trained
        rows.append(BenchRow(name, first / trained if trained else None, figures))
    return rows

"""Speed of the default classifier, training and use, beside TF-IDF with a linear SVM in the same run."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pilot import project
from pilot.bench.text import BenchRow
from pilot.classify import Classifier, Examples, Translation, examples_from
from pilot.classify.distant import taught_by_passages
from pilot.config import load_experiment
from pilot.quality.split import cut_dev, question_groups
from pilot.taxonomy import ABSTENTION

if TYPE_CHECKING:
    from pilot.sources import Dataset

COMPARED = ("tfidf_svm", "default")
DEV_SHARE = 0.15
BATCH = 256


def tables(sources: Sequence[Path]) -> list[tuple[str, list[BenchRow]]]:
    """Return a table per dataset: models learn from all its labelled questions or articles, the sample's are asked."""
    from pilot.sources import Dataset

    folder = project.root() / "experiments" / "classify"
    asked = [question.text for question in Dataset.load(project.sample()).questions]
    found = []
    for source in sources:
        train, dev = _taught(Dataset.load(source))
        models = {name: load_experiment(folder / f"{name}.yaml").build() for name in COMPARED}
        title = f"classify: {len(train.texts) + len(dev.texts)} examples of {source.name}"
        found.append((title, classifiers(models, train, dev, asked)))
    return found


def classifiers(
    models: Mapping[str, Classifier], train: Examples, dev: Examples, questions: Sequence[str]
) -> list[BenchRow]:
    """Return, per model, seconds of training (wall clock and CPU) and questions answered per second of CPU time.

    Parameters
    ----------
    models
        Name -> untrained model; ratios are of the training seconds of the first.
    train, dev
        What is learnt from and tuned on.
    questions
        Each asked once, in batches; the first half fills dictionaries and caches, the second is timed.
    """
    warm, timed = questions[: len(questions) // 2], questions[len(questions) // 2 :]
    rows: list[BenchRow] = []
    for name, model in models.items():
        wall, start = time.perf_counter(), time.process_time()
        model.fit(train, dev)
        trained, spent = time.perf_counter() - wall, time.process_time() - start
        model.predict_proba(warm)
        start = time.process_time()
        for place in range(0, len(timed), BATCH):
            model.predict_proba(timed[place : place + BATCH])
        figures = {
            "train_seconds": trained,
            "train_cpu_seconds": spent,
            "questions_per_second": len(timed) / max(time.process_time() - start, 1e-9),
        }
        ratio = rows[0].figures["train_seconds"] / trained if rows else None
        rows.append(BenchRow(name, ratio, figures))
    return rows


def _taught(dataset: "Dataset") -> tuple[Examples, Examples]:
    """Return train and dev of a dataset's labelled questions, else of its articles, cut by group."""
    questions = [question for question in dataset.questions if question.fields[:1] not in ((), (ABSTENTION,))]
    rows = questions or taught_by_passages(dataset, Translation(frozenset()))
    train, dev = cut_dev(rows, question_groups(rows, by_citation=True), DEV_SHARE, 0)
    return examples_from(train), examples_from(dev)

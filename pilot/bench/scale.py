"""What a larger corpus costs: segmentation, index, query, training and scoring, at several sizes of one corpus."""

import dataclasses
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pilot import project
from pilot.bench.text import BenchRow
from pilot.classify import examples_from
from pilot.config import load_experiment
from pilot.records import Passage, Question
from pilot.sources import Dataset
from pilot.text import segment_many

ASKED = 100
LEARNT_AT_MOST = 10_000
"""Passages that the classifier learns from at most: labels cost people's time long before they cost the machine's."""
LINES = 6
"""Lines of a generated passage, each from another passage."""


def curve(source: Path, sizes: Sequence[int], seed: int = 0) -> Iterator[BenchRow]:
    """Yield one row of figures per size; seconds are processor time of this process, memory is what it grew by.

    Parameters
    ----------
    source
        A dataset with passages.
    sizes
        Numbers of passages; more than there are are generated from lines of those there are.
    seed
        Of drawing and generating.
    """
    passages = Dataset.load(source).passages
    chance = random.Random(seed)
    for size in sizes:
        if size <= len(passages):
            taken = chance.sample(passages, size)
        else:
            taken = [*passages, *generated(passages, size - len(passages), chance)]
        yield BenchRow(f"{size:,} passages", None, _figures(taken, chance))


def generated(passages: Sequence[Passage], count: int, chance: random.Random) -> Iterator[Passage]:
    """Yield passages whose lines are drawn from those given: real words and lengths, invented law."""
    lines = [line for passage in passages for line in passage.text.split("\n") if line.strip()]
    for number in range(count):
        text = "\n".join(chance.choices(lines, k=LINES))
        title = chance.choice(passages).title
        yield Passage(f"g{number}", "article", title, text)


def _figures(passages: Sequence[Passage], chance: random.Random) -> dict[str, float]:
    import psutil

    process, figures = psutil.Process(), {}
    figures["words"] = float(sum(len(passage.text.split()) for passage in passages))
    figures["segmentation_s"] = _seconds(lambda: sum(1 for _ in segment_many(p.text for p in passages)))
    config = load_experiment(project.root() / "experiments" / "rank" / "default.yaml")
    model = dataclasses.replace(config, params={**config.params, "learner": "none"}).build()
    before = process.memory_info().rss
    figures["index_s"] = _seconds(lambda: model.fit(passages, [], []))
    figures["index_mb"] = (process.memory_info().rss - before) / 2**20
    titled = [passage for passage in passages if passage.title]
    asked = [
        Question(p.passage_id, p.title, "bench", "test")
        for p in chance.sample(titled, min(ASKED, len(titled)))
    ]
    times = sorted(_seconds(lambda question=question: model.rank([question], 10)) for question in asked)
    figures |= {
        "query_ms_p50": 1000 * times[len(times) // 2],
        "query_ms_p95": 1000 * times[len(times) * 19 // 20],
    }
    labelled = [p.as_question() for p in passages if p.fields][:LEARNT_AT_MOST]
    if len({question.fields[0] for question in labelled}) > 1:
        linear = load_experiment(project.root() / "experiments" / "classify" / "tfidf_svm.yaml").build()
        cut = len(labelled) * 9 // 10
        sides = examples_from(labelled[:cut]), examples_from(labelled[cut:])
        figures["training_s"] = _seconds(lambda: linear.fit(*sides))
    figures["scoring_s"] = _seconds(lambda: _scored(len(passages)))
    return figures


def _scored(questions: int) -> Any:
    """Score so many questions of ten answers each with all intervals, as a run and a report do."""
    import pandas as pd

    from pilot.evaluate import evaluate

    ids = [f"q{number}" for number in range(questions)]
    gold = pd.DataFrame({"question_id": ids, "passage_id": "p3", "relevance": 1})
    rows = {"question_id": ids * 10, "passage_id": [f"p{rank}" for rank in range(10) for _ in ids]}
    scores = [10.0 - rank for rank in range(10) for _ in ids]
    predictions = pd.DataFrame(
        rows | {"score": scores, "rank": [rank + 1 for rank in range(10) for _ in ids]}
    )
    groups = pd.Series(ids, index=pd.Index(ids, name="question_id"))
    return evaluate("rank", predictions, gold, groups, ("nDCG@10", "MRR@10"), seed=0, resamples=2000)


def _seconds(work: Any) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began

"""What a larger corpus costs: segmentation, index, query, training and scoring, at several sizes of one corpus."""

import dataclasses
import random
import re
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from pilot import project
from pilot.bench.text import BenchRow
from pilot.classify import examples_from
from pilot.config import load_experiment
from pilot.progress import at_work
from pilot.records import Passage, Question
from pilot.sources import Dataset
from pilot.text import segment_many

ASKED = 100
LEARNT_AT_MOST = 10_000
"""Passages that the classifier learns from at most: labels cost people's time long before they cost the machine's."""
_PIECE = re.compile(r"(?<=[.;:])\s+|\n+")


def curve(source: Path, sizes: Sequence[int], seed: int = 0) -> Iterator[BenchRow]:
    """Yield one row of figures per size, linear algebra on one thread: idle ones would burn processor time.

    Seconds are processor time of this process, ``index_mb`` is what resident memory grew by while indexing,
    ``peak_mb`` the most that the process has held up to then, the passages and all earlier sizes included.

    Parameters
    ----------
    source
        A dataset with passages.
    sizes
        Numbers of passages; more than there are are generated from pieces of those there are.
    seed
        Of drawing and generating.
    """
    from threadpoolctl import threadpool_limits

    passages = Dataset.load(source).passages
    chance = random.Random(seed)
    for size in sizes:
        name = f"{size:,} passages"
        with at_work(f"{name}: drawing them") as tell, threadpool_limits(1):
            figures = _figures(_taken(passages, size, chance), chance, partial(_at, tell, name))
        yield BenchRow(name, None, figures)


def generated(passages: Sequence[Passage], count: int, chance: random.Random) -> Iterator[Passage]:
    """Yield passages whose sentences and clauses are drawn from all those given: real words and lengths, invented law.

    Each has as many pieces as some real passage. Words are those of the source, so a vocabulary grows by no word,
    and by pairs of words only where two pieces meet: less than with more real law.
    """
    cut = [_PIECE.split(passage.text.strip()) for passage in passages]
    pieces = [piece for own in cut for piece in own]
    for number in range(count):
        text = " ".join(chance.choices(pieces, k=len(chance.choice(cut))))
        title = chance.choice(passages).title
        yield Passage(f"g{number}", "article", title, text)


def _at(tell: Callable[..., None], name: str, step: str) -> None:
    tell(now=f"{name}: {step}")


def _taken(passages: Sequence[Passage], size: int, chance: random.Random) -> list[Passage]:
    if size <= len(passages):
        return chance.sample(passages, size)
    return [*passages, *generated(passages, size - len(passages), chance)]


def _figures(
    passages: Sequence[Passage], chance: random.Random, at: Callable[[str], None]
) -> dict[str, float]:
    figures = {"words": float(sum(len(passage.text.split()) for passage in passages))}
    at("segmentation")
    figures["segmentation_s"] = _seconds(lambda: sum(1 for _ in segment_many(p.text for p in passages)))
    figures |= _searched(passages, chance, at)
    labelled = [p.as_question() for p in islice((p for p in passages if p.fields), LEARNT_AT_MOST)]
    if len({question.fields[0] for question in labelled}) > 1:
        linear = load_experiment(project.root() / "experiments" / "classify" / "tfidf_svm.yaml").build()
        cut = len(labelled) * 9 // 10
        sides = examples_from(labelled[:cut]), examples_from(labelled[cut:])
        at("training")
        figures["training_s"] = _seconds(lambda: linear.fit(*sides))
    at("scoring")
    figures["scoring_s"] = _seconds(lambda: _scored(len(passages)))
    return figures | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10}


def _searched(
    passages: Sequence[Passage], chance: random.Random, at: Callable[[str], None]
) -> dict[str, float]:
    """Return the cost of indexing, and of questions asked in the words of titles."""
    import psutil

    config = load_experiment(project.root() / "experiments" / "rank" / "default.yaml")
    model = dataclasses.replace(config, params={**config.params, "learner": "none"}).build()
    process = psutil.Process()
    before = process.memory_info().rss
    at("index")
    index_s = _seconds(lambda: model.fit(passages, [], []))
    index_mb = (process.memory_info().rss - before) / 2**20
    titled = [passage for passage in passages if passage.title]
    asked = [
        Question(p.passage_id, p.title, "bench", "test")
        for p in chance.sample(titled, min(ASKED, len(titled)))
    ]
    at("questions")
    times = sorted(_seconds(lambda question=question: model.rank([question], 10)) for question in asked)
    return {
        "index_s": index_s,
        "index_mb": index_mb,
        "query_ms_p50": 1000 * times[len(times) // 2],
        "query_ms_p95": 1000 * times[len(times) * 19 // 20],
    }


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

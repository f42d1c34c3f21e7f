"""Speed and memory of ranking against its peers, over the same passages and questions in one process."""

import importlib
import importlib.util
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pilot import project
from pilot.bench.text import BenchRow
from pilot.config import load_experiment
from pilot.rank.analysis import syllables
from pilot.rank.base import Ranker
from pilot.records import Passage, Question
from pilot.sources import Dataset

if TYPE_CHECKING:
    import numpy as np

DEPTH = 10
Search = Callable[[str], Sequence[str]]
"""A question's text -> the ids of the first ten passages."""


def missing_peers() -> list[tuple[str, str]]:
    """Return the peers that are not installed, each with the command that installs it."""
    return [(name, "pip install 'pilot[bench]'") for name in PEERS if importlib.util.find_spec(name) is None]


def tables(sources: Sequence[Path], most: int) -> Iterator[tuple[str, list[BenchRow]]]:
    """Yield (title, rows) for each dataset folder; one without questions is asked the titles of its passages."""
    for source in sources:
        data = Dataset.load(source)
        asked = data.questions or [
            Question(p.passage_id, p.title, "passage", "test") for p in data.passages if p.title
        ]
        if not data.passages or not asked:
            continue
        step = max(1, len(asked) // most)
        names = ("default", "bm25")
        rankers = {
            name: load_experiment(project.root() / "experiments" / "rank" / f"{name}.yaml").build()
            for name in names
        }
        yield (
            f"ranking: {source.name}, {len(data.passages)} passages",
            search_speed(data.passages, asked[::step][:most], rankers),
        )


def search_speed(
    passages: Sequence[Passage],
    questions: Sequence[Question],
    rankers: dict[str, Ranker],
    peers: Sequence[str] = ("bm25s", "tantivy", "rank_bm25"),
) -> list[BenchRow]:
    """Return for each ranker and peer how long indexing takes and how long a question.

    Parameters
    ----------
    passages
        What is searched.
    questions
        Asked one at a time, after one that warms up.
    rankers
        Name -> untrained ranker; the first is what ratios refer to.
    peers
        What to compare with, all over syllables; what is not installed is left out.

    Returns
    -------
    list of BenchRow
        Ratio of the medians of wall time to that of the first; seconds (wall and CPU) and MiB of indexing, the
        peak of what Python and numpy hold; milliseconds a question at the median and the 95th percentile.
    """
    makers: dict[str, Callable[[], Search]] = {
        name: _ranker(ranker, passages) for name, ranker in rankers.items()
    }
    makers |= {name: PEERS[name](passages) for name in peers if importlib.util.find_spec(name)}
    found = {name: _measured(make, questions) for name, make in makers.items()}
    reference = next(iter(found.values()))["ms_p50"]
    return [BenchRow(name, reference / figures["ms_p50"], figures) for name, figures in found.items()]


def _measured(make: Callable[[], Search], questions: Sequence[Question]) -> dict[str, float]:
    import numpy as np

    wall, cpu = time.perf_counter(), time.process_time()
    search = make()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    search(questions[0].text)
    taken, spent = [], []
    for question in questions:
        began, used = time.perf_counter(), time.process_time()
        search(question.text)
        taken.append(1000 * (time.perf_counter() - began))
        spent.append(1000 * (time.process_time() - used))
    del search
    tracemalloc.start()
    make()
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    p50, p95 = np.quantile(taken, [0.5, 0.95])
    figures = {"index_seconds": wall, "index_cpu_seconds": cpu, "index_peak_mib": peak}
    return figures | {"ms_p50": float(p50), "ms_p95": float(p95), "cpu_ms_p50": float(np.median(spent))}


def _ranker(ranker: Ranker, passages: Sequence[Passage]) -> Callable[[], Search]:
    def make() -> Search:
        ranker.fit(passages, (), ())
        return lambda text: ranker.rank([Question("q", text, "", "test")], DEPTH)["passage_id"].tolist()

    return make


def _rank_bm25(passages: Sequence[Passage]) -> Callable[[], Search]:
    def make() -> Search:
        index = importlib.import_module("rank_bm25").BM25Okapi([syllables(p.full_text) for p in passages])
        return lambda text: _first(index.get_scores(syllables(text)), passages)

    return make


def _bm25s(passages: Sequence[Passage]) -> Callable[[], Search]:
    def make() -> Search:
        index = importlib.import_module("bm25s").BM25(method="lucene", k1=1.2, b=0.75)
        index.index([syllables(p.full_text) for p in passages], show_progress=False)
        return lambda text: _first(index.get_scores(syllables(text)), passages)

    return make


def _tantivy(passages: Sequence[Passage]) -> Callable[[], Search]:
    def make() -> Search:
        tantivy = importlib.import_module("tantivy")
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("passage_id", stored=True, tokenizer_name="raw")
        builder.add_text_field("body", tokenizer_name="whitespace")
        index = tantivy.Index(builder.build())
        writer = index.writer(heap_size=256_000_000, num_threads=1)
        for passage in passages:
            body = " ".join(syllables(passage.full_text))
            writer.add_document(tantivy.Document(passage_id=passage.passage_id, body=body))
        writer.commit()
        index.reload()
        searcher = index.searcher()

        def search(text: str) -> list[str]:
            hits = searcher.search(index.parse_query(" ".join(syllables(text)), ["body"]), DEPTH).hits
            return [searcher.doc(address)["passage_id"][0] for _, address in hits]

        return search

    return make


def _first(scores: "np.ndarray", passages: Sequence[Passage]) -> list[str]:
    import numpy as np

    return [passages[place].passage_id for place in np.argsort(-scores, kind="stable")[:DEPTH]]


PEERS = {"rank_bm25": _rank_bm25, "bm25s": _bm25s, "tantivy": _tantivy}

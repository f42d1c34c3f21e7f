"""Speed, memory and quality of ranking against its peers, each in a process of its own, on one core."""

import importlib
import importlib.util
import multiprocessing
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from pilot import project
from pilot.bench.rows import BenchRow, timed, waits
from pilot.rank import Judged
from pilot.rank.tokens import syllables
from pilot.records import Passage, Question
from pilot.sources import Dataset

if TYPE_CHECKING:
    import numpy as np

DEPTH = 10
PATIENCE = 60.0
"""Seconds after which a system is asked no more."""
Search = Callable[[str], Sequence[str]]
"""A question's text -> the ids of the first ten passages."""


class Asked(NamedTuple):
    """A question, and the ids of the passages that answer it."""

    text: str
    right: frozenset[str]


def missing_peers() -> list[tuple[str, str]]:
    """Return the peers that are not installed, each with the command that installs it."""
    return [(name, "pip install 'pilot[bench]'") for name in PEERS if importlib.util.find_spec(name) is None]


def tables(sources: Sequence[Path], most: int) -> Iterator[tuple[str, list[BenchRow]]]:
    """Yield (title, rows) for each source.

    Parameters
    ----------
    sources
        Dataset folders, or the codification as it was collected, which is imported first.
    most
        How many questions are asked, evenly drawn; of passages without questions, so many of their titles.
    """
    for source in sources:
        with TemporaryDirectory() as folder:
            rows, data = [], source
            if not (source / "passages.jsonl").exists():
                data = Path(folder) / source.name
                rows.append(BenchRow("import", None, _apart(_imported, source, data)))
            systems = ["default", "bm25", *(name for name in PEERS if importlib.util.find_spec(name))]
            found = {name: _apart(measured, name, data, most) for name in systems}
        reference = found["default"]["ms_p50"]
        rows += [BenchRow(name, reference / figures["ms_p50"], figures) for name, figures in found.items()]
        yield f"ranking: {source.name}, one core", rows


def measured(name: str, folder: Path, most: int) -> dict[str, float]:
    """Return how one system does on a dataset; it is confined to one core from here on.

    Parameters
    ----------
    name
        An experiment of ``experiments/rank`` without labels to learn from, or one of `PEERS`.
    folder
        The dataset.
    most
        How many questions are asked at most, and no longer than `PATIENCE`.

    Returns
    -------
    dict
        Seconds of wall and CPU time to index; MiB that indexing and asking took beside the passages, and the whole
        process, at the peak; milliseconds a question at the median and the 95th percentile, and of CPU time; MRR@10,
        and how many were asked.
    """
    import psutil

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    data = Dataset.load(folder)
    questions = asked(data, most)
    make = PEERS.get(name) or _ranker(name)
    before = psutil.Process().memory_info().rss / 2**20
    search, indexing, spent_indexing = timed(make, data.passages)
    search(questions[0].text)
    taken, spent, ranks, end = [], [], [], time.monotonic() + PATIENCE
    for question in questions:
        ids, wall, cpu = timed(search, question.text)
        taken.append(wall)
        spent.append(cpu)
        ranks.append(next((1 / place for place, one in enumerate(ids, 1) if one in question.right), 0.0))
        if time.monotonic() > end:
            break
    return {
        "index_seconds": indexing,
        "index_cpu_seconds": spent_indexing,
        "added_peak_mib": peak_mib() - before,
        "process_peak_mib": peak_mib(),
        **waits(taken, spent),
        "MRR@10": sum(ranks) / len(ranks),
        "asked": len(ranks),
    }


def asked(data: Dataset, most: int) -> list[Asked]:
    """Return the judged questions, or the titles of passages that have none, evenly drawn down to ``most``."""
    right = Judged(data.passages, data.questions, data.judgments).relevant
    found = [Asked(q.text, frozenset(right[q.question_id])) for q in data.questions if q.question_id in right]
    found = found or [Asked(p.title, frozenset([p.passage_id])) for p in data.passages if p.title]
    return found[:: max(1, len(found) // most)][:most]


def peak_mib() -> float:
    """Return the most memory that this process has held at once."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else float("nan")


def _apart(work: Callable[..., dict[str, float]], *arguments: object) -> dict[str, float]:
    """Return what ``work`` returns in a fresh process, so that memory is its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _imported(source: Path, out: Path) -> dict[str, float]:
    from pilot.quality.prepare import prepare, write_imported
    from pilot.sources.formats import read_source

    def work() -> None:
        write_imported(prepare(read_source(source, "phapdien", None, None)), out, source.name)

    _, wall, cpu = timed(work)
    return {"index_seconds": wall, "index_cpu_seconds": cpu, "process_peak_mib": peak_mib()}


def _ranker(name: str) -> Callable[[Sequence[Passage]], Search]:
    from pilot.config import load_experiment

    ranker = load_experiment(project.root() / "experiments" / "rank" / f"{name}.yaml").build()

    def make(passages: Sequence[Passage]) -> Search:
        ranker.fit(passages, (), ())
        return lambda text: ranker.rank([Question("q", text, "", "test")], DEPTH)["passage_id"].tolist()

    return make


def _rank_bm25(passages: Sequence[Passage]) -> Search:
    index = importlib.import_module("rank_bm25").BM25Okapi([syllables(p.full_text) for p in passages])
    return lambda text: _first(index.get_scores(syllables(text)), passages)


def _bm25s(passages: Sequence[Passage]) -> Search:
    index = importlib.import_module("bm25s").BM25(method="lucene", k1=1.2, b=0.75)
    index.index([syllables(p.full_text) for p in passages], show_progress=False)
    return lambda text: _first(index.get_scores(syllables(text)), passages)


def _tantivy(passages: Sequence[Passage]) -> Search:
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


def _first(scores: "np.ndarray", passages: Sequence[Passage]) -> list[str]:
    import numpy as np

    count = min(DEPTH, len(scores))
    places = np.argpartition(-scores, count - 1)[:count]
    return [passages[place].passage_id for place in places[np.argsort(-scores[places])]]


PEERS: dict[str, Callable[[Sequence[Passage]], Search]] = {
    "rank_bm25": _rank_bm25,
    "bm25s": _bm25s,
    "tantivy": _tantivy,
}

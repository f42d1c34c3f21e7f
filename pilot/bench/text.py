"""Speed and quality of the text layer against its peers, as ratios within one run."""

import importlib.util
import random
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pilot.bench.rows import BenchRow, timed
from pilot.rank import Judged
from pilot.rank.bm25 import BM25
from pilot.sources import Dataset
from pilot.text import restore_accents, segment_many
from pilot.text.accent_corpus import read_texts
from pilot.text.letters import has_accent, strip_accents
from pilot.text.perturb import drop_half_accents

Segmenter = Callable[[Sequence[str]], list[str]]


def missing_peers() -> list[tuple[str, str]]:
    """Return the peers that are not installed, each with the command that installs it."""
    return [(name, "pip install 'pilot[bench]'") for name in _PEERS if importlib.util.find_spec(name) is None]


def tables(sources: Sequence[Path], every: int = 1) -> Iterator[tuple[str, list[BenchRow]]]:
    """Yield (title, rows) for every comparison that the sources allow.

    Parameters
    ----------
    sources
        Dataset folders, whose passages are segmented, whose accented questions lose their accents and, where
        there are judgments, are ranked for; or files of texts, which are segmented.
    every
        Take one text of this many for segmentation.
    """
    for source in sources:
        data = Dataset.load(source) if source.is_dir() else None
        texts = [passage.full_text for passage in data.passages] if data else list(read_texts(source))
        texts = list(islice(texts, None, None, every))
        if texts:
            yield f"segmentation: {source.name}, ratios to pyvi", segmentation(texts)
        if data is None:
            continue
        questions = [question.text for question in data.questions if is_accented(question.text)]
        if questions:
            yield f"accents: {source.name}, accented questions", [accents(data.name, questions)]
        if data.judgments:
            yield f"MRR@10 of BM25 over syllables: {source.name}", [ranking(data)]


def is_accented(text: str) -> bool:
    """Return whether at least every second word bears an accent, so that ``text`` can serve as gold."""
    words = [word for word in text.split() if word.isalpha()]
    return 2 * sum(map(has_accent, words)) >= len(words) > 0


def segmentation(texts: Sequence[str]) -> list[BenchRow]:
    """Return speed and memory of the segmenter and the peers that are installed, over the same texts.

    Parameters
    ----------
    texts
        A corpus. Ratios are to pyvi, and ``differ`` counts the outputs that are not pyvi's. Every tool starts
        with nothing remembered if the process is fresh; loading is no part of the seconds, but of the MiB,
        the growth of resident memory.
    """
    words = sum(len(text.split()) for text in texts)
    outputs: dict[str, list[str]] = {}
    figures: dict[str, dict[str, float]] = {}
    for name, load in {"pilot": _pilot, **_PEERS}.items():
        if name != "pilot" and importlib.util.find_spec(name) is None:
            continue
        resident = _resident()
        tool = load()
        tool(["khởi động"])
        outputs[name], _, seconds = timed(tool, texts)
        figures[name] = {
            "seconds": seconds,
            "words_per_second": words / seconds,
            "MiB": _resident() - resident,
            "texts": float(len(texts)),
        }
    rows = []
    for name, own in figures.items():
        differ = sum(a != b for a, b in zip(outputs[name], outputs["pyvi"], strict=True))
        ratio = figures["pyvi"]["seconds"] / own["seconds"]
        rows.append(BenchRow(name, ratio, own | {"differ": float(differ)}))
    return rows


def accents(name: str, texts: Sequence[str], seed: int = 0) -> BenchRow:
    """Return how well accents are restored, and how fast.

    Parameters
    ----------
    name
        What the texts are.
    texts
        Correctly accented texts in NFC, which serve as gold.
    seed
        For which accents the half-stripped texts lose.

    Returns
    -------
    BenchRow
        Share of words right as stripped, restored, half-stripped, half-stripped and restored; share of texts
        changed though accented; milliseconds and words a text.
    """
    rng = random.Random(seed)
    bare = [strip_accents(text) for text in texts]
    half = [drop_half_accents(text, rng) for text in texts]
    restore_accents("khởi động")  # loading is no part of the speed
    restored, _, spent = timed(lambda: [restore_accents(text) for text in bare])
    figures = {
        "bare": _syllable_accuracy(texts, bare),
        "restored": _syllable_accuracy(texts, restored),
        "half": _syllable_accuracy(texts, half),
        "half_restored": _syllable_accuracy(texts, [restore_accents(text) for text in half]),
        "changed_when_accented": sum(restore_accents(text) != text for text in texts) / len(texts),
        "milliseconds": 1000 * spent / len(texts),
        "words": sum(len(text.split()) for text in texts) / len(texts),
        "texts": float(len(texts)),
    }
    return BenchRow(name, None, figures)


def ranking(data: Dataset, seed: int = 0) -> BenchRow:
    """Return the MRR@10 of BM25 for the judged questions as typed, bare, half bare, and each restored.

    Parameters
    ----------
    data
        Passages, questions and judgments; a question whose gold is absent is left out.
    seed
        For which accents the half-stripped questions lose.
    """
    relevant = Judged(data.passages, data.questions, data.judgments).relevant
    questions = [question for question in data.questions if question.question_id in relevant]
    ranker = BM25()
    ranker.fit(data.passages, (), ())

    def measure(texts: Sequence[str]) -> float:
        asked = [replace(question, text=text) for question, text in zip(questions, texts, strict=True)]
        ranked = ranker.rank(asked, 10)
        pairs = zip(ranked["question_id"], ranked["passage_id"], strict=True)
        right = ranked.loc[[passage in relevant[question] for question, passage in pairs]]
        return float((1 / right.groupby("question_id")["rank"].min()).sum() / len(questions))

    rng = random.Random(seed)
    typed = [question.text for question in questions]
    forms = {
        "typed": typed,
        "bare": [strip_accents(text) for text in typed],
        "half": [drop_half_accents(text, rng) for text in typed],
    }
    figures = {"questions": float(len(questions))}
    for name, texts in forms.items():
        figures[name] = measure(texts)
        figures[f"{name}_restored"] = measure([restore_accents(text) for text in texts])
    return BenchRow(data.name, None, figures)


def _resident() -> float:
    """Return the resident memory of this process in MiB."""
    import psutil

    return float(psutil.Process().memory_info().rss) / 2**20


def _syllable_accuracy(gold: Iterable[str], found: Iterable[str]) -> float:
    """Return the share of words with letters that are the same, case aside."""
    right = total = 0
    for text, other in zip(gold, found, strict=True):
        for a, b in zip(re.findall(r"\w+", text.lower()), re.findall(r"\w+", other.lower()), strict=True):
            total += not a.isdigit()
            right += not a.isdigit() and a == b
    return right / total if total else 1.0


def _pilot() -> Segmenter:
    return lambda texts: list(segment_many(texts))


def _pyvi() -> Segmenter:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyvi's own source has invalid escapes
        from pyvi import ViTokenizer
    return lambda texts: [ViTokenizer.tokenize(text) for text in texts]


def _underthesea() -> Segmenter:
    word_tokenize = importlib.import_module("underthesea").word_tokenize
    return lambda texts: [word_tokenize(text, format="text") for text in texts]


_PEERS: dict[str, Callable[[], Segmenter]] = {"pyvi": _pyvi, "underthesea": _underthesea}

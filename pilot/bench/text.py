"""Speed and quality of the text layer against its peers, as ratios within one run."""

import importlib.util
import random
import re
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from pilot.text import restore_accents, segment, segment_many
from pilot.text.letters import strip_accents
from pilot.text.perturb import drop_half_accents


class BenchRow(NamedTuple):
    """One line of a comparison.

    Attributes
    ----------
    name
        What was measured.
    ratio
        How many times faster than the reference of the same table; None where there is none.
    figures
        Name -> figure; seconds are process CPU time.
    """

    name: str
    ratio: float | None
    figures: dict[str, float]


def segmentation(texts: Sequence[str], peers: Sequence[str] = ("pyvi", "underthesea")) -> list[BenchRow]:
    """Return the speed of the segmenter and its peers over the same texts, and how many outputs differ.

    Parameters
    ----------
    texts
        A corpus; ratios and differences are taken to pyvi over all of it. The decoder runs first and has
        nothing remembered in a fresh process.
    peers
        What to compare with; what is not installed is left out.
    """
    words = sum(len(text.split()) for text in texts)
    tools = {"pilot": lambda batch: list(segment_many(batch))} | {
        name: tool for name in peers if (tool := _PEERS[name]()) is not None
    }
    segment("khởi động")  # loading is no part of the speed
    outputs, seconds = {}, {}
    for name, tool in tools.items():
        tool(["khởi động"])
        start = time.process_time()
        outputs[name] = tool(texts)
        seconds[name] = time.process_time() - start
    reference = seconds.get("pyvi")
    expected = outputs.get("pyvi")
    rows = []
    for name, taken in seconds.items():
        figures = {"seconds": taken, "words_per_second": words / taken, "texts": float(len(texts))}
        if expected is not None:
            figures["differ"] = float(sum(a != b for a, b in zip(outputs[name], expected, strict=True)))
        rows.append(BenchRow(name, reference / taken if reference else None, figures))
    return rows


def accents(sets: Mapping[str, Sequence[str]], seed: int = 0) -> list[BenchRow]:
    """Return how well accents are restored in each set, and how fast.

    Parameters
    ----------
    sets
        Name -> correctly accented texts in NFC, which serve as gold.
    seed
        For which accents the half-stripped texts lose.

    Returns
    -------
    list of BenchRow
        Share of words right as stripped, restored, half-stripped, half-stripped and restored; share of texts
        changed though accented; milliseconds a text.
    """
    restore_accents("khởi động")
    rows = []
    for name, texts in sets.items():
        rng = random.Random(seed)
        bare = [strip_accents(text) for text in texts]
        half = [drop_half_accents(text, rng) for text in texts]
        start = time.process_time()
        restored = [restore_accents(text) for text in bare]
        spent = time.process_time() - start
        figures = {
            "bare": _syllable_accuracy(texts, bare),
            "restored": _syllable_accuracy(texts, restored),
            "half": _syllable_accuracy(texts, half),
            "half_restored": _syllable_accuracy(texts, [restore_accents(text) for text in half]),
            "changed_when_accented": sum(restore_accents(text) != text for text in texts) / len(texts),
            "milliseconds": 1000 * spent / len(texts),
            "texts": float(len(texts)),
        }
        rows.append(BenchRow(name, None, figures))
    return rows


def accents_in_ranking(
    questions: Sequence[str], measure: Callable[[Sequence[str]], float], seed: int = 0
) -> BenchRow:
    """Return what stripping costs a ranking measure, and what restoring brings back.

    Parameters
    ----------
    questions
        Questions as typed, in NFC.
    measure
        Ranks for the questions it is given, in that order, and returns the measure, such as MRR@10.
    seed
        For which accents the half-stripped questions lose.
    """
    rng = random.Random(seed)
    bare = [strip_accents(text) for text in questions]
    half = [drop_half_accents(text, rng) for text in questions]
    forms = {"typed": questions, "bare": bare, "half": half}
    figures = {}
    for name, texts in forms.items():
        figures[name] = measure(texts)
        figures[f"{name}_restored"] = measure([restore_accents(text) for text in texts])
    return BenchRow("ranking", None, figures)


def memory(work: Callable[[], object]) -> float:
    """Return the MiB that Python and numpy hold more of at most while ``work`` runs."""
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20


def _syllable_accuracy(gold: Iterable[str], found: Iterable[str]) -> float:
    """Return the share of words with letters that are the same, case aside."""
    right = total = 0
    for text, other in zip(gold, found, strict=True):
        for a, b in zip(re.findall(r"\w+", text.lower()), re.findall(r"\w+", other.lower()), strict=True):
            total += not a.isdigit()
            right += not a.isdigit() and a == b
    return right / total if total else 1.0


def _pyvi() -> Callable[[Sequence[str]], list[str]] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyvi's own source has invalid escapes
        from pyvi import ViTokenizer
    return lambda texts: [ViTokenizer.tokenize(text) for text in texts]


def _underthesea() -> Callable[[Sequence[str]], list[str]] | None:
    if importlib.util.find_spec("underthesea") is None:
        return None
    word_tokenize = importlib.import_module("underthesea").word_tokenize
    return lambda texts: [word_tokenize(text, format="text") for text in texts]


_PEERS = {"pyvi": _pyvi, "underthesea": _underthesea}

"""How long people wait for the assistant: warm answers in one process, and whole processes from a cold start."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pilot import project
from pilot.assist.assistant import Assistant
from pilot.assist.ready import ready
from pilot.bench.text import BenchRow
from pilot.sources import Dataset

COMMAND = [sys.executable, "-c", "from pilot.cli import main; main()", "ask", "--json"]


def waiting(dataset: Path | None, most: int, starts: int) -> list[BenchRow]:
    """Return how long answers take, warm and from a cold start, on the machine as loaded as it is.

    Parameters
    ----------
    dataset
        Whose passages answer and whose questions are asked; the sample if none is given.
    most
        Questions asked warm, evenly drawn.
    starts
        Processes started.
    """
    assistant = ready(dataset)
    texts = [question.text for question in Dataset.load(dataset or project.sample()).questions]
    texts = texts[:: max(1, len(texts) // most)][:most]
    cold = _cold(texts[:starts], ["--dataset", str(dataset)] if dataset else [])
    return [BenchRow("warm", None, _warm(assistant, texts)), BenchRow("cold", None, cold)]


def _warm(assistant: Assistant, texts: Sequence[str]) -> dict[str, float]:
    day = date.today()
    assistant.ask(texts[0], day)
    walls, used = [], []
    for text in texts:
        wall, cpu = time.perf_counter(), time.process_time()
        assistant.ask(text, day)
        walls.append(1000 * (time.perf_counter() - wall))
        used.append(1000 * (time.process_time() - cpu))
    return _figures(walls, used)


def _cold(texts: Sequence[str], options: Sequence[str]) -> dict[str, float]:
    walls, used = [], []
    for text in texts:
        wall, cpu = time.perf_counter(), _cpu_of_children()
        subprocess.run([*COMMAND, *options, text], capture_output=True, check=True)
        walls.append(1000 * (time.perf_counter() - wall))
        used.append(1000 * (_cpu_of_children() - cpu))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return _figures(walls, used) | {"peak_mib": peak}


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _figures(walls: Sequence[float], used: Sequence[float]) -> dict[str, float]:
    import numpy as np

    p50, p95 = np.quantile(walls, [0.5, 0.95])
    figures = {"ms_p50": float(p50), "ms_p95": float(p95), "cpu_ms_p50": float(np.median(used))}
    return figures | {"asked": len(walls), "load": os.getloadavg()[0], "cores": os.cpu_count() or 1}

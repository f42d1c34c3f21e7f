"""How long people wait for the assistant: warm answers in one process, and whole processes from a cold start."""

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pilot import project
from pilot.assist.assistant import Assistant
from pilot.assist.ready import ready
from pilot.bench.rows import BenchRow, timed, waits
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
    took = [timed(assistant.ask, text, day)[1:] for text in texts]
    return _figures([wall for wall, _ in took], [cpu for _, cpu in took])


def _cold(texts: Sequence[str], options: Sequence[str]) -> dict[str, float]:
    walls, used = [], []
    for text in texts:
        command, cpu = [*COMMAND, *options, text], _cpu_of_children()
        walls.append(
            timed(lambda command=command: subprocess.run(command, capture_output=True, check=True))[1]
        )
        used.append(_cpu_of_children() - cpu)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return _figures(walls, used) | {"peak_mib": peak}


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _figures(walls: Sequence[float], used: Sequence[float]) -> dict[str, float]:
    machine = {"asked": len(walls), "load": os.getloadavg()[0], "cores": os.cpu_count() or 1}
    return waits(walls, used) | machine

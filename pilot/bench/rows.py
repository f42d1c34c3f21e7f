"""What every benchmark hands back, and the clocks they share."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")


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


def timed(work: Callable[..., T], *arguments: object) -> tuple[T, float, float]:
    """Return what ``work(*arguments)`` returns, and the seconds it took: by the clock, and of this process's CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work(*arguments)
    return found, time.perf_counter() - wall, time.process_time() - cpu


def waits(walls: Sequence[float], cpus: Sequence[float]) -> dict[str, float]:
    """Return the milliseconds of answers: median and 95th percentile by the clock, median of CPU time.

    Parameters
    ----------
    walls, cpus
        Seconds of each answer, as `timed` returns them.
    """
    import numpy as np

    p50, p95 = 1000 * np.quantile(walls, [0.5, 0.95])
    return {"ms_p50": float(p50), "ms_p95": float(p95), "cpu_ms_p50": float(1000 * np.median(cpus))}

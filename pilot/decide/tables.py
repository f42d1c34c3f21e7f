"""Figures as tables for notebooks and reports, numbers written the Vietnamese way."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pilot.evaluate import Estimate

if TYPE_CHECKING:
    import pandas as pd


def figure(estimate: Estimate) -> str:
    """Write a value with three decimals: ``0,804``."""
    return f"{estimate.value:.3f}".replace(".", ",")


def interval(estimate: Estimate) -> str:
    """Write an interval: ``[0,779; 0,828]``."""
    return f"[{estimate.low:.3f}; {estimate.high:.3f}]".replace(".", ",")


def metrics_table(metrics: Mapping[str, Mapping[str, Estimate]]) -> "pd.DataFrame":
    """Return systems × measures, each cell a value with its 95 % interval, and the number of questions."""
    import pandas as pd

    rows = {
        name: {
            **{measure: f"{figure(e)} {interval(e)}" for measure, e in estimates.items()},
            "số câu hỏi": str(max((e.n for e in estimates.values()), default=0)),
        }
        for name, estimates in metrics.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").fillna("–")

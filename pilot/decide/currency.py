"""Whether what a run returned rests on law in force on the day of the question."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from pilot.evaluate import Estimate, System
from pilot.evaluate.bootstrap import resampled
from pilot.quality.currency import EXPIRED, UNKNOWN, VALID
from pilot.records import InputError

if TYPE_CHECKING:
    import pandas as pd

STALE = "Stale@1"
"""Share of questions whose first result is known to be out of force, or was marked stale by an expert.

No measure of `pilot.evaluate`: it depends on dates, not on grades. Its upper bound counts what is unknown as stale.
"""


def first_results(system: System, frames: "Mapping[str, pd.DataFrame]") -> "pd.Series":
    """Return question_id -> state of the first result, in order of the ids; nothing returned is unknown.

    Raises
    ------
    InputError
        If the run did not record what it returned.
    """
    if "returned" not in frames:
        raise InputError("the run did not record the validity of what it returned; run the experiment again")
    top = frames["returned"]
    top = top[top["rank"] == 1].set_index("question_id")
    marked = frames["judgments"].query("stale")
    pairs = set(zip(marked["question_id"], marked["passage_id"], strict=True))
    stale = [pair in pairs for pair in zip(top.index, top["passage_id"], strict=True)]
    states = top["validity"].mask(np.array(stale, dtype=bool), EXPIRED)
    return states.reindex(system.rows.question_ids).fillna(UNKNOWN)


def stale_first(system: System, frames: "Mapping[str, pd.DataFrame]") -> Estimate:
    """Return `STALE`: the lower bound counts what is known to be stale, the upper one the unknown as well."""
    states = first_results(system, frames).to_numpy()
    known, possible = (share_of(np.isin(states, bad), system) for bad in ([EXPIRED], [EXPIRED, UNKNOWN]))
    return Estimate(known.value, known.low, possible.high, known.n)


def unknown_first(system: System, frames: "Mapping[str, pd.DataFrame]") -> int:
    """Return how many questions have a first result whose validity is unknown."""
    return int((first_results(system, frames) == UNKNOWN).sum())


def shares(system: System, frames: "Mapping[str, pd.DataFrame]") -> dict[str, Estimate]:
    """Return state -> share of questions whose first result is in it."""
    states = first_results(system, frames).to_numpy()
    return {name: share_of(states == name, system) for name in (VALID, EXPIRED, UNKNOWN)}


def share_of(hits: np.ndarray, system: System) -> Estimate:
    """Return the share of questions with a property, interval over groups; shape (n,) as the system's rows."""

    def share(weights: np.ndarray) -> np.ndarray:
        return weights @ hits.astype(float) / weights.sum(axis=1)

    (found,) = resampled([share], system.rows.groups, 2000, np.random.default_rng(0))
    return Estimate(found.value, *found.bca(), len(hits))

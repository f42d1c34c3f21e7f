"""Sanity alarms: no result is to be believed before these are silent. Every alarm is a finding in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from pilot.evaluate.evaluation import parse_measures
from pilot.evaluate.rows import BUILDERS
from pilot.evaluate.systems import System

if TYPE_CHECKING:
    import pandas as pd

Code = Literal["test_in_training", "group_straddles_splits", "no_better_than_chance"]
BEYOND_CHANCE = 0.01
"""What is likelier than this under random dealing is no better than chance."""
DEEPEST = 10
"""Ranks looked at when predictions are dealt out at random."""


@dataclass(frozen=True)
class Finding:
    """One alarm: a code for programs, an English sentence for people, the question ids it is about."""

    code: Code
    message: str
    question_ids: tuple[str, ...] = ()


def straddling_groups(groups: "pd.Series", splits: "pd.Series") -> list[Finding]:
    """Find groups of like questions that lie in more than one split.

    Parameters
    ----------
    groups, splits
        question_id -> group, and question_id -> split (or fold).

    Returns
    -------
    list of Finding
        Empty, or one finding with the ids of all questions concerned.
    """
    import pandas as pd

    joined = pd.DataFrame({"group": groups, "split": splits.reindex(groups.index)})
    spread = joined.groupby("group")["split"].transform("nunique") > 1
    if not spread.any():
        return []
    count = joined.loc[spread, "group"].nunique()
    first = joined.loc[spread, "group"].iloc[0]
    where = ", ".join(sorted(map(str, joined.loc[joined["group"] == first, "split"].unique())))
    message = (
        f"{count} of {joined['group'].nunique()} groups lie in more than one split, first {first} in "
        f"{where}; what is learnt from one member is scored on another: split anew by group"
    )
    return [Finding("group_straddles_splits", message, tuple(sorted(joined.index[spread])))]


def no_better_than_chance(
    system: System, measures: Sequence[str], *, seed: int = 0, permutations: int = 199
) -> list[Finding]:
    """Find measures that could be as good were the predictions dealt out to the questions at random.

    The predictions keep their own distribution, so a system that gives every question the same answer, ranks
    at random, or learnt from shuffled labels is found, whatever chance happens to be on this set. A
    permutation test with p = (1 + as good) / (1 + permutations); p > 0.01 is a finding, so that chance stays
    unsaid once in a hundred times. The ten first ranks are looked at.

    Parameters
    ----------
    system
        What is tested.
    measures
        Names of measures that tell good predictions from bad: not ECE, not Judged@k.
    seed, permutations
        Of the dealing.
    """
    named = parse_measures(system.task, measures)
    value = "score" if system.task == "rank" else "probability"
    top = system.predictions.sort_values(value, ascending=False, kind="stable")
    top = top[top.groupby("question_id").cumcount() < DEEPEST]
    ids, rng = system.rows.question_ids, np.random.default_rng(seed)
    signs = np.array([-1 if measure.lower_is_better else 1 for measure in named])

    def figures(dealt: np.ndarray) -> np.ndarray:
        names = dict(zip(ids, dealt, strict=True))
        moved = top.assign(question_id=top["question_id"].map(names))
        rows = BUILDERS[system.task](moved, system.gold, system.groups)
        return signs * [measure.over(rows)(np.ones((1, len(ids))))[0] for measure in named]

    real = figures(ids)
    as_good = np.sum([figures(rng.permutation(ids)) >= real - 1e-12 for _ in range(permutations)], axis=0)
    p = (1 + as_good) / (1 + permutations)
    return [
        Finding(
            "no_better_than_chance",
            f"{measure}: {sign * found:.3f} is no better than chance: predictions dealt out at random do as "
            f"well (p = {chance:.3f}, {len(ids)} questions); look for shuffled labels or ids that do not fit",
        )
        for measure, sign, found, chance in zip(named, signs, real, p, strict=True)
        if chance > BEYOND_CHANCE
    ]

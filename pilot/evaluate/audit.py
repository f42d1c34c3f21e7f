"""Sanity alarms: no result is to be believed before these are silent. Every alarm is a finding in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from pilot.evaluate.evaluation import parse_measures
from pilot.evaluate.rows import BUILDERS, Rows, subset
from pilot.evaluate.systems import System

if TYPE_CHECKING:
    import pandas as pd

Code = Literal["test_in_training", "group_straddles_splits", "no_better_than_chance"]
BEYOND_CHANCE = 0.01
"""What is likelier than this under random dealing is no better than chance."""
DEEPEST = 10
"""Ranks looked at when predictions are dealt out at random."""
AT_ONCE = 200_000
"""Predictions aligned with the gold at a time, for the sake of memory."""


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
    deals = [ids, *(rng.permutation(ids) for _ in range(permutations))]
    at_once = max(1, AT_ONCE // max(1, len(top)))
    figures = signs * np.array(
        [
            [measure.over(rows)(np.ones((1, len(ids))))[0] for measure in named]
            for first in range(0, len(deals), at_once)
            for rows in _dealt(system, top, deals[first : first + at_once])
        ]
    )
    real, as_good = figures[0], (figures[1:] >= figures[0] - 1e-12).sum(axis=0)
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


def _dealt(system: System, predictions: "pd.DataFrame", deals: Sequence[np.ndarray]) -> Iterator[Rows]:
    """Yield what the gold says of the predictions when those of question ``i`` go to ``dealt[i]``, for each dealing.

    All are aligned in one go, as so many sets of questions of which each has names of its own: aligning costs about
    the same for one as for many.
    """
    import pandas as pd

    ids = system.rows.question_ids
    place = pd.Index(ids).get_indexer(pd.Index(predictions["question_id"]))
    marks = [f"{number:06d} " for number in range(len(deals))]
    moved = pd.concat(
        [
            predictions.assign(question_id=mark + dealt[place])
            for mark, dealt in zip(marks, deals, strict=True)
        ]
    )
    gold = pd.concat([system.gold.assign(question_id=mark + system.gold["question_id"]) for mark in marks])
    groups = pd.concat([system.groups.set_axis(mark + system.groups.index) for mark in marks])
    rows = BUILDERS[system.task](moved, gold, groups)
    for number in range(len(deals)):
        yield subset(rows, np.arange(len(ids)) + number * len(ids))

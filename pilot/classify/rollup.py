"""The same predictions at the level citizens see: topics rolled up to their groups; and several fields at once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pilot.taxonomy import taxonomy

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SHARES = tuple(step / 20 for step in range(1, 21))


def rolled_up(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return gold or predictions with groups for labels; a group's probability is the sum over its topics.

    Special and foreign labels stay. Scored like any other predictions, this counts an error within a group as none.
    """
    scheme = taxonomy()
    named = frame.assign(label=[scheme.group(label) for label in frame["label"]])
    if "probability" not in frame:
        return named
    sums = named.groupby(["question_id", "label"], sort=False, as_index=False)["probability"].sum()
    return sums.assign(probability=sums["probability"].clip(upper=1.0))


def fields_of(probabilities: "np.ndarray", labels: Sequence[str], share: float) -> list[list[str]]:
    """Return the fields of each question, the main one first: all whose probability is ``share`` of the highest."""
    order = (-probabilities).argsort(axis=1, kind="stable")
    return [
        [labels[column] for column in columns if row[column] >= share * row[columns[0]]]
        for row, columns in zip(probabilities, order, strict=True)
    ]


def best_share(probabilities: "np.ndarray", labels: Sequence[str], fields: Sequence[Sequence[str]]) -> float:
    """Return the share for `fields_of` with the highest mean F1 per question on dev; the highest of equals."""
    return max(SHARES, key=lambda share: (mean_f1(fields_of(probabilities, labels, share), fields), share))


def mean_f1(found: Sequence[Sequence[str]], gold: Sequence[Sequence[str]]) -> float:
    """Return the mean over questions of F1 between the found and the given set of fields; 0 for no questions."""
    each = [
        2 * len({*one} & {*other}) / (len(one) + len(other)) for one, other in zip(found, gold, strict=True)
    ]
    return sum(each) / len(each) if each else 0.0

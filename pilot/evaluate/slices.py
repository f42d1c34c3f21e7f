"""One measure on parts of the questions: where a system is weak, and where there is too little to tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pilot.evaluate.bootstrap import Estimate
from pilot.evaluate.evaluation import estimates, parse_measures
from pilot.evaluate.rows import subset
from pilot.evaluate.systems import System
from pilot.records import InputError

if TYPE_CHECKING:
    import pandas as pd

MIN_QUESTIONS = 30
"""Below this a slice is not judged: the interval of a share of 30 is some 0.36 wide at its worst."""
MIN_GROUPS = 10
"""Nor below this: intervals over fewer groups are not sure to hold what they promise."""
UNKNOWN = "không rõ"


@dataclass(frozen=True)
class Slice:
    """The questions with one value of an attribute; ``estimate`` is None where there are too few to judge."""

    attribute: str
    value: str
    questions: int
    groups: int
    estimate: Estimate | None


@dataclass(frozen=True)
class SliceTable:
    """One measure over all questions and over every slice, slices in order of attribute and value."""

    measure: str
    lower_is_better: bool
    overall: Estimate
    slices: tuple[Slice, ...]

    @property
    def worst(self) -> Slice | None:
        """Return the judged slice with the worst value; None if none was judged.

        Of many slices the worst looks worse than it is: read its interval.
        """
        judged = [(found.estimate.value, found) for found in self.slices if found.estimate is not None]
        sign = -1 if self.lower_is_better else 1
        return min(judged, key=lambda pair: sign * pair[0])[1] if judged else None

    def table(self) -> "pd.DataFrame":
        """Return columns ``attribute, value, questions, groups, estimate, low, high, judged``."""
        import pandas as pd

        nothing = Estimate(np.nan, np.nan, np.nan, 0)
        rows = []
        for found in self.slices:
            shown = found.estimate or nothing
            size = (found.attribute, found.value, found.questions, found.groups)
            rows.append((*size, shown.value, shown.low, shown.high, found.estimate is not None))
        names = ["attribute", "value", "questions", "groups", "estimate", "low", "high", "judged"]
        return pd.DataFrame(rows, columns=names)


def slice_table(
    system: System,
    attributes: "pd.DataFrame",
    measure: str,
    *,
    min_n: int = MIN_QUESTIONS,
    seed: int = 0,
    resamples: int = 2000,
) -> SliceTable:
    """Measure a system on every value of every attribute.

    Parameters
    ----------
    system
        What is measured. macro-F1 in a slice is over the labels of that slice's gold.
    attributes
        ``question_id`` and one column per attribute; a missing question or value counts as "không rõ".
    measure
        Its name.
    min_n
        Slices with fewer questions, or fewer than `MIN_GROUPS` groups, are listed without an estimate.
    seed, resamples
        Of the intervals.

    Raises
    ------
    InputError
        If the measure is unknown, or ``attributes`` has no or a repeated ``question_id``.
    """
    named = parse_measures(system.task, [measure])
    rng = np.random.default_rng(seed)
    overall = estimates(system.rows, named, resamples, rng)[measure]
    slices = []
    for attribute, value, chosen in _parts(attributes, system.rows.question_ids):
        part = subset(system.rows, chosen)
        questions, groups = len(part.question_ids), int(part.groups.max()) + 1
        enough = questions >= min_n and groups >= MIN_GROUPS
        found = estimates(part, named, resamples, rng)[measure] if enough else None
        slices.append(Slice(attribute, value, questions, groups, found))
    return SliceTable(measure, named[0].lower_is_better, overall, tuple(slices))


def length_band(words: int) -> str:
    """Return the band of a question's length in syllables (tiếng), as readers see it."""
    return "đến 15 tiếng" if words <= 15 else "16–40 tiếng" if words <= 40 else "trên 40 tiếng"


def _parts(attributes: "pd.DataFrame", question_ids: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield attribute, value and the mask of its questions, shape (n,)."""
    if "question_id" not in attributes.columns or attributes["question_id"].duplicated().any():
        raise InputError("attributes: expected a column question_id with every question once")
    joined = attributes.set_index("question_id").reindex(question_ids)
    for attribute in joined.columns:
        values = joined[attribute]
        shown = np.where(values.isna(), UNKNOWN, values.astype(str))
        for value in sorted(set(shown)):
            yield attribute, value, shown == value

"""From several raters' grades to one grade per question and passage."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pilot.records import ADJUDICATED, Judgment

if TYPE_CHECKING:
    import pandas as pd


def merge_raters(judgments: Sequence[Judgment]) -> "pd.DataFrame":
    """Return ``question_id, passage_id, relevance``, one row per pair, sorted by both ids.

    The grade of rater ``adjudicated`` where there is one; else the lower median of the grades, so that two
    raters who differ yield the more cautious grade.
    """
    import pandas as pd

    grades: dict[tuple[str, str], list[tuple[bool, int]]] = {}
    for judgment in judgments:
        grade = (judgment.rater != ADJUDICATED, judgment.relevance)
        grades.setdefault((judgment.question_id, judgment.passage_id), []).append(grade)
    merged = [(*pair, _settled(sorted(given))) for pair, given in sorted(grades.items())]
    return pd.DataFrame(merged, columns=["question_id", "passage_id", "relevance"])


def _settled(given: list[tuple[bool, int]]) -> int:
    """Return the lower median of the adjudicated grades if any, else of all; ``given`` is sorted."""
    settled = [grade for common, grade in given if not common] or [grade for _, grade in given]
    return settled[(len(settled) - 1) // 2]

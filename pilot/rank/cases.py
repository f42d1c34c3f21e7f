"""Judged questions as cases to learn from, and who may be a witness for which."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pilot.quality.split import assign_folds, question_groups
from pilot.rank.answered import Answered
from pilot.rank.base import Judged
from pilot.rank.evidence import Candidates
from pilot.records import Question

FOLDS = 5


class Case(NamedTuple):
    """A judged question, looked up.

    Attributes
    ----------
    question
        As asked.
    text
        As prepared.
    candidates
        The evidence on its candidates.
    grades
        Passage place -> grade 0 to 3; not judged counts as 0.
    own
        Whether its passages are those that are ranked.
    """

    question: Question
    text: str
    candidates: Candidates
    grades: dict[int, int]
    own: bool

    @property
    def relevant(self) -> np.ndarray:
        """Return the places of passages of relevance >= 1."""
        return np.array([place for place, grade in self.grades.items() if grade > 0], dtype=np.int64)

    @property
    def candidate_grades(self) -> np.ndarray:
        """Return the grade of each candidate."""
        return np.array([self.grades.get(int(place), 0) for place in self.candidates.places])


def places_of_grades(judged: Judged) -> dict[str, dict[int, int]]:
    """Return question_id -> (place of passage -> highest grade); judgments on unknown passages are left out."""
    places = {passage.passage_id: place for place, passage in enumerate(judged.passages)}
    grades: dict[str, dict[int, int]] = {}
    for judgment in judged.judgments:
        if (place := places.get(judgment.passage_id)) is not None:
            own = grades.setdefault(judgment.question_id, {})
            own[place] = max(judgment.relevance, own.get(place, 0))
    return grades


def answered_of(cases: Sequence[Case], passages: int) -> Answered:
    """Return the cases as answered questions."""
    return Answered.build([case.text for case in cases], [case.relevant for case in cases], passages)


def witnesses_for(cases: Sequence[Case], passages: int, seed: int) -> dict[str, Answered]:
    """Return question_id -> the answered questions of the other folds, so that none testifies for its own group."""
    questions = [case.question for case in cases]
    groups = question_groups(questions)
    count = min(FOLDS, len(set(groups.values())))
    if count < 2:
        return {}
    fold_of = assign_folds(questions, groups, count, seed)
    witnesses: dict[str, Answered] = {}
    for fold in range(count):
        others = answered_of([case for case in cases if fold_of[case.question.question_id] != fold], passages)
        witnesses |= {name: others for name, number in fold_of.items() if number == fold}
    return witnesses

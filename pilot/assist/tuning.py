"""Choosing from where on the assistant answers: on questions its models have not seen, outside the test split."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pilot.assist.assistant import SERVED_WITHIN
from pilot.assist.confidence import Confidence, Trial, learn_confidence
from pilot.assist.ready import Settings, load_settings, trained
from pilot.quality.split import assign_folds, cut_dev, question_groups
from pilot.records import Question
from pilot.sources import Dataset

RISK = 0.15
"""Share of answered questions that may go without a passage of relevance 2 or 3 among the first `SERVED_WITHIN`."""
FOLDS = 5
DEV_SHARE = 0.15
GOOD = 2


def tune(folder: Path, risk: float = RISK, folds: int = FOLDS) -> tuple[Confidence, list[Trial]]:
    """Return the confidence learnt on train and dev of a dataset, out of fold by group, and the trials behind it.

    Questions that the scope rules or the classifier put out of reach are handed over whatever the confidence, so they
    are no trials.
    """
    data = Dataset.load(folder)
    trials = list(held_out(data, load_settings(), folds))
    return learn_confidence(trials, risk), trials


def held_out(data: Dataset, settings: Settings, folds: int, seed: int = 0) -> Iterator[Trial]:
    """Yield a trial for every question of train and dev, answered by models that saw none of its group."""
    questions = data.questions_of("train", "dev")
    groups = question_groups(questions)
    fold_of = assign_folds(questions, groups, folds, seed)
    grades: dict[str, dict[str, int]] = {}
    for judgment in data.judgments:
        own = grades.setdefault(judgment.question_id, {})
        own[judgment.passage_id] = max(own.get(judgment.passage_id, 0), judgment.relevance)
    for fold in range(folds):
        rest = [question for question in questions if fold_of[question.question_id] != fold]
        train, dev = cut_dev(rest, groups, DEV_SHARE, seed)
        assistant, _ = trained(data.replaced(questions=[*_as(train, "train"), *_as(dev, "dev")]), settings)
        for question in (question for question in questions if fold_of[question.question_id] == fold):
            found = assistant.find(question.text, question.asked_on or date.today())
            if found.special or not found.current:
                continue
            own = grades.get(question.question_id, {})
            first = [own.get(shown.passage.passage_id, 0) for shown in found.current[:SERVED_WITHIN]]
            yield Trial(found.current[0].score, found.agreement(found.current[0]), max(first) >= GOOD)


def _as(questions: list[Question], split: str) -> list[Question]:
    from dataclasses import replace

    return [replace(question, split=split) for question in questions]  # type: ignore[arg-type]

"""The fields the default classifier finds likeliest, never learnt from the question they are shown with."""

from collections.abc import Mapping, Sequence
from typing import Any

from pilot import project
from pilot.classify import Classifier, examples_from
from pilot.config import load_experiment
from pilot.quality.split import assign_folds, cut_dev, question_groups
from pilot.records import Question
from pilot.sources import Dataset
from pilot.taxonomy import taxonomy

FOLDS = 5
Suggestions = dict[str, list[tuple[str, float]]]


def suggested_fields(dataset: Dataset, seed: int) -> Suggestions:
    """Return question_id -> (label, probability), likeliest first, at most six.

    The classifier learns from the dataset's own labelled questions, and where those are few from the sample. A
    question that is itself among the teachers is asked of a model that learnt without its group.
    """
    teachers = _teachers(dataset.questions)
    if len(teachers) < 10 * FOLDS:
        teachers = _teachers(Dataset.load(project.sample()).questions)
    groups = question_groups([*teachers, *_others(dataset.questions, teachers)], by_citation=True)
    fold_of = assign_folds(teachers, groups, FOLDS, seed)
    fold_of_group = {groups[question.question_id]: fold_of[question.question_id] for question in teachers}
    asked: dict[int, list[Question]] = {}
    for question in dataset.questions:
        asked.setdefault(fold_of_group.get(groups[question.question_id], FOLDS), []).append(question)
    found: Suggestions = {}
    for fold, questions in asked.items():
        learnt = [question for question in teachers if fold_of[question.question_id] != fold]
        found |= _likeliest(_fitted(learnt, groups, seed), questions)
    return found


def _teachers(questions: Sequence[Question]) -> list[Question]:
    scheme = taxonomy()
    return [
        q for q in questions if q.fields and (q.fields[0] in scheme.topics or q.fields[0] in scheme.special)
    ]


def _others(questions: Sequence[Question], teachers: Sequence[Question]) -> list[Question]:
    ids = {question.question_id for question in teachers}
    return [question for question in questions if question.question_id not in ids]


def _fitted(questions: Sequence[Question], groups: Mapping[str, str], seed: int) -> Classifier:
    train, dev = cut_dev(questions, groups, 0.15, seed)
    model: Any = load_experiment(project.root() / "experiments" / "classify" / "default.yaml").build()
    model.fit(examples_from(train), examples_from(dev))
    return model


def _likeliest(model: Classifier, questions: Sequence[Question]) -> Suggestions:
    probabilities = model.predict_proba([question.text for question in questions])
    return {
        question.question_id: sorted(
            zip(model.labels_, map(float, row), strict=True), key=lambda pair: (-pair[1], pair[0])
        )[:6]
        for question, row in zip(questions, probabilities, strict=True)
    }

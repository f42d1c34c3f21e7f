"""What machines propose for a task: passages pooled from several rankers and at random, and the likeliest fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from pilot import project
from pilot.classify import Classifier, examples_from
from pilot.config import load_experiment
from pilot.quality.split import assign_folds, cut_dev, question_groups
from pilot.records import Question
from pilot.sources import Dataset
from pilot.taxonomy import taxonomy

CANDIDATES, AT_RANDOM = 10, 2
RANKERS = ("bm25", "default")
"""Experiments below ``experiments/rank`` whose rankings are pooled, their turns alternating."""
FOLDS = 5
Suggestions = dict[str, list[tuple[str, float]]]


def pool(rankings: Mapping[str, Sequence[str]], drawn: Sequence[str]) -> dict[str, list[str]]:
    """Return at most ten passage ids, each with where it came from: the rankers in turn, then at random.

    Parameters
    ----------
    rankings
        Ranker -> passage ids, best first.
    drawn
        Passage ids in random order; two places are theirs, more where the rankers leave room.
    """
    origins: dict[str, list[str]] = {}
    for place in range(max(map(len, rankings.values()), default=0)):
        for name, ranked in rankings.items():
            if place < len(ranked) and (len(origins) < CANDIDATES - AT_RANDOM or ranked[place] in origins):
                origins.setdefault(ranked[place], []).append(f"{name}:{place + 1}")
    for passage_id in drawn:
        if len(origins) == CANDIDATES:
            break
        if passage_id not in origins:
            origins[passage_id] = ["random"]
    return origins


def pools(
    dataset: Dataset, seed: int, shown: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, list[str]]]:  # fmt: skip
    """Return question -> passages with their origins; what somebody was ``shown`` as an answer goes first."""
    ranked: dict[str, dict[str, list[str]]] = {}
    for name in (*RANKERS, "random"):
        config = load_experiment(project.root() / "experiments" / "rank" / f"{name}.yaml")
        model = config.build()
        model.seed = seed
        model.fit(dataset.passages, (), ())
        frame = model.rank(dataset.questions, 3 * CANDIDATES)
        ranked[name] = frame.groupby("question_id")["passage_id"].apply(list).to_dict()
    known = {passage.passage_id for passage in dataset.passages}
    return {
        question.question_id: pool(
            {
                "assistant": [id_ for id_ in shown.get(question.question_id, ()) if id_ in known],
                **{name: ranked[name].get(question.question_id, []) for name in RANKERS},
            },
            ranked["random"].get(question.question_id, []),
        )
        for question in dataset.questions
    }


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

"""Choosing from where on the assistant answers: on questions its models have not seen, outside the test split."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pilot import project
from pilot.assist.assistant import SERVED_WITHIN
from pilot.assist.confidence import Confidence, Trial, learn_confidence
from pilot.assist.ready import SETTINGS, Settings, load_settings, trained
from pilot.quality.split import assign_folds, cut_dev, question_groups
from pilot.records import Question
from pilot.sources import Dataset

RISK = 0.15
"""Share of answered questions that may go without a passage of relevance 2 or 3 among the first `SERVED_WITHIN`."""
RISKS = (0.1, RISK, 0.2, 0.25)
"""What is shown beside the chosen one."""
FOLDS = 5
SEED = 0
DEV_SHARE = 0.15
GOOD = 2


class Tuned(NamedTuple):
    """A risk, the confidence chosen for it, the share of ``n`` trials it answers, and the share of these gone wrong."""

    risk: float
    confidence: Confidence
    answered: float
    wrong: float
    n: int


def tune(data: Dataset, risks: Sequence[float]) -> list[Tuned]:
    """Return the confidence for each risk, learnt on train and dev of a dataset, out of fold by group.

    Questions that the scope rules or the classifier put out of reach are handed over whatever the confidence, so they
    are no trials.
    """
    trials = list(held_out(data, load_settings()))
    return [_tuned(risk, learn_confidence(trials, risk), trials) for risk in risks]


def write_settings(confidence: Confidence) -> Path:
    """Put weights and threshold into ``experiments/assistant.yaml``, its comments kept, and return its path."""
    path = project.root() / SETTINGS
    text = path.read_text(encoding="utf-8")
    weights = ", ".join(f"{weight:.4f}" for weight in confidence.weights)
    text = re.sub(r"(?m)^weights: \[[^]]*\]", f"weights: [{weights}]", text)
    project.write_whole(path, re.sub(r"(?m)^least: [\d.]+", f"least: {confidence.least:.4f}", text))
    return path


def _tuned(risk: float, confidence: Confidence, trials: Sequence[Trial]) -> Tuned:
    answered = [one.served for one in trials if confidence.of(*one[:3]) >= confidence.least]
    wrong = answered.count(False) / len(answered)
    return Tuned(risk, confidence, len(answered) / len(trials), wrong, len(trials))


def held_out(data: Dataset, settings: Settings) -> Iterator[Trial]:
    """Yield a trial for every question of train and dev, answered by models that saw none of its group."""
    questions = data.questions_of("train", "dev")
    groups = question_groups(questions)
    fold_of = assign_folds(questions, groups, FOLDS, SEED)
    grades: dict[str, dict[str, int]] = {}
    for judgment in data.judgments:
        own = grades.setdefault(judgment.question_id, {})
        own[judgment.passage_id] = max(own.get(judgment.passage_id, 0), judgment.relevance)
    for fold in range(FOLDS):
        rest = [question for question in questions if fold_of[question.question_id] != fold]
        train, dev = cut_dev(rest, groups, DEV_SHARE, SEED)
        assistant, _ = trained(data.replaced(questions=[*_as(train, "train"), *_as(dev, "dev")]), settings)
        for question in (question for question in questions if fold_of[question.question_id] == fold):
            found = assistant.find(question.text, question.asked_on or date.today())
            if found.special or not found.current:
                continue
            own = grades.get(question.question_id, {})
            first = [own.get(shown.passage.passage_id, 0) for shown in found.current[:SERVED_WITHIN]]
            yield Trial(*assistant.signs(question.text, found), max(first) >= GOOD)


def _as(questions: list[Question], split: str) -> list[Question]:
    return [replace(question, split=split) for question in questions]  # type: ignore[arg-type]

"""Choosing from where on the assistant answers: on questions its models have not seen, outside the test split."""

import math
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
    """A risk, the confidence chosen for it, and what it would have done.

    Attributes
    ----------
    answered, wrong, n
        The share of ``n`` trials it answers, and the share of these gone wrong.
    groundless, emptied
        The share it answers of so many trials whose right passages were taken out of the store: all of them wrongly.
    """

    risk: float
    confidence: Confidence
    answered: float
    wrong: float
    n: int
    groundless: float
    emptied: int


def tune(data: Dataset, risks: Sequence[float]) -> list[Tuned]:
    """Return the confidence for each risk, learnt on train and dev of a dataset, out of fold by group.

    Questions that the scope rules or the classifier put out of reach are handed over whatever the confidence, so they
    are no trials.
    """
    trials, emptied = [], []
    for trial, without in held_out(data, load_settings()):
        trials.append(trial)
        emptied += [without] if without else []
    return [_tuned(risk, learn_confidence(trials, risk), trials, emptied) for risk in risks]


def write_settings(confidence: Confidence) -> Path:
    """Put weights and threshold into ``experiments/assistant.yaml``, its comments kept, and return its path."""
    path = project.root() / SETTINGS
    text = path.read_text(encoding="utf-8")
    weights = ", ".join(f"{weight:.4f}" for weight in confidence.weights)
    text = re.sub(r"(?m)^weights: \[[^]]*\]", f"weights: [{weights}]", text)
    project.write_whole(path, re.sub(r"(?m)^least: [\d.]+", f"least: {confidence.least:.4f}", text))
    return path


def _tuned(risk: float, confidence: Confidence, trials: Sequence[Trial], emptied: Sequence[Trial]) -> Tuned:
    answered, groundless = (
        [one.served for one in some if confidence.of(*one[:3]) >= confidence.least]
        for some in (trials, emptied)
    )
    wrong = answered.count(False) / len(answered)
    share = len(groundless) / len(emptied) if emptied else math.nan
    return Tuned(risk, confidence, len(answered) / len(trials), wrong, len(trials), share, len(emptied))


def held_out(data: Dataset, settings: Settings) -> Iterator[tuple[Trial, Trial | None]]:
    """Yield a trial for every question of train and dev, answered by models that saw none of its group.

    With it the same question against a store without the passages that answer it; None if it never had any, or if
    nothing is left.
    """
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
            good = {passage_id for passage_id, relevance in own.items() if relevance >= GOOD}
            served = any(shown.passage.passage_id in good for shown in found.current[:SERVED_WITHIN])
            others = tuple(one for one in found.passages if one.passage.passage_id not in good)
            left = replace(found, passages=others)
            emptied = good and left.current and Trial(*assistant.signs(question.text, left), served=False)
            yield Trial(*assistant.signs(question.text, found), served), emptied or None


def _as(questions: list[Question], split: str) -> list[Question]:
    return [replace(question, split=split) for question in questions]  # type: ignore[arg-type]

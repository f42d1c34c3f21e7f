"""One part of an experiment: a model fitted, its questions answered, and what that took."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pilot import project
from pilot.classify import examples_from, predictions_frame
from pilot.experiment.frames import MOST_PERTURBED, perturbed_predictions
from pilot.experiment.plan import Part, Plan, judged_of
from pilot.parallel import alone
from pilot.records import Question

if TYPE_CHECKING:
    import pandas as pd

BATCH = 32
LATENCY_SAMPLE = 50

Answer = Callable[[Sequence[Question]], "pd.DataFrame"]


@dataclass(frozen=True)
class Outcome:
    """What came of a part.

    Parameters
    ----------
    predictions
        One frame per batch of questions.
    model
        The fitted model where it is the only one of its run; parts of a run in folds leave theirs behind.
    fit_seconds, memory_growth_mb
        Of fitting; of this process meanwhile.
    latencies
        Seconds per question, asked one at a time.
    perturbed
        Predictions on perturbed questions, if the experiment asks for them.
    """

    predictions: "list[pd.DataFrame]"
    model: Any
    fit_seconds: float
    memory_growth_mb: float
    latencies: list[float]
    perturbed: "dict[str, pd.DataFrame] | None"


def carry_out(plan: Plan, part: Part) -> Outcome:
    """Fit the model of a part and let it answer; may run on another machine than the rest of the run."""
    import psutil

    project.stay_private()
    before, folds = psutil.Process().memory_info().rss, plan.folds or 1
    with alone():
        began = time.perf_counter()
        model, answer = _STEPS[plan.config.task](plan, part)
        fit_seconds = time.perf_counter() - began
        predictions = [answer(part.scored[i : i + BATCH]) for i in _progress(plan, part)]
        latencies = [_timed(answer, question) for question in part.scored[: LATENCY_SAMPLE // folds + 1]]
        perturbed = None
        if plan.config.perturb and plan.suite != "smoke":
            perturbed = perturbed_predictions(answer, part.scored, plan.config.seed, MOST_PERTURBED // folds)
    grown = (psutil.Process().memory_info().rss - before) / 2**20
    return Outcome(predictions, None if plan.folds else model, fit_seconds, grown, latencies, perturbed)


def figures(parts: Sequence[Outcome]) -> dict[str, float]:
    """Return what a run took: seconds of fitting, the most memory of a part, milliseconds per question."""
    import numpy as np

    latencies = [seconds for part in parts for seconds in part.latencies]
    p50, p95 = 1000 * np.quantile(latencies, [0.5, 0.95])
    return {
        "fit_seconds": sum(part.fit_seconds for part in parts),
        "memory_growth_mb": max(part.memory_growth_mb for part in parts),
        "latency_ms_p50": float(p50),
        "latency_ms_p95": float(p95),
    }


def fitted(plan: Plan) -> Any:
    """Return the model of a plan without folds, fitted and not tracked."""
    return _STEPS[plan.config.task](plan, next(plan.parts()))[0]


def _classified(plan: Plan, part: Part) -> tuple[Any, Answer]:
    model = plan.config.build()
    model.fit(
        examples_from(question for _, questions in part.train for question in questions),
        examples_from(question for _, questions in part.dev for question in questions),
    )

    def answer(questions: Sequence[Question]) -> "pd.DataFrame":
        probabilities = model.predict_proba([question.text for question in questions])
        return predictions_frame(
            [question.question_id for question in questions], model.labels_, probabilities
        )

    return model, answer


def _ranked(plan: Plan, part: Part) -> tuple[Any, Answer]:
    model = plan.config.build()
    judged = [
        [judged_of(data, questions) for data, questions in side if questions]
        for side in (part.train, part.dev)
    ]
    model.fit(plan.dataset.passages, *judged)
    return model, lambda questions: model.rank(questions, plan.config.depth)


_STEPS = {"classify": _classified, "rank": _ranked}


def _progress(plan: Plan, part: Part) -> Iterable[int]:
    from tqdm import tqdm

    return tqdm(
        range(0, len(part.scored), BATCH), desc=plan.config.name, unit=f"×{BATCH}", leave=False, disable=None
    )


def _timed(answer: Answer, question: Question) -> float:
    began = time.perf_counter()
    answer([question])
    return time.perf_counter() - began

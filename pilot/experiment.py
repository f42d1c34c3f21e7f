"""One experiment from configuration to completed run; and suites of them, which resume."""

import dataclasses
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilot import project, track
from pilot.alarms import FLOORS, alarms_of
from pilot.classify import examples_from, predictions_frame
from pilot.config import Config, load_experiment
from pilot.evaluate import Estimate, System, evaluate
from pilot.plan import Part, Plan, attributes_of, gold_of
from pilot.probe import MOST_PERTURBED, perturbed_predictions, raw_judgments, returned_passages
from pilot.rank import Judged
from pilot.records import InputError, Question

if TYPE_CHECKING:
    import pandas as pd

    from pilot.sources import Dataset

BATCH = 32
LATENCY_SAMPLE = 50


@dataclass(frozen=True)
class Result:
    """A completed run with its figures."""

    run_id: str
    experiment: str
    task: str
    dataset: str
    supervision: str
    metrics: dict[str, Estimate]
    seconds: float
    alarms: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """Return the JSON form that ``pilot run --json`` prints; alarms are for people."""
        return {name: value for name, value in dataclasses.asdict(self).items() if name != "alarms"}


def run(
    config: Config,
    dataset: "Dataset",
    train_on: "Sequence[Dataset]" = (),
    folds: int | None = None,
    suite: str = "quick",
) -> Result:
    """Train, predict, score and track one experiment.

    Parameters
    ----------
    config
        From `load_experiment`.
    dataset
        What is scored: its test split, or all of it out of fold.
    train_on
        What is learnt from instead of the dataset's own train split.
    folds
        Number of out-of-fold parts, cut by group.
    suite
        Under which suite the run counts; runs of ``smoke`` never reach a table.

    Returns
    -------
    Result
        The figures; predictions and per-question scores lie with the run in MLflow.

    Raises
    ------
    InputError
        If data and configuration do not fit; raised before any training, with every fault.
    """
    return execute(Plan(config, dataset, tuple(train_on), folds, suite))


def execute(plan: Plan) -> Result:
    """Carry out a plan; see `run`."""
    if faults := plan.faults():
        raise InputError(*faults)
    config, dataset = plan.config, plan.dataset
    gold, attributes = gold_of(plan), attributes_of(plan)
    source = (dataset.name, dataset.fingerprint, attributes, str(dataset.path))
    with track.started(config, _tags(plan), source) as active:
        predictions, model, figures, perturbed = _predicted(plan)
        groups = attributes.set_index("question_id")["group"]
        evaluation = evaluate(
            config.task, predictions, gold, groups, config.measures,
            seed=config.seed, resamples=100 if plan.suite == "smoke" else 2000,
        )  # fmt: skip
        active.metrics(evaluation.metrics, figures)
        active.epochs(getattr(model, "history_", ()))
        system = System(config.task, predictions, gold, groups)
        alarms = () if plan.suite == "smoke" else alarms_of(config.model, system, _taught(plan), config.seed)
        active.alarms(alarms)
        frames = {
            "predictions": predictions,
            "scores": evaluation.scores,
            "gold": gold,
            "questions": attributes,
            **_further(plan, predictions, perturbed),
        }
        active.files(frames, _plots(plan, evaluation.metrics), config)
        if model is not None and plan.suite != "smoke":
            with tempfile.TemporaryDirectory() as folder:
                save_model(model, config, dataset, Path(folder))
                active.model(Path(folder), config.task)
        active.complete()
    return Result(
        active.run_id,
        config.name,
        config.task,
        dataset.name,
        plan.supervision,
        evaluation.metrics,
        active.seconds,
        alarms,
    )


def _further(
    plan: Plan, predictions: "pd.DataFrame", perturbed: "list[dict[str, pd.DataFrame]]"
) -> "dict[str, pd.DataFrame]":
    """Return the frames that only some runs have; see `pilot.probe`."""
    import pandas as pd

    names = perturbed[0] if perturbed else ()
    further = {name: pd.concat([one[name] for one in perturbed], ignore_index=True) for name in names}
    if plan.config.task == "rank":
        further["judgments"] = raw_judgments(plan.scored, plan.dataset)
        further["returned"] = returned_passages(predictions, plan.scored, plan.dataset, date.today())
    return further


def _taught(plan: Plan) -> Iterator[tuple[list[Question], Iterable[Question]]]:
    """Yield what each fitted model was scored on and learnt from; nothing for models that learn from passages."""
    if plan.config.build().learns:
        for part in plan.parts():
            yield part.scored, (question for _, questions in part.train for question in questions)


def suite_experiments(suite: str) -> list[Config]:
    """Return the experiments of a suite, baselines first: ``quick`` leaves out those marked ``suite: full``."""
    configs = map(load_experiment, sorted((project.root() / "experiments").glob("*/*.yaml")))
    chosen = [config for config in configs if suite in ("full", "smoke", config.suite)]
    return sorted(chosen, key=lambda config: (config.task, config.model not in FLOORS, config.name))


def run_all(
    plans: Sequence[Plan], report: Callable[[Plan, Result, bool], None], resume: bool
) -> list[Result]:
    """Carry out plans in order, all of them checked before the first one starts.

    With ``resume``, completed runs of the same code, configuration and data are taken over, so an interrupted
    suite goes on where it stopped. ``report`` hears of each plan with its result and whether it was taken over.
    """
    if faults := [f"{plan.config.name}: {fault}" for plan in plans for fault in plan.faults()]:
        raise InputError(*faults)
    known = {done.identity: done for done in track.completed() if not done.draft} if resume else {}
    results = []
    for plan in plans:
        done = known.get(plan.identity)
        result = execute(plan) if done is None else _taken_over(done)
        report(plan, result, done is not None)
        results.append(result)
    return results


def save_model(model: Any, config: Config, dataset: "Dataset", folder: Path) -> None:
    """Write a fitted model with what is needed to use it elsewhere: settings, and for a ranker its passages."""
    import json

    from pilot.records import to_row

    state = {"task": config.task, "model": config.model, "seed": config.seed, "params": dict(config.params)}
    (folder / "model.json").write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    model.save(folder)
    if config.task == "rank":
        with (folder / "passages.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(to_row(p), ensure_ascii=False) + "\n" for p in dataset.passages)


def fitted(plan: Plan) -> Any:
    """Return the model of a plan without folds, fitted and not tracked."""
    step = {"classify": _classified, "rank": _ranked}[plan.config.task]
    return step(plan, next(plan.parts()))[0]


def _taken_over(done: track.Run) -> Result:
    return Result(
        done.run_id,
        done.experiment,
        done.task,
        done.dataset,
        done.supervision,
        dict(done.metrics),
        done.seconds,
        done.alarms,
    )


def _predicted(plan: Plan) -> "tuple[pd.DataFrame, Any, dict[str, float], list[dict[str, pd.DataFrame]]]":
    """Fit and predict every part; return pooled predictions, the model if there is a single one, its figures.

    Last come the predictions on perturbed questions of each part, if the experiment asks for them.
    """
    import pandas as pd
    import psutil

    step = {"classify": _classified, "rank": _ranked}[plan.config.task]
    before, predictions, models = psutil.Process().memory_info().rss, [], []
    fit_seconds, latencies, perturbed = 0.0, [], []
    for part in plan.parts():
        began = time.perf_counter()
        model, answer = step(plan, part)
        fit_seconds += time.perf_counter() - began
        models.append(model)
        predictions += [answer(part.scored[i : i + BATCH]) for i in _progress(plan, part)]
        latencies += [
            _timed(answer, question) for question in part.scored[: LATENCY_SAMPLE // (plan.folds or 1) + 1]
        ]
        if plan.config.perturb and plan.suite != "smoke":
            most = MOST_PERTURBED // (plan.folds or 1)
            perturbed.append(perturbed_predictions(answer, part.scored, plan.config.seed, most))
    figures = {
        "fit_seconds": fit_seconds,
        "memory_growth_mb": (psutil.Process().memory_info().rss - before) / 2**20,
        **_quantiles(latencies),
    }
    model = models[0] if len(models) == 1 else None
    return pd.concat(predictions, ignore_index=True), model, figures, perturbed


Answer = Callable[[Sequence[Question]], "pd.DataFrame"]


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


def judged_of(data: "Dataset", questions: list[Question]) -> Judged:
    """Return the questions of a dataset with their judgments and the passages these refer to."""
    ids = {question.question_id for question in questions}
    return Judged(data.passages, questions, [j for j in data.judgments if j.question_id in ids])


def _progress(plan: Plan, part: Part) -> Iterable[int]:
    from tqdm import tqdm

    return tqdm(
        range(0, len(part.scored), BATCH), desc=plan.config.name, unit=f"×{BATCH}", leave=False, disable=None
    )


def _timed(answer: Answer, question: Question) -> float:
    began = time.perf_counter()
    answer([question])
    return time.perf_counter() - began


def _quantiles(latencies: list[float]) -> dict[str, float]:
    import numpy as np

    p50, p95 = 1000 * np.quantile(latencies, [0.5, 0.95])
    return {"latency_ms_p50": float(p50), "latency_ms_p95": float(p95)}


def _tags(plan: Plan) -> dict[str, str]:
    return {
        "experiment": plan.config.name,
        "config_hash": plan.config.hash,
        "dataset": plan.dataset.name,
        "data": plan.dataset.fingerprint,
        "path": str(plan.dataset.path.resolve()),
        "illustrative": str(plan.dataset.illustrative).lower(),
        "development": str(plan.dataset.name in plan.config.developed_on).lower(),
        "adjudicated": str(plan.dataset.adjudicated(plan.config.task)).lower(),
        "supervision": plan.supervision,
        "folds": str(plan.folds or ""),
        "seed": str(plan.config.seed),
        "suite": plan.suite,
        "identity": plan.identity,
    }


def _plots(plan: Plan, metrics: dict[str, Estimate]) -> dict[str, Any]:
    from pilot.evaluate.plots import interval_plot

    return {"metrics": interval_plot({plan.config.name: metrics})}

"""One experiment from configuration to completed run; and suites of them, which resume."""

import dataclasses
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilot import project, track
from pilot.config import Config, load_experiment
from pilot.evaluate import Estimate, System, evaluate
from pilot.evaluate.plots import interval_plot
from pilot.experiment.alarms import FLOORS, alarms_of
from pilot.experiment.frames import attributes_of, further, gold_of, pooled
from pilot.experiment.parts import Outcome, carry_out, figures
from pilot.experiment.plan import Plan
from pilot.parallel import in_order
from pilot.records import InputError, Question

if TYPE_CHECKING:
    from pilot.sources import Dataset


@dataclass(frozen=True)
class Result:
    """A completed run with its figures."""

    run_id: str
    experiment: str
    task: str
    dataset: str
    supervision: str
    metrics: Mapping[str, Estimate]
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


def execute(plan: Plan, found: "Iterator[Outcome] | None" = None) -> Result:
    """Carry out a plan; see `run`. ``found`` yields what came of its parts, if others carry them out."""
    if faults := plan.faults():
        raise InputError(*faults)
    found = in_order(carry_out, ((plan, part) for part in plan.parts())) if found is None else found
    config, dataset = plan.config, plan.dataset
    gold, attributes = gold_of(plan), attributes_of(plan)
    source = (dataset.name, dataset.fingerprint, attributes, str(dataset.path))
    with track.started(config, _tags(plan), source) as active:
        parts = list(islice(found, plan.folds or 1))
        predictions = pooled(frame for part in parts for frame in part.predictions)
        model = parts[0].model
        groups = attributes.set_index("question_id")["group"]
        evaluation = evaluate(
            config.task, predictions, gold, groups, config.measures,
            seed=config.seed, resamples=100 if plan.suite == "smoke" else 2000,
        )  # fmt: skip
        active.metrics(evaluation.metrics, figures(parts))
        active.epochs(getattr(model, "history_", ()))
        system = System(config.task, predictions, gold, groups)
        alarms = () if plan.suite == "smoke" else alarms_of(config.model, system, _taught(plan), config.seed)
        active.alarms(alarms)
        frames = {
            "predictions": predictions,
            "scores": evaluation.scores,
            "gold": gold,
            "questions": attributes,
        }
        frames |= further(plan, predictions, [part.perturbed for part in parts if part.perturbed])
        active.files(frames, {"metrics": interval_plot({config.name: evaluation.metrics})}, config)
        if model is not None and plan.suite != "smoke":
            with tempfile.TemporaryDirectory() as folder:
                save_model(model, config, dataset, Path(folder))
                active.model(Path(folder), config.task)
        active.complete()
    return Result(
        run_id=active.run_id,
        experiment=config.name,
        task=config.task,
        dataset=dataset.name,
        supervision=plan.supervision,
        metrics=evaluation.metrics,
        seconds=active.seconds,
        alarms=alarms,
    )


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
    left = [plan for plan in plans if plan.identity not in known]
    found = in_order(carry_out, ((plan, part) for plan in left for part in plan.parts()))
    results = []
    for plan in plans:
        done = known.get(plan.identity)
        result = execute(plan, found) if done is None else _taken_over(done)
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


def _taken_over(done: track.Run) -> Result:
    return Result(**{field.name: getattr(done, field.name) for field in dataclasses.fields(Result)})


def _tags(plan: Plan) -> dict[str, str | int | bool]:
    """Return what identifies a run; `pilot.track.Run` has most of it as fields of these names."""
    config, dataset = plan.config, plan.dataset
    return {
        "experiment": config.name,
        "config_hash": config.hash,
        "dataset": dataset.name,
        "data": dataset.fingerprint,
        "path": str(dataset.path.resolve()),
        "illustrative": dataset.illustrative,
        "development": dataset.name in config.developed_on,
        "adjudicated": dataset.adjudicated(config.task),
        "supervision": plan.supervision,
        "folds": str(plan.folds or ""),
        "seed": config.seed,
        "suite": plan.suite,
        "identity": plan.identity,
    }

"""One experiment from configuration to completed run; and suites of them, which resume."""

import dataclasses
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pilot import project, track
from pilot.alarms import FLOORS, alarms_of
from pilot.classify import Translation, examples_from, predictions_frame
from pilot.classify.distant import taught_by_passages
from pilot.config import Config, load_experiment
from pilot.evaluate import Estimate, System, evaluate, merge_raters
from pilot.probe import MOST_PERTURBED, perturbed_predictions, raw_judgments, returned_passages
from pilot.quality.split import assign_folds, cut_dev, question_groups
from pilot.rank import Judged
from pilot.records import InputError, Passage, Question
from pilot.taxonomy import ABSTENTION
from pilot.text.citations import find_citations

if TYPE_CHECKING:
    import pandas as pd

    from pilot.sources import Dataset

DEV_SHARE = 0.15
BATCH = 32
LATENCY_SAMPLE = 50


class Part(NamedTuple):
    """What one model learns from and is tuned on, per dataset, and the questions it then answers."""

    train: "list[tuple[Dataset, list[Question]]]"
    dev: "list[tuple[Dataset, list[Question]]]"
    scored: list[Question]


@dataclass(frozen=True)
class Plan:
    """An experiment with its data: what is scored, what is learnt from, and under which suite it counts."""

    config: Config
    dataset: "Dataset"
    train_on: "tuple[Dataset, ...]" = ()
    folds: int | None = None
    suite: str = "quick"

    @property
    def supervision(self) -> str:
        """Say what the run learns from: ``labels``, ``folds``, ``transfer:<fingerprints>`` or ``passages``."""
        if not self.config.build().learns:
            return "passages"
        if self.train_on:
            return "transfer:" + ",".join(sorted(data.fingerprint[:12] for data in self.train_on))
        if self.folds:
            return "folds"
        return "labels" if _learnable(self.dataset, self.config.task, "train") else "passages"

    @property
    def identity(self) -> str:
        """Return what two runs share exactly when they must give the same result; code and data included."""
        commit, dirty = track.source_state()
        parts = (
            self.config.hash,
            self.dataset.fingerprint,
            self.supervision,
            self.folds,
            self.suite,
            commit,
            dirty,
        )
        return sha256(repr(parts).encode()).hexdigest()[:16]

    @cached_property
    def scored(self) -> list[Question]:
        """Return what is scored: the test split, or everything when out of fold."""
        return _learnable(self.dataset, self.config.task, *(() if self.folds else ("test",)))

    @cached_property
    def translation(self) -> Translation:
        """Return how labels of other schemes are said in the scored one."""
        return Translation(frozenset(label for question in self.scored for label in question.fields))

    @cached_property
    def taught(self) -> "list[tuple[Dataset, list[Question], list[Question]]]":
        """Return each set that is learnt from with its train and dev questions; dev may be empty."""
        own = not self.train_on
        return [
            (data, *_teaching(data, self.config.task, own, self.translation))
            for data in self.train_on or (self.dataset,)
        ]

    @cached_property
    def groups(self) -> dict[str, str]:
        """Return question_id -> group of what is scored: near duplicates share one, and never straddle folds."""
        return question_groups(self.scored, by_citation=self.config.task == "classify")

    def faults(self) -> list[str]:
        """Return everything that would stop this experiment, before any training."""
        name, task, faults = self.dataset.name, self.config.task, []
        if not self.scored:
            what = "judged questions" if task == "rank" else "questions with a field"
            hint = "" if self.folds else "; `--folds 5` would score every split out of fold"
            faults.append(f"{name}: no {what} in split 'test', nothing to score{hint}")
        if task == "rank" and not self.dataset.passages:
            faults.append(f"{name}: no passages to rank; a ranking experiment needs passages")
        if self.folds and self.train_on:
            faults.append(
                "--folds and --train-on exclude each other: name what is trained on, or cut it from what is scored"
            )
        groups = len(set(self.groups.values()))
        if self.folds and not 2 <= self.folds <= groups:
            faults.append(f"{name}: {self.folds} folds over {groups} groups; give --folds from 2 to {groups}")
        if task == "classify" and not self.folds:
            remedy = "choose another --train-on" if self.train_on else "use --folds 5, or --train-on DIR"
            faults += [
                f"{data.name}: no labelled questions or passages to train on; {remedy}"
                for data, train, _ in self.taught
                if not train
            ]  # fmt: skip
            faults += [] if faults else self._label_faults()
        return faults

    def _label_faults(self) -> list[str]:
        """Return a fault for each set whose labels have nothing to do with those that are scored."""
        faults = []
        for data, train, _ in self.taught if self.train_on else ():
            taught = {label for question in train for label in question.fields}
            if not self.translation.scored & taught:
                named = [", ".join(sorted(labels)[:3]) for labels in (self.translation.scored, taught)]
                faults.append(
                    f"{data.name}: teaches {named[1]} …, while {self.dataset.name} is scored on {named[0]} …, and no "
                    "crosswalk joins them; train on a set with the same labels"
                )
        return faults

    def parts(self) -> Iterator[Part]:
        """Yield one part per model to fit: a single one, or one per fold with its dev cut from the other folds."""
        if self.folds:
            fold_of = assign_folds(self.scored, self.groups, self.folds, self.config.seed)
            for fold in range(self.folds):
                rest = [question for question in self.scored if fold_of[question.question_id] != fold]
                held = [question for question in self.scored if fold_of[question.question_id] == fold]
                train, dev = cut_dev(rest, self.groups, DEV_SHARE, self.config.seed)
                yield Part([(self.dataset, train)], [(self.dataset, dev)], held)
            return
        train_sets, dev_sets = [], []
        for data, given, held in self.taught:
            train, dev = given, held
            if train and not dev:
                groups = question_groups(train, by_citation=self.config.task == "classify")
                train, dev = cut_dev(train, groups, DEV_SHARE, self.config.seed)
            train_sets.append((data, train))
            dev_sets.append((data, dev))
        yield Part(train_sets, dev_sets, self.scored)


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
    gold, attributes = _gold(plan), _attributes(plan)
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


def _learnable(
    dataset: "Dataset", task: str, *splits: str, labels: Translation | None = None
) -> list[Question]:
    """Return the questions of the splits (none named = all) that have gold for the task.

    A dataset without questions offers its passages for classification. Fields are said as ``labels`` says them.
    """
    if task == "rank":
        judged = {judgment.question_id for judgment in dataset.judgments}
        rows = [question for question in dataset.questions if question.question_id in judged]
    else:
        tell = labels.passage if labels else Passage.as_question
        questions = list(dataset.questions) or [tell(passage) for passage in dataset.passages]
        rows = [question for question in questions if question.fields and question.fields[0] != ABSTENTION]
        rows = [labels.question(question) for question in rows] if labels else rows
    return [question for question in rows if not splits or question.split in splits]


def _teaching(
    data: "Dataset", task: str, own: bool, labels: Translation
) -> tuple[list[Question], list[Question]]:
    """Return what of a dataset may be learnt from and tuned on, labels said as ``labels`` says them.

    Its train and dev splits; another dataset than the scored one gives all it has if it has no train split. Where
    no question is labelled, its passages teach.
    """
    rows = _learnable(data, task, labels=labels)
    train, dev = ([question for question in rows if question.split == split] for split in ("train", "dev"))
    if not train and not own:
        train, dev = rows, []
    if not train and task == "classify":
        train = taught_by_passages(data, labels)
    return train, dev


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


def _gold(plan: Plan) -> "pd.DataFrame":
    """Return what predictions are held against: main fields, or merged grades."""
    import pandas as pd

    if plan.config.task == "classify":
        rows = [(question.question_id, question.fields[0]) for question in plan.scored]
        return pd.DataFrame(rows, columns=["question_id", "label"])
    ids = {question.question_id for question in plan.scored}
    return merge_raters([judgment for judgment in plan.dataset.judgments if judgment.question_id in ids])


def _attributes(plan: Plan) -> "pd.DataFrame":
    """Return what slices and intervals need to know of each question, without its words."""
    import pandas as pd

    questions = plan.scored
    return pd.DataFrame(
        {
            "question_id": [question.question_id for question in questions],
            "group": [
                sha256(plan.groups[question.question_id].encode()).hexdigest()[:12] for question in questions
            ],
            "field": [question.fields[0] if question.fields else None for question in questions],
            "audience": [question.audience for question in questions],
            "province": [question.province for question in questions],
            "channel": [question.channel for question in questions],
            "words": [len(question.text.split()) for question in questions],
            "cites_law": ["có" if find_citations(question.text) else "không" for question in questions],
        }
    )


def _tags(plan: Plan) -> dict[str, str]:
    return {
        "experiment": plan.config.name,
        "config_hash": plan.config.hash,
        "dataset": plan.dataset.name,
        "data": plan.dataset.fingerprint,
        "path": str(plan.dataset.path.resolve()),
        "illustrative": str(plan.dataset.illustrative).lower(),
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

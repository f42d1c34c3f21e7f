import dataclasses
import json
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from conftest import ROOT, TINY, write_dataset

from pilot import Dataset, checkout, load_experiment, run, track
from pilot.evaluate import evaluate
from pilot.experiment import run_all, suite_experiments
from pilot.experiment.plan import Plan
from pilot.records import InputError

BM25 = ROOT / "experiments" / "rank" / "bm25.yaml"
LOGISTIC = ROOT / "experiments" / "classify" / "tfidf_logistic.yaml"


@pytest.mark.parametrize(
    "path", [BM25, LOGISTIC, BM25.with_name("random.yaml"), LOGISTIC.with_name("majority.yaml")]
)
def test_figures_come_from_the_logged_files_alone(state: Path, tiny: Path, path: Path) -> None:
    """DESIGN rule 1: predictions and gold give the scores, scores give the figures."""
    config = load_experiment(path)
    result = run(config, Dataset.load(tiny))
    frames = track.frames(result.run_id)
    groups = frames["questions"].set_index("question_id")["group"]
    again = evaluate(
        config.task, frames["predictions"], frames["gold"], groups, config.measures, seed=config.seed
    )
    assert again.metrics == result.metrics
    pd.testing.assert_frame_equal(again.scores.reset_index(drop=True), frames["scores"])
    for measure, mean in frames["scores"].groupby("measure")["value"].mean().items():
        if measure in result.metrics:
            assert mean == pytest.approx(result.metrics[measure].value)


def test_run_answers_which_commit_data_config(state: Path, tiny: Path) -> None:
    data = Dataset.load(tiny)
    config = load_experiment(BM25)
    result = run(config, data)
    found = mlflow.MlflowClient().get_run(result.run_id)
    tags = found.data.tags
    assert tags["data"] == data.fingerprint
    assert tags["config_hash"] == config.hash
    assert (tags["commit"], tags["dirty"]) == (
        checkout.source_state()[0],
        str(checkout.source_state()[1]).lower(),
    )
    assert tags["supervision"] == "passages"
    assert found.inputs.dataset_inputs[0].dataset.name == "tiny"
    names = {item.path for item in mlflow.MlflowClient().list_artifacts(result.run_id)}
    assert {
        "predictions.parquet",
        "scores.parquet",
        "gold.parquet",
        "questions.parquet",
        "config.json",
        "metrics.png",
    } <= names
    logged = json.dumps(found.data.to_dictionary()) + str(found.inputs)
    assert not [row["text"] for row in TINY["questions"] if row["text"] in logged], (
        "question texts must not reach MLflow"
    )


def test_same_config_data_seed_give_identical_predictions(state: Path, tiny: Path) -> None:
    data = Dataset.load(tiny)
    for path in (BM25, LOGISTIC, BM25.with_name("random.yaml")):
        first, second = (
            track.frames(run(load_experiment(path), data).run_id)["predictions"] for _ in range(2)
        )
        pd.testing.assert_frame_equal(first, second)


def test_a_failed_run_stays_out_of_the_tables(
    state: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {done.run_id for done in track.completed()}
    monkeypatch.setattr("pilot.experiment.running.evaluate", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(load_experiment(BM25), Dataset.load(tiny))
    assert {done.run_id for done in track.completed()} == before


def test_smoke_runs_stay_out_of_the_tables(state: Path, tiny: Path) -> None:
    result = run(load_experiment(BM25), Dataset.load(tiny), suite="smoke")
    assert result.run_id not in {done.run_id for done in track.completed()}
    assert result.run_id in {done.run_id for done in track.completed("smoke")}


@pytest.mark.system
def test_every_shipped_experiment_runs_small(state: Path) -> None:
    data = Dataset.load(ROOT / "data" / "sample").thinned()
    heard: list[str] = []
    plans = [Plan(config, data, suite="smoke") for config in suite_experiments("smoke")]
    results = run_all(plans, lambda plan, *_: heard.append(plan.config.name), resume=False)
    assert heard == [plan.config.name for plan in plans]
    assert all(len(result.metrics) >= 4 for result in results)


def test_suite_resumes_only_over_the_same_code_config_and_data(
    state: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "source_state", lambda: ("c" * 40, False))
    plan = Plan(load_experiment(BM25), Dataset.load(tiny), suite="full")
    heard: list[bool] = []

    def note(*said: object) -> None:
        heard.append(bool(said[-1]))

    first = run_all([plan], note, resume=True)
    again = run_all([plan], note, resume=True)
    assert heard == [False, True]
    assert again[0].metrics == first[0].metrics
    changed = dataclasses.replace(plan, config=dataclasses.replace(plan.config, seed=7))
    monkeypatch.setattr(checkout, "source_state", lambda: ("d" * 40, False))
    run_all([changed], note, resume=True)
    run_all([plan], note, resume=True)
    monkeypatch.setattr(checkout, "source_state", lambda: ("c" * 40, True))
    run_all([plan], note, resume=True)
    assert heard[2:] == [False, False, False]


def test_tracked_models_answer_like_the_run(state: Path, tiny: Path) -> None:
    data = Dataset.load(tiny)
    asked = pd.DataFrame({"question": [question.text for question in data.questions_of("test")]})
    for path, column in ((BM25, "passage_id"), (LOGISTIC, "label")):
        result = run(load_experiment(path), data)
        predictions = track.frames(result.run_id)["predictions"]
        served = mlflow.pyfunc.load_model(f"runs:/{result.run_id}/model").predict(asked)
        assert list(served[column]) == list(predictions[column])


@pytest.mark.parametrize(
    ("change", "path", "expected"),
    [
        ({"judgments": []}, BM25, "no judged questions in split 'test'"),
        ({"passages": [], "judgments": []}, BM25, "no passages to rank"),
        ({"questions": [q for q in TINY["questions"] if q["split"] != "train"]}, LOGISTIC, "use --folds"),
    ],
)
def test_misfits_are_told_before_training(
    state: Path, tmp_path: Path, change: dict, path: Path, expected: str
) -> None:
    data = Dataset.load(write_dataset(tmp_path / "odd", {**TINY, **change}))
    with pytest.raises(InputError, match=expected):
        run(load_experiment(path), data)


def test_folds_and_transfer(state: Path, tiny: Path, tmp_path: Path) -> None:
    data, config = Dataset.load(tiny), load_experiment(LOGISTIC)
    folded = run(config, data, folds=2)
    assert folded.supervision == "folds"
    assert folded.metrics["Accuracy"].n == 8
    other = Dataset.load(
        write_dataset(
            tmp_path / "other",
            {
                "questions": [
                    {**row, "question_id": f"o{row['question_id']}", "split": "test"}
                    for row in TINY["questions"]
                ]
            },
        )
    )
    moved = run(config, data, train_on=[other])
    assert moved.supervision == f"transfer:{other.fingerprint[:12]}"
    with pytest.raises(InputError, match="exclude each other"):
        run(config, data, train_on=[other], folds=2)
    with pytest.raises(InputError, match="give --folds from 2 to 8"):
        run(config, data, folds=9)


def test_a_training_set_that_holds_the_test_is_said(state: Path, tiny: Path, tmp_path: Path) -> None:
    leaked = write_dataset(
        tmp_path / "leaked", {"questions": [{**row, "split": "train"} for row in TINY["questions"]]}
    )
    config, data = load_experiment(LOGISTIC), Dataset.load(tiny)
    result = run(config, data, train_on=[Dataset.load(leaked)])
    assert any("2 of 2 test questions occur in the training texts" in alarm for alarm in result.alarms)
    assert track.find(result.run_id).alarms == result.alarms
    assert "alarms" not in result.summary()
    assert not any("training texts" in alarm for alarm in run(config, data).alarms)


def test_a_random_ranking_is_said(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pilot.rank import MODELS
    from pilot.rank.chance import Chance

    questions = [
        {**TINY["questions"][6], "question_id": f"r{i}", "text": f"câu hỏi số {i}"} for i in range(40)
    ]
    passages = [{**TINY["passages"][1], "passage_id": f"p{i}"} for i in range(40)]
    judged = [{**TINY["judgments"][0], "question_id": f"r{i}", "passage_id": f"p{i}"} for i in range(40)]
    tables = {"questions": questions, "passages": passages, "judgments": judged}
    data = Dataset.load(write_dataset(tmp_path / "many", tables))
    monkeypatch.setitem(MODELS, "disguised", Chance)
    config = dataclasses.replace(load_experiment(BM25.with_name("random.yaml")), model="disguised")
    assert any("no better than chance" in alarm for alarm in run(config, data).alarms)
    assert run(load_experiment(BM25.with_name("random.yaml")), data).alarms == ()

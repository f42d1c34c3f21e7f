"""What is written to MLflow: a run is started, then completed, and stays out of every table until then."""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilot.config import Config
from pilot.evaluate import Estimate
from pilot.records import InputError
from pilot.track.store import (
    check_writable,
    connected,
    environment_tags,
    experiment_id,
    metric_name,
    settings,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class ActiveRun:
    """A started run: what is logged here becomes visible in tables only once the run completes."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.seconds = 0.0
        self._began = time.monotonic()

    def metrics(self, estimates: Mapping[str, Estimate], extra: Mapping[str, float]) -> None:
        """Log each measure as value, low, high and n, and plain figures such as timings."""
        import mlflow

        values = dict(extra)
        for measure, estimate in estimates.items():
            name = metric_name(measure)
            values[name] = estimate.value
            values |= {f"{name}/{part}": getattr(estimate, part) for part in ("low", "high", "n")}
        mlflow.log_metrics(values)

    def epochs(self, history: Sequence[Mapping[str, float]]) -> None:
        """Log what a model measured after each epoch of its training; the epoch is the step."""
        import mlflow

        for epoch, row in enumerate(history):
            mlflow.log_metrics(dict(row), step=epoch)

    def files(
        self, frames: Mapping[str, "pd.DataFrame"], figures: Mapping[str, "Figure"], config: Config
    ) -> None:
        """Log predictions, scores and gold as parquet, plots as PNG, and the configuration as JSON."""
        import mlflow

        with tempfile.TemporaryDirectory() as folder:
            for name, frame in frames.items():
                frame.to_parquet(Path(folder) / f"{name}.parquet", index=False)
            for name, figure in figures.items():
                figure.savefig(Path(folder) / f"{name}.png", dpi=120, bbox_inches="tight")
            text = json.dumps(asdict(config), ensure_ascii=False, indent=1)
            (Path(folder) / "config.json").write_text(text, encoding="utf-8")
            mlflow.log_artifacts(folder)

    def model(self, folder: Path, task: str) -> None:
        """Log a saved model as models-from-code: nothing is pickled, inputs and outputs are declared."""
        import mlflow
        from mlflow.models import ModelSignature
        from mlflow.types.schema import ColSpec, Schema, TensorSpec

        answer = {"classify": ("label", "probability"), "rank": ("passage_id", "score")}[task]
        columns: list[ColSpec | TensorSpec] = [
            ColSpec("string", "question"),
            ColSpec("string", answer[0]),
            ColSpec("double", answer[1]),
        ]
        mlflow.pyfunc.log_model(
            name="model",
            python_model=str(Path(__file__).parents[1] / "assist" / "model.py"),
            artifacts={"model": str(folder)},
            signature=ModelSignature(Schema([ColSpec("string", "question")]), Schema(columns)),
            input_example={"question": ["Người lao động nghỉ việc thì phải báo trước bao nhiêu ngày?"]},
            pip_requirements=[
                f"{name}=={version(name)}" for name in ("mlflow", "scikit-learn", "skops", "bm25s", "pandas")
            ],
        )

    def alarms(self, messages: Sequence[str]) -> None:
        """Keep what speaks against believing this run."""
        import mlflow

        mlflow.set_tag("alarms", json.dumps(list(messages), ensure_ascii=False))

    def complete(self) -> None:
        """Mark the run as completed; from here on tables and reports see it."""
        import mlflow

        self.seconds = time.monotonic() - self._began
        mlflow.set_tag("seconds", f"{self.seconds:.3f}")
        mlflow.set_tag("state", "completed")


@contextmanager
def started(
    config: Config, tags: Mapping[str, str | int | bool], dataset: tuple[str, str, "pd.DataFrame", str]
) -> Iterator[ActiveRun]:
    """Open a run in MLflow; it is failed, and stays out of every table, if the body raises.

    Parameters
    ----------
    config
        The experiment; its parts become MLflow parameters.
    tags
        Everything that identifies the run; ``mlflow.yaml`` says which are required.
    dataset
        Name, fingerprint, a frame without texts, and source, for MLflow's list of inputs.

    Raises
    ------
    InputError
        If a required tag is missing.
    """
    chosen = settings()
    said = {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in tags.items()
    }
    said |= {**environment_tags(), "task": config.task, "about": config.about, "state": "started"}
    # Outside git there is no commit: such a run is a draft, and says so.
    if missing := [tag for tag in chosen.required_tags if not said.get(tag) and tag != "commit"]:
        raise InputError(
            f"a run of {config.name} lacks the tags {', '.join(missing)} that mlflow.yaml requires"
        )
    check_writable(chosen)
    mlflow = connected()
    from mlflow.data.code_dataset_source import CodeDatasetSource

    experiment = experiment_id("smoke" if said["suite"] == "smoke" else config.task)
    with mlflow.start_run(experiment_id=experiment, run_name=config.name) as active:
        mlflow.set_tags(said)
        params = {f"params.{name}": value for name, value in config.params.items()}
        mlflow.log_params({"model": config.model, "depth": config.depth, **params})
        name, fingerprint, frame, source = dataset
        # A bare path would be taken for an artifact that MLflow can fetch.
        origin = CodeDatasetSource({"path": source})
        # MLflow takes a column of whole numbers for a mistake, and says so at length.
        frame = frame.astype({column: float for column in frame.select_dtypes("integer")})
        data = mlflow.data.from_pandas(frame, source=origin, name=name, digest=fingerprint[:32])
        mlflow.log_input(data, context="evaluation")
        yield ActiveRun(active.info.run_id)


def log_datasheet(facts: Mapping[str, Any], folder: Path) -> None:
    """Log a datasheet's figures and the files in ``folder``; one run per state of a dataset, outside all tables."""
    mlflow = connected()
    from mlflow.data.code_dataset_source import CodeDatasetSource
    from mlflow.data.meta_dataset import MetaDataset

    experiment = experiment_id("data")
    same = mlflow.search_runs(
        [experiment], f"tags.data = '{facts['fingerprint']}'", output_format="list", max_results=1
    )
    run_id = same[0].info.run_id if same else None
    with mlflow.start_run(run_id=run_id, experiment_id=experiment, run_name=facts["name"]):
        mlflow.set_tags({**environment_tags(), "data": facts["fingerprint"], "dataset": facts["name"]})
        mlflow.log_metrics({**facts["rows"], "leaks": facts["leaks"], "faults": facts["faults"]})
        origin = CodeDatasetSource({"path": str(folder)})
        data = MetaDataset(origin, name=facts["name"], digest=facts["fingerprint"][:32])  # type: ignore[abstract]
        mlflow.log_input(data)
        mlflow.log_artifacts(str(folder))


def log_report(folder: Path, tags: Mapping[str, str]) -> str:
    """Keep a written report with its tags in MLflow, and return the id it has there."""
    mlflow = connected()
    with mlflow.start_run(experiment_id=experiment_id("report"), run_name="report") as active:
        mlflow.set_tags({**environment_tags(), **tags})
        mlflow.MlflowClient().log_artifacts(active.info.run_id, str(folder))
    return str(active.info.run_id)

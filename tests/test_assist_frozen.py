"""The frozen assistant: one MLflow model that answers as the live one, promoted only when the report says go."""

import importlib.util
import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pilot import track
from pilot.assist.frozen import REQUIRED, export, frozen, promote
from pilot.assist.kept import restore
from pilot.records import InputError

ASKED = [
    json.loads(line) for line in (ROOT / "tests/data/asked.jsonl").read_text(encoding="utf-8").splitlines()
][::3]
ALONE = """
import json, sys
from importlib.machinery import PathFinder
hidden = set(json.loads(sys.argv[3]))
class Bare(PathFinder):  # as if these were not installed
    @classmethod
    def find_spec(cls, name, *more):
        return None if name.split(".")[0] in hidden else super().find_spec(name, *more)
sys.meta_path[sys.meta_path.index(PathFinder)] = Bare
import mlflow, pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
import pilot
rows = model.predict(pd.DataFrame(json.loads(sys.argv[2]))).to_dict("records")
print(json.dumps({"home": pilot.__file__, "rows": rows}))
"""


@pytest.fixture(scope="module")
def version(shared_state: Path, kept_assistant: Path) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOT_STATE", str(shared_state))
        return export(kept_assistant)


@pytest.fixture
def live(kept_assistant: Path) -> list[dict]:
    from datetime import date

    assistant = restore(kept_assistant)
    return [assistant.ask(one["question"], date.fromisoformat(one["as_of"])).row() for one in ASKED]


def as_live(row: dict) -> dict:
    lists = {name: json.loads(row[name]) for name in ("fields", "answers")}
    return {**row, **lists, "body": row["body"] or None}


def test_candidate_answers_as_the_live_one(state: Path, version: str, live: list[dict]) -> None:
    import mlflow

    model = mlflow.pyfunc.load_model("models:/tro-ly-phap-luat@candidate")
    rows = model.predict(pd.DataFrame(ASKED)[["question", "as_of"]]).to_dict("records")
    assert [as_live(row) for row in rows] == live
    fetched = frozen("candidate")
    assert [passage.passage_id for passage in fetched.passages][:1] == ["a-p001"]


def not_required() -> list[str]:
    """Return the modules installed here that the frozen assistant's requirements do not bring."""
    brought: set[str] = set()
    waiting = list(REQUIRED)
    while waiting:
        if (name := canonicalize_name(waiting.pop())) not in brought:
            brought.add(name)
            wanted = map(Requirement, metadata.distribution(name).requires or ())
            waiting += [one.name for one in wanted if not one.marker or one.marker.evaluate({"extra": ""})]
    here = metadata.packages_distributions().items()
    return [m for m, owners in here if m != "pilot" and not brought & set(map(canonicalize_name, owners))]


def test_without_the_source_tree(state: Path, version: str, live: list[dict], tmp_path: Path) -> None:
    import mlflow

    model = mlflow.artifacts.download_artifacts(
        f"models:/tro-ly-phap-luat/{version}", dst_path=str(tmp_path / "m")
    )
    asked = json.dumps([{"question": one["question"], "as_of": one["as_of"]} for one in ASKED])
    bare = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "PILOT_ROOT", "PILOT_STATE")
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ALONE, model, asked, json.dumps(not_required())],
        capture_output=True, text=True, cwd=tmp_path, env=bare, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    assert Path(told["home"]).is_relative_to(tmp_path)
    assert [as_live(row) for row in told["rows"]] == live


def test_a_wrong_row_does_not_lose_the_others(state: Path, version: str) -> None:
    import mlflow

    model = mlflow.pyfunc.load_model(f"models:/tro-ly-phap-luat/{version}")
    rows = model.predict(
        pd.DataFrame({"question": ["", ASKED[0]["question"]], "as_of": ["2026-01-15", "hôm nay"]})
    )
    assert list(rows["status"]) == ["handed_over", "handed_over"]


def test_promotion_needs_go(state: Path, version: str, tmp_path: Path) -> None:
    record = tmp_path / "bao_cao.json"
    refused = promote("candidate", record)
    assert not refused.done
    assert "no report" in refused.objections[0]
    record.write_text(json.dumps({"recommendation": "extend", "runs": []}), encoding="utf-8")
    refused = promote("candidate", record)
    assert any("'extend', not 'go'" in objection for objection in refused.objections)
    with pytest.raises(InputError, match="no frozen assistant 'champion'"):
        track.frozen_version("champion")
    done = promote("candidate", record, override="thử nghiệm nội bộ")
    assert done.done
    assert track.frozen_version("champion") == version
    record.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="no record of a report"):
        promote("candidate", record)


@pytest.mark.filterwarnings("ignore")
def test_spark(version: str, live: list[dict], state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed (pip install 'pilot[spark]', Java 17); batch answers not tried")
    import mlflow
    from pyspark.sql import SparkSession

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    with SparkSession.builder.master("local[1]").getOrCreate() as spark:
        answers = mlflow.pyfunc.spark_udf(spark, "models:/tro-ly-phap-luat@candidate", env_manager="local")
        frame = spark.createDataFrame(pd.DataFrame(ASKED)[["question", "as_of"]])
        rows = frame.select(answers("question", "as_of").alias("r")).collect()
    assert [as_live(row.r.asDict()) for row in rows] == live

"""Runs and labels on PostgreSQL by one address each, artifacts on an S3-compatible store."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from label_postgres import Postgres
from test_cluster import _path, pilot
from test_label_kill import POSTGRES

pytestmark = [pytest.mark.system, POSTGRES]


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    running = Postgres()
    running._run("createdb", "-h", "127.0.0.1", "-p", running.port, "-U", "pilot", "mlflow")
    yield running
    running.remove()


@pytest.fixture
def on_server(database: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"postgresql+psycopg://pilot@127.0.0.1:{database.port}/mlflow"
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.setenv(name, address)
    monkeypatch.setenv("PILOT_LABEL_DATABASE", database.url)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket in moto's server."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-p", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": _path()})
    for name, value in {
        "MLFLOW_S3_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.2)
    code = f"import boto3; boto3.client('s3', endpoint_url='http://127.0.0.1:{port}').create_bucket(Bucket='pilot')"
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], check=True, env={**os.environ, "PYTHONPATH": _path()}
    )
    yield "s3://pilot/artifacts"
    process.kill()
    process.wait()


def told(state: Path, *arguments: object) -> str:
    process = pilot(state, *arguments)
    printed, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return printed


@pytest.mark.parametrize("where", ["folder", "bucket"])
def test_runs_live_in_postgresql(
    where: str,
    on_server: None,
    database: Postgres,
    tiny: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    state = tmp_path / "state"
    if where == "bucket":
        monkeypatch.setenv("MLFLOW_DEFAULT_ARTIFACT_ROOT", request.getfixturevalue("bucket"))
        database._run("createdb", "-h", "127.0.0.1", "-p", database.port, "-U", "pilot", "mlflow_s3")
        for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
            monkeypatch.setenv(name, os.environ[name] + "_s3")
    printed = json.loads(told(state, "run", "experiments/rank/bm25.yaml", "--dataset", tiny, "--json"))
    assert printed["metrics"]["MRR@10"]["n"] == 2
    code = f"from pilot import track; print(len(track.frames({printed['run_id']!r})['gold']))"
    environment = {**os.environ, "PYTHONPATH": _path()}
    read = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert read.stdout.split() == ["3"]
    assert not (state / "mlflow.db").exists()
    assert bool(list(state.rglob("predictions.parquet"))) == (where == "folder")


def test_labelling_lives_in_postgresql(on_server: None, tmp_path: Path) -> None:
    told(tmp_path / "state", "label", "backup", "--out", tmp_path / "empty.zip")
    assert (tmp_path / "empty.zip").stat().st_size > 0
    assert not (tmp_path / "state" / "label").exists()

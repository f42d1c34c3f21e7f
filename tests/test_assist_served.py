"""The frozen assistant over HTTP, as another system would call it."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path

import pytest

from pilot.assist.frozen import export
from pilot.assist.kept import restore

QUESTION = "Chó nhà hàng xóm cắn con tôi thì ai đền tiền?"


@pytest.mark.system
@pytest.mark.skipif(
    not os.environ.get("PILOT_LONG"), reason="PILOT_LONG=1 serves the model over HTTP; it takes minutes"
)
def test_over_http(state: Path, kept_assistant: Path, tmp_path: Path) -> None:
    import mlflow

    model = mlflow.artifacts.download_artifacts(
        f"models:/tro-ly-phap-luat/{export(kept_assistant)}", dst_path=str(tmp_path)
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hidden = ("PYTHONPATH", "PILOT_ROOT", "PILOT_STATE")
    bare = {name: value for name, value in os.environ.items() if name not in hidden}
    bare["PATH"] = (
        f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # mlflow calls uvicorn by name
    )
    command = [
        sys.executable,
        "-m",
        "mlflow",
        "models",
        "serve",
        "-m",
        model,
        "--env-manager",
        "local",
        "--port",
        str(port),
    ]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=tmp_path, env=bare, stdout=log, stderr=log, start_new_session=True
        )
    try:
        row = asked(port, server, tmp_path / "log")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, 15)
        server.wait(30)
    live = restore(kept_assistant).ask(QUESTION, date(2026, 1, 15)).row()
    assert (row["status"], row["reason"], row["body"]) == (live["status"], live["reason"], live["body"] or "")
    assert json.loads(row["answers"]) == live["answers"]


def asked(port: int, server: subprocess.Popen, log: Path) -> dict:
    body = json.dumps({"dataframe_records": [{"question": QUESTION, "as_of": "2026-01-15"}]}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/invocations", body, {"Content-Type": "application/json"}
    )
    for _ in range(120):
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["predictions"][0]
        except (ConnectionError, urllib.error.URLError):
            time.sleep(1)
    raise AssertionError(log.read_text())

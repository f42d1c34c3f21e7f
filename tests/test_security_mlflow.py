"""MLflow's own log-in, started with the very lines of SECURITY.md."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = pytest.mark.system
PASSWORD = "mot-mat-khau-rat-dai"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server of SECURITY.md, in a folder of its own, on a free port."""
    folder = tmp_path_factory.mktemp("mlflow")
    (folder / "state").mkdir()
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "mlflow").symlink_to(Path(sys.executable).parent / "mlflow")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    block = re.search(r"^( *)```\n(.*?basic-auth.*?)```", (ROOT / "SECURITY.md").read_text(), re.M | re.S)
    lines = re.sub(rf"^{block[1]}", "", block[2], flags=re.M)
    assert lines.count("<a long one of your own>") == 1
    lines = lines.replace("<a long one of your own>", PASSWORD).rstrip() + f" --port {port}\n"
    bin_first = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    bare = {
        name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "PYTHONPATH"))
    }
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            ["sh", "-e", "-c", lines], cwd=folder, env={**bare, "PATH": bin_first}, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/health", server, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, 15)
        server.wait(30)


def _wait(url: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + 300
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=10):
            return
        time.sleep(0.5)
    raise AssertionError(log.read_text())


def status(address: str, path: str, user: str | None, sent: dict | None = None) -> int:
    body = None if sent is None else json.dumps(sent).encode()
    request = urllib.request.Request(address + path, body, {"Content-Type": "application/json"})
    if user is not None:
        request.add_header("Authorization", f"Basic {b64encode(user.encode()).decode()}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_nobody_reads_without_the_password(address: str) -> None:
    for user in ("admin:password", "admin:password1234", "admin:", f"Admin:{PASSWORD}"):
        assert status(address, "/", user) == 401
    for path in (
        "/",
        "/api/2.0/mlflow/experiments/search?max_results=1",
        "/api/2.0/mlflow-artifacts/artifacts",
    ):
        assert status(address, path, None) == 401
        assert status(address, path, f"admin:{PASSWORD}") == 200


def test_a_second_account_reads_and_does_not_delete(address: str) -> None:
    admin, lan, place = f"admin:{PASSWORD}", "lan:mat-khau-cua-lan", "/api/2.0/mlflow"
    account = dict(zip(("username", "password"), lan.split(":"), strict=True))
    assert status(address, f"{place}/users/create", None, account) == 401
    assert status(address, "/signup", admin) == 200
    assert status(address, f"{place}/users/create", admin, account) == 200
    assert status(address, f"{place}/experiments/search?max_results=1", lan) == 200
    assert status(address, f"{place}/experiments/create", admin, {"name": "cua-admin"}) == 200
    for user, answer in ((lan, 403), (admin, 200)):
        assert status(address, f"{place}/experiments/delete", user, {"experiment_id": "1"}) == answer
    assert status(address, f"{place}/users/create", lan, {"username": "x", "password": "y" * 12}) == 403


@pytest.mark.parametrize("password", [PASSWORD, "falsch"])
def test_a_run_is_tracked_with_the_password_only(
    address: str, password: str, tiny: Path, tmp_path: Path
) -> None:
    environment = {
        **os.environ, "PILOT_STATE": str(tmp_path / "state"), "MLFLOW_TRACKING_URI": address,
        "MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": password,
    }  # fmt: skip
    environment.pop("MLFLOW_REGISTRY_URI", None)
    command = [
        sys.executable,
        "-c",
        "from pilot.cli import main; main()",
        "run",
        "experiments/rank/bm25.yaml",
    ]
    done = subprocess.run(
        [*command, "--dataset", tiny, "--json"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if password == PASSWORD:
        assert done.returncode == 0, done.stderr
        assert '"MRR@10"' in done.stdout
    else:
        assert done.returncode == 2, done.stderr
        assert "MLFLOW_TRACKING_PASSWORD" in done.stderr
        assert "Traceback" not in done.stderr

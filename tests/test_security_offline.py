"""The main job, a notebook and a round of labelling make no outside connection, and need none."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

WATCH = """
import os, sys


def watch(event, arguments):
    if event not in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        return
    place = arguments[0] if event.startswith("socket.get") else arguments[1]
    host = place[0] if isinstance(place, tuple) else place
    if isinstance(host, bytes):
        host = host.decode("utf-8", "replace")
    if host and not str(host).startswith(("127.", "::1", "/", "\\0", "localhost", "0.0.0.0")):
        with open(os.environ["WATCHED"], "a") as log:
            log.write(f"{event} {place!r} by {sys.argv}\\n")


sys.addaudithook(watch)
"""
ROUND = """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
from httpx2 import Client
from label_help import Expert, fill, opened
from label_server import Server
from pilot.label.release import export
folder = Path(sys.argv[1])
store = opened(folder)
fill(store, 2, wanted=1)
server = Server(str(store.engine.url), folder)
server.start()
with Client(base_url=server.address) as client:
    expert = Expert(client, "an")
    while claim := expert.next():
        assert expert.answer(claim)["status"] == "ok"
server.kill()
assert len(export(store, folder / "release").dataset.questions) == 2
store.close()
"""
ASK = "import socket; socket.getaddrinfo('{}.invalid', 80)"
PROBE = {
    "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None,
               "source": f"try:\n    {ASK.format('notebook')}\nexcept OSError:\n    pass"}],
    "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip
RUN = "from pilot.cli import main; main()"
NOTEBOOK = "notebooks/01_du_lieu.ipynb"


def unshared() -> list[str]:
    """The start of a command that runs with no network but loopback; empty where that is not allowed."""
    start = ["unshare", "-n", "sh", "-c", 'ip link set lo up 2>/dev/null; exec "$@"', "-"]
    allowed = (
        shutil.which("unshare")
        and subprocess.run([*start, "true"], capture_output=True, check=False).returncode == 0
    )
    return start if allowed else []


@pytest.mark.system
def test_no_outside_connection(tmp_path: Path) -> None:
    start = unshared()
    if not start:
        pytest.skip("needs root and unshare -n, to take the network away")
    (tmp_path / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    (tmp_path / "round").mkdir()
    (tmp_path / "probe.ipynb").write_text(json.dumps(PROBE), encoding="utf-8")
    suite = ["--suite", "quick"] if os.environ.get("PILOT_LONG") else ["experiments/rank/bm25.yaml"]
    jobs = [["data", "check", "data/sample"], ["run", *suite], ["report"]]
    commands = [[sys.executable, "-c", RUN, *job] for job in jobs]
    commands.append([sys.executable, "-c", ROUND, str(tmp_path / "round")])
    execute = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "--output-dir", str(tmp_path)]
    commands.append([*execute, NOTEBOOK])
    kept = {
        n: v for n, v in os.environ.items() if not n.startswith(("MLFLOW", "HF_", "DO_NOT", "PILOT_REAL"))
    }
    environment = {
        **kept, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "WATCHED": str(tmp_path / "connections"),
        "PILOT_STATE": str(tmp_path / "state"), "MPLBACKEND": "Agg",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    for command in commands:
        done = subprocess.run(
            [*start, *command], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (command, done.stderr[-3000:])
    found = tmp_path / "connections"
    assert not found.exists(), found.read_text()
    probes = [[sys.executable, "-c", ASK.format("main")], [*execute, str(tmp_path / "probe.ipynb")]]
    for command in probes:
        subprocess.run([*start, *command], env=environment, cwd=ROOT, capture_output=True, check=False)
    for name in ("main", "notebook"):
        assert f"{name}.invalid" in found.read_text(), "the watch itself does not work"

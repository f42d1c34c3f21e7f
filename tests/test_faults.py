"""Bad days: folders half replaced, full disks, read-only folders, two suites at once, a server gone, damaged files."""

import errno
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import ROOT
from test_cluster import pilot

from pilot import Dataset, load_experiment, project, run, track
from pilot.assist.kept import is_whole
from pilot.cli.mishaps import explained
from pilot.records import InputError


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_folder_is_replaced_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    old, fresh = tmp_path / "out", tmp_path / "fresh"
    for folder, text in ((old, "old"), (fresh, "new")):
        folder.mkdir()
        (folder / text).write_text(text)
    if not can_exchange:
        monkeypatch.setattr(project, "_exchanged", lambda *_: False)
    project.replace_folder(fresh, old)
    assert os.listdir(tmp_path) == ["out"]
    assert os.listdir(old) == ["new"]
    fresh.mkdir()
    project.replace_folder(fresh, tmp_path / "other")
    assert (tmp_path / "other").is_dir()


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except BaseException as caught:
        return caught


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), "/x/y: the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "/x: may not be written"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "may not be written"),
        (sqlite3.OperationalError("database is locked"), "kept busy"),
        (
            raised(RuntimeError("x"), ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")),
            "does not answer",
        ),
        (sqlite3.DatabaseError("file is not a database"), "the database is damaged"),
        (ModuleNotFoundError("No module named 'bm25s'", name="bm25s"), "make -B setup (bm25s)"),
        (ModuleNotFoundError("No module named 'pilot.nowhere'", name="pilot.nowhere"), None),
        (ValueError("the user wrote: Connection refused"), None),
        (FileNotFoundError(errno.ENOENT, "No such file", "/x"), None),
    ],
)
def test_mishaps_are_explained(error: BaseException, said: str | None) -> None:
    found = explained(error)
    assert found is None if said is None else said in str(found)


def test_a_damaged_frame_is_told_and_a_damaged_assistant_is_trained_again(
    state: Path, tiny: Path, kept_assistant: Path
) -> None:
    result = run(load_experiment(ROOT / "experiments" / "rank" / "bm25.yaml"), Dataset.load(tiny))
    path = next(state.rglob(f"{result.run_id}/artifacts/scores.parquet"))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"scores.parquet cannot be read .* run the experiment again"):
        track.frames(result.run_id)
    assert is_whole(kept_assistant)
    array = next(kept_assistant.rglob("syllables.weights.npy"))
    whole = array.read_bytes()
    for damaged in (whole[:-1], bytes([whole[-1] ^ 1]).join([whole[:-1], b""])):
        array.write_bytes(damaged)
        assert not is_whole(kept_assistant)
    array.write_bytes(whole)
    assert is_whole(kept_assistant)


@pytest.mark.system
def test_two_processes_may_start_on_a_new_store(tmp_path: Path, tiny: Path) -> None:
    files = [f"experiments/{name}.yaml" for name in ("rank/random", "classify/majority")]
    both = [pilot(tmp_path / "state", "run", file, "--dataset", tiny, "--json") for file in files]
    for process in both:
        _, said = process.communicate(timeout=180)
        assert process.returncode == 0, said
    assert not list((tmp_path / "state").glob(".mlflow.db-*"))


SCRIPT = """
set -u
mount -t tmpfs -o size={size} tmpfs {folder}
{pilot} run experiments/rank/bm25.yaml --dataset {tiny} --json; echo "first $?"
mount -o remount,size=300m,rw {folder}
{pilot} run experiments/rank/bm25.yaml --dataset {tiny} --json; echo "second $?"
mount -o remount,ro {folder}
{pilot} run experiments/rank/bm25.yaml --dataset {tiny} --json; echo "third $?"
"""


def may_mount() -> bool:
    command = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return (
        bool(shutil.which("unshare"))
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


@pytest.mark.system
@pytest.mark.skipif(not may_mount(), reason="needs root and unshare -m, to mount a small disk")
def test_a_full_disk_and_a_closed_folder(tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "disk").mkdir()
    command = f"{sys.executable} -c 'from pilot.cli import main; main()'"
    script = SCRIPT.format(size="900k", folder=tmp_path / "disk", pilot=command, tiny=tiny)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW")}
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, cwd=ROOT, check=False,
        env={**kept, "PYTHONPATH": str(ROOT), "PILOT_STATE": str(tmp_path / "disk"), "PILOT_REAL_DATA": ""},
    )  # fmt: skip
    codes = re.findall(r"^(first|second|third) (\d)", done.stdout, re.M)
    assert codes == [("first", "2"), ("second", "0"), ("third", "2")], done.stderr
    assert "the disk is full" in done.stderr
    assert "may not be written" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.system
def test_mlflow_gone_in_the_middle_of_a_run(
    tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite says so, keeps what was completed, and goes on once the server is back."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{tmp_path}/s.db",
               "--workers", "1", "--port", str(port), "--artifacts-destination", str(tmp_path / "files")]  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_TRACKING")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    log = (tmp_path / "log").open("w")
    server = subprocess.Popen(
        command, env={**kept, "PATH": path}, stdout=log, stderr=log, start_new_session=True
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/health", timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.5)
        environment = {
            **kept, "PYTHONPATH": str(ROOT), "PILOT_STATE": str(tmp_path), "MLFLOW_TRACKING_URI": address,
            "MLFLOW_REGISTRY_URI": address, "MLFLOW_DEFAULT_ARTIFACT_ROOT": "mlflow-artifacts:/",
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
        }  # fmt: skip
        files = ["experiments/rank/random.yaml", "experiments/rank/bm25.yaml"]
        code = "from pilot.cli import main; main()"
        process = subprocess.Popen(
            [sys.executable, "-c", code, "run", *files, "--dataset", str(tiny)], env=environment, cwd=ROOT,
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        said = ""
        for line in process.stderr:
            said += line
            if "rank/random" in line and "run " in line:
                break
        os.killpg(server.pid, signal.SIGKILL)
        said += process.communicate(timeout=180)[1]
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        log.close()
    assert process.returncode == 2, said
    assert "a server does not answer" in said
    assert "Traceback" not in said
    monkeypatch.setenv("PILOT_STATE", str(tmp_path))
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.setenv(name, f"sqlite:///{tmp_path}/s.db")
    assert [done.experiment for done in track.completed()] == ["rank/random"]

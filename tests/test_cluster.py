"""A cluster of two workers in processes of their own gives what one process gives, also when one of them dies."""

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT

from pilot import track
from pilot.parallel import code_hash, in_order, on_cluster
from pilot.records import InputError

INSTALLED = importlib.util.find_spec("distributed") is not None
NEEDED = pytest.mark.skipif(not INSTALLED, reason="dask and distributed are not installed (extra `cluster`)")
EXPERIMENTS = ("rank/bm25", "classify/tfidf_logistic")


def test_one_process_works_lazily_and_in_order() -> None:
    heard: list[int] = []
    found = in_order(lambda number: heard.append(number) or number, ((n,) for n in range(3)))
    assert (next(found), heard) == (0, [0])
    with on_cluster(None):
        assert list(found) == [1, 2]


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pilot\[cluster\]"), on_cluster("tcp://127.0.0.1:1"):
        pass


def pilot(state: Path, *arguments: object) -> subprocess.Popen:
    command = [sys.executable, "-c", "from pilot.cli import main; main()", *map(str, arguments)]
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")) or "postgresql" in value
    }
    environment = {**kept, "PILOT_STATE": str(state), "PYTHONPATH": _path()}
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _path() -> str:
    return os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])


class Cluster:
    """A scheduler and two workers of one thread each."""

    def __init__(self, folder: Path) -> None:
        self.file, self.log = folder / "scheduler.json", (folder / "log").open("w")
        options = ["--scheduler-file", str(self.file), "--no-dashboard"]
        self.processes = [self._start("dask_scheduler", *options, "--host", "127.0.0.1", "--port", "0")]
        end = time.monotonic() + 60
        while not self.file.exists() and time.monotonic() < end:
            time.sleep(0.1)
        self.address = json.loads(self.file.read_text())["address"]
        for name in ("one", "two"):
            self.processes.append(
                self._start("dask_worker", *options, "--nthreads", "1", "--no-nanny", "--name", name)
            )
        self._wait(2)

    def _start(self, module: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
        environment = {**os.environ, "PYTHONPATH": _path(), "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=self.log, stderr=self.log)

    def _wait(self, count: int) -> None:
        code = (
            f"from distributed import Client; Client({self.address!r}).wait_for_workers({count}, timeout=60)"
        )
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            check=True,
            env={**os.environ, "PYTHONPATH": _path()},
        )

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self.log.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    running = Cluster(tmp_path)
    yield running
    running.stop()


def frames_of(state: Path, monkeypatch: pytest.MonkeyPatch, printed: str) -> list[dict[str, pd.DataFrame]]:
    monkeypatch.setenv("PILOT_STATE", str(state))
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):  # MLflow itself sets them
        monkeypatch.delenv(name, raising=False)
    return [track.frames(json.loads(line)["run_id"]) for line in printed.splitlines()]


@NEEDED
@pytest.mark.system
def test_two_workers_and_one_killed_give_the_same(
    cluster: Cluster, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [f"experiments/{name}.yaml" for name in EXPERIMENTS]
    here = pilot(tmp_path / "here", "run", *files, "--dataset", tiny, "--folds", 2, "--json")
    there = pilot(
        tmp_path / "there", "run", *files, "--dataset", tiny, "--folds", 2, "--json", "--cluster", cluster.address
    )  # fmt: skip
    said = ""
    for line in there.stderr:
        said += line
        if "run " in line:  # the first experiment is done: one of the two workers dies with what it held
            cluster.processes[1].kill()
            break
    printed, rest = there.communicate(timeout=180)
    alone, _ = here.communicate(timeout=180)
    assert (there.returncode, here.returncode) == (0, 0), said + rest
    pairs = list(zip(*(map(json.loads, text.splitlines()) for text in (alone, printed)), strict=True))
    assert len(pairs) == len(EXPERIMENTS)
    assert all(one["metrics"] == other["metrics"] for one, other in pairs)
    for one, other in zip(
        frames_of(tmp_path / "here", monkeypatch, alone),
        frames_of(tmp_path / "there", monkeypatch, printed),
        strict=True,
    ):
        for name in ("predictions", "scores", "gold"):
            pd.testing.assert_frame_equal(one[name], other[name])


@NEEDED
@pytest.mark.system
def test_wrong_clusters_are_told(tmp_path: Path) -> None:
    nobody = pilot(tmp_path, "run", "experiments/rank/bm25.yaml", "--cluster", "tcp://127.0.0.1:9")
    _, said = nobody.communicate(timeout=60)
    assert nobody.returncode == 2, said
    assert "no Dask scheduler answers" in said


def test_code_is_known_by_its_hash() -> None:
    assert code_hash() == code_hash()
    assert len(code_hash()) == 16

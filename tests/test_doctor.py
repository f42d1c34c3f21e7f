"""`pilot doctor` finds the commonest problems and says how to mend each."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

from pilot import checkout, doctor, ports, project
from pilot.records import InputError
from pilot.text import pyvi_model


def faults() -> dict[str, str]:
    return {check.name: check.finding for check in doctor.checks() if not check.well}


def damaged(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("no database at all")


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder of its own, sound at first."""
    for name in ("mlflow.yaml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.setenv("PILOT_ROOT", str(tmp_path))
    monkeypatch.delenv("PILOT_STATE", raising=False)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setattr("pilot.checkout.source_state", lambda: ("c" * 40, False))
    monkeypatch.setattr(doctor, "NEEDED_MEMORY", 0)
    monkeypatch.setattr(doctor, "_ports", lambda: "free")
    return tmp_path


def test_a_sound_project_has_no_faults(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PILOT_REAL_DATA", raising=False)
    assert {name for name in faults() if name != "versions"} == set()


@pytest.mark.parametrize(
    ("spoil", "name", "said"),
    [
        (lambda p, m: (p / "requirements.lock").write_text("numpy==0.1 \\\n"), "versions", "instead of 0.1"),
        (lambda p, m: (p / "mlflow.yaml").write_text("x: 1\n"), "mlflow.yaml", "unknown key 'x'"),
        (lambda p, m: m.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9"), "MLflow", "does not answer"),
        (lambda p, m: m.setenv("PILOT_STATE", "/proc/nowhere"), "state folder", "set PILOT_STATE"),
        (lambda p, m: (p / "data" / "sample" / "questions.jsonl").write_text("{"), "sample", "git checkout"),
        (lambda p, m: m.setattr(pyvi_model, "FINGERPRINT", "x"), "segmenter", "20 times slower"),
        (lambda p, m: m.setattr("pilot.checkout.source_state", lambda: ("", True)), "git", "git init"),
        (lambda p, m: damaged(p / "state" / "mlflow.db"), "runs", "put back a copy"),
        (lambda p, m: m.setattr(doctor, "NEEDED_DISK", 10**6), "disk", "are needed"),
        (lambda p, m: m.setattr(doctor, "NEEDED_MEMORY", 10**6), "memory", "close other programs"),
        (lambda p, m: m.setenv("PILOT_REAL_DATA", "/nowhere"), "PILOT_REAL_DATA", "unset or correct it"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_remedy(
    copy: Path, monkeypatch: pytest.MonkeyPatch, spoil, name: str, said: str
) -> None:
    spoil(copy, monkeypatch)
    assert said in faults()[name]


def test_what_was_killed_leaves_traces_that_are_found(copy: Path) -> None:
    left = project.state("datasets") / ".x-abc"
    left.mkdir(parents=True)
    assert "left over" not in faults()
    os.utime(left, (0, 0))
    assert "delete them" in faults()["left over"]


def test_without_a_project_one_fault_is_told_not_ten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILOT_ROOT", str(tmp_path))
    assert list(faults()) == ["project"]
    assert "git checkout mlflow.yaml" in faults()["project"]


def test_only_a_stranger_at_a_port_is_a_fault(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        place = ("MLflow", "127.0.0.1", port, "health")
        with pytest.raises(InputError, match=f"{port}, which MLflow would use, is taken"):
            ports.standing([place])
        with pytest.raises(InputError, match="is taken by another program; use 1"):
            ports.refuse_taken("127.0.0.1", port, "use 1")
        monkeypatch.setattr(ports, "answers", lambda address: address == f"http://127.0.0.1:{port}/health")
        assert ports.standing([place]) == f"{port} MLflow is at work"
    assert ports.standing([place]) == f"{port} free"


def test_a_folder_of_another_user_is_told(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = subprocess.CompletedProcess([], 128, "", "fatal: detected dubious ownership in repository at '/x'")
    monkeypatch.setattr(checkout.subprocess, "run", lambda *_, **__: said)
    assert checkout.why_no_commit().endswith(f"git config --global --add safe.directory {copy}")


def test_a_terminal_without_vietnamese_letters_is_told(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain:
        encoding = "ascii"

    monkeypatch.setattr(doctor.sys, "stdout", Plain())
    assert "export LANG=C.UTF-8" in faults()["terminal"]


def test_every_command_has_an_example() -> None:
    from typer.main import get_command

    from pilot.cli import app

    def walk(command, path: str):
        if not hasattr(command, "commands"):
            yield path, command.help or ""
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, f"{path} {name}")

    without = [path for path, words in walk(get_command(app), "pilot") if f"{path}" not in words]
    assert without == []

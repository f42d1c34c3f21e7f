from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from pilot import project, track
from pilot.evaluate import MEASURES
from pilot.records import InputError


@given(st.sampled_from([*MEASURES, "nDCG@10", "Coverage@risk=0.05", "macro-F1", "Top-3"]))
def test_measure_names_survive_mlflow(measure: str) -> None:
    name = track.metric_name(measure)
    assert track.measure_name(name) == measure
    assert not set(name) & set("@=()")


def test_paths_resolve_against_mlflow_yaml(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("MLFLOW_TRACKING_URI", "PILOT_STATE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PILOT_ROOT", str(ROOT))
    monkeypatch.chdir(tmp_path)
    chosen = track.settings()
    assert chosen.tracking_uri == f"sqlite:///{ROOT}/state/mlflow.db"
    assert chosen.artifact_root == f"{ROOT}/state/artifacts"
    assert chosen.host == "127.0.0.1"


def test_environment_overrides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://db/runs")
    assert track.settings().tracking_uri == "postgresql://db/runs"


def test_faulty_mlflow_yaml_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mlflow.yaml").write_text("tracking_uri: 3\nserver: {}\nport: 1\n", encoding="utf-8")
    monkeypatch.setenv("PILOT_ROOT", str(tmp_path))
    with pytest.raises(InputError) as caught:
        track.settings()
    text = str(caught.value)
    assert "unknown key 'port'" in text
    assert "'tracking_uri' is 3; expected a str" in text
    assert "'required_tags' is None" in text


def test_without_a_project_the_next_step_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PILOT_ROOT", str(tmp_path))
    with pytest.raises(InputError, match="set PILOT_ROOT"):
        project.root()


def test_write_whole_keeps_the_old_file_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    project.write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        project.write_whole(path, "new \ud800")
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]

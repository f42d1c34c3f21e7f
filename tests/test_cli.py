"""The command line as a user meets it: exit codes, messages, what is left behind."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from conftest import ROOT, TINY, write_dataset

BM25 = "experiments/rank/bm25.yaml"


def pilot(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", "from pilot.cli import main; main()", *map(str, arguments)],
        capture_output=True, text=True, cwd=cwd, check=False, timeout=300,
    )  # fmt: skip


def test_run_prints_one_json_object_per_experiment(state: Path, tiny: Path) -> None:
    done = pilot("run", BM25, "experiments/rank/random.yaml", "--dataset", tiny, "--json")
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert first.keys() == {"run_id", "experiment", "task", "dataset", "supervision", "metrics", "seconds"}
    assert (first["experiment"], second["experiment"]) == ("rank/bm25", "rank/random")
    assert first["metrics"]["nDCG@10"].keys() == {"value", "low", "high", "n"}
    assert first["metrics"]["nDCG@10"]["n"] == 2


def test_nfd_input_gives_the_same_result(state: Path, tmp_path: Path) -> None:
    spelled = json.loads(unicodedata.normalize("NFD", json.dumps(TINY, ensure_ascii=False)))
    results = [
        json.loads(pilot("run", BM25, "--dataset", write_dataset(tmp_path / form, tables), "--json").stdout)[
            "metrics"
        ]
        for form, tables in (("nfc", TINY), ("nfd", spelled))
    ]
    assert results[0] == results[1]


def broken(folder: Path, **changes: list[dict]) -> Path:
    return write_dataset(folder, {**TINY, **changes})


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda folder: folder / "nowhere", ["nowhere"]),
        (lambda folder: broken(folder / "empty", questions=[], passages=[], judgments=[]), ["no questions"]),
        (
            lambda folder: broken(folder / "twice", questions=TINY["questions"] * 2),
            ["questions.jsonl:9", "q0"],
        ),
        (
            lambda folder: broken(folder / "lost", judgments=[{**TINY["judgments"][0], "passage_id": "p9"}]),
            ["judgments.jsonl:1", "p9"],
        ),
    ],
    ids=["missing", "empty", "duplicate", "unknown-passage"],
)
def test_bad_datasets_exit_2_with_a_clear_message(
    state: Path, tmp_path: Path, make, expected: list[str]
) -> None:
    done = pilot("run", BM25, "--dataset", make(tmp_path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert all(part in done.stderr for part in expected), done.stderr
    assert "Traceback" not in done.stderr


def test_invalid_utf8_exits_2(state: Path, tiny: Path) -> None:
    with (tiny / "questions.jsonl").open("ab") as file:
        file.write(b'{"question_id": "q9", "text": "\xff"}\n')
    done = pilot("run", BM25, "--dataset", tiny)
    assert done.returncode == 2
    assert "questions.jsonl:9" in done.stderr
    assert "UTF-8" in done.stderr


def test_beir_without_qrels_exits_2(state: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"_id": "a", "title": "", "text": "x"}\n', encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "x"}\n', encoding="utf-8")
    done = pilot("run", BM25, "--dataset", tmp_path)
    assert done.returncode == 2
    assert "qrels" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "nowhere.yaml"),
        ("run", "--suite", "quik"),
        ("run", BM25, "--suite", "quick"),
        ("nonsense",),
        ("run", "--fold", "x"),
    ],
)
def test_wrong_words_exit_2(state: Path, arguments: tuple[str, ...]) -> None:
    done = pilot(*arguments)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (("--train-on", "nowhere"), "nowhere: no such folder"),
        (("--folds", "99"), "give --folds from 2 to"),
        (("--folds", "1"), "give --folds from 2 to"),
    ],
)
def test_data_choices_that_cannot_work_exit_2(
    state: Path, tiny: Path, more: tuple[str, ...], expected: str
) -> None:
    done = pilot("run", "experiments/classify/tfidf_logistic.yaml", "--dataset", tiny, *more)
    assert done.returncode == 2
    assert expected in done.stderr


def test_compare_names_the_next_step(state: Path) -> None:
    done = pilot("compare", "rank/nothing", "rank/at-all")
    assert done.returncode == 2
    assert "no completed run" in done.stderr
    assert pilot("compare", "x", "y", "--out", "a.docx").returncode == 2


def test_faults_of_all_experiments_are_told_at_once(state: Path, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.yaml" for name in ("a", "b")]
    for path in paths:
        path.write_text("tsk: rank\n", encoding="utf-8")
    done = pilot("run", *paths)
    assert done.returncode == 2
    assert "a.yaml" in done.stderr
    assert "b.yaml" in done.stderr


def test_internal_errors_exit_3_and_name_the_log(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import pilot.cli.entry as c; c.project.stay_private = lambda: None; c.app = lambda **_: 1 / 0; c.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 3
    log = Path(done.stderr.strip().split("the log is ")[1])
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


def test_interruption_exits_130(state: Path) -> None:
    code = """
import pilot.cli.entry as c, sys
@c.app.command()
def stop() -> None: raise KeyboardInterrupt
sys.argv = ["pilot", "stop"]
c.main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 130
    assert "goes on with the rest" in done.stderr


def test_doctor_looks_at_everything(state: Path) -> None:
    done = pilot("doctor")
    assert done.returncode in (0, 1)
    for name in ("python", "mlflow", "state folder", "sample", "git", "disk"):
        assert name in done.stdout


def test_report_is_written_whole(state: Path, tiny: Path, tmp_path: Path) -> None:
    run_id = json.loads(pilot("run", BM25, "--dataset", tiny, "--json").stdout)["run_id"]
    done = pilot("report", "--out", tmp_path / "out", "--runs", run_id)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "bao_cao.html").read_text(encoding="utf-8")
    assert "Chưa đủ cơ sở để kết luận" in page
    assert page.count("<img ") >= 1
    assert {"bao_cao.html", "bao_cao.docx"} <= {p.name for p in (tmp_path / "out").iterdir()}
    assert not [p for p in (tmp_path / "out").iterdir() if p.name.startswith(".")]
    assert pilot("report", "--runs", "nothing/here").returncode == 2

"""The pieces of work that `fault_harness` kills, and how it is told whether what they leave is sound."""

import json
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
CLEAN = ("c" * 40, False)


class Work(NamedTuple):
    """What is killed: prepared once, done (and killed) in a child, its traces judged after a kill and at the end."""

    prepare: Callable[[Path], None]
    do: Callable[[Path], None]
    sound: Callable[[Path], None]
    ended: Callable[[Path], None]


# --- run -------------------------------------------------------------------------------------------------------


def plans(folder: Path) -> list:
    from pilot import checkout
    from pilot.config import load_experiment
    from pilot.experiment.plan import Plan
    from pilot.sources import Dataset

    checkout.source_state = lambda: CLEAN
    data = Dataset.load(folder / "tiny")
    names = ("rank/bm25", "classify/tfidf_logistic")
    return [Plan(load_experiment(ROOT / "experiments" / f"{name}.yaml"), data) for name in names]


def tiny(folder: Path) -> None:
    from conftest import TINY, write_dataset

    write_dataset(folder / "tiny", TINY)


def run_prepared(folder: Path) -> None:
    from pilot import track

    tiny(folder)
    track.completed()  # the database and its tables, which cost seconds


def run(folder: Path) -> None:
    from pilot.experiment import run_all

    run_all(plans(folder), lambda *_: None, resume=True)


def run_sound(folder: Path) -> None:
    from pilot import track

    runs = track.completed()
    assert len({one.identity for one in runs}) == len(runs), "a run is counted twice"
    for one in runs:
        assert len(track.frames(one.run_id)["gold"]) in (2, 3)
        assert len(one.metrics) >= 4


def run_ended(folder: Path) -> None:
    from pilot import track

    run_sound(folder)
    assert {one.identity for one in track.completed()} == {plan.identity for plan in plans(folder)}


# --- report ----------------------------------------------------------------------------------------------------


def report_prepared(folder: Path) -> None:
    run_prepared(folder)
    run(folder)
    report(folder)


def report(folder: Path) -> None:
    from pilot import checkout, track
    from pilot.decide.report import write_report

    checkout.source_state = lambda: CLEAN
    write_report(track.completed(), folder / "out")


def report_sound(folder: Path) -> None:
    page = (folder / "out" / "bao_cao.html").read_text(encoding="utf-8")
    assert page.rstrip().endswith("</html>")
    json.loads((folder / "out" / "bao_cao.json").read_text(encoding="utf-8"))
    assert zipfile.ZipFile(folder / "out" / "bao_cao.docx").testzip() is None
    left = {path.name for path in (folder / "out").iterdir() if not path.name.startswith(".")}
    assert left == {"bao_cao.html", "bao_cao.docx", "bao_cao.json", "cong_bo.html"}


# --- import ----------------------------------------------------------------------------------------------------


def import_prepared(folder: Path) -> None:
    from conftest import TINY, write_dataset

    rows = [
        {**row, "question_id": f"{row['question_id']}-{i}"} for i in range(20) for row in TINY["questions"]
    ]
    write_dataset(folder / "tiny", {**TINY, "questions": rows, "judgments": []})
    (folder / "rows.csv").write_text(
        "câu hỏi,lĩnh vực\n" + "".join(f"Câu hỏi số {i} về đất đai?,09\n" for i in range(60)),
        encoding="utf-8",
    )
    imported(folder)


def imported(folder: Path) -> None:
    from pilot.quality.freeze import read_earlier
    from pilot.quality.prepare import prepare, write_imported
    from pilot.sources.formats import read_source

    out = folder / "out"
    prepared = prepare(read_source(folder / "rows.csv", "table"), "group", read_earlier(out), private=True)
    write_imported(prepared, out, "rows.csv")


def import_sound(folder: Path) -> None:
    from pilot.sources import Dataset

    assert len(Dataset.load(folder / "out").questions) == 60


# --- index: the trained assistant ------------------------------------------------------------------------------


def index_prepared(folder: Path) -> None:
    tiny(folder)


def index(folder: Path) -> None:
    from pilot.assist.kept import is_whole
    from pilot.rank.collection import Collection
    from pilot.sources import Dataset
    from pilot.text.corpus_store import segment_stored

    passages = Dataset.load(ROOT / "data" / "sample").passages[:60]
    list(segment_stored((one.text for one in passages), folder / "state" / "words.db"))
    kept = folder / "state" / "assistant" / "x"
    if not is_whole(kept):
        keep_index(Collection.build(passages, ("syllables", "pairs")), passages, kept)


def keep_index(collection, passages, kept: Path) -> None:
    from pilot.assist.assistant import Assistant
    from pilot.assist.confidence import Confidence
    from pilot.assist.kept import Origin, keep
    from pilot.config import load_experiment

    class Model:
        def save(self, folder: Path) -> None:
            collection.save(folder / "collection")

    configs = [load_experiment(ROOT / "experiments" / task / "default.yaml") for task in ("classify", "rank")]
    assistant = Assistant(Model(), Model(), passages, (), Confidence((1.0,) * 3, 0.5), 3)
    keep(assistant, tuple(configs), Origin("x", "f", True, "x", "c", "r", "c" * 40), kept)


def index_sound(folder: Path) -> None:
    import sqlite3

    from pilot.assist.kept import is_whole

    kept = folder / "state" / "assistant" / "x"
    assert not kept.exists() or is_whole(kept), "an index that is not whole bears its name"
    path = folder / "state" / "words.db"
    if path.exists():
        assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def index_ended(folder: Path) -> None:
    from pilot.assist.kept import is_whole
    from pilot.rank.collection import Collection
    from pilot.sources import Dataset

    kept = folder / "state" / "assistant" / "x"
    assert is_whole(kept)
    Collection.load(kept / "rank" / "collection", Dataset.load(ROOT / "data" / "sample").passages[:60])


# --- label -----------------------------------------------------------------------------------------------------


def label_prepared(folder: Path) -> None:
    from label_help import fill, opened

    store = opened(folder)
    fill(store, 12, wanted=1)
    store.close()


def label(folder: Path) -> None:
    """Answer what is left, noting each answer outside the database once it is confirmed; back up and give out."""
    from label_help import KEYS, opened

    from pilot.label.answers import Operation, take
    from pilot.label.backup import backup
    from pilot.label.queue import next_claim
    from pilot.label.release import export

    store = opened(folder)
    content = {"main": "09", **{f"grade:{key}": 1 for key in KEYS}}
    with (folder / "confirmed").open("a") as confirmed:
        while claim := store.writer.run(lambda connection: next_claim(connection, 1, time.time())):
            for kind in ("save", "submit"):
                operation = Operation(f"{kind}-{claim}-0000", kind, claim, content)
                done = store.writer.run(lambda connection, o=operation: take(connection, 1, o, time.time()))
                assert done.status == "ok", done
            os.write(confirmed.fileno(), f"{claim}\n".encode())
    (folder / "b.zip").unlink(missing_ok=True)
    backup(store, folder / "b.zip")
    export(store, folder / "release")
    store.close()


def label_sound(folder: Path) -> None:
    from label_help import opened, rows

    from pilot.label.tables import answers
    from pilot.sources import Dataset

    store = opened(folder)
    with store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    stored = [row["claim_id"] for row in rows(store, answers)]
    store.close()
    assert len(set(stored)) == len(stored), "an answer is there twice"
    path = folder / "confirmed"
    assert set(path.read_text().split() if path.exists() else ()) <= set(map(str, stored)), (
        "a confirmed answer is lost"
    )
    if (folder / "b.zip").exists():
        assert zipfile.ZipFile(folder / "b.zip").testzip() is None
    if (folder / "release").exists():
        assert len(Dataset.load(folder / "release").questions) == 12


def label_ended(folder: Path) -> None:
    label_sound(folder)
    from label_help import opened, rows

    from pilot.label.tables import answers

    store = opened(folder)
    assert len(rows(store, answers)) == 12
    store.close()
    assert (folder / "release").exists()


WORKS = {
    "run": Work(run_prepared, run, run_sound, run_ended),
    "report": Work(report_prepared, report, report_sound, report_sound),
    "import": Work(import_prepared, imported, import_sound, import_sound),
    "index": Work(index_prepared, index, index_sound, index_ended),
    "label": Work(label_prepared, label, label_sound, label_ended),
}

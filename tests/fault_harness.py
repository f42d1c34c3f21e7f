"""kill -9 at random points of what writes: ``fault_harness.py KILLS SEED FOLDER`` prints what it found as JSON.

Every piece of work runs in a forked child, which dies at its n-th change to the file system, or after a random time
(so that SQLite's own writing is hit too). Then what is on disk must be sound, and the same work again must end well.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "shutil.rmtree", "shutil.copyfile"}
CLEAN = ("c" * 40, False)


class Work(NamedTuple):
    """What is killed: prepared once, done (and killed) in a child, its traces judged after a kill and at the end."""

    prepare: Callable[[Path], None]
    do: Callable[[Path], None]
    sound: Callable[[Path], None]
    ended: Callable[[Path], None]


def deadly(folder: Path, at: int | None) -> list[int]:
    """Let this process die at its ``at``-th change below ``folder``; return a list that counts them."""
    count = [0]

    def watch(event: str, arguments: tuple) -> None:
        writing = (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if (event in CHANGES or writing) and str(folder) in str(arguments[0]):
            count[0] += 1
            if count[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    return count


def child(
    work: Callable[[Path], None], folder: Path, at: int | None = None, after: float | None = None
) -> int:
    """Run ``work`` in a child, to be killed at a change or after seconds; return its wait status."""
    pid = os.fork()
    if pid:
        if after is not None:
            time.sleep(after)
            os.kill(pid, signal.SIGKILL)
        return os.waitpid(pid, 0)[1]
    try:
        os.environ["PILOT_STATE"] = str(folder / "state")
        count = deadly(folder, at)
        work(folder)
        (folder.parent / f"{folder.name}.count").write_text(str(count[0]))
    except BaseException:
        (folder.parent / "fault.txt").write_text(traceback.format_exc())
        os._exit(1)
    os._exit(0)


def must(work: Callable[[Path], None], folder: Path, what: str) -> float:
    """Run ``work`` unharmed in a child; return the seconds it took."""
    began = time.monotonic()
    if child(work, folder):
        raise AssertionError(f"{what}: {(folder.parent / 'fault.txt').read_text()[-3000:]}")
    return time.monotonic() - began


# --- run -------------------------------------------------------------------------------------------------------


def plans(folder: Path) -> list:
    from pilot import checkout
    from pilot.config import load_experiment
    from pilot.plan import Plan
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


def round_of(name: str, work: Work, home: Path, chance: random.Random, kills: int, found: Counter) -> None:
    """Kill a piece of work so often, each time on a fresh copy of what it works on."""
    import shutil

    template = home / name / "template"
    template.mkdir(parents=True)
    must(work.prepare, template, f"{name}: preparing")
    first = home / name / "first"
    _copied(template, first)
    seconds = must(work.do, first, f"{name}: unharmed")
    changes = int((home / name / "first.count").read_text())
    must(work.ended, first, f"{name}: unharmed, judged")
    for number in range(kills):
        folder = home / name / f"k{number}"
        _copied(template, folder)
        blow: dict = {}
        for _ in range(chance.choice((1, 1, 2))):  # now and then the second try dies as well
            blow = (
                {"at": chance.randint(1, changes)}
                if chance.random() < 0.6
                else {"after": chance.uniform(0, seconds)}
            )
            status = child(work.do, folder, **blow)
            assert status in (0, signal.SIGKILL), (
                f"{name} {blow}: {(home / name / 'fault.txt').read_text()[-3000:]}"
            )
            found[f"{name}: killed" if status else f"{name}: ended before the blow"] += 1
            must(work.sound, folder, f"{name}: after {blow}")
        must(work.do, folder, f"{name}: again after {blow}")
        must(work.ended, folder, f"{name}: judged after {blow}")
        shutil.rmtree(folder)


def _copied(template: Path, folder: Path) -> None:
    """Copy what the work starts from, with the absolute paths that MLflow keeps of artifacts."""
    import shutil

    kept = template.parent / "kept"
    if not kept.exists():
        template.rename(kept)
    shutil.copytree(kept, folder)
    state = folder / "state" / "mlflow.db"
    if state.exists():
        _moved(state, str(template), str(folder))


def _moved(database: Path, old: str, new: str) -> None:
    import sqlite3

    with sqlite3.connect(database) as connection:
        for table, column in (("experiments", "artifact_location"), ("runs", "artifact_uri")):
            connection.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (old, new))
    connection.close()


def shares(kills: int) -> dict[str, int]:
    """Return how often each is killed; runs and reports, which take ten times as long, less often."""
    weights = {"run": 1, "report": 1, "import": 8, "index": 8, "label": 8}
    share = {name: max(1, kills * weight // sum(weights.values())) for name, weight in weights.items()}
    share["label"] += max(0, kills - sum(share.values()))
    return share


def main() -> None:
    kills, seed, home = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    import logging
    import warnings

    warnings.simplefilter("ignore")
    from pilot import project

    project.stay_private()
    logging.disable(logging.WARNING)
    import docx  # noqa: F401  loaded once: children inherit it
    import mlflow.pyfunc  # noqa: F401
    import pandas  # noqa: F401
    import sklearn.linear_model  # noqa: F401

    chance, found = random.Random(seed), Counter()
    for name, count in shares(kills).items():
        round_of(name, WORKS[name], home, chance, count, found)
        print(json.dumps({"work": name, **found}), file=sys.stderr, flush=True)  # noqa: T201
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main()

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
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from fault_works import ROOT, WORKS, Work

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "shutil.rmtree", "shutil.copyfile"}


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
    sys.path.insert(0, str(ROOT))
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

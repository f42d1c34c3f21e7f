"""What is installed, reachable and writable; each fault with its remedy."""

import importlib.metadata
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pilot import project
from pilot.records import InputError

PACKAGES = ("torch", "transformers", "datasets", "scikit-learn", "mlflow", "pyvi", "bm25s", "jupyterlab")
NEEDED_DISK = 2.0
"""GiB that models and runs need."""
NEEDED_MEMORY = 3.0
"""GiB that the quick suite needs."""
_AGAIN = "install what requirements.lock says: make -B setup"
LEFT_AFTER = 3600
"""Seconds after which an unfinished folder belongs to nobody who is still at work."""


class Check(NamedTuple):
    """One thing looked at: its name, whether it is well, and what was found or must be done."""

    name: str
    well: bool
    finding: str


def checks() -> Iterable[Check]:
    """Yield every check, in the order in which one would mend them."""
    yield Check("python", sys.version_info >= (3, 11), f"{sys.version.split()[0]}; 3.11 or newer is needed")
    for package in PACKAGES:
        look = partial(importlib.metadata.version, package)
        yield _guarded(package, look, _AGAIN)
    try:
        yield Check("project", True, str(project.root()))
    except InputError as error:
        yield Check("project", False, f"{error}; if the file is lost: git checkout mlflow.yaml")
        return
    yield _guarded("versions", _versions, _AGAIN)
    tracking = _guarded(
        "mlflow.yaml", _tracking, "mend it as said, or restore it with `git checkout mlflow.yaml`"
    )
    yield tracking
    if tracking.well:
        yield _guarded(
            "MLflow", _reachable, "start it (`make ui`), or unset MLFLOW_TRACKING_URI to use SQLite"
        )
        yield _guarded("runs", _runs, "move the file away (runs start anew) or put back a copy")
        others = "use others: MLFLOW_PORT=5050 pilot ui; pilot label serve --port 8601"
        yield _guarded("ports", _ports, f"end that program, or {others}")
    yield _guarded("state folder", _writable, "make the folder writable, or set PILOT_STATE to one that is")
    yield _guarded("left over", _left_over, "nobody needs them: delete them")
    yield _guarded("sample", _sample, "restore data/sample with `git checkout data/sample`")
    yield _guarded("segmenter", _segmenter, "install anew: rm -r .venv && make setup")
    yield _guarded("git", _commit, "until then every run is a draft")
    yield _guarded("terminal", _letters, "use a UTF-8 locale: export LANG=C.UTF-8")
    free = shutil.disk_usage(project.state() if project.state().exists() else Path.cwd()).free / 2**30
    yield Check(
        "disk",
        free > NEEDED_DISK,
        f"{free:.1f} GiB free; {NEEDED_DISK:.0f} GiB are needed for models and runs",
    )
    yield _memory()
    real = os.environ.get("PILOT_REAL_DATA")
    if real:
        found = os.path.isdir(real)
        yield Check("PILOT_REAL_DATA", found, real if found else f"{real} is no folder; unset or correct it")


def _guarded(name: str, look: Callable[[], str], remedy: str) -> Check:
    try:
        return Check(name, True, look())
    except (InputError, OSError, importlib.metadata.PackageNotFoundError) as error:
        return Check(name, False, f"{error}; {remedy}")


def _versions() -> str:
    """Hold what is installed against the lock."""
    lines = (project.root() / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [line.split()[0].partition("==") for line in lines if "==" in line and not line.startswith(" ")]
    other, missing = [], []
    for name, _, pin in pins:
        try:
            found = importlib.metadata.version(name.partition("[")[0])
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
            continue
        if found != pin:
            other.append(f"{name} {found} instead of {pin}")
    if other:
        raise InputError(f"{len(other)} packages are not as locked: {', '.join(other[:5])}")
    return f"{len(pins) - len(missing)} packages as locked" + (
        f"; {len(missing)} not installed" if missing else ""
    )


def _tracking() -> str:
    from pilot.track import settings

    return settings().tracking_uri.split("@")[-1]


def _reachable() -> str:
    """Knock at the tracking server's door, if there is one."""
    from urllib.parse import urlsplit

    from pilot.track import settings

    address = urlsplit(settings().tracking_uri)
    if not address.hostname:
        return "in this project's own file"
    port = address.port or {"https": 443, "http": 80}.get(address.scheme, 5432)
    try:
        socket.create_connection((address.hostname, port), timeout=5).close()
    except OSError as error:
        raise InputError(f"{address.hostname}:{port} does not answer ({error})") from None
    return f"{address.hostname}:{port} answers"


def _runs() -> str:
    """Say whether the store of runs, where it is this project's own file, is whole."""
    import sqlite3

    from pilot.track import settings

    scheme, _, path = settings().tracking_uri.partition(":///")
    if scheme != "sqlite":
        return "kept by the server"
    file = Path(path)
    if not file.is_file():
        return "none yet"
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            count = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
    except sqlite3.Error as error:
        raise InputError(f"{file} is damaged ({error})") from None
    if found != "ok":
        raise InputError(f"{file} is damaged ({found})")
    return f"{count} in {file}"


def _ports() -> str:
    """Say what listens where the two servers would; only a stranger is a fault."""
    from pilot.ports import standing
    from pilot.track import settings

    mlflow = ("MLflow", settings().host, settings().port, "health")
    return standing([mlflow, ("the labelling service", "127.0.0.1", 8600, "healthz")])


def _writable() -> str:
    folder = project.state()
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".probe"
    probe.write_text("", encoding="utf-8")
    probe.unlink()
    return str(folder)


def _left_over() -> str:
    """Find what killed imports and trainings left half done beside their place."""
    found = [
        path
        for path in _hidden(project.state())
        if path.is_dir() and time.time() - path.stat().st_mtime > LEFT_AFTER
    ]
    if found:
        raise InputError(
            f"{len(found)} unfinished folders of work that was killed: {', '.join(map(str, found[:5]))}"
        )
    return "nothing of work that was killed"


def _hidden(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        for pattern in (".*-*", "*/.*-*"):
            yield from folder.glob(pattern)


def _sample() -> str:
    from pilot.sources import Dataset

    data = Dataset.load(project.sample())
    return f"{len(data.questions)} questions, {len(data.passages)} passages"


def _segmenter() -> str:
    from pilot.text import pyvi_model, segment

    found = pyvi_model.fingerprint(pyvi_model.folder())
    if found != pyvi_model.FINGERPRINT:
        raise InputError(f"pyvi's model is another (hash {found}): segmenting goes on, some 20 times slower")
    return segment("hợp đồng lao động")


def _commit() -> str:
    from pilot.checkout import source_state, why_no_commit

    commit, dirty = source_state()
    if not commit:
        raise InputError(why_no_commit())
    return commit[:12] + (", with uncommitted changes: runs are drafts" if dirty else "")


def _letters() -> str:
    """Say whether the terminal can show Vietnamese letters."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        "Điều 5 ữ".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        raise InputError(f"output is {encoding}, which has no Vietnamese letters") from None
    return encoding


def _memory() -> Check:
    import psutil

    free = psutil.virtual_memory().available / 2**30
    remedy = "" if free > NEEDED_MEMORY else "; close other programs, or run experiments one by one"
    return Check(
        "memory", free > NEEDED_MEMORY, f"{free:.1f} GiB free; {NEEDED_MEMORY:.0f} GiB are needed" + remedy
    )

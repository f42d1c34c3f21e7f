"""What is installed, reachable and writable; each fault with its remedy."""

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from pilot import project
from pilot.records import InputError

PACKAGES = ("torch", "transformers", "datasets", "scikit-learn", "mlflow", "pyvi", "bm25s", "jupyterlab")


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
        yield _guarded(package, look, "run `make setup`")
    yield _guarded("project", lambda: str(project.root()), "run inside a checkout of the project")
    yield _guarded("mlflow.yaml", _tracking, "mend mlflow.yaml as said")
    yield _guarded("state folder", _writable, "make the folder writable, or set PILOT_STATE to one that is")
    yield _guarded("sample", _sample, "restore data/sample with `git checkout data/sample`")
    yield _guarded("git", _commit, "install git and commit; until then every run is a draft")
    free = shutil.disk_usage(project.root()).free / 2**30
    yield Check("disk", free > 2, f"{free:.1f} GiB free; 2 GiB are needed for models and runs")
    real = os.environ.get("PILOT_REAL_DATA")
    if real:
        yield Check(
            "PILOT_REAL_DATA",
            os.path.isdir(real),
            f"{real}" if os.path.isdir(real) else f"{real} is no folder; unset or correct it",
        )


def _guarded(name: str, look: Callable[[], str], remedy: str) -> Check:
    try:
        return Check(name, True, look())
    except (InputError, OSError, importlib.metadata.PackageNotFoundError) as error:
        return Check(name, False, f"{error}; {remedy}")


def _tracking() -> str:
    from pilot.track import settings

    return settings().tracking_uri.split("@")[-1]


def _writable() -> str:
    folder = project.state()
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".probe"
    probe.write_text("", encoding="utf-8")
    probe.unlink()
    return str(folder)


def _sample() -> str:
    from pilot.sources import Dataset

    data = Dataset.load(project.root() / "data" / "sample")
    return f"{len(data.questions)} questions, {len(data.passages)} passages"


def _commit() -> str:
    from pilot.checkout import source_state

    commit, dirty = source_state()
    if not commit:
        raise InputError("no commit found")
    return commit[:12] + (", with uncommitted changes: runs are drafts" if dirty else "")

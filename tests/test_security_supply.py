"""The dependencies, audited without a network: pinned, hashed, from nowhere else, and fitting each other."""

import importlib.metadata
import re

from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = dict(re.findall(r"^([\w.-]+)(?:\[[\w,.-]+\])?==([^\s;\\]+)", LOCK, re.MULTILINE))
TORCH = re.compile(r"torch|nvidia-.*|triton|cuda-.*")
"""torch comes beside the lock (CPU or CUDA build), with what it brings."""


def test_every_line_of_the_lock_is_a_pin_or_a_hash() -> None:
    odd = [
        line
        for line in LOCK.splitlines()
        if not re.match(r"[\w.-]+(\[.*\])?==|    --hash=sha256:[0-9a-f]{64}", line)
    ]
    assert odd == []
    assert len(PINS) > 200
    blocks = re.split(r"^(?=\S)", LOCK, flags=re.MULTILINE)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_holds_what_the_project_declares() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = map(Requirement, project["dependencies"] + project["optional-dependencies"]["dev"])
    pins = {canonicalize_name(name): version for name, version in PINS.items()} | {"torch": "2.13.0"}
    faults = [
        str(one) for one in wanted if not one.specifier.contains(pins.get(canonicalize_name(one.name), "0"))
    ]
    assert faults == []


def test_what_is_installed_is_what_the_lock_says_and_fits_together() -> None:
    """As `pip check`, but for torch's own; an environment made before the lock grew may lack what is new."""
    installed = {canonicalize_name(one.name): one for one in importlib.metadata.distributions()}
    faults = []
    for name, pin in PINS.items():
        found = installed.get(canonicalize_name(name))
        if found is None:
            continue
        if found.version != pin:
            faults.append(f"{name} {found.version} is installed, {pin} is locked")
        for line in found.requires or ():
            needed = Requirement(line)
            other = installed.get(canonicalize_name(needed.name))
            if TORCH.fullmatch(needed.name) or (needed.marker and not needed.marker.evaluate({"extra": ""})):
                continue
            if other is None or not needed.specifier.contains(other.version, prereleases=True):
                faults.append(f"{name} needs {needed}, found {other and other.version}")
    assert faults == []

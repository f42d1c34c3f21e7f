"""The dependencies: pinned, hashed, from nowhere else, fitting each other; and the audit of what is known of them."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
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


class Advisories(BaseHTTPRequestHandler):
    """An advisory service that knows something against the packages listed in ``known``."""

    known: frozenset[str] = frozenset()

    def do_POST(self) -> None:
        name = json.loads(self.rfile.read(int(self.headers["content-length"])))["package"]["name"]
        ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}]
        affected = [{"package": {"name": name, "ecosystem": "PyPI"}, "ranges": ranges}]
        advisory = {"id": f"TEST-{name}", "summary": "x", "aliases": ["CVE-0-1"], "affected": affected}
        body = json.dumps({"vulns": [advisory]} if name in type(self).known else {}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def advisories(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Advisories]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Advisories)
    monkeypatch.setenv("PILOT_ADVISORIES", f"http://127.0.0.1:{server.server_port}/v1/query")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Advisories
    server.shutdown()
    server.server_close()
    thread.join()


def audit(*options: str) -> tuple[int, str]:
    command = [sys.executable, ROOT / ".ci" / "audit.py", *options]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_audit_asks_for_every_package_and_names_what_is_known(advisories: type[Advisories]) -> None:
    advisories.known = frozenset({"jinja2"})
    code, said = audit()
    assert code == 1, said
    assert said.startswith(f"jinja2 {PINS['jinja2']}: CVE-0-1 TEST-jinja2, mended in 99.1\n")
    assert audit("--ignore-vuln", "TEST-jinja2") == (
        0, f"audit: {len(PINS) + 1} packages, nothing known against them at {os.environ['PILOT_ADVISORIES']}\n",
    )  # fmt: skip


@pytest.mark.parametrize("reason", ["nobody listens", "knows nothing"])
def test_an_audit_that_could_not_ask_does_not_pass_for_one(
    reason: str, advisories: type[Advisories], monkeypatch: pytest.MonkeyPatch
) -> None:
    advisories.known = frozenset()
    if reason == "nobody listens":
        monkeypatch.setenv("PILOT_ADVISORIES", "http://127.0.0.1:9/v1/query")
    code, said = audit()
    assert (code, said[:13]) == (1, "audit: failed")
    code, said = audit("--if-reachable")
    assert (code, said[:14], said.count("\n")) == (0, "audit: skipped", 1)

"""Known vulnerabilities of what is locked, asked of an advisory service by pip-audit.

``python .ci/audit.py [--if-reachable] [options of pip-audit, such as --ignore-vuln ID]``. The service is OSV's, or the
OSV-compatible one whose address PILOT_ADVISORIES holds. Ends with 0 where all is audited and nothing known; with 1
where something is known or was left out. No answer of the service is an error, with ``--if-reachable`` a sentence.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SERVICE = os.environ.get("PILOT_ADVISORIES", "https://api.osv.dev/v1/query")
KNOWN = "jinja2==2.4.1"
"""Has had advisories for years: what knows none of them is no advisory service, whatever it answers."""


def pins() -> list[str]:
    """Return ``name==version`` of everything locked, and of torch, which is installed beside the lock."""
    locked = re.findall(r"^([\w.-]+==[^\s;\\]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return locked + [one for one in declared if one.startswith("torch==")]


def ask(requirements: list[str], options: list[str], seconds: int) -> list[dict[str, Any]]:
    """Return what pip-audit says of each requirement.

    Raises
    ------
    LookupError
        Why there is no answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text("\n".join(requirements))
        command = [sys.executable, "-m", "pip_audit", "-r", str(listed), "--no-deps", "--disable-pip",
                   "-s", "osv", "--osv-url", SERVICE, "--timeout", "10", "--progress-spinner", "off",
                   "--format", "json", *options]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            raise LookupError(f"no answer within {seconds} seconds") from None
    if done.returncode not in (0, 1):
        sys.exit(f"audit: pip-audit could not be called: {done.stderr}")
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        said = (done.stderr.strip() or "no answer").splitlines()[-1]
        raise LookupError(said.rpartition("Caused by ")[2][-200:]) from None
    return found


def main(options: list[str]) -> int:
    """Audit, say what came out, return the exit code."""
    optional = "--if-reachable" in options
    options = [option for option in options if option != "--if-reachable"]
    try:
        if not any(one.get("vulns") for one in ask([KNOWN], [], 60)):
            raise LookupError(f"it knows nothing against {KNOWN}")
        found = ask(pins(), options, 900)
    except LookupError as error:
        print(f"audit: {'skipped' if optional else 'failed'}, {SERVICE} tells nothing: {error}")
        return 0 if optional else 1
    faults = [f"{one['name']}: not audited, {one['skip_reason']}" for one in found if "skip_reason" in one]
    for one in found:
        faults += [
            f"{one['name']} {one['version']}: {vuln['id']} {' '.join(vuln['aliases'])}, "
            f"mended in {', '.join(vuln['fix_versions']) or 'no version yet'}"
            for vuln in one.get("vulns", ())
        ]
    print("\n".join(faults) or f"audit: {len(found)} packages, nothing known against them at {SERVICE}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

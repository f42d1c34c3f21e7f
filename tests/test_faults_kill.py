"""kill -9 at random points of import, run, report, label and index: nothing corrupt, and the same command goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

KILLS = int(os.environ.get("PILOT_KILLS", "6"))
"""`PILOT_KILLS=200 pytest tests/test_faults_kill.py` is the long form; see experiments/LOG.md."""


@pytest.mark.system
def test_kill_minus_nine(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW")}
    command = [sys.executable, str(ROOT / "tests" / "fault_harness.py"), str(KILLS), "1", str(tmp_path)]
    done = subprocess.run(
        command, env={**kept, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout)
    assert sum(found.values()) >= KILLS
    assert sum(count for name, count in found.items() if name.endswith("killed")) >= KILLS * 2 // 3

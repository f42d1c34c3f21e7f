"""What README promises is run, and what the Makefile lists is there."""

import re
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_of_the_readme_runs(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example
    names: dict = {}
    exec(example[1], names)
    assert 0 < names["bm25"].metrics["nDCG@10"].value < 1


def test_the_file_map_of_the_readme_is_true() -> None:
    tree = re.search(r"```\npilot/\n(.*?)```", README, re.DOTALL)
    assert tree
    inside = [name for name in re.findall(r"^  (\S+)", tree[1], re.MULTILINE) if not name.endswith(".yaml")]
    missing = [name for name in inside if not (ROOT / "pilot" / name).exists()]
    assert not missing
    rooms = {path.name for path in (ROOT / "pilot").iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert rooms <= {name.rstrip("/") for name in inside if name.endswith("/")}


def test_every_target_has_a_line_of_help() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    assert {line.split()[0] for line in listed.splitlines()} == set(phony[1].split())


def test_links_of_the_documents_lead_somewhere() -> None:
    for document in ("README.md", "HUONG_DAN.md"):
        for target in re.findall(
            r"\]\((?!http|<http)([^)#]+)\)", (ROOT / document).read_text(encoding="utf-8")
        ):
            assert (ROOT / target).exists(), f"{document} links to {target}"

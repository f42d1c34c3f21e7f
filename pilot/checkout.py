"""What git says of the project's checkout."""

import shutil
import subprocess
from pathlib import Path

from pilot import project


def source_state() -> tuple[str, bool]:
    """Return the commit of the project's checkout ("" without git) and whether tracked or new files differ from it."""
    commit = _git("rev-parse", "HEAD").strip()
    return commit, not commit or bool(_git("status", "--porcelain").strip())


def why_no_commit() -> str:
    """Return why git names no commit, and what helps."""
    root = project.root()
    if not shutil.which("git"):
        return "git is not installed: apt install git"
    asked = ["git", "-C", str(root), "rev-parse", "HEAD"]
    said = subprocess.run(asked, capture_output=True, encoding="utf-8", check=False, timeout=30).stderr
    if "dubious ownership" in said:
        return f"the folder belongs to another user: git config --global --add safe.directory {root}"
    if "not a git repository" in said:
        return "this is a copy, not a clone: git init, then git add --all and git commit"
    return "no commit yet: git add --all, then git commit"


def file_at(commit: str, path: Path) -> str | None:
    """Return what a file of the project held at a commit; None where that cannot be said."""
    if not commit or not path.resolve().is_relative_to(project.root()):
        return None
    return _git("show", f"{commit}:./{path.resolve().relative_to(project.root()).as_posix()}") or None


def _git(*arguments: str) -> str:
    """Return what git says of the project's checkout, "" if it says nothing or is not there."""
    command = ["git", "-C", str(project.root()), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout

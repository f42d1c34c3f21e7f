"""Bad days: folders half replaced, full disks, read-only folders, two suites at once, a server gone, damaged files."""

import os
from pathlib import Path

import pytest

from pilot import project


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_folder_is_replaced_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    old, fresh = tmp_path / "out", tmp_path / "fresh"
    for folder, text in ((old, "old"), (fresh, "new")):
        folder.mkdir()
        (folder / text).write_text(text)
    if not can_exchange:
        monkeypatch.setattr(project, "_exchanged", lambda *_: False)
    project.replace_folder(fresh, old)
    assert os.listdir(tmp_path) == ["out"]
    assert os.listdir(old) == ["new"]
    fresh.mkdir()
    project.replace_folder(fresh, tmp_path / "other")
    assert (tmp_path / "other").is_dir()

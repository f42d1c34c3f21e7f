"""The pictures of HUONG_DAN.md are there, are used, and stay small."""

import re

from conftest import ROOT


def test_pictures_are_used_and_small() -> None:
    named = set(re.findall(r"\(docs/anh/([\w.]+)\)", (ROOT / "HUONG_DAN.md").read_text(encoding="utf-8")))
    there = {path.name: path.stat().st_size for path in (ROOT / "docs" / "anh").glob("*.png")}
    assert named <= set(there)
    assert len(named) >= 3
    assert sum(there.values()) < 2**20


def test_links_between_the_papers_lead_somewhere() -> None:
    for paper in ROOT.glob("*.md"):
        for link in re.findall(r"\]\((?!http|#)([^)#]+)", paper.read_text(encoding="utf-8")):
            assert (ROOT / link).exists() or link == "SCALING.md", f"{paper.name}: {link}"

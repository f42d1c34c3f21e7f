"""The report as one self-contained page, and the page for the public."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pilot.decide.blocks import Section
from pilot.decide.front import Front
from pilot.decide.material import Material
from pilot.templates import rendered


def report_page(material: Material, front: Front, sections: Sequence[Section]) -> str:
    """Return the page leadership reads."""
    return _page("bao_cao.html", material, front=front, sections=sections)


def public_page(material: Material, front: Front) -> str:
    """Return the page for the public: what was tried, what came out in plain words, what its limits are."""
    return _page("cong_bo.html", material, front=front)


def _page(template: str, material: Material, **values: Any) -> str:
    filters = {
        "embedded": lambda png: base64.b64encode(png).decode(),
        "short": lambda text: text[:8],
        "kind": lambda block: type(block).__name__,
    }
    written = f"{material.written:%H:%M ngày %d/%m/%Y}"
    path = Path(__file__).parent / "templates" / template
    return rendered(path, filters, material=material, written=written, **values)

"""Who answers for it: forms that people fill in, and the law they rest on."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from pilot.decide.blocks import Section, Table
from pilot.decide.material import Material
from pilot.decide.words import form, note

FACTS = Path(__file__).parent.parent / "templates" / "can_cu.yaml"


@dataclass(frozen=True)
class Fact:
    """One text of law or policy: what is known, from where, and whether it was held against the text."""

    name: str
    known: str
    source: str
    checked: bool


@cache
def legal_facts() -> tuple[Fact, ...]:
    """Return the legal facts the pages may state."""
    return tuple(Fact(**row) for row in yaml.safe_load(FACTS.read_text(encoding="utf-8")))


def governance(_: Material) -> Section:
    """Return the form of responsibilities and the law behind it."""
    rows = [
        [fact.name, fact.known, fact.source, "đã kiểm tra" if fact.checked else "chưa kiểm tra"]
        for fact in legal_facts()
    ]
    table = Table(["Văn bản", "Điều đã biết", "Nguồn", "Đối chiếu với toàn văn"], rows, "Căn cứ")
    return Section("Trách nhiệm và quản trị", [note("people fill in"), form("responsibilities"), table])


def signatures(_: Material) -> Section:
    """Return the places for dissent and signatures."""
    return Section("Ý kiến khác và chữ ký", [note("people decide"), form("signatures")])

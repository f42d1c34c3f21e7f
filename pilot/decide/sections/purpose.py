"""What is to be decided, against what, and by which criteria."""

from collections.abc import Iterator, Mapping
from typing import Any

from pilot.decide.blocks import Block, Section, Table, Text
from pilot.decide.decision import MILESTONES, RECOMMENDATIONS, RULE
from pilot.decide.material import Material
from pilot.decide.verdicts import STATES
from pilot.decide.words import MEASURES, listing, note, required


def question(material: Material) -> Section:
    """Return what is decided, today's way of working, and how it stood in earlier reports."""
    comparator = note("comparator", comparator=material.criteria.comparator)
    blocks = [note("decision"), comparator, *_earlier(material)]
    return Section("Quyết định và cách làm hiện nay", blocks)


def criteria(material: Material) -> Section:
    """Return the criteria, when they were set, and the rule that combines them."""
    found = material.criteria
    standing = (
        f"đã được {found.approved_by} phê duyệt"
        if found.status == "approved"
        else "mới là bản dự thảo, chưa phê duyệt"
    )
    rows = [
        [
            c.text,
            f"{c.measure}: {MEASURES.get(c.measure, 'xem phần phụ lục')}",
            required(c, found.smallest_effect.get(c.measure)),
            c.reason,
        ]
        for c in found.criteria
    ]
    file = material.criteria_path.name
    set_when = note("criteria", date=found.date, standing=standing, hash=found.hash, file=file)
    table = Table(["Tiêu chí", "Đo bằng", "Yêu cầu", "Lý do"], rows)
    return Section("Tiêu chí và thời điểm đặt tiêu chí", [set_when, table, Text(RULE), listing("criteria")])


def _earlier(material: Material) -> Iterator[Block]:
    """Yield how recommendation and criteria stood in earlier reports."""
    if not material.earlier:
        yield note("first report")
        return
    head = ["", *(_when(record) for record in material.earlier), "Lần này"]
    before = [record["recommendation"] for record in material.earlier]
    said = [RECOMMENDATIONS[one] for one in (*before, material.decision.recommendation)]
    rows = [["Kiến nghị", *said]]
    for judged in material.decision.judged:
        name = judged.criterion.name
        before = [_verdict(record, name) for record in material.earlier]
        rows.append([judged.criterion.text, *before, STATES[judged.state]])
    yield Table(head, rows, "So với các báo cáo trước")


def _when(record: Mapping[str, Any]) -> str:
    milestone = record.get("milestone")
    name = f" ({MILESTONES[milestone]})" if milestone else ""
    return f"{record['written'][8:10]}/{record['written'][5:7]}/{record['written'][:4]}{name}"


def _verdict(record: Mapping[str, Any], name: str) -> str:
    found = record["criteria"].get(name)
    return STATES[found["state"]] if found else "không có tiêu chí này"

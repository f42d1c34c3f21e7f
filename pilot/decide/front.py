"""Page one: the verdict, why, three pictures and what to do next, for a reader without statistics."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from pilot.decide.blocks import Figure, Plot, percent, picture
from pilot.decide.decision import RECOMMENDATIONS
from pilot.decide.evidence import Scored, baseline_of, subject_of
from pilot.decide.material import Material
from pilot.decide.sections.trust import COVERAGE, RISK
from pilot.decide.verdicts import STATES, Finding, Judged
from pilot.decide.words import ATTRIBUTES, note, observed, required, system_name
from pilot.evaluate import Estimate
from pilot.evaluate.abstention import risk_coverage
from pilot.evaluate.plots import interval_plot, risk_coverage_plot
from pilot.evaluate.rows import ClassifyRows

PLAIN = {
    "rank": ("R@10", "Tìm đúng trong mười kết quả đầu"),
    "classify": ("Accuracy", "Xếp đúng lĩnh vực pháp luật"),
}
"""Task -> measure that reads as a share of questions, and what it says."""
SHORT = {"Phương án đề xuất": "đề xuất", "Tra cứu từ khóa": "từ khóa", "Luật từ khóa": "từ khóa"}
"""Names where there is little room."""


@dataclass(frozen=True)
class Row:
    """One criterion on page one: what is asked, what was seen, and the verdict in words."""

    text: str
    required: str
    observed: str
    state: str
    code: str
    figure: Figure | None


@dataclass(frozen=True)
class Front:
    """Page one."""

    headline: str
    code: str
    reason: str
    rows: Sequence[Row]
    obstacles: Sequence[str]
    steps: Sequence[tuple[str, str]]
    plots: Sequence[Plot]
    reading: str


def front(material: Material) -> Front:
    """Return page one."""
    decision = material.decision
    return Front(
        RECOMMENDATIONS[decision.recommendation],
        decision.recommendation,
        decision.reason,
        [_row(judged, material) for judged in decision.judged],
        [obstacle.text for obstacle in decision.obstacles],
        steps(material),
        plots(material),
        note("reading").text,
    )


def steps(material: Material) -> list[tuple[str, str]]:
    """Return what stands in the way and what to do about it; without obstacles what the verdicts ask for."""
    decision = material.decision
    if decision.obstacles:
        return [(obstacle.text, obstacle.remedy) for obstacle in decision.obstacles]
    if decision.recommendation == "go":
        todo = "Điền phần trách nhiệm (mục 17), ghi ý kiến khác và ký (mục 18), rồi mới triển khai."
        return [("Mọi tiêu chí đều đạt.", todo)]
    remedies = {
        "not met": "Xem sai ở nhóm câu hỏi nào (mục 7), sai loại gì (mục 12) trước khi làm phương án khác.",
        "undecided": "Thêm câu hỏi có nhãn của chuyên gia rồi chấm lại; số câu cần thêm ở mục 6.",
    }
    return [
        (f"{STATES[judged.state].capitalize()}: {judged.criterion.text}.", remedies[judged.state])
        for judged in decision.judged
        if judged.state in remedies
    ]


def plots(material: Material) -> list[Plot]:
    """Return the three pictures: finding, classifying, and what handing over buys."""
    found = [_compared(task, material.leading(task)) for task in PLAIN if material.leading(task)]
    subjects = material.subjects("classify")[:3]
    if subjects:
        curves = {one.run.dataset: risk_coverage(cast(ClassifyRows, one.system.rows)) for one in subjects}
        drawing = risk_coverage_plot(curves, RISK)
        drawing.set_size_inches(3.2, 2.6)
        shares = "; ".join(
            f"{one.run.dataset}: {_said(one.measured(COVERAGE))}, n = {one.measured(COVERAGE).n}, "
            f"lượt chạy {one.run.run_id[:8]}"
            for one in subjects
        )
        title = "Máy chỉ xử lý phần chắc nhất thì sai bao nhiêu"
        words = f"Phần câu hỏi máy tự phân loại được mà sai không quá 5 %: {shares}."
        found.append(picture(drawing, words, title))
    return found


def _compared(task: str, leading: Sequence[Sequence[Scored]]) -> Plot:
    """Return proposed system and today's way on up to three datasets."""
    measure, title = PLAIN[task]
    shown: dict[str, dict[str, Estimate]] = {}
    words = []
    for arena in leading[:3]:
        base, subject = baseline_of(arena), subject_of(arena)
        for one in dict.fromkeys((subject, base)):
            if one is None:
                continue
            name = system_name(one.run).split(" (")[0]
            label = name if len(leading) == 1 else f"{one.run.dataset}: {SHORT.get(name, name)}"
            estimate = one.measured(measure)
            shown[label] = {measure: estimate}
            words.append(f"{label}: {_said(estimate)}, n = {estimate.n}, lượt chạy {one.run.run_id[:8]}")
    drawing = interval_plot(shown)
    drawing.set_size_inches(3.2, 2.6)
    drawing.axes[0].set_xlabel("tỷ lệ, tin cậy 95 %")
    return picture(drawing, f"{title}. {'; '.join(words)}.", title)


def _said(estimate: Estimate) -> str:
    return f"{percent(estimate.value)} (từ {percent(estimate.low)} đến {percent(estimate.high)})"


def _row(judged: Judged, material: Material) -> Row:
    criterion, found = judged.criterion, judged.deciding
    smallest = material.criteria.smallest_effect.get(criterion.measure)
    asked = required(criterion, smallest)
    if found is None:
        return Row(criterion.text, asked, "chưa có số liệu", STATES[judged.state], judged.state, None)
    seen, shown = found.note or "chưa có số liệu", None
    if found.estimate is not None:
        shown = found.scored.figure(figure_name(judged, found), found.estimate)
        where = f", {ATTRIBUTES[found.part.attribute]} {found.part.value}" if found.part else ""
        sets = len(judged.findings)
        where += f", trên {found.scored.run.dataset} (kém nhất trong {sets} bộ)" if sets > 1 else ""
        note = f"; {found.note}" if found.note else ""
        seen = f"{observed(criterion, found.estimate)}{where}{note}"
    return Row(criterion.text, asked, seen, STATES[judged.state], judged.state, shown)


def figure_name(judged: Judged, found: Finding) -> str:
    """Return what makes the figure of a finding again."""
    measure = judged.criterion.measure
    if found.against:
        return f"{measure} vs {found.against.run.run_id}"
    return f"{measure} | {found.part.attribute}={found.part.value}" if found.part else measure

"""May one rely on it: do probabilities mean what they say, when to hand over, what bad typing costs."""

from collections.abc import Iterator
from typing import cast

from pilot.decide.blocks import Block, Cell, Section, Table, count, percent, picture
from pilot.decide.evidence import LEADING, Scored
from pilot.decide.material import Material
from pilot.decide.words import PERTURBATIONS, gap, on_dataset, system_name
from pilot.evaluate import Estimate, System
from pilot.evaluate.abstention import promised, risk_coverage
from pilot.evaluate.calibration import reference, reliability
from pilot.evaluate.plots import reliability_plot, risk_coverage_plot
from pilot.evaluate.robustness import drops
from pilot.evaluate.rows import ClassifyRows

RISK = 0.05
COVERAGE = f"Coverage@risk={RISK}"


def calibration(material: Material) -> Section:
    """Return reliability curve and ECE of the proposed classifiers, beside those of a calibrated model."""
    blocks: list[Block] = []
    for one in material.subjects("classify"):
        rows = cast(ClassifyRows, one.system.rows)
        chance = reference(rows)
        fits = "không vượt mức ngẫu nhiên" if chance.ece <= chance.p95 else "vượt mức ngẫu nhiên"
        ece, name = one.figure("ECE"), system_name(one.run)
        known = f"{chance.mean:.3f} / {chance.p95:.3f}".replace(".", ",")
        head = ["Hệ thống", "Nếu xác suất khớp hoàn toàn: trung bình / 95 %", "Kết luận", "ECE [95 %]"]
        blocks.append(Table(head, [[name, known, fits, ece]], f"Bộ dữ liệu {one.run.dataset}"))
        drawing = reliability_plot(reliability(rows), chance, f"Xác suất và thực tế, {one.run.dataset}")
        source = f"n = {chance.n}, lượt chạy {one.run.run_id[:8]}"
        words = f"Xác suất máy đưa ra so với tỷ lệ đúng thật; ECE {ece}, {source}."
        blocks.append(picture(drawing, words))
    return Section("Xác suất có khớp thực tế không", blocks or [gap("classify")])


def handing_over(material: Material) -> Section:
    """Return the error rate as fewer are answered, and how many questions a day go to experts."""
    blocks: list[Block] = []
    asked = material.sheet["cau_hoi_moi_ngay"]
    for one in material.subjects("classify"):
        covered = one.measured(COVERAGE)
        least, most = (count(asked.value * (1 - share)) for share in (covered.high, covered.low))
        volume = f"{count(asked.value * (1 - covered.value))} (từ {least} đến {most})"
        what = "Phần máy tự phân loại được nếu chọn ngưỡng tốt nhất, tỷ lệ sai không quá 5 %"
        rows: list[list[Cell]] = [[what, volume, one.figure(COVERAGE)], *_promise(one)]
        assumed = "" if asked.confirmed else ", giả định chưa xác nhận"
        passed_on = f"Số câu chuyển chuyên gia mỗi ngày (trên {count(asked.value)} câu{assumed})"
        blocks.append(Table(["", passed_on, "Tỷ lệ [95 %]"], rows, on_dataset(one.run)))
        curve = risk_coverage(cast(ClassifyRows, one.system.rows))
        title = f"Máy chỉ trả lời phần nó chắc nhất, {one.run.dataset}, n = {covered.n}"
        words = (
            f"Tỷ lệ sai theo phần câu hỏi máy tự xử lý; ở mức sai 5 % máy tự xử lý "
            f"{percent(covered.value)} câu hỏi, lượt chạy {one.run.run_id[:8]}."
        )
        blocks.append(picture(risk_coverage_plot({system_name(one.run): curve}, RISK, title), words))
    return Section("Khi nào chuyển cho chuyên gia", blocks or [gap("classify")])


def robustness(material: Material) -> Section:
    """Return what the measures lose when the same questions are typed as people type."""
    blocks: list[Block] = [
        _lost(one, "Accuracy" if task == "classify" else LEADING[task])
        for task in LEADING
        for arena in material.leading(task)
        for one in arena
        if "perturbed" in one.frames
    ]
    return Section("Gõ không dấu, gõ sai, viết tắt thì mất bao nhiêu", blocks or [gap("typing")])


def lost(one: Scored, measure: str) -> list[tuple[str, Estimate, Estimate, int]]:
    """Return for each manner of typing: name, value as typed so, drop, and how many texts changed."""
    again, frame = one.frames["asked"], one.frames["perturbed"]
    gold, predictions = (
        one.frames[name][one.frames[name]["question_id"].isin(again["question_id"])]
        for name in ("gold", "predictions")
    )
    typed = System(one.run.task, predictions, gold, one.system.groups)
    changed = again.groupby("perturbation", sort=False)["changed"].sum()
    named = {str(name): (frame[frame["perturbation"] == name], int(moved)) for name, moved in changed.items()}
    return [
        (found.perturbation, found.perturbed, found.drop, found.changed)
        for found in drops(typed, named, [measure], seed=one.run.seed)
    ]


def _promise(one: Scored) -> Iterator[list[Cell]]:
    """Yield what a threshold chosen on one half of the groups does on the other half."""
    found = promised(cast(ClassifyRows, one.system.rows), RISK, seed=one.run.seed)
    if found is None:
        return
    share = one.figure("coverage of a threshold chosen beforehand", found.coverage)
    yield ["Phần máy tự phân loại với ngưỡng chọn trước trên một nửa, thử trên nửa kia", "–", share]
    if found.risk is not None:
        risk = one.figure("risk of a threshold chosen beforehand", found.risk)
        yield ["Tỷ lệ sai trong phần đó", "–", risk]


def _lost(one: Scored, measure: str) -> Table:
    rows: list[list[Cell]] = [
        [
            PERTURBATIONS.get(name, name),
            str(changed),
            one.figure(f"{measure} under {name}", value),
            one.figure(f"{measure} lost to {name}", drop),
        ]
        for name, value, drop, changed in lost(one, measure)
    ]
    head = ["Cách gõ", "Số câu bị đổi", f"{measure} khi gõ như vậy", "Phần mất đi [95 %]"]
    return Table(head, rows, on_dataset(one.run))

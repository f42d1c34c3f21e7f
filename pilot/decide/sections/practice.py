"""What it is worth in use, what it costs, whether it is private, and how to do it again."""

import numpy as np

from pilot.decide.blocks import Block, Cell, Figure, Section, Table, count, picture
from pilot.decide.cost import WHERE, costs, per_question
from pilot.decide.evidence import baseline_of, subject_of
from pilot.decide.material import Material
from pilot.decide.sections.trust import COVERAGE
from pilot.decide.words import gap, listing, note, system_name
from pilot.evaluate import Estimate
from pilot.evaluate.calibration import exact_interval
from pilot.evaluate.plots import interval_plot


def usefulness(material: Material) -> Section:
    """Return what people made of the assistant's answers, or the gap where that belongs."""
    told = material.usage.get("feedback", 0)
    if not told:
        return Section(USEFUL, [gap("usage")])
    outcomes = material.usage["outcome"]
    rows: list[list[Cell]] = [
        [name, Figure(f"usage {key}", _share(outcomes.get(key, 0), told), "nhật ký")]
        for key, name in OUTCOMES.items()
    ]
    handed = material.usage["status"].get("handed_over", 0)
    passed_on = _share(handed, material.usage["asked"])
    rows.append(
        ["Máy chuyển cho chuyên gia (trên mọi câu đã hỏi)", Figure("usage handed over", passed_on, "nhật ký")]
    )
    seconds = material.usage["median_seconds_of_people"]
    time = "chưa ghi" if seconds is None else f"{_number(seconds / 60)} phút"
    table = Table(["", "Tỷ lệ [95 %]"], rows, "Theo nhật ký sử dụng của trợ lý", trace="Nguồn")
    return Section(USEFUL, [table, note("usage", time=time)])


def expenses(material: Material) -> Section:
    """Return measured time and memory, and đồng per 1,000 questions from the sheet of assumptions."""
    subjects = [one for task in ("rank", "classify") for one in material.subjects(task)]
    if not subjects:
        return Section("Chi phí", [gap("rank")])
    rows = [
        [system_name(one.run), one.run.dataset, *(_number(one.run.figures.get(name)) for name in FIGURES.values()),
         str(one.run.metrics and next(iter(one.run.metrics.values())).n), one.run.run_id[:8]]
        for one in subjects
    ]  # fmt: skip
    blocks: list[Block] = [
        Table(["Hệ thống", "Bộ dữ liệu", *FIGURES, "n", "Lượt chạy"], rows, "Thời gian và bộ nhớ đo được")
    ]
    for one in material.subjects("classify"):
        found = costs(material.sheet, one.measured(COVERAGE))
        parts = [
            ["Theo cách hiện nay", count(found.by_hand)],
            ["Có máy: tổng cộng", f"{count(found.total)} (từ {count(found.low)} đến {count(found.high)})"],
            ["– máy chủ", count(found.machine)],
            ["– chuyên gia kiểm tra kết quả của máy", count(found.checking)],
            ["– chuyên gia trả lời phần máy chuyển đến", count(found.handed_over)],
            ["– gán nhãn, chia đều theo thời gian sử dụng", count(found.labelling)],
        ]
        source = f"{one.run.dataset} (n = {one.measured(COVERAGE).n}, lượt chạy {one.run.run_id[:8]})"
        title = f"Đồng cho 1.000 câu hỏi, theo phần máy tự phân loại được trên {source}"
        blocks.append(Table(["Khoản", "Đồng"], parts, title))
    blocks += register(material)
    known = {True: "đã xác nhận", False: "giả định, cần xác nhận"}
    sheet = [
        [item.name, f"{count(item.value)} {item.unit}", known[item.confirmed]]
        for item in material.sheet.values()
    ]
    blocks.append(Table(["Giả định", "Giá trị", "Tình trạng"], sheet, f"Bảng giả định (sửa trong {WHERE})"))
    return Section("Chi phí", blocks)


def register(material: Material) -> list[Block]:
    """Return the pilot forms side by side, by what one answered question costs: a table and a picture.

    Every question is answered in the end; forms differ in how often the first step is enough.
    """
    rows: list[list[Cell]] = []
    shown: dict[str, Estimate] = {}
    for form, task in (("keyword", "rank"), ("ranked", "rank"), ("routed", "classify")):
        measure = ENOUGH[task]
        for arena in material.leading(task):
            one = baseline_of(arena) if form == "keyword" else subject_of(arena)
            if one is None or (form == "keyword" and one is subject_of(arena)):
                continue
            share = one.measured(measure)
            cost = per_question(material.sheet, form, share)
            name = f"{PILOT_FORMS[form]} ({one.run.dataset})"
            price = f"{count(cost.value)} (từ {count(cost.low)} đến {count(cost.high)})"
            rows.append([name, price, one.figure(measure)])
            shown[name] = Estimate(cost.value / 1000, cost.low / 1000, cost.high / 1000, cost.n)
    if not rows:
        return []
    today = costs(material.sheet, Estimate(0, 0, 0, 0)).by_hand / 1000
    drawing = interval_plot({name: {"cost": cost} for name, cost in shown.items()})
    axes = drawing.axes[0]
    axes.axvline(today / 1000, color="0", linestyle="--")
    axes.set_xlim(0, 1.05 * max(today / 1000, *(cost.high for cost in shown.values())))
    axes.xaxis.set_major_formatter("{x:.0f}")
    axes.set_xlabel("nghìn đồng cho một câu được trả lời (đứt: cách hiện nay)")
    title = "Các hình thức thí điểm: một câu được trả lời tốn bao nhiêu"
    head = ["Hình thức", "Đồng cho một câu", "Bước đầu là đủ [95 %]"]
    words = "; ".join(f"{name}: {count(1000 * cost.value)} đồng" for name, cost in shown.items())
    return [
        Table(head, rows, f"{title}. Cách hiện nay: {count(today)} đồng"),
        picture(drawing, f"{title}. {words}; cách hiện nay: {count(today)} đồng.", title),
        note("pilot forms"),
    ]


def privacy(_: Material) -> Section:
    """Return how privacy and offline work are kept, and how to check each."""
    return Section("Dữ liệu cá nhân và chạy không cần mạng", [listing("privacy"), gap("impact")])


def reproducibility(material: Material) -> Section:
    """Return what identifies each run, and the command that makes it again."""
    rows = []
    for one in material.scored:
        folds = f" --folds {one.run.folds}" if one.run.folds else ""
        learning = " --train-on THƯ_MỤC" if one.run.supervision.startswith("transfer") else ""
        chosen = f"--dataset {one.run.dataset}{folds}{learning}"
        command = f"pilot run experiments/{one.run.experiment}.yaml {chosen}"
        commit = f"{one.run.commit[:8]} (bản nháp)" if one.run.draft else one.run.commit[:8]
        ids = [one.run.run_id[:8], commit, one.run.data[:8], one.run.config_hash[:8], str(one.run.seed)]
        rows.append([one.run.experiment, *ids, command])
    head = ["Thí nghiệm", "Lượt chạy", "Phiên bản mã", "Dữ liệu", "Cấu hình", "Hạt giống", "Lệnh chạy lại"]
    return Section("Làm lại được", [Table(head, rows), note("remade")])


def _share(part: int, whole: int) -> Estimate:
    """Return a share with its exact binomial interval."""
    low, high = exact_interval(np.array(part), np.array(whole))
    return Estimate(part / whole, float(low), float(high), whole)


ENOUGH = {"rank": "hit@1", "classify": "Accuracy"}
"""Task -> share of questions for which the machine's first step is enough."""
PILOT_FORMS = {
    "keyword": "Tìm bằng từ khóa",
    "ranked": "Hỏi đáp có xếp hạng",
    "routed": "Máy phân luồng, chuyên gia trả lời",
}
USEFUL = "Có ích đến đâu khi dùng thật"
OUTCOMES = {"accepted": "Nhận nguyên kết quả", "edited": "Sửa rồi dùng", "rejected": "Bỏ, không dùng"}
FIGURES = {
    "Huấn luyện (giây)": "fit_seconds",
    "Một câu hỏi, trung vị (mili giây)": "latency_ms_p50",
    "Một câu hỏi, 95 % (mili giây)": "latency_ms_p95",
    "Bộ nhớ tăng thêm (MB)": "memory_growth_mb",
}


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".replace(".", ",")

"""What is to be decided, against what, and by which criteria."""

from collections.abc import Iterator, Mapping
from typing import Any

from pilot.decide.blocks import Block, Listing, Section, Table, Text
from pilot.decide.decision import MILESTONES, RECOMMENDATIONS, RULE
from pilot.decide.material import Material
from pilot.decide.verdicts import STATES
from pilot.decide.words import MEASURES, required


def question(material: Material) -> Section:
    """Return what is decided, today's way of working, and how it stood in earlier reports."""
    blocks: list[Block] = [
        Text(
            "Câu hỏi cần quyết định: có đưa trí tuệ nhân tạo vào việc hỏi đáp pháp luật hay không, với "
            "loại câu hỏi nào và trong giới hạn nào. Máy chỉ phân loại câu hỏi và xếp hạng những câu trả "
            "lời, điều luật đã có sẵn; máy không tự viết ra câu trả lời."
        ),
        Text(f"Cách làm hiện nay dùng để so sánh: {material.criteria.comparator}."),
        *_earlier(material),
    ]
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
    return Section(
        "Tiêu chí và thời điểm đặt tiêu chí",
        [
            Text(
                f"Tiêu chí đề ngày {found.date:%d/%m/%Y}, {standing}. Mã nội dung: {found.hash} (đổi một "
                f"ngưỡng là đổi mã). Tệp: {material.criteria_path.name}."
            ),
            Table(["Tiêu chí", "Đo bằng", "Yêu cầu", "Lý do"], rows),
            Text(RULE),
            Listing(
                [
                    "Đạt: cả khoảng tin cậy 95 % nằm về phía đạt yêu cầu; không đạt: cả khoảng nằm về "
                    "phía kia; còn lại là chưa đủ cơ sở.",
                    "Tiêu chí so sánh: hai phương án trả lời cùng những câu hỏi ấy, chênh lệch phải lớn "
                    "hơn mức nhỏ nhất đáng kể.",
                    "Tiêu chí theo nhóm: nhóm nào có từ 30 câu hỏi trở lên cũng phải đạt.",
                    "Chỉ xét bộ dữ liệu tốt nhất hiện có: nhãn đã thẩm định, rồi đến câu hỏi thật, sau "
                    "cùng mới là dữ liệu minh họa; nếu có nhiều bộ, bộ kém nhất quyết định. Lượt chạy có "
                    "cảnh báo thì tiêu chí không đạt.",
                ]
            ),
        ],
    )


def _earlier(material: Material) -> Iterator[Block]:
    """Yield how recommendation and criteria stood in earlier reports."""
    if not material.earlier:
        yield Text("Đây là báo cáo đầu tiên trong thư mục này nên chưa có mốc trước để so sánh.")
        return
    head = ["", *(_when(record) for record in material.earlier), "Lần này"]
    rows = [
        [
            "Kiến nghị",
            *(RECOMMENDATIONS[record["recommendation"]] for record in material.earlier),
            RECOMMENDATIONS[material.decision.recommendation],
        ]
    ]
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

"""Who answers for it: forms that people fill in, and the law they rest on."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from pilot.decide.blocks import Form, Section, Table, Text
from pilot.decide.material import Material

FACTS = Path(__file__).parent.parent / "templates" / "can_cu.yaml"
RESPONSIBILITIES = (
    (
        "Phân loại rủi ro theo Luật Trí tuệ nhân tạo 134/2025/QH15",
        "mức rủi ro, căn cứ, người phân loại, ngày",
    ),
    ("Người chịu trách nhiệm về hệ thống", "họ tên, chức vụ"),
    ("Con người kiểm soát thế nào", "ai duyệt kết quả, ai được dừng hệ thống, dừng bằng cách nào"),
    ("Nơi tiếp nhận khiếu nại, phản ánh của người dân", "địa chỉ, số điện thoại, thời hạn trả lời"),
    ("Giám sát sau khi dùng", "đo gì, mỗi bao lâu, ai xem"),
    ("Khi nào phải quay lại cách cũ", "ngưỡng tỷ lệ sai, số phản ánh, sự cố; ai quyết định"),
    ("Ngày xem xét lại", "ngày/tháng/năm"),
)


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
    return Section(
        "Trách nhiệm và quản trị",
        [
            Text(
                "Chương trình không điền các mục dưới đây; người có trách nhiệm điền trước khi trình "
                "quyết định."
            ),
            Form(RESPONSIBILITIES),
            Table(["Văn bản", "Điều đã biết", "Nguồn", "Đối chiếu với toàn văn"], rows, "Căn cứ"),
        ],
    )


def signatures(_: Material) -> Section:
    """Return the places for dissent and signatures."""
    return Section(
        "Ý kiến khác và chữ ký",
        [
            Text("Chương trình chỉ kiến nghị; người có thẩm quyền quyết định và ký."),
            Form(
                (
                    ("Ý kiến khác của thành viên hội đồng", "họ tên, nội dung"),
                    ("Quyết định", "triển khai / kéo dài thí điểm / dừng; phạm vi, điều kiện"),
                    ("Người quyết định", "chức vụ, họ tên, chữ ký, ngày"),
                )
            ),
        ],
    )

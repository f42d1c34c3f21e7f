"""The report as a Word file in the form of an administrative document (Nghị định 30/2020/NĐ-CP, Điều 8).

The parts of the form are those of Điều 8. Sizes and margins are what is commonly quoted from its Phụ lục I, which
was not at hand: A4; 20 mm above and below, 30 mm left, 15 mm right; Times New Roman 13–14; pages numbered from the
second on. Number, place, date, addressees and signature are left for people to fill in.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pilot.decide.blocks import Block, Form, Listing, Missing, Plot, Section, Table, Text
from pilot.decide.front import Front
from pilot.decide.material import Material
from pilot.decide.word_parts import (
    add_gallery,
    add_line,
    add_page_number,
    add_picture,
    add_table,
    add_text,
    set_widths,
    writable,
)

FONT = "Times New Roman"
BODY = 13
"""Points, of running text."""
DOTS = "………"


def word_file(material: Material, front: Front, sections: Sequence[Section], path: Path) -> None:
    """Write the Word file to ``path``."""
    document = new_document("Báo cáo kết quả thí điểm trí tuệ nhân tạo trong hỏi đáp pháp luật")
    _letterhead(document)
    _title(document, "BÁO CÁO", "Kết quả thí điểm trí tuệ nhân tạo trong hỏi đáp pháp luật")
    _front(document, front, material)
    write_sections(document, sections)
    _signature(document)
    document.save(str(path))


def write_sections(document: Any, sections: Sequence[Section]) -> None:
    """Write numbered sections one below the other."""
    for number, section in enumerate(sections, 1):
        document.add_heading(f"{number}. {section.title}", level=1)
        for block in section.blocks:
            _block(document, block)


def new_document(title: str) -> Any:
    """Return an empty document with page, fonts, page numbers and properties set."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin = page.bottom_margin = Mm(20)
    page.left_margin, page.right_margin = Mm(30), Mm(15)
    page.header_distance = Mm(10)
    page.different_first_page_header_footer = True
    for name in ("Normal", "Heading 1", "List Bullet", "List Number"):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(BODY)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{kind}"), FONT)
    language = (
        document.styles["Normal"].element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): "vi-VN"})
    )
    document.styles["Normal"].element.rPr.append(language)
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    heading = document.styles["Heading 1"]
    heading.font.bold, heading.font.color.rgb = True, docx.shared.RGBColor(0, 0, 0)
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(12), Pt(6)
    document.core_properties.title = writable(title)
    document.core_properties.author, document.core_properties.language = "", "vi-VN"
    add_page_number(page.header.paragraphs[0])
    return document


def _letterhead(document: Any) -> None:
    """Write agency, national title and motto, number, place and date; what people fill in stays dotted."""
    table = document.add_table(rows=2, cols=2)
    set_widths(table, (65, 100))
    left, right = table.rows[0].cells
    add_line(left.paragraphs[0], "TÊN CƠ QUAN CHỦ QUẢN", 12)
    add_line(left.add_paragraph(), "TÊN CƠ QUAN BAN HÀNH", 12, bold=True)
    add_line(left.add_paragraph(), "_______", 8)
    add_line(right.paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True)
    add_line(right.add_paragraph(), "Độc lập - Tự do - Hạnh phúc", 13, bold=True)
    add_line(right.add_paragraph(), "_______________________", 8)
    left, right = table.rows[1].cells
    add_line(left.paragraphs[0], f"Số: {DOTS}/BC-{DOTS}", 13)
    add_line(right.paragraphs[0], f"{DOTS}, ngày …… tháng …… năm ………", 13, italic=True)


def _title(document: Any, kind: str, summary: str) -> None:
    from docx.shared import Pt

    first = document.add_paragraph()
    first.paragraph_format.space_before = Pt(12)
    add_line(first, kind, 14, bold=True)
    add_line(document.add_paragraph(), summary, 14, bold=True)
    add_line(document.add_paragraph(), "____________", 8)


def _front(document: Any, front: Front, material: Material) -> None:
    """Write verdict, criteria, next steps and pictures."""
    add_text(document, f"Kiến nghị: {front.headline}", bold=True)
    add_text(document, front.reason)
    head = ["Điều còn cản trở" if front.obstacles else "Kết quả", "Việc cần làm"]
    add_table(document, head, front.steps, "Vì sao, và cần làm gì tiếp", (82, 83))
    rows = [
        [row.text, row.required, row.observed, row.state,
         f"{row.figure.estimate.n}; {row.figure.run_id[:8]}" if row.figure else "–"]
        for row in front.rows
    ]  # fmt: skip
    head = ["Tiêu chí", "Yêu cầu", "Đo được", "Kết luận", "Số câu; lượt chạy"]
    caption = f"Các tiêu chí đặt ra từ trước (ngày {material.criteria.date:%d/%m/%Y})"
    add_table(document, head, rows, caption, (50, 30, 45, 20, 20))
    add_text(document, front.reading, italic=True)
    add_gallery(document, front.plots)


def _block(document: Any, block: Block) -> None:
    """Write one block of a section."""
    if isinstance(block, Text):
        add_text(document, block.text)
    elif isinstance(block, Listing):
        for item in block.items:
            document.add_paragraph(writable(item), style="List Bullet")
    elif isinstance(block, Missing):
        add_text(document, block.what, italic=True)
        add_text(document, f"Cần làm: {block.remedy}")
    elif isinstance(block, Plot):
        add_picture(document, block, 115)
    elif isinstance(block, Form):
        rows = [[f"{name} ({hint})", "\n\n"] for name, hint in block.fields]
        add_table(document, ["Nội dung", "Người có trách nhiệm điền"], rows, "", (65, 100))
    elif isinstance(block, Table):
        add_table(document, block.columns, block.texts, block.caption)


def _signature(document: Any) -> None:
    """Write addressees and the place for the signature, both left to people."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    table = document.add_table(rows=1, cols=2)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # name and office stay on one page
    left, right = table.rows[0].cells
    run = left.paragraphs[0].add_run("Nơi nhận:")
    run.bold, run.italic, run.font.size = True, True, Pt(12)
    for text in ("- Như trên;", f"- {DOTS};", "- Lưu: VT."):
        left.add_paragraph().add_run(text).font.size = Pt(11)
    add_line(right.paragraphs[0], "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", 13, bold=True)
    add_line(
        right.add_paragraph(),
        "(Chữ ký của người có thẩm quyền, dấu hoặc chữ ký số của cơ quan)",
        12,
        italic=True,
    )
    for _ in range(4):
        right.add_paragraph()
    add_line(right.add_paragraph(), "Họ và tên", 13, bold=True)

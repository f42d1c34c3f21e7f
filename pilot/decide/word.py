"""The report as a Word file in the form of an administrative document (Nghị định 30/2020/NĐ-CP, Điều 8).

The parts of the form are those of Điều 8. Sizes and margins are what is commonly quoted from its Phụ lục I, which
was not at hand: A4; 20 mm above and below, 30 mm left, 15 mm right; Times New Roman 13–14; pages numbered from the
second on. Number, place, date, addressees and signature are left for people to fill in.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pilot.decide.blocks import Block, Form, Listing, Missing, Plot, Section, Table, Text, spread
from pilot.decide.front import Front
from pilot.decide.material import Material

FONT = "Times New Roman"
BODY, SMALL = 13, 10
"""Points: of running text, and of tables."""
DOTS = "………"


def word_file(material: Material, front: Front, sections: Sequence[Section], path: Path) -> None:
    """Write the Word file to ``path``."""
    document = _document()
    _letterhead(document)
    _title(document, "BÁO CÁO", "Kết quả thí điểm trí tuệ nhân tạo trong hỏi đáp pháp luật")
    _front(document, front, material)
    for number, section in enumerate(sections, 1):
        _heading(document, f"{number}. {section.title}")
        for block in section.blocks:
            _block(document, block)
    _signature(document)
    document.save(str(path))


def _document() -> Any:
    """Return an empty document with page, fonts and page numbers set."""
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
    document.core_properties.title = "Báo cáo kết quả thí điểm trí tuệ nhân tạo trong hỏi đáp pháp luật"
    document.core_properties.author, document.core_properties.language = "", "vi-VN"
    _page_number(page.header.paragraphs[0])
    return document


def _page_number(paragraph: Any) -> None:
    """Put the page number into the middle of a header."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.alignment = 1
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _letterhead(document: Any) -> None:
    """Write agency, national title and motto, number, place and date; what people fill in stays dotted."""
    table = document.add_table(rows=2, cols=2)
    _widths(table, (65, 100))
    left, right = table.rows[0].cells
    _line(left.paragraphs[0], "TÊN CƠ QUAN CHỦ QUẢN", 12)
    _line(left.add_paragraph(), "TÊN CƠ QUAN BAN HÀNH", 12, bold=True)
    _line(left.add_paragraph(), "_______", 8)
    _line(right.paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True)
    _line(right.add_paragraph(), "Độc lập - Tự do - Hạnh phúc", 13, bold=True)
    _line(right.add_paragraph(), "_______________________", 8)
    left, right = table.rows[1].cells
    _line(left.paragraphs[0], f"Số: {DOTS}/BC-{DOTS}", 13)
    _line(right.paragraphs[0], f"{DOTS}, ngày …… tháng …… năm ………", 13, italic=True)


def _title(document: Any, kind: str, summary: str) -> None:
    from docx.shared import Pt

    first = document.add_paragraph()
    first.paragraph_format.space_before = Pt(12)
    _line(first, kind, 14, bold=True)
    _line(document.add_paragraph(), summary, 14, bold=True)
    _line(document.add_paragraph(), "____________", 8)


def _front(document: Any, front: Front, material: Material) -> None:
    """Write verdict, criteria, next steps and pictures."""
    _paragraph(document, f"Kiến nghị: {front.headline}", bold=True)
    _paragraph(document, front.reason)
    head = ["Điều còn cản trở" if front.obstacles else "Kết quả", "Việc cần làm"]
    _table(document, head, front.steps, "Vì sao, và cần làm gì tiếp", (82, 83))
    rows = [
        [row.text, row.required, row.observed, row.state,
         f"{row.figure.estimate.n}; {row.figure.run_id[:8]}" if row.figure else "–"]
        for row in front.rows
    ]  # fmt: skip
    head = ["Tiêu chí", "Yêu cầu", "Đo được", "Kết luận", "Số câu; lượt chạy"]
    caption = f"Các tiêu chí đặt ra từ trước (ngày {material.criteria.date:%d/%m/%Y})"
    _table(document, head, rows, caption, (50, 30, 45, 20, 20))
    _gallery(document, front.plots)


def _block(document: Any, block: Block) -> None:
    """Write one block of a section."""
    if isinstance(block, Text):
        _paragraph(document, block.text)
    elif isinstance(block, Listing):
        for item in block.items:
            document.add_paragraph(item, style="List Bullet")
    elif isinstance(block, Missing):
        _paragraph(document, block.what, italic=True)
        _paragraph(document, f"Cần làm: {block.remedy}")
    elif isinstance(block, Plot):
        _picture(document, block, 115)
    elif isinstance(block, Form):
        rows = [[f"{name} ({hint})", "\n\n"] for name, hint in block.fields]
        _table(document, ["Nội dung", "Người có trách nhiệm điền"], rows, "", (65, 100))
    elif isinstance(block, Table):
        _table(document, block.head, [spread(row) for row in block.rows], block.caption)


def _heading(document: Any, text: str) -> None:
    document.add_heading(text, level=1)


def _paragraph(document: Any, text: str, *, bold: bool = False, italic: bool = False) -> None:
    """Write a justified paragraph, its first line set in by 10 mm."""
    from docx.shared import Mm

    paragraph = document.add_paragraph()
    paragraph.alignment = 3
    paragraph.paragraph_format.first_line_indent = Mm(10)
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic


def _line(paragraph: Any, text: str, size: float, *, bold: bool = False, italic: bool = False) -> None:
    """Write one centred line of the form."""
    from docx.shared import Pt

    paragraph.alignment = 1
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def _widths(table: Any, widths: Sequence[float]) -> None:
    """Give the columns of a table their widths in mm; Word reads those of the cells, others those of the grid."""
    from docx.shared import Mm

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _fitting(rows: Sequence[Sequence[str]]) -> list[float]:
    """Return column widths in mm, together 165: room for the longest word of each column, the rest by its length."""
    columns = list(zip(*rows, strict=True))
    words = [max(len(word) for text in column for word in text.split(" ")) for column in columns]
    least = [4 + 1.6 * min(word, 16) for word in words]
    lengths = [min(max(len(text) for text in column), 80) for column in columns]
    spare = max(0.0, 165 - sum(least))
    widths = [low + spare * length / sum(lengths) for low, length in zip(least, lengths, strict=True)]
    return [165 * width / sum(widths) for width in widths]


def _table(
    document: Any,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    caption: str,
    widths: Sequence[float] = (),
) -> None:
    """Write a table whose head repeats on every page and whose rows do not break; ``widths`` in mm."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    if caption:
        _paragraph(document, caption, bold=True)
        document.paragraphs[-1].paragraph_format.keep_with_next = True
    table = document.add_table(rows=0, cols=len(head), style="Table Grid")
    size = SMALL if len(head) <= 7 else SMALL - 2
    for number, texts in enumerate([head, *rows]):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if not number:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text in zip(row.cells, texts, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(text)
            run.font.size, run.bold = Pt(size), not number
    _widths(table, widths or _fitting([head, *rows]))
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _gallery(document: Any, plots: Sequence[Plot]) -> None:
    """Write pictures side by side, each under its title."""
    from docx.shared import Mm, Pt

    if not plots:
        return
    table = document.add_table(rows=1, cols=len(plots))
    _widths(table, [165 / len(plots)] * len(plots))
    for cell, plot in zip(table.rows[0].cells, plots, strict=True):
        _line(cell.paragraphs[0], plot.title, 10, bold=True)
        paragraph = cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        shape = paragraph.add_run().add_picture(io.BytesIO(plot.png), width=Mm(165 / len(plots) - 4))
        shape._inline.docPr.set("descr", plot.words)


def _picture(document: Any, plot: Plot, width: float) -> None:
    """Write a picture with its words for who cannot see it."""
    from docx.shared import Mm

    if plot.title:
        _line(document.add_paragraph(), plot.title, 12, bold=True)
        document.paragraphs[-1].paragraph_format.keep_with_next = True
    paragraph = document.add_paragraph()
    paragraph.alignment = 1
    shape = paragraph.add_run().add_picture(io.BytesIO(plot.png), width=Mm(width))
    shape._inline.docPr.set("descr", plot.words)


def _signature(document: Any) -> None:
    """Write addressees and the place for the signature, both left to people."""
    from docx.shared import Pt

    table = document.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    run = left.paragraphs[0].add_run("Nơi nhận:")
    run.bold, run.italic, run.font.size = True, True, Pt(12)
    for text in ("- Như trên;", f"- {DOTS};", "- Lưu: VT."):
        left.add_paragraph().add_run(text).font.size = Pt(11)
    _line(right.paragraphs[0], "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", 13, bold=True)
    _line(
        right.add_paragraph(),
        "(Chữ ký của người có thẩm quyền, dấu hoặc chữ ký số của cơ quan)",
        12,
        italic=True,
    )
    for _ in range(4):
        right.add_paragraph()
    _line(right.add_paragraph(), "Họ và tên", 13, bold=True)

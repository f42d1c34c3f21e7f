"""Paragraphs, tables and pictures of a Word file, in the type and measures of an administrative document."""

import io
import re
from collections.abc import Sequence
from typing import Any

from pilot.decide.blocks import Plot

WIDTH = 165
"""Of the text, in mm."""
SMALL = 10
"""Points, of tables."""
FOREIGN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold (XML 1.0, production 2): control characters and halves of characters."""


def writable(text: str) -> str:
    """Return a text as a Word file can hold it."""
    return FOREIGN.sub(" ", text)


def add_page_number(paragraph: Any) -> None:
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


def add_text(document: Any, text: str, *, bold: bool = False, italic: bool = False) -> None:
    """Write a justified paragraph, its first line set in by 10 mm."""
    from docx.shared import Mm

    paragraph = document.add_paragraph()
    paragraph.alignment = 3
    paragraph.paragraph_format.first_line_indent = Mm(10)
    run = paragraph.add_run(writable(text))
    run.bold, run.italic = bold, italic


def add_line(paragraph: Any, text: str, size: float, *, bold: bool = False, italic: bool = False) -> None:
    """Write one centred line of the form."""
    from docx.shared import Pt

    paragraph.alignment = 1
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(writable(text))
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def set_widths(table: Any, widths: Sequence[float]) -> None:
    """Give the columns of a table their widths in mm; Word reads those of the cells, others those of the grid."""
    from docx.shared import Mm

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def fitting_widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Return column widths in mm, together `WIDTH`: room for the longest words, the rest by length."""
    columns = list(zip(*rows, strict=True))
    words = [max(len(word) for text in column for word in text.split(" ")) for column in columns]
    least = [4.5 + 1.9 * min(word, 16) for word in words]
    lengths = [min(max(len(text) for text in column), 80) for column in columns]
    spare = WIDTH - sum(least)
    # Too little room is taken from columns of long words; a number cut in two is read wrongly.
    share = lengths if spare > 0 else [low if low > 20 else 0 for low in least]
    return [low + spare * part / max(sum(share), 1) for low, part in zip(least, share, strict=True)]


def add_table(
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
        add_text(document, caption, bold=True)
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
            run = paragraph.add_run(writable(text))
            run.font.size, run.bold = Pt(size), not number
    set_widths(table, widths or fitting_widths([head, *rows]))
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def add_gallery(document: Any, plots: Sequence[Plot]) -> None:
    """Write pictures side by side on one page, each under its title."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    if not plots:
        return
    table = document.add_table(rows=1, cols=len(plots))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    set_widths(table, [WIDTH / len(plots)] * len(plots))
    for cell, plot in zip(table.rows[0].cells, plots, strict=True):
        add_line(cell.paragraphs[0], plot.title, 10, bold=True)
        paragraph = cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        _place(plot, paragraph, WIDTH / len(plots) - 4)


def add_picture(document: Any, plot: Plot, width: float) -> None:
    """Write a picture with its words for who cannot see it."""
    if plot.title:
        add_line(document.add_paragraph(), plot.title, 12, bold=True)
        document.paragraphs[-1].paragraph_format.keep_with_next = True
    paragraph = document.add_paragraph()
    paragraph.alignment = 1
    _place(plot, paragraph, width)


def _place(plot: Plot, paragraph: Any, width: float) -> None:
    from docx.shared import Mm

    shape = paragraph.add_run().add_picture(io.BytesIO(plot.png), width=Mm(width))
    shape._inline.docPr.set("descr", plot.words)

"""Word, HTML and text files: questions found by their marks, laws taken apart, nothing in them run."""

import contextlib
import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from pilot.records import InputError
from pilot.sources.formats import read_source
from pilot.text.replacing import Replacement, find_replacements, read_day

LAW = """QUỐC HỘI
Luật số: 12/2030/QH17
Hà Nội, ngày 20 tháng 11 năm 2030
LUẬT
THỬ NGHIỆM VÀ ĐO LƯỜNG
Căn cứ Hiến pháp;
Phần thứ nhất
NHỮNG QUY ĐỊNH CHUNG
Chương I
PHẠM VI
Điều 1. Phạm vi điều chỉnh
Luật này quy định về thử nghiệm.
Điều 2. Giải thích từ ngữ
Trong Luật này, các từ ngữ dưới đây được hiểu như sau:
1. Thử nghiệm là việc thử.
a) Thử lần đầu;
b) Thử lại.
2. Đo lường là việc đo.
2a. Đo lại là đo lần nữa.
Chương II. THI HÀNH
Mục 1. ĐIỀU KHOẢN
Điều 3. Sửa đổi luật khác
1. Sửa đổi Điều 5 của Luật Đo lường số 04/2011/QH13 như sau:
“Điều 5. Chính sách
1. Nhà nước đầu tư.”
2. Bãi bỏ Nghị định số 9/2020/NĐ-CP.
Điều 4. Hiệu lực
1. Luật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2031.
2. Luật Thử nghiệm số 5/2010/QH12 đã được sửa đổi theo Luật số 6/2015/QH13 hết hiệu lực kể từ ngày Luật này có hiệu lực.
Luật này được Quốc hội thông qua ngày 20 tháng 11 năm 2030.
CHỦ TỊCH QUỐC HỘI
"""


def word(path: Path, *items: str | tuple[int, str] | list[list[str]]) -> Path:
    document = docx.Document()
    for item in items:
        if isinstance(item, str):
            document.add_paragraph(item)
        elif isinstance(item, tuple):
            document.add_heading(item[1], item[0])
        else:
            table = document.add_table(0, len(item[0]))
            for row in item:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
    document.save(str(path))
    return path


def asked(data) -> list[tuple[str, str | None]]:
    return [(question.text, question.answer) for question in data.questions]


def test_a_law_becomes_clauses_with_their_path_and_what_it_ends(tmp_path: Path) -> None:
    (tmp_path / "luat.txt").write_text(LAW, encoding="utf-8")
    data, account = read_source(tmp_path / "luat.txt", "text")
    general = "Phần thứ nhất. NHỮNG QUY ĐỊNH CHUNG > Chương I. PHẠM VI"
    closing = "Phần thứ nhất. NHỮNG QUY ĐỊNH CHUNG > Chương II. THI HÀNH > Mục 1. ĐIỀU KHOẢN"
    assert [(p.passage_id, p.path) for p in data.passages] == [
        ("12/2030/QH17|1", general), ("12/2030/QH17|2|1", general), ("12/2030/QH17|2|2", general),
        ("12/2030/QH17|2|2a", general), ("12/2030/QH17|3|1", closing), ("12/2030/QH17|3|2", closing),
        ("12/2030/QH17|4|1", closing), ("12/2030/QH17|4|2", closing),
    ]  # fmt: skip
    assert data.passages[1].text.splitlines() == [
        "Trong Luật này, các từ ngữ dưới đây được hiểu như sau:", "Thử nghiệm là việc thử.", "a) Thử lần đầu;",
        "b) Thử lại.",
    ]  # fmt: skip
    assert data.passages[4].text.endswith("“Điều 5. Chính sách\n1. Nhà nước đầu tư.”")
    law, *older = data.documents
    assert (law.kind, law.title, law.issuer) == ("Luật", "Thử nghiệm và đo lường", "Quốc hội")
    assert (str(law.issued_on), str(law.effective_from), law.checked) == ("2030-11-20", "2031-07-01", True)
    assert [(d.document_id, str(d.effective_to), d.replaced_by, d.amended_by) for d in older] == [
        ("04/2011/QH13", "None", (), ("12/2030/QH17",)),
        ("9/2020/NĐ-CP", "2031-06-30", ("12/2030/QH17",), ()),
        ("5/2010/QH12", "2031-06-30", ("12/2030/QH17",), ()),
    ]
    assert len([1 for _, what in account.changes if what.startswith("left out of the passages")]) == 8


def test_clauses_that_end_other_documents() -> None:
    def found(text: str) -> list[tuple[str, str, bool]]:
        return [(one.document_id, one.action, one.whole) for one in find_replacements(text)]

    assert found("Nghị định này thay thế Nghị định số 1/2010/NĐ-CP và Nghị định số 2/2011/NĐ-CP.") == [
        ("1/2010/NĐ-CP", "replaces", True),
        ("2/2011/NĐ-CP", "replaces", True),
    ]
    assert found("Bãi bỏ Điều 3 và khoản 1 Điều 4 của Nghị định số 1/2010/NĐ-CP.") == [
        ("1/2010/NĐ-CP", "repeals", False)
    ]
    assert found("Luật số 1/2010/QH12 hết hiệu lực, trừ quy định tại khoản 2 Điều 9.") == [
        ("1/2010/QH12", "repeals", False)
    ]
    assert found("Thay thế cụm từ “A” bằng “B” tại Nghị định số 1/2010/NĐ-CP.") == []
    assert found("Sửa đổi, bổ sung một số điều của Nghị định số 1/2010/NĐ-CP") == [
        ("1/2010/NĐ-CP", "amends", False)
    ]
    assert found("Theo Nghị định số 1/2010/NĐ-CP được sửa đổi bởi Nghị định số 2/2012/NĐ-CP thì miễn.") == []
    first = find_replacements("Luật số 1/2010/QH12 hết hiệu lực kể từ ngày 01 tháng 01 năm 2025")[0]
    assert first == Replacement("1/2010/QH12", "repeals", True, read_day("ngày 1/1/2025"))
    assert read_day("ngày 31 tháng 02 năm 2025") is None


def test_word_by_marks_by_headings_and_by_tables(tmp_path: Path) -> None:
    path = word(
        tmp_path / "a.docx", (1, "Hộ tịch"), "Câu hỏi 1: Khai sinh ở đâu?", "Con tôi mới sinh.", "Trả lời: Ở xã.",
        "Mang giấy chứng sinh.", (2, "Đất"), "Hỏi: Đất của ai?", "Đáp: Của toàn dân.",
    )  # fmt: skip
    data, account = read_source(path, "docx")
    assert asked(data) == [
        ("Khai sinh ở đâu?\nCon tôi mới sinh.", "Ở xã.\nMang giấy chứng sinh."),
        ("Đất của ai?", "Của toàn dân."),
    ]
    assert [where for where, what in account.changes if "heading" in what] == ["a.docx:1", "a.docx:6"]
    path = word(
        tmp_path / "b.docx",
        (1, "Mở đầu"),
        "Lời dẫn.",
        (2, "Ly hôn ở đâu?"),
        "Ở tòa án.",
        (2, "Tin khác"),
        "x",
    )
    data, account = read_source(path, "docx")
    assert asked(data) == [("Ly hôn ở đâu?", "Ở tòa án.")]
    assert len([1 for _, what in account.changes if what.startswith("left out")]) == 4
    path = word(
        tmp_path / "c.docx", "Bảng", [["STT", "Câu hỏi", "Trả lời"], ["1", "Hỏi?", "Đáp."], ["", "", ""]]
    )
    assert asked(read_source(path, "docx").dataset) == [("Hỏi?", "Đáp.")]


def numbered(path: Path, levels: list[tuple[str, str]], paragraphs: list[tuple[int | None, str]]) -> Path:
    """Write a document whose paragraphs Word numbers: (text of the level, form); (level or None, text)."""
    document = docx.Document()
    root = document.part.numbering_part.element
    lines = "".join(
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for place, (text, form) in enumerate(levels)
    )
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{lines}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    style = document.styles.add_style("Khoản", WD_STYLE_TYPE.PARAGRAPH)
    style.element.get_or_add_pPr().append(parse_xml(f"<w:numPr {nsdecls('w')}>{_NUMBER.format(1)}</w:numPr>"))
    for level, text in paragraphs:
        paragraph = document.add_paragraph(text, style="Khoản" if level == 1 else None)
        if level is not None and level != 1:
            properties = paragraph._p.get_or_add_pPr()
            properties.append(parse_xml(f"<w:numPr {nsdecls('w')}>{_NUMBER.format(level)}</w:numPr>"))
    document.save(str(path))
    return path


_NUMBER = '<w:ilvl w:val="{}"/><w:numId w:val="90"/>'


def test_articles_numbered_by_word_itself(tmp_path: Path) -> None:
    levels = [("Điều %1.", "decimal"), ("%2.", "decimal"), ("%3)", "lowerLetter")]
    paragraphs: list[tuple[int | None, str]] = [
        (None, "LUẬT"), (0, "Phạm vi"), (None, "Luật này quy định."), (0, "Từ ngữ"), (1, "Thử là làm."),
        (2, "lần đầu;"), (2, "lần sau."), (1, "Đo là đếm."), (0, "Hiệu lực"), (1, "Có hiệu lực."),
    ]  # fmt: skip
    data, _ = read_source(numbered(tmp_path / "a.docx", levels, paragraphs), "docx")
    assert [(p.article, p.clause, p.title, p.text) for p in data.passages] == [
        ("1", None, "Phạm vi", "Luật này quy định."),
        ("2", "1", "Từ ngữ", "Thử là làm.\na) lần đầu;\nb) lần sau."),
        ("2", "2", "Từ ngữ", "Đo là đếm."),
        ("3", "1", "Hiệu lực", "Có hiệu lực."),
    ]
    asked_by_number = [
        (0, "Khai sinh ở đâu?"),
        (None, "Trả lời: Ở xã."),
        (0, "Đất của ai?"),
        (None, "Đáp: Toàn dân."),
    ]
    path = numbered(tmp_path / "b.docx", [("Câu %1:", "upperRoman")], asked_by_number)
    with pytest.raises(InputError, match="no questions"):  # Câu I: is no mark of a question
        read_source(path, "docx")
    data, _ = read_source(numbered(tmp_path / "c.docx", [("Câu %1:", "decimal")], asked_by_number), "docx")
    assert asked(data) == [("Khai sinh ở đâu?", "Ở xã."), ("Đất của ai?", "Toàn dân.")]


def test_a_page_without_what_could_run(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<html><head><title>x</title></head><body><script>Hỏi: alert()</script><h2>Hỏi đáp</h2>"
        "<p>Hỏi: Một<b> hai</b>?<br>Ba?</p><!-- Hỏi: ẩn? --><p>Đáp:&nbsp;L&#7897;c.</p><iframe src='file:///etc/passwd'>"
        "</iframe><table><tr><th colspan=2>Câu hỏi</th><th>Trả lời</th></tr>"
        "<tr><td rowspan=2>A?</td><td>B</td><td>C</td>"
        "</tr></table></body></html>",
        encoding="utf-8",
    )
    data, account = read_source(tmp_path / "a.html", "html")
    assert asked(data) == [("Một hai?\nBa?", "Lộc."), ("A?", "C")]
    assert {what for _, what in account.changes if what.startswith("<")} == {
        "<head> left out", "<script> left out", "<iframe> left out",
    }  # fmt: skip


def test_legacy_text_and_folders(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Hái: §Êt ®ai lµ g×?\n§¸p: Lµ tµi s¶n.".encode("latin-1"))
    (tmp_path / "b.txt").write_text("Hỏi: Hai?\n", encoding="utf-16")
    (tmp_path / "c.docx").write_text("không đọc", encoding="utf-8")
    data, account = read_source(tmp_path, "text")
    assert asked(data) == [("Đất đai là gì?", "Là tài sản."), ("Hai?", None)]
    assert ("a.txt:1", "converted from TCVN3") in account.changes


def test_what_holds_nothing_or_is_damaged_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Không có gì ở đây.", encoding="utf-8")
    with pytest.raises(
        InputError,
        match="no questions and no articles; what was read: 1 × left out: a heading, or text between",
    ):
        read_source(tmp_path / "a.txt", "text")
    with pytest.raises(InputError, match="no file ending in"):
        read_source(tmp_path, "docx")
    with zipfile.ZipFile(tmp_path / "b.docx", "w") as archive:
        archive.writestr(
            "word/document.xml", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"
        )
    with pytest.raises(InputError, match="cannot be read"):
        read_source(tmp_path / "b.docx", "docx")


@settings(deadline=None)
@given(st.binary(max_size=80), st.sampled_from(["docx", "html", "text"]))
def test_no_bytes_break_a_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes, form: str) -> None:
    path = tmp_path_factory.mktemp("bytes") / f"a.{'txt' if form == 'text' else form}"
    for start in (b"", "Hỏi: gì?\n".encode(), b"<p>H\xe1i</p>", "Điều 1. A\nĐiều 2. B\n".encode()):
        path.write_bytes(start + content)
        with contextlib.suppress(InputError):
            read_source(path, form)


LINES = [line for line in LAW.splitlines() if not line.startswith(("Phần", "Chương", "Mục"))]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*LINES, "Điều 5.", "Mục 2 của Luật;", "3. ba", "”", "“"]), max_size=30))
def test_a_shuffled_law_keeps_every_line(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    path = tmp_path_factory.mktemp("law") / "a.txt"
    path.write_text("\n".join(["Điều 1. Một", "Điều 2. Hai", *lines]), encoding="utf-8")
    data, account = read_source(path, "text")
    kept = "\n".join(f"{p.title}\n{p.text}" for p in data.passages)
    left = {where for where, _ in account.changes}
    for number, line in enumerate(lines, 3):
        assert f"a.txt:{number}" in left or line.split(". ", 1)[-1].rstrip(".") in kept, line

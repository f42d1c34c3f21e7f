"""Tables as departments keep them: headings found, cells made Unicode, every row kept or its loss noted."""

import contextlib
import datetime
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from conftest import ROOT, TINY, write_dataset
from hypothesis import given, settings
from hypothesis import strategies as st

from pilot.records import InputError
from pilot.sources.columns import find_header, map_headings, read_choice
from pilot.sources.formats import read_source
from pilot.sources.grids import encoding_of


def notes(account) -> set[str]:
    return {f"{where}: {what}" for where, what in account.changes}


def workbook(path: Path, **sheets: list[list]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_headings_are_known_by_name_and_within_longer_names() -> None:
    assert map_headings(["STT", "Nội dung câu hỏi của công dân", "NỘI DUNG TRẢ LỜI", "Linh vuc", "Họ tên"], {}) == {
        1: "text", 2: "answer", 3: "field",
    }  # fmt: skip
    assert map_headings(["Nội dung", "Câu hỏi"], {}) == {0: "text"}
    assert map_headings(["Nội dung", "Câu hỏi"], {"noi dung": None}) == {1: "text"}
    found = find_header(
        [["BÁO CÁO"], ["STT", "Hỏi đáp", None], [None, "Câu hỏi", "Trả lời"], ["1", "a", "b"]], {}
    )
    assert found is not None
    assert (found.last, found.headings, found.columns) == (
        2,
        ["", "Câu hỏi", "Trả lời"],
        {1: "text", 2: "answer"},
    )
    assert find_header([["a", "b"]], {}) is None


def test_a_choice_of_columns_is_checked(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("Phản ánh: text\nGhi chú: null\n", encoding="utf-8")
    assert read_choice(tmp_path / "c.yaml") == {"phan anh": "text", "ghi chu": None}
    (tmp_path / "t.csv").write_text("Phản ánh;Ghi chú\nhỏi gì;x\n", encoding="utf-8")
    data, account = read_source(tmp_path / "t.csv", "table", columns=tmp_path / "c.yaml")
    assert data.questions[0].text == "hỏi gì"
    assert "t.csv: column 'Ghi chú' not taken over" in notes(account)
    with pytest.raises(
        InputError, match=r"no heading means the question; found Phản ánh, Ghi chú; write `HEADING: text`"
    ):
        read_source(tmp_path / "t.csv", "table")
    (tmp_path / "c.yaml").write_text("Phản ánh: txt\n", encoding="utf-8")
    with pytest.raises(InputError, match="mapped to 'txt'; expected one of text, answer"):
        read_source(tmp_path / "t.csv", "table", columns=tmp_path / "c.yaml")
    with pytest.raises(InputError, match="--columns is for --format table"):
        read_source(tmp_path / "t.csv", "beir", columns=tmp_path / "c.yaml")


def test_csv_rows_with_answers_topics_and_dates(tmp_path: Path) -> None:
    text = (
        "Sổ theo dõi 2025\nSTT,Ngày hỏi,Câu hỏi,Trả lời,Lĩnh vực\n1,05/02/2025,Hỏi một?,Đáp chung,Đất đai\n\n"
        "2,hôm qua, Hỏi hai?,Đáp chung,9; lạ\n3,,,x,\n4,,Hỏi bốn?,,,thừa\n"
    )
    (tmp_path / "train.csv").write_text(text, encoding="utf-8")
    data, account = read_source(tmp_path / "train.csv", "table")
    assert [(q.question_id, q.text, q.fields, str(q.asked_on), q.split) for q in data.questions] == [
        ("train-1", "Hỏi một?", ("11",), "2025-02-05", "train"),
        ("train-2", "Hỏi hai?", ("09", "lạ"), "None", "train"),
    ]
    assert [(p.passage_id, p.kind, p.text) for p in data.passages] == [("train-1-a", "answer", "Đáp chung")]
    assert [(j.question_id, j.relevance) for j in data.judgments] == [("train-1", 3), ("train-2", 3)]
    assert notes(account) == {
        "train.csv: column 'STT' not taken over", "train.csv: column 'Ngày hỏi' read as asked_on",
        "train.csv: column 'Câu hỏi' read as text", "train.csv: column 'Trả lời' read as answer",
        "train.csv: column 'Lĩnh vực' read as field", "train.csv:1: left out: above the headings",
        "train.csv:3: field 'Đất đai' read as 11", "train.csv:4: left out: blank row",
        "train.csv:5: date left empty: not a date", "train.csv:5: question normalised (Unicode form, white space)",
        "train.csv:5: field '9' read as 09", "train.csv:5: field 'lạ' is no official topic; taken as it is",
        "train.csv:6: left out: no question",
        "train.csv:7: left out: 6 cells, more than there are headings",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("codec", "said"), [("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("utf-8-sig", None)]
)
def test_unicode_files(tmp_path: Path, codec: str, said: str | None) -> None:
    (tmp_path / "a.csv").write_bytes("Câu hỏi;Nhãn\nĐất ở là gì?;x y\n".encode(codec))
    data, account = read_source(tmp_path / "a.csv", "table")
    assert data.questions[0].text == "Đất ở là gì?"
    assert (f"a.csv: read as {said}" in notes(account)) == (said is not None)


def test_two_legacy_encodings_in_one_file(tmp_path: Path) -> None:
    rows = ["C©u hái,Tr¶ lêi", "§Êt ®ai lµ g×?,Tµi s¶n", "Ñaát ñai laø gì?,Taøi saûn"]
    (tmp_path / "a.csv").write_bytes("\n".join(rows).encode("latin-1"))
    data, account = read_source(tmp_path / "a.csv", "table")
    assert [(q.text, q.answer) for q in data.questions] == [("Đất đai là gì?", "Tài sản")] * 2
    assert {
        "a.csv: read as a legacy encoding",
        "a.csv:2: converted from TCVN3",
        "a.csv:3: converted from VNI",
    } <= notes(account)


def test_jsonl_of_our_own_and_of_foreign_names(tmp_path: Path) -> None:
    rows = [{"question": "Một?", "answer": None, "label": ["x", "y"], "lạ": 1}, {"question": 2, "id": 7}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    data, account = read_source(tmp_path / "a.jsonl", "table")
    assert [(q.question_id, q.text, q.fields) for q in data.questions] == [
        ("a-1", "Một?", ("x", "y")),
        ("7", "2", ()),
    ]
    assert "a.jsonl: column 'lạ' not taken over" in notes(account)


def test_citations_are_resolved_against_the_law_at_hand(tmp_path: Path) -> None:
    law = write_dataset(tmp_path / "law", {name: TINY[name] for name in ("documents", "passages")})
    rows = ["Thuê?,Theo Điều 472 và Điều 473 Bộ luật Dân sự.,Nghị định 1/2020/NĐ-CP", "X?,,không rõ"]
    text = "\n".join(["Câu hỏi,Trả lời,Căn cứ pháp lý", *rows])
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    data, account = read_source(tmp_path / "a.csv", "table", law)
    assert [(c.document_id, c.article) for c in data.questions[0].citations] == [
        ("1/2020/NĐ-CP", None), ("91/2015/QH13", "472"), ("91/2015/QH13", "473"),
    ]  # fmt: skip
    assert [(d.document_id, d.checked) for d in data.documents] == [
        ("1/2020/NĐ-CP", False),
        ("91/2015/QH13", True),
    ]
    assert [(j.passage_id, j.relevance, j.rater) for j in data.judgments] == [
        ("a-1-a", 3, "source"),
        ("p1", 2, "citation"),
    ]
    assert "a.csv:3: the cell of citations names no document or article" in notes(account)
    alone, account = read_source(tmp_path / "a.csv", "table")
    assert alone.documents == ()
    assert "a.csv:2 (Điều 473 Bộ luật Dân sự): citation not resolved to a document" in notes(account)


def test_sheets_formulas_dates_and_merged_cells(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "s.xlsx",
        Một=[["Tổng hợp", None, None], ["Lĩnh vực", "Nội dung", None], [None, "Câu hỏi", "Ngày"],
             ["Lao động", "Hỏi một?", datetime.date(2025, 3, 1)], [None, "=1+1", None], [None, "Hỏi ba?", 2.0]],
        Hai=[["hướng dẫn", "điền"], ["x", "y"]],
    )  # fmt: skip
    book = openpyxl.load_workbook(path)
    for area in ("A1:C1", "B2:C2", "A2:A3", "A4:A6"):
        book["Một"].merge_cells(area)
    book.save(path)
    data, account = read_source(path, "table")
    assert [(q.question_id, q.text, q.fields, str(q.asked_on)) for q in data.questions] == [
        ("s-Một-1", "Hỏi một?", ("20",), "2025-03-01"),
        ("s-Một-3", "Hỏi ba?", ("20",), "None"),
    ]
    assert {
        "s.xlsx[Một]:5: a formula was not run: it has no stored value, left empty",
        "s.xlsx[Một]:5: left out: no question",
        "s.xlsx[Một]:6: value of a merged cell repeated", "s.xlsx[Một]:6: date left empty: not a date",
        "s.xlsx[Hai]: left out: no heading means the question; found hướng dẫn, điền",
    } <= notes(account)  # fmt: skip


def test_harmful_and_damaged_workbooks_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 90_000_000)
    with pytest.raises(InputError, match="as a ZIP bomb does"):
        read_source(bomb, "table")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in range(3):
            archive.writestr(f"xl/{part}.xml", b"0" * 50_000_000)
    with pytest.raises(InputError, match="more than 96 MB; save a workbook as CSV"):
        read_source(bomb, "table")
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr("../../escape.txt", "x")
    with pytest.raises(InputError, match=r"lacks xl/workbook\.xml"):
        read_source(bomb, "table")
    bomb.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(InputError, match="no office file"):
        read_source(bomb, "table")
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr("xl/workbook.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
    with pytest.raises(InputError, match="cannot be read"):
        read_source(bomb, "table")
    assert [path.name for path in tmp_path.iterdir()] == ["bomb.xlsx"]


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("Câu hỏi\nbí mật?\n", encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(InputError, match="no table here"):
        read_source(tmp_path / "in", "table")


@settings(deadline=None)
@given(st.binary(max_size=80), st.sampled_from([".csv", ".xlsx", ".jsonl", ".tsv"]))
def test_no_bytes_break_an_import(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("bytes") / f"a{suffix}"
    for start in (b"", "Câu hỏi,Trả lời\n".encode(), b"PK\x03\x04"):
        path.write_bytes(start + content)
        with contextlib.suppress(InputError):
            read_source(path, "table")


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=6), max_size=4), max_size=5))
def test_every_row_is_a_question_or_has_a_reason(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    import csv

    path = tmp_path_factory.mktemp("rows") / "a.csv"
    with path.open("w", encoding="utf-8", newline="", errors="replace") as file:
        csv.writer(file, lineterminator="\n").writerows([["Câu hỏi", "Trả lời"], ["Hỏi?", "Đáp"], *rows])
    data, account = read_source(path, "table")
    with path.open(encoding="utf-8", newline="") as file:
        read = sum(1 for _ in csv.reader(file)) - 1
    left = {where for where, what in account.changes if what.startswith("left out")}
    assert len(data.questions) + len(left) == read


def test_encodings_are_told_from_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a" * 400_000 + "Đ".encode())
    assert encoding_of(tmp_path / "a") == "utf-8-sig"
    (tmp_path / "a").write_bytes(b"a" * 400_000 + b"\xd0")
    assert encoding_of(tmp_path / "a") == "latin-1"


def test_rows_are_read_without_holding_the_file(tmp_path: Path) -> None:
    line = "Hỏi về thủ tục cấp giấy chứng nhận quyền sử dụng đất lần đầu cho hộ gia đình như thế nào,x\n"
    with (tmp_path / "big.csv").open("w", encoding="utf-8") as file:
        file.write("Câu hỏi,Nhãn\n" + line * 200_000)
    code = (
        "import resource, time\nfrom pathlib import Path\nfrom pilot.sources.grids import read_grids\n"
        "from pilot.sources.imported import Account\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "rows = (row for grid in read_grids(Path('big.csv'), Account()) for row in grid.rows)\n"
        "next(rows)\ntime.sleep(1.2)\n"  # progress is for what takes longer than a second
        "count = 1 + sum(1 for row in rows)\n"
        "print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )  # fmt: skip
    rows, kilobytes = map(int, done.stdout.split())
    assert rows == 200_001
    assert kilobytes < 12_000, "25 MB were read with a few MB of memory"
    assert "big.csv" in done.stderr, "progress is shown"

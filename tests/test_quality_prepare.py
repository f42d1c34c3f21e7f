"""The messy workbook of a department becomes a dataset plus a complete list of changes; imports can be repeated."""

import csv
import dataclasses
import os
import signal
import subprocess
import sys
import time
from datetime import date
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from conftest import ROOT, TINY, write_dataset
from hypothesis import given
from hypothesis import strategies as st

from pilot import Dataset
from pilot.quality.freeze import Earlier, deal_splits, freeze, read_earlier
from pilot.quality.prepare import prepare, write_imported
from pilot.quality.validate import check
from pilot.records import Citation, InputError, Question
from pilot.sources.formats import read_source

LONG = "Gia đình tôi muốn sang tên sổ đỏ cho con trai thì cần chuẩn bị những giấy tờ gì và nộp ở cơ quan nào"
OLD_LAW = {"document_id": "1/2003/QH11", "kind": "Luật", "title": "Đất đai", "issuer": "Quốc hội", "checked": True,
           "effective_from": "2004-07-01", "effective_to": "2014-06-30", "replaced_by": ["2/2013/QH13"]}  # fmt: skip
NEW_LAW = {**OLD_LAW, "document_id": "2/2013/QH13", "effective_from": "2014-07-01", "effective_to": None,
           "replaced_by": []}  # fmt: skip


def messy(path: Path) -> Path:
    """Merged headings, blank rows, two old encodings, copies, conflicts, a formula, an expired citation."""
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [
        ["SỔ THEO DÕI HỎI ĐÁP NĂM 2025"],
        ["STT", "Nội dung", None, "Lĩnh vực", "Ngày hỏi", "Người hỏi"],
        [None, "Câu hỏi", "Trả lời", None, None, None],
        [
            1,
            LONG + "?",
            "Theo khoản 1 Điều 5 Luật Đất đai năm 2003, nộp ở xã.",
            "Đất đai",
            date(2025, 1, 2),
            "Lê A",
        ],
        [None] * 6,
        [
            2,
            LONG.lower() + " ạ?",
            "Nộp tại chi nhánh văn phòng đăng ký đất đai.",
            "Lao động",
            "03/01/2025",
            "x",
        ],
        [3, "Thñ tôc ly h«n thuËn t×nh thÕ nµo?", "Nép ®¬n t¹i tßa ¸n.", "ChuyÖn nhµ", None, None],
        [4, "Thuû tuïc khai sinh cho con theá naøo?", None, None, "không nhớ", None],
        [5, '=HYPERLINK("http://x","bấm")', "x", None, None, None],
        [6, None, "Chỉ có trả lời", None, None, None],
        [7, "  Nghỉ  việc báo trước mấy ngày? Gọi 0912345678 ", None, "lao động", None, None],
    ]
    for row in rows:
        sheet.append(row)
    for area in ("A1:F1", "A2:A3", "B2:C2", "D2:D3", "E2:E3", "F2:F3"):
        sheet.merge_cells(area)
    book.create_sheet("Ghi chú").append(["Người lập"])
    book.save(path)
    return path


def test_a_messy_workbook_is_accounted_for(tmp_path: Path) -> None:
    source = messy(tmp_path / "so.xlsx")
    before = sha256(source.read_bytes()).hexdigest()
    law = write_dataset(tmp_path / "law", {"documents": [OLD_LAW, NEW_LAW], "passages": TINY["passages"][1:]})
    prepared = prepare(read_source(source, "table", law), on=date(2025, 7, 1), private=True)
    write_imported(prepared, tmp_path / "out", "so.xlsx (table)")
    assert sha256(source.read_bytes()).hexdigest() == before
    data = Dataset.load(tmp_path / "out")
    faults = [finding.message for finding in check(data) if finding.severity == "error"]
    assert faults == [
        "unknown field Chuyện nhà; expected a topic 01 to 45 or ngoai_pham_vi, khong_phai_phap_luat, can_chuyen_gia"
    ]
    texts = {question.question_id: question.text for question in data.questions}
    assert texts["so-Sheet-3"] == "Thủ tục ly hôn thuận tình thế nào?"
    assert texts["so-Sheet-4"] == "Thủ tục khai sinh cho con thế nào?"
    assert texts["so-Sheet-7"] == "Nghỉ việc báo trước mấy ngày? Gọi [SỐ ĐIỆN THOẠI 1]"
    first, second = data.questions[:2]
    assert first.citations == (Citation("1/2003/QH11", "5", "1"),)
    assert first.group == second.group == "so-Sheet-1"
    assert [(j.passage_id, j.stale) for j in data.judgments if j.question_id == "so-Sheet-1"] == [
        ("so-Sheet-1-a", True)
    ]

    with (tmp_path / "out" / "changes.csv").open(encoding="utf-8", newline="") as file:
        changes = {(row["where"], row["what"]) for row in csv.DictReader(file)}
    row = "so.xlsx[Sheet]:{}".format
    assert {
        (row(1), "left out: above the headings"), (row(5), "left out: blank row"), (row(7), "converted from TCVN3"),
        (row(8), "converted from VNI"), (row(8), "date left empty: not a date"), (row(9), "left out: no question"),
        (row(9), "a formula was not run: it has no stored value, left empty"), (row(10), "left out: no question"),
        (row(11), "question normalised (Unicode form, white space)"), (row(11), "field 'lao động' read as 20"),
        ("so.xlsx[Sheet]", "column 'Người hỏi' not taken over"), ("so.xlsx[Sheet]", "column 'STT' not taken over"),
        ("so.xlsx[Ghi chú]", "left out: no heading means the question; found Người lập"),
        ("so-Sheet-7", "personal data replaced: PHONE"),
        ("so-Sheet-2", "put into one group with near duplicates"),
        ("so-Sheet-1 (1/2003/QH11; after it came 2/2013/QH13)", "answer rests on a document no longer in force"),
    } <= changes  # fmt: skip
    assert not [
        path for path in (tmp_path / "out").iterdir() if "0912345678" in path.read_text(encoding="utf-8")
    ]
    kept = {question.question_id for question in data.questions}
    left = {where for where, what in changes if what.startswith("left out") and ":" in where}
    assert len(kept) + len(left) == 11 - 1  # every row of the sheet but its headings
    assert "so-Sheet-1,so-Sheet-2," in (tmp_path / "out" / "duplicates.csv").read_text(encoding="utf-8")
    with (tmp_path / "out" / "conflicts.csv").open(encoding="utf-8", newline="") as file:
        found = [(row["what"], row["first_value"], row["second_value"]) for row in csv.DictReader(file)]
    assert found == [("fields", "11", "20"), ("answer", first.answer, second.answer)]


def asked(number: int, **more) -> Question:
    return Question(f"q{number}", f"câu hỏi số {number}", "t", "test", ("09",), **more)


def test_splits_by_date_and_by_document() -> None:
    dated = [asked(i, asked_on=date(2025, 1, 1 + i)) for i in range(10)]
    own = {question.question_id: question.question_id for question in dated}
    splits = deal_splits(dated, own, "date")
    assert [splits[f"q{i}"] for i in range(10)] == ["train"] * 7 + ["dev"] + ["test"] * 2
    cited = [
        asked(i, citations=(Citation(str(i // 5)), Citation("x" if i in (0, 9) else str(i // 5))))
        for i in range(20)
    ]
    splits = deal_splits(
        cited, {question.question_id: question.question_id for question in cited}, "document"
    )
    assert len({splits[f"q{i}"] for i in range(10)}) == 1
    assert len(set(splits.values())) == 3
    with pytest.raises(InputError, match="unknown way of splitting 'random'; expected group, date, document"):
        deal_splits(dated, own, "random")


def test_earlier_assignments_are_kept_by_text_and_moves_are_told() -> None:
    questions = [asked(i) for i in range(5)]
    groups = {"q0": "a", "q1": "a", "q2": "b", "q3": "c", "q4": "d"}
    earlier = Earlier(
        {
            "q0": "câu hỏi số 0",
            "q1": "câu hỏi số 1",
            "old": "câu hỏi số 2",
            "q3": "câu viết khác",
            "z": "đã bỏ",
        },
        {"q0": "train", "q1": "test", "old": "dev", "q3": "dev", "z": "train"},
    )
    splits, moves = freeze(
        questions, groups, {question.question_id: "train" for question in questions}, earlier
    )
    assert splits == {"q0": "test", "q1": "test", "q2": "dev", "q3": "dev", "q4": "train"}
    assert [tuple(move) for move in moves] == [
        ("q0", "train", "test", "its group lies there"), ("q4", "", "train", "new"), ("z", "train", "", "gone"),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["train", "dev", "test", ""])), max_size=20))
def test_no_group_straddles_after_freezing(rows: list[tuple[int, str]]) -> None:
    questions = [asked(i) for i in range(len(rows))]
    groups = {question.question_id: str(group) for question, (group, _) in zip(questions, rows, strict=True)}
    known = {
        question.question_id: split for question, (_, split) in zip(questions, rows, strict=True) if split
    }
    texts = {question.question_id: question.text for question in questions if question.question_id in known}
    splits, _ = freeze(questions, groups, dict.fromkeys(groups, "train"), Earlier(texts, known))
    assert all(len({splits[q] for q in groups if groups[q] == g}) == 1 for g in groups.values())
    assert all(splits[q] in {known[m] for m in known if groups[m] == groups[q]} for q in known)


def test_a_second_import_keeps_the_first_ones_splits(tmp_path: Path) -> None:
    def table(count: int) -> str:
        return "Câu hỏi,Nhãn\n" + "".join(
            f"{'abcdefghijklmnopqrstuvw'[i]} {i * 7919} {i * 31} ?,x\n" for i in range(count)
        )

    def bring_in(count: int, way: str | None) -> Dataset:
        (tmp_path / "a.csv").write_text(table(count), encoding="utf-8")
        imported = read_source(tmp_path / "a.csv", "table")
        write_imported(prepare(imported, way, read_earlier(tmp_path / "out")), tmp_path / "out", "a.csv")
        return Dataset.load(tmp_path / "out")

    first = bring_in(20, "group")
    assert {question.split for question in first.questions} == {"train", "dev", "test"}
    assert (tmp_path / "out" / "moved.csv").exists() is False
    second = bring_in(22, "group")
    assert [q.split for q in second.questions[:20]] == [q.split for q in first.questions]
    lines = (tmp_path / "out" / "moved.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["question_id", "a-21", "a-22"]
    assert [q.split for q in bring_in(22, None).questions] == [q.split for q in second.questions]


def test_citations_are_read_from_questions_without_any(tmp_path: Path) -> None:
    data = Dataset.load(write_dataset(tmp_path / "x", TINY))
    said = dataclasses.replace(
        data.questions[0], text="Điều 472 Bộ luật Dân sự 2015 và Nghị định 1/2020/NĐ-CP?"
    )
    from pilot.sources.imported import Account, Imported

    account = Account()
    prepared = prepare(Imported(data.replaced(questions=(said, *data.questions[1:])), account))
    assert prepared.dataset.questions[0].citations == (Citation("91/2015/QH13", "472"),)
    assert ("q0", "citation in the text left: its document is not in the dataset") in account.changes
    assert prepared.tables == {}


def test_an_import_killed_midway_leaves_nothing(tmp_path: Path) -> None:
    rows = "".join(f"hỏi {i} {i * 7} {i * 13} về đất đai nhà ở?,x\n" for i in range(60_000))
    (tmp_path / "big.csv").write_text("Câu hỏi,Nhãn\n" + rows, encoding="utf-8")
    command = "import sys; from pilot.cli import main; sys.argv = ['pilot', *sys.argv[1:]]; main()"
    for wait in (0.5, 2.5):
        process = subprocess.Popen(
            [sys.executable, "-c", command, "data", "import", "big.csv", "--format", "table", "--out", "out"],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not (tmp_path / "out").exists()
        assert {path.name for path in tmp_path.iterdir() if not path.name.startswith(".out-")} == {"big.csv"}

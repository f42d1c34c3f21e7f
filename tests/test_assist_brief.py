"""Briefs on new law: what it ends, what goes stale, what it answers, and pages that cite every sentence."""

import dataclasses
from datetime import date
from pathlib import Path

import docx
import pytest
from conftest import ROOT

from pilot.assist.assistant import Assistant
from pilot.assist.brief import read_new, write_brief
from pilot.assist.brief_pages import write_pages
from pilot.assist.kept import restore
from pilot.assist.succession import succeeded
from pilot.records import Document, InputError, Passage
from pilot.sources import Dataset

NEW_LAW = """QUỐC HỘI
Luật số: 99/2026/QH16
LUẬT
VIỆC LÀM
Hà Nội, ngày 20 tháng 5 năm 2026
Điều 1. Trợ cấp thất nghiệp
1. Người lao động nghỉ việc đã đóng bảo hiểm thất nghiệp đủ 12 tháng được hưởng trợ cấp thất nghiệp.
2. Hồ sơ hưởng trợ cấp thất nghiệp nộp trong 03 tháng kể từ ngày chấm dứt hợp đồng lao động.
Điều 2. Hiệu lực thi hành
1. Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2027.
2. Luật Việc làm số 38/2013/QH13 hết hiệu lực kể từ ngày Luật này có hiệu lực thi hành.
3. Sửa đổi, bổ sung một số điều của Bộ luật Lao động số 45/2019/QH14.
"""


@pytest.fixture(scope="module")
def sample() -> Dataset:
    return Dataset.load(ROOT / "data" / "sample")


@pytest.fixture(scope="module")
def assistant(kept_assistant: Path) -> Assistant:
    return restore(kept_assistant)


@pytest.fixture
def law(tmp_path: Path) -> Path:
    path = tmp_path / "luat_moi.txt"
    path.write_text(NEW_LAW, encoding="utf-8")
    return path


def test_a_new_law_from_its_own_text(
    law: Path, sample: Dataset, assistant: Assistant, tmp_path: Path
) -> None:
    new, own = read_new(str(law), sample)
    brief = write_brief(new, own, sample, assistant)
    assert (new.document_id, new.effective_from) == ("99/2026/QH16", date(2027, 1, 1))
    older = {one.document_id: (one.ends, one.basis) for one in brief.older}
    assert older["38/2013/QH13"] == (True, "clause")
    assert older["45/2019/QH14"] == (False, "clause")
    stale = {one.passage.passage_id: one.succession.ends for one in brief.stale}
    assert stale["a-p035"] is True
    assert stale["a-p001"] is False
    assert brief.fields[0].code == "20"
    assert {item.item for item in brief.refresh} >= {"a-p035", "a-p001"}
    page, word = write_pages(brief, tmp_path / "out")
    text = page.read_text(encoding="utf-8")
    assert "99/2026/QH16" in text
    assert "khoản 2 Điều 2 99/2026/QH16" in text  # where the clause that ends the older law stands
    cells = [
        cell.text for table in docx.Document(str(word)).tables for row in table.rows for cell in row.cells
    ]
    assert any("khoản 2 Điều 2 99/2026/QH16" in cell for cell in cells)


def test_a_document_of_the_store_answers_its_questions(sample: Dataset, assistant: Assistant) -> None:
    new, own = read_new("45/2019/QH14", sample)
    row = write_brief(new, own, sample, assistant).row()
    assert [one["document_id"] for one in row["older"]] == ["10/2012/QH13"]
    assert [one["passage_id"] for one in row["stale"]] == ["a-p008"]
    assert len(row["provisions"]) <= 10
    counts = [one["questions"] for one in row["provisions"]]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) <= len(row["questions"])


def test_stale_law_is_found_by_name_when_the_facts_are_hidden(sample: Dataset) -> None:
    hidden = [dataclasses.replace(one, replaced_by=(), effective_to=None) for one in sample.documents]
    truth = {(one.document_id, new) for one in sample.documents for new in one.replaced_by}
    found = {
        (one.document_id, new.document_id) for new in hidden for one in succeeded(new, (), hidden) if one.ends
    }
    assert len(found & truth) / len(found) >= 0.95
    assert len(found & truth) / len(truth) >= 0.8


def test_an_amending_law_replaces_nothing_by_name() -> None:
    old = Document("1/2010/QH12", "Luật", "Luật Thanh niên", "Quốc hội", effective_from=date(2010, 1, 1))
    amending = Document(
        "2/2020/QH14",
        "Luật",
        "Luật sửa đổi, bổ sung Luật Thanh niên",
        "Quốc hội",
        effective_from=date(2020, 1, 1),
    )
    again = dataclasses.replace(amending, title="Luật Thanh niên")
    assert succeeded(amending, (), [old]) == []
    assert [one.document_id for one in succeeded(again, (), [old])] == ["1/2010/QH12"]
    assert succeeded(old, (), [again]) == []  # what comes later is not replaced


def test_a_clause_outweighs_a_name() -> None:
    old = Document("1/2010/QH12", "Luật", "Luật Thanh niên", "Quốc hội")
    new = Document("2/2020/QH14", "Luật", "Luật Thanh niên", "Quốc hội")
    clause = Passage(
        "c",
        "article",
        "Hiệu lực",
        "Luật Thanh niên số 1/2010/QH12 hết hiệu lực từ ngày 01/01/2021.",
        "2/2020/QH14",
        "9",
    )
    found = succeeded(new, [clause], [old])
    assert [(one.basis, one.on, one.source) for one in found] == [("clause", date(2021, 1, 1), clause)]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", "x", "cannot read .pdf"),
        ("a.txt", "Không có điều luật nào.", "article"),
        (None, "", "neither a file"),
    ],
)
def test_what_cannot_be_read_says_so(
    tmp_path: Path, sample: Dataset, name: str | None, content: str, words: str
) -> None:
    if name:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_new(str(tmp_path / (name or "1/2000/QH10")), sample)

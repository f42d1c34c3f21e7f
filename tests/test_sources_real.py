"""The readers of the real sets: small imitations always, the sets themselves (golden rows) where they are at hand.

Question texts of the real sets are personal or licensed: only ids, counts and hashes stand here.
"""

import gzip
import json
from hashlib import sha256
from pathlib import Path

import pytest

from pilot.quality.prepare import prepare, write_imported
from pilot.quality.validate import check
from pilot.records import InputError
from pilot.sources import Dataset
from pilot.sources.formats import FORMATS, read_source
from pilot.sources.imported import Account
from pilot.sources.phapdien import day

ARTICLE = {
    "code": "36.3.LQ.1", "chu_de": "9", "de_muc": "9.1", "title": "Tên  điều", "source_doc": "91/2015/QH13",
    "source_note": "(Điều 1 Bộ luật số 91/2015/QH13 Dân sự ngày 24/11/2015 của Quốc hội, có hiệu lực từ 01/01/2017)",
    "source_article": "1", "effective": "01/01/2017", "url": "http://x/y?ItemID=1#Chuong_II_Muc_3_Dieu_1",
    "text": "Nội dung", "related": ["a", "a"],
}  # fmt: skip


def packed(path: Path, rows: list[dict]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return path


@pytest.fixture
def codification(tmp_path: Path) -> Path:
    rows = [
        ARTICLE,
        {**ARTICLE, "text": " "},
        {**ARTICLE, "source_article": "2", "source_note": "", "url": None},
    ]
    folder = packed(tmp_path / "phapdien" / "articles_2026.jsonl.gz", rows).parent
    (folder / "de_muc_2026.json").write_text('{"9.1": "Dân sự"}', encoding="utf-8")
    return folder


def test_codification_rows(codification: Path) -> None:
    data, account = read_source(codification, "phapdien")
    first, second = data.passages
    assert (first.passage_id, second.passage_id) == ("36.3.LQ.1", "36.3.LQ.1~2")
    assert (first.title, first.path, first.fields) == ("Tên điều", "Dân sự > Chương II > Mục 3", ("09",))
    assert (first.document_id, first.article, str(first.effective_from)) == (
        "91/2015/QH13",
        "1",
        "2017-01-01",
    )
    document = data.documents[0]
    assert (document.kind, document.title, document.issuer) == ("Bộ luật", "Dân sự", "Quốc hội")
    assert (str(document.issued_on), document.checked) == ("2015-11-24", True)
    assert account.summary() == [
        "1 × dropped: no text (first 36.3.LQ.1)",
        "1 × repeated id: a suffix was added (first 36.3.LQ.1)",
    ]


def test_enterprise_takes_its_articles_from_the_codification(codification: Path, tmp_path: Path) -> None:
    folder = tmp_path / "enterprise"
    folder.mkdir()
    asked = [{"stt": "1", "question": "hỏi?", "expected": [1, 9], "category": ""}]
    (folder / "questions.json").write_text(json.dumps(asked), encoding="utf-8")
    with pytest.raises(InputError, match="holds no article of 59/2020/QH14"):
        read_source(folder, "enterprise")
    packed(codification / "articles_2026.jsonl.gz", [{**ARTICLE, "source_doc": "59/2020/QH14"}])
    data, account = read_source(folder, "enterprise")
    assert [(j.question_id, j.passage_id) for j in data.judgments] == [("enterprise-1", "36.3.LQ.1")]
    assert list(account.changes) == [("enterprise-1", "judgment dropped: its passage is not in the set")]
    write_imported(prepare(read_source(codification, "phapdien")), tmp_path / "as_dataset", "test")
    assert read_source(folder, "enterprise", tmp_path / "as_dataset").dataset.judgments == data.judgments
    with pytest.raises(InputError, match="give --passages"):
        read_source(folder, "enterprise", tmp_path)


@pytest.mark.parametrize(
    "name", [name for name in FORMATS if name not in ("beir", "table", "docx", "html", "text")]
)
def test_missing_material_names_the_next_step(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"name the folder|give --passages"):
        read_source(tmp_path, name)
    with pytest.raises(InputError, match="no such folder"):
        read_source(tmp_path / "nowhere", name)


def test_unknown_format_lists_the_known() -> None:
    with pytest.raises(InputError, match="phapdien, alqac"):
        read_source(Path("."), "alqak")


def test_damaged_archive_is_said(codification: Path) -> None:
    path = codification / "articles_2026.jsonl.gz"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(InputError, match="damaged"):
        read_source(codification, "phapdien")


def test_near_duplicates_get_one_group_and_the_list_of_changes_is_kept(tmp_path: Path) -> None:
    text = "một câu hỏi khá dài về hợp đồng thuê nhà và tiền đặt cọc của người thuê"
    lines = f"{text},09\n{text} ạ,09\n"
    lines += "ly hôn thì con nhỏ dưới ba tuổi do ai nuôi,09\n"
    (tmp_path / "a.csv").write_text("text,label\n" + lines, encoding="utf-8")
    imported = prepare(read_source(tmp_path / "a.csv", "table"))
    assert [question.group_id for question in imported.dataset.questions] == ["a-1", "a-1", None]
    write_imported(imported, tmp_path / "out", "a.csv (table)")
    assert (tmp_path / "out" / "changes.csv").read_text(encoding="utf-8").splitlines()[0] == "where,what"
    assert Dataset.load(tmp_path / "out").questions == tuple(imported.dataset.questions)


def test_suffixes_never_collide() -> None:
    account, taken = Account(), {}
    assert [account.unique("x", wanted, taken) for wanted in ("a", "a", "a~2", "a")] == [
        "a",
        "a~2",
        "a~2~2",
        "a~3",
    ]


def test_days() -> None:
    assert [str(day(text)) for text in ("1-7-2025", "31/12/2020", "31/02/2020", "2020", None)] == [
        "2025-07-01", "2020-12-31", "None", "None", "None",
    ]  # fmt: skip


GOLDEN = {
    "alqac": (2249, 729, 740, "Luật Phòng, chống ma túy|1", "train_alqac25_1", "e7b713fc"),
    "traffic": (12497, 300, 878, "36_2024_QH15_chunk_1", "eval_001", "5ac47d68"),
    "enterprise": (218, 374, 864, "12.1.LQ.1", "enterprise-1", "bbe1f973"),
    "vilegalnli": (4940, 8878, 0, "99/2015/QH13|3|3", "dev-1", "2117b99d"),
    "phapdien": (61929, 0, 0, "36.3.LQ.1", None, "ece45af6"),
}
"""Passages, questions, judgments, first passage, first question, hash of the last row's text."""


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_rows(real_data: Path, name: str) -> None:
    data = read_source(real_data / name, name).dataset
    last = (data.questions or data.passages)[-1]
    found = (
        len(data.passages), len(data.questions), len(data.judgments), data.passages[0].passage_id,
        data.questions[0].question_id if data.questions else None, sha256(last.text.encode()).hexdigest()[:8],
    )  # fmt: skip
    assert found == GOLDEN[name]
    assert [finding for finding in check(data) if finding.severity == "error"] == []

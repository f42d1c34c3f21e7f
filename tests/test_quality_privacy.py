"""Personal data is found in sentences as people write them, replaced in an orderly way, and nothing else is touched."""

import json
import re
import time
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pilot.cli.data import data_commands
from pilot.quality import redact
from pilot.quality.privacy import redact_together
from pilot.quality.privacy_report import Agreement, privacy_report, read_marked, redaction_agreement
from pilot.quality.redacted_copy import redact_copy
from pilot.quality.spans import KINDS
from pilot.records import InputError, Question
from pilot.sources import Dataset, write_folder
from pilot.text import normalise

DATA = Path(__file__).parent / "data"
LINES = {
    name: [
        line
        for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    for name in (
        "privacy",
        "privacy_held",
        "privacy_third",
        "privacy_fourth",
        "privacy_fifth",
        "privacy_sixth",
    )
}
SENTENCES = [line for lines in LINES.values() for line in lines]
PIECES = st.sampled_from([read_marked(line)[0] for line in SENTENCES])
PHONE = "[SỐ ĐIỆN THOẠI 1]"


@pytest.mark.parametrize(
    "name", ["privacy", "privacy_held", "privacy_third", "privacy_fifth", "privacy_sixth"]
)
def test_finds_what_is_marked_and_little_else(name: str) -> None:
    scores = redaction_agreement(LINES[name])
    assert set(KINDS) <= set(scores)
    for kind, score in scores.items():
        if score.gold == score.found == 0 and name != "privacy":
            continue
        assert score.gold > 0, kind
        assert score.recall >= 0.97, kind
        assert score.precision >= 0.95, kind


def test_at_least_half_of_300_sentences_hold_nothing_personal() -> None:
    bare = [line for line in LINES["privacy"] if "[[" not in line]
    assert len(LINES["privacy"]) >= 300
    assert len(bare) >= len(LINES["privacy"]) / 2


def test_agreement_counts_a_leak_and_a_false_find() -> None:
    lines = ["gọi [[PHONE:0912345678]]", "mã [[TAX:xyz]] ở đây", "gọi 0987654321"]
    scores = redaction_agreement(lines)
    assert scores["PHONE"] == Agreement(gold=1, covered=1, found=2, right=1)
    assert scores["PHONE"].precision == 0.5
    assert scores["TAX"] == Agreement(1, 0, 0, 0)
    assert scores["TAX"].precision is None
    assert scores["all"] == Agreement(2, 1, 2, 1)


def test_equal_values_share_a_number_in_any_spelling() -> None:
    text, found = redact("gọi 0912345678, không được thì 0987.654.321, hoặc +84 912 345 678")
    assert text == f"gọi {PHONE}, không được thì [SỐ ĐIỆN THOẠI 2], hoặc {PHONE}"
    assert [finding.placeholder for finding in found] == [PHONE, "[SỐ ĐIỆN THOẠI 2]", PHONE]


def test_numbers_go_on_from_those_in_the_text() -> None:
    assert redact(f"{PHONE} và 0987654321")[0] == f"{PHONE} và [SỐ ĐIỆN THOẠI 2]"


def test_question_and_answer_share_placeholders() -> None:
    (question, _), (answer, _) = redact_together(["Tôi là Lê Văn Tám, gọi 0912345678", "Gọi lại 0912345678"])
    assert question == f"Tôi là [HỌ TÊN 1], gọi {PHONE}"
    assert answer == f"Gọi lại {PHONE}"


def test_the_given_name_of_someone_named_is_covered_too() -> None:
    assert (
        redact("Vợ tôi là Trần Thị Lan. Hôm đó Lan về quê.")[0]
        == "Vợ tôi là [HỌ TÊN 1]. Hôm đó [HỌ TÊN 2] về quê."
    )


def test_findings_hold_no_value() -> None:
    _, found = redact("Tôi tên là Nguyễn Thị Hoa Mai, gọi 0912345678")
    assert not re.search("Mai|0912", repr(found) + json.dumps(privacy_report([found])))
    assert privacy_report([found, []]) == {
        "NAME": {"texts": 1, "findings": 1},
        "PHONE": {"texts": 1, "findings": 1},
        "all": {"read": 2, "texts": 1, "findings": 2},
    }


@pytest.mark.parametrize(
    "text",
    [
        "Nghị định 168/2024/NĐ-CP, khoản 2 Điều 5",
        "Chủ tịch UBND xã, Bộ trưởng Bộ Tư pháp và ông A",
        "Thủ tướng Phạm Văn Đồng",
        "đường Nguyễn Trãi, quận Hai Bà Trưng, TP. Hồ Chí Minh",
        "do thi hoa nhanh qua",
    ],
)
def test_law_offices_and_places_stay(text: str) -> None:
    assert redact(text) == (text, [])


def holds(text: str) -> None:
    """What must be true of any text."""
    plain = normalise(text)
    done, found = redact(text)
    assert all(first.end <= second.start for first, second in pairwise(found))
    pieces, last = [], 0
    for finding in found:
        pieces += [plain[last : finding.start], finding.placeholder]
        last = finding.end
    assert done == "".join([*pieces, plain[last:]])
    assert redact(done) == (done, [])
    assert redact(unicodedata.normalize("NFD", text)) == (done, found)


@pytest.mark.parametrize("line", SENTENCES)
def test_invariants_hold_for_every_sentence(line: str) -> None:
    holds(read_marked(line)[0])


@settings(deadline=None)
@example(["MST: 8765432109.", "gọi không chín một hai ba bốn năm sáu bảy tám", "sinh (1/2/1990), nam"], " ")
@given(
    st.lists(PIECES | st.text(max_size=8) | st.just(PHONE), max_size=4),
    st.sampled_from(["", " ", ", ", "\n"]),
)
def test_invariants_hold_for_sentences_run_together(pieces: list[str], joint: str) -> None:
    holds(joint.join(pieces))


@settings(deadline=None)
@given(st.data())
def test_invariants_hold_for_torn_sentences(data: st.DataObject) -> None:
    text = data.draw(PIECES)
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    holds(text[start:end] + data.draw(PIECES)[::2] + text[end:].upper())


UNITS = [
    "0123456789", "1 ", "1.", "a", "Ă", "Nguyễn Văn Hùng ", "NGUYEN ", "anh Hoa ", "số 12 ngõ 4 ", "a@", 
    "29-B1 123.45 ",    "họ tên: ", "Điều 5 ", "1/", "tổ 5, ", "0912345678 ",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_time_is_linear(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    redact(text[:2000])
    start = time.process_time()
    redact(text)
    assert time.process_time() - start < 6


def test_copies_a_csv_row_by_row(tmp_path: Path, state: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out" / "out.csv"
    source.write_text("Họ tên,câu hỏi\nsầm văn páo,Gọi 0912345678\n,Thuê nhà?\n", encoding="utf-8")
    before = source.read_bytes()
    report = redact_copy(source, out)
    assert out.read_text(encoding="utf-8") == f"Họ tên,câu hỏi\n[HỌ TÊN 1],Gọi {PHONE}\n,Thuê nhà?\n"
    assert report["all"] == {"read": 2, "texts": 1, "findings": 2}
    assert source.read_bytes() == before
    entry = json.loads((state / "privacy" / "raw_access.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert set(entry) == {"when", "who", "file", "sha256"}
    assert entry["file"] == str(source)


def test_copies_jsonl_whatever_its_shape(tmp_path: Path, state: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"a": ["gọi 0912345678", 3, null], "b": {"c": "0912345678 nhé"}}\n', encoding="utf-8")
    redact_copy(source, out)
    assert json.loads(out.read_text(encoding="utf-8")) == {
        "a": [f"gọi {PHONE}", 3, None],
        "b": {"c": f"{PHONE} nhé"},
    }


def test_copies_a_dataset(tmp_path: Path, state: Path) -> None:
    question = Question("q1", "Gọi 0912345678", "test", "test", answer="Đã gọi 0912345678")
    write_folder(
        Dataset("hoi", tmp_path, questions=(question,)), tmp_path / "in", "# hoi", card={"license": "mit"}
    )
    done = CliRunner().invoke(data_commands, ["redact", str(tmp_path / "in"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "1 texts, 1 with personal data, 2 values replaced" in done.output
    copy = Dataset.load(tmp_path / "out").questions[0]
    assert (copy.text, copy.answer) == (f"Gọi {PHONE}", f"Đã gọi {PHONE}")
    assert "license: mit" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "out", "message"),
    [
        ("none.txt", "o.txt", "no such file"),
        ("in.pdf", "o.pdf", "expected .txt"),
        ("in.txt", "in.txt", "choose another --out"),
        (".", "o", "choose another --out"),
        ("bad.jsonl", "o.jsonl", "not valid JSON"),
    ],
)
def test_refuses_what_it_cannot_copy(
    tmp_path: Path, state: Path, source: str, out: str, message: str
) -> None:
    for name in ("in.pdf", "in.txt", "bad.jsonl"):
        (tmp_path / name).write_text("{gọi 0912345678", encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(message)) as error:
        redact_copy(tmp_path / source, tmp_path / out)
    assert "0912345678" not in str(error.value)
    assert not (tmp_path / "o.jsonl").exists()
    assert (tmp_path / "in.txt").read_text(encoding="utf-8") == "{gọi 0912345678"

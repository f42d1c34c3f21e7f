"""`pilot data …` from end to end: what it writes, what it says, how it exits."""

import json
import sys
from pathlib import Path

import pytest
from conftest import ROOT, TINY, write_dataset

from pilot import Dataset, cli


def pilot(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["pilot", "data", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def test_a_sheet_comes_in_without_personal_data_and_stays_split(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(
        f"Hỏi {word} {i * 37} gọi 09123456{i:02d}?,Đất đai\n" for i, word in enumerate("abcdefghijklmnop")
    )
    (tmp_path / "so.csv").write_text("Câu hỏi,Lĩnh vực\n" + rows, encoding="utf-8")
    out = tmp_path / "so"
    assert (
        pilot(
            monkeypatch, "import", tmp_path / "so.csv", "--format", "table", "--out", out, "--split", "group"
        )
        == 0
    )
    said = capsys.readouterr().out
    assert "16 questions, 0 passages, 0 judgments" in said
    assert "1 × column 'Câu hỏi' read as text" in said
    data = Dataset.load(out)
    assert all("[SỐ ĐIỆN THOẠI 1]" in question.text for question in data.questions)
    assert (state / "privacy" / "raw_access.jsonl").read_text(encoding="utf-8").count("so.csv") == 1
    assert pilot(monkeypatch, "import", tmp_path / "so.csv", "--format", "table", "--out", out) == 0
    assert Dataset.load(out).questions == data.questions
    assert pilot(monkeypatch, "check", out) == 0
    assert pilot(monkeypatch, "import", tmp_path / "so.csv", "--format", "tabel", "--out", out) == 2


def test_facts_export_and_citations(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = write_dataset(tmp_path / "tiny", TINY)
    assert pilot(monkeypatch, "facts", tiny, "--out", tmp_path / "facts") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "facts" / "facts.json").read_text(encoding="utf-8"))
    assert "Bảng dữ liệu: tiny" in (tmp_path / "facts" / "bang_du_lieu.html").read_text(encoding="utf-8")
    assert pilot(monkeypatch, "export", tiny, "--format", "beir", "--out", tmp_path / "beir") == 0
    assert "documents.jsonl: 1 rows" in capsys.readouterr().out
    assert pilot(monkeypatch, "export", tiny, "--format", "beir", "--out", tmp_path / "beir") == 2
    assert pilot(monkeypatch, "citations", tiny, "--against", tiny) == 0
    cited = [{**TINY["questions"][0], "citations": [{"document_id": "91/2015/QH13", "article": "9"}]}]
    broken = write_dataset(tmp_path / "broken", {**TINY, "questions": cited, "judgments": []})
    assert pilot(monkeypatch, "citations", broken, "--against", tiny) == 1
    assert (
        "error: q0: Điều 9 of 91/2015/QH13: the codification has no such article" in capsys.readouterr().out
    )


def test_wrong_requests_exit_2_with_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pilot(monkeypatch, "get", "zlao") == 2
    assert "no source 'zlao' in data/sources.yaml; it lists zalo" in capsys.readouterr().err
    assert pilot(monkeypatch, "check", ROOT / "data" / "sample", "--as-of", "31/01/2026") == 2
    assert "expected a day as YYYY-MM-DD" in capsys.readouterr().err

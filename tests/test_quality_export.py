"""What goes out comes back the same; what a form cannot hold is said."""

import csv
import dataclasses
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from pilot import Dataset
from pilot.quality.export import EXPORTS, export, lost
from pilot.records import InputError, Judgment, to_row
from pilot.sources import KINDS
from pilot.sources.csv_folder import cell_of
from pilot.text import normalise


@pytest.fixture
def sample() -> Dataset:
    return Dataset.load(ROOT / "data" / "sample")


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_our_folder_and_csv_lose_nothing(tmp_path: Path, sample: Dataset, form: str) -> None:
    assert export(sample, form, tmp_path / "out") == []
    again = Dataset.load(tmp_path / "out")
    assert all(getattr(again, name) == getattr(sample, name) for name in KINDS)
    assert again.fingerprint == sample.fingerprint


def test_arrow_files_hold_every_row_by_split(tmp_path: Path, sample: Dataset) -> None:
    import datasets

    export(sample, "hf", tmp_path / "out")
    questions = datasets.load_from_disk(tmp_path / "out" / "questions")
    assert {split: part.num_rows for split, part in questions.items()} == {
        split: len(sample.questions_of(split)) for split in ("train", "dev", "test")
    }
    for name in KINDS:
        parts = datasets.load_from_disk(tmp_path / "out" / name)
        rows = [row for part in parts.values() for row in part]
        want = {str(to_row(record)) for record in getattr(sample, name)}
        assert {str(row) for row in rows} == want


def test_beir_keeps_texts_and_grades_and_says_what_it_drops(tmp_path: Path, tiny: Path) -> None:
    data = Dataset.load(tiny)
    more = Judgment("q6", "p1", 1, "b")
    said = export(data.replaced(judgments=(*data.judgments, more)), "beir", tmp_path / "out")
    again = Dataset.load(tmp_path / "out")
    assert [(q.question_id, q.text) for q in again.questions] == [
        (q.question_id, q.text) for q in data.questions
    ]
    assert [(p.passage_id, p.title, p.text) for p in again.passages] == [
        (p.passage_id, p.title, p.text) for p in data.passages
    ]
    grades = [(j.question_id, j.passage_id, j.relevance) for j in again.judgments]
    assert grades == [("q6", "p1", 1), ("q6", "p3", 0), ("q7", "p2", 3)]
    assert {question.split for question in again.questions_of("test")} == {"test"}
    assert "documents.jsonl: 1 rows" in said
    assert "questions: column fields, 8 rows" in said
    assert any(line.startswith("judgments: 1 further grades of a pair") for line in said)
    assert "questions: split of 6 questions without judgments; they read back as test" in said
    assert lost(data, "csv") == []


def test_formulas_are_neutralised_and_come_back(tmp_path: Path, tiny: Path) -> None:
    data = Dataset.load(tiny)
    texts = ("=HYPERLINK(A1)", "+1", "@SUM", "'đã có nháy", "-2 + 3")
    questions = [
        dataclasses.replace(question, text=text)
        for question, text in zip(data.questions, texts, strict=False)
    ]
    data = data.replaced(questions=questions, judgments=())
    export(data, "csv", tmp_path / "out")
    with (tmp_path / "out" / "questions.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert Dataset.load(tmp_path / "out").questions == tuple(questions)


@given(st.text(max_size=8))
def test_no_cell_begins_a_formula(text: str) -> None:
    assert not cell_of(normalise(text)).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_wrong_requests_are_explained(tmp_path: Path, tiny: Path) -> None:
    data = Dataset.load(tiny)
    with pytest.raises(InputError, match="unknown format 'xml'; expected one of beir, hf, jsonl, csv"):
        export(data, "xml", tmp_path / "out")
    (tmp_path / "out").mkdir()
    for form in ("beir", "hf", "csv"):
        with pytest.raises(InputError, match="is there already"):
            export(data, form, tmp_path / "out")
    odd = dataclasses.replace(data.passages[0], passage_id="a\tb")
    judged = Judgment("q6", "a\tb", 1, "x")
    with pytest.raises(InputError, match="BEIR's qrels cannot hold"):
        export(data.replaced(passages=(odd,), judgments=(judged,)), "beir", tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tiny"]


@pytest.mark.parametrize("form", EXPORTS)
def test_a_failed_export_leaves_nothing(
    tmp_path: Path, tiny: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pilot.quality.export as module

    data = Dataset.load(tiny)
    for name in ("_lines", "schema", "cell_of"):
        monkeypatch.setattr(module, name, lambda *_: 1 / 0)
    monkeypatch.setattr("pilot.sources.folder.schema", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(data, form, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]

"""The commands of the text layer and of the benchmarks."""

import json
from pathlib import Path

import pytest
from conftest import write_dataset

from pilot.bench.text import is_accented, missing_peers, ranking
from pilot.cli import app
from pilot.records import InputError
from pilot.sources import Dataset
from pilot.text.accent_corpus import read_texts


def call(*words: str) -> None:
    app(list(words), standalone_mode=False)


def test_training_writes_a_model_and_says_how_to_use_it(tmp_path: Path, capsys) -> None:
    corpus = tmp_path / "law.txt"
    corpus.write_text("hợp đồng lao động\n" * 5, encoding="utf-8")
    call("text", "train", str(corpus), "--out", str(tmp_path / "m.bin"), "--no-phrases")
    assert f"export PILOT_ACCENTS={tmp_path / 'm.bin'}" in capsys.readouterr().out
    assert (tmp_path / "m.bin").stat().st_size > 0


def test_segmenting_keeps_numbers_whole_where_asked(tmp_path: Path, capsys) -> None:
    source = tmp_path / "texts.txt"
    source.write_text("hợp đồng lao động\n\ntheo 45/2019/qh14\n", encoding="utf-8")
    call("text", "segment", str(source))
    assert capsys.readouterr().out == "hợp_đồng lao_động\n\ntheo 45 / 2019 / qh14\n"
    call("text", "segment", str(source), "--keep-numbers")
    assert capsys.readouterr().out == "hợp_đồng lao_động\n\ntheo 45/2019/QH14\n"
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        call("text", "segment", str(tmp_path / "bad.txt"))


def test_training_names_every_fault(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a")
    with pytest.raises(InputError) as caught:
        call(
            "text",
            "train",
            str(tmp_path / "x.csv"),
            str(tmp_path / "no.txt"),
            "--out",
            str(tmp_path / "m.bin"),
        )
    assert len(caught.value.faults) == 2
    (tmp_path / "y.jsonl").write_text('{"text": "a"}\nnot json\n')
    with pytest.raises(InputError, match=r"y\.jsonl:2: not a JSON object"):
        call("text", "train", str(tmp_path / "y.jsonl"), "--out", str(tmp_path / "m.bin"))


def test_test_questions_are_not_learnt(tiny: Path) -> None:
    learnt = " ".join(read_texts(tiny))
    assert "Thuê nhà có cần hợp đồng?" in learnt
    assert "Hợp đồng thuê nhà có phải công chứng không?" not in learnt


def test_bench_prints_one_object_per_row(tiny: Path, capsys) -> None:
    call("bench", "text", str(tiny), "--json")
    out, err = capsys.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["name"] for row in rows if "pyvi" in row["table"]][:2] == ["pilot", "pyvi"]
    assert rows[0]["figures"]["differ"] == 0
    assert all(f"{name} is left out" in err and remedy in err for name, remedy in missing_peers())


def test_bench_prints_tables(tiny: Path, capsys) -> None:
    call("bench", "text", str(tiny), "--every", "2")
    assert "words per second" in capsys.readouterr().out


def test_ranking_by_hand(tmp_path: Path) -> None:
    """One question, two passages: its accents decide which comes first. Bare, nothing matches."""
    data = Dataset.load(
        write_dataset(
            tmp_path / "two",
            {
                "passages": [
                    {"passage_id": "a", "kind": "answer", "title": "", "text": "hợp đồng lao động"},
                    {"passage_id": "b", "kind": "answer", "title": "", "text": "hôn nhân"},
                ],
                "questions": [
                    {
                        "question_id": "q",
                        "text": "hợp đồng hôn",
                        "fields": ["09"],
                        "source": "t",
                        "split": "test",
                    }
                ],
                "judgments": [
                    {"question_id": "q", "passage_id": "b", "relevance": 1, "stale": False, "rater": "r"}
                ],
            },
        )
    )
    figures = ranking(data).figures
    assert (figures["questions"], figures["typed"], figures["bare"]) == (1.0, 0.5, 0.0)


def test_what_counts_as_accented() -> None:
    assert is_accented("Tôi bị mất xe")
    assert not is_accented("toi bi mat xe đó")
    assert not is_accented("123 ?")

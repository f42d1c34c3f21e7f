"""What `Dataset.load` reads, and what it says of what it cannot read."""

import contextlib
import json
import unicodedata
from pathlib import Path

import pytest
from conftest import ROOT, TINY, write_dataset
from hypothesis import given
from hypothesis import strategies as st

from pilot import Dataset
from pilot.quality.validate import check
from pilot.records import InputError, Question, parse_rows
from pilot.sources import KINDS, write_folder
from pilot.sources.labelled import labels_of
from pilot.taxonomy import SPECIAL, label_key, taxonomy


def beir(folder: Path, qrels: dict[str, str], queries: list[dict] | None = None) -> Path:
    (folder / "qrels").mkdir(parents=True)
    corpus = [
        {"_id": "Luật A|1", "title": "Luật A", "text": "Phạm vi"},
        {"_id": 2, "title": "", "text": "Đối tượng"},
    ]
    queries = queries or [{"_id": "q1", "text": "hỏi gì?"}, {"_id": 7, "text": "ở đâu?"}]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    for name, text in qrels.items():
        (folder / "qrels" / f"{name}.tsv").write_text(text, encoding="utf-8")
    return folder


HEADER = "query-id\tcorpus-id\tscore\n"


def test_beir_folder_with_spaces_in_ids_numbers_and_splits(tmp_path: Path) -> None:
    data = Dataset.load(
        beir(tmp_path / "b", {"train": HEADER + "q1\tLuật A|1\t1\n", "test": "7\t2\t3\n7\tLuật A|1\t0\n"})
    )
    assert [(q.question_id, q.split) for q in data.questions] == [("q1", "train"), ("7", "test")]
    assert data.passages[0].full_text == "Luật A. Phạm vi"
    assert data.passages[1].full_text == "Đối tượng"
    found = [(j.question_id, j.passage_id, j.relevance) for j in data.judgments]
    assert found == [("7", "2", 3), ("7", "Luật A|1", 0), ("q1", "Luật A|1", 1)]


def test_beir_faults_are_told_all_at_once(tmp_path: Path) -> None:
    folder = beir(
        tmp_path / "b",
        {"test": HEADER + "q1\t2\t9\nq1\tnowhere\t1\nq1\t2\t1\nq1\t2\t1\n", "train": "q1\t2\t1\n"},
        [{"_id": "q1", "text": "a"}, {"_id": "q1", "text": "b"}, {"text": "c"}],
    )
    with pytest.raises(InputError) as caught:
        Dataset.load(folder)
    text = str(caught.value)
    for part in ("test.tsv:2: holds", "'nowhere', which is not in corpus.jsonl", "judged before in this file",
                 "queries.jsonl:2: _id 'q1' occurs before, at queries.jsonl:1", "queries.jsonl:3: no _id",
                 "judged in split 'test' as well"):  # fmt: skip
        assert part in text, text


def test_faults_do_not_show_what_people_wrote() -> None:
    faults: list[str] = []
    row = {"question_id": "q1", "text": ["gọi 0912"], "source": "s", "split": "never", "answer": 91234}
    assert parse_rows(Question, [("questions.jsonl:3", row)], faults) == []
    assert faults == [
        "questions.jsonl:3: column 'text' holds list of 12 characters; expected text",
        "questions.jsonl:3: column 'split' holds 'never'; expected one of train, dev, test",
        "questions.jsonl:3: column 'answer' holds int of 5 characters; expected text",
    ]


def test_labelled_tables(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    (folder / "train.csv").write_text('text;label\n"a; b";Đất đai\nc;\n', encoding="utf-8-sig")
    (folder / "test.jsonl").write_text(
        '{"text": "d", "label": ["x", "y"], "question_id": 5}\n', encoding="utf-8"
    )
    data = Dataset.load(folder)
    assert [(q.question_id, q.text, q.fields, q.split) for q in data.questions] == [
        ("5", "d", ("x", "y"), "test"),
        ("train-1", "a; b", ("Đất đai",), "train"),
        ("train-2", "c", (), "train"),
    ]
    assert Dataset.load(folder / "train.csv").name == "train"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.csv", "câu,nhãn\nx,y\n", "no column text or label; found câu, nhãn"),
        ("a.csv", "text,label\nx\n", "a.csv:2: 1 cells; expected 2"),
        ("a.csv", "text,label,split\nx,y,weekday\n", "one of train, dev, test"),
        ("a.csv", "text,label\n", "no questions"),
        (
            "a.jsonl",
            '{"text": "x", "label": "y", "question_id": "1"}\n' * 2,
            "a.jsonl:2: question_id '1' occurs before",
        ),
        ("a.jsonl", "[1]\n", "holds a list"),
        ("a.jsonl", "{\n", "not valid JSON"),
        ("a.txt", "x", "nothing here that is a dataset"),
    ],
)
def test_faulty_tables_are_explained(tmp_path: Path, name: str, text: str, expected: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=expected):
        Dataset.load(tmp_path / name)


def test_labels_of_a_cell() -> None:
    assert labels_of("['Đất đai', 'Thuế']") == ["Đất đai", "Thuế"]
    assert labels_of("[not a list]") == ["[not a list]"]
    assert labels_of(None) == labels_of("  ") == []


def test_a_folder_survives_writing_and_reading(tmp_path: Path, tiny: Path) -> None:
    data = Dataset.load(tiny)
    write_folder(data, tmp_path / "out", "# Tiny")
    again = Dataset.load(tmp_path / "out")
    assert all(getattr(again, name) == getattr(data, name) for name in KINDS)
    assert again.fingerprint == data.fingerprint
    assert again.name == "tiny"
    write_folder(data.replaced(questions=data.questions[:1], judgments=()), tmp_path / "out", "# Tiny")
    assert len(Dataset.load(tmp_path / "out").questions) == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(InputError, match="no dataset folder"):
        write_folder(data, tmp_path / "other", "# Tiny")


def test_an_interrupted_write_leaves_the_old_folder(
    tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Dataset.load(tiny)
    write_folder(data, tmp_path / "out", "# Tiny")
    monkeypatch.setattr("pilot.sources.folder.schema", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_folder(data.replaced(questions=()), tmp_path / "out", "# Tiny")
    assert Dataset.load(tmp_path / "out").fingerprint == data.fingerprint
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tiny"]


def test_fingerprint_names_the_rows_not_their_order_or_spelling(tmp_path: Path) -> None:
    first = Dataset.load(write_dataset(tmp_path / "a", TINY)).fingerprint
    turned = {name: rows[::-1] for name, rows in TINY.items()}
    spelled = json.loads(unicodedata.normalize("NFD", json.dumps(turned, ensure_ascii=False)))
    assert Dataset.load(write_dataset(tmp_path / "b", spelled)).fingerprint == first
    changed = {**TINY, "questions": [{**TINY["questions"][0], "text": "khác"}, *TINY["questions"][1:]]}
    assert Dataset.load(write_dataset(tmp_path / "c", changed)).fingerprint != first


@given(st.binary(max_size=60))
def test_no_bytes_break_a_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    for name in ("a.csv", "a.jsonl", "questions.jsonl"):
        (folder / name).write_bytes(content)
        with contextlib.suppress(InputError):
            Dataset.load(folder / name if name != "questions.jsonl" else folder)


def test_datasets_library_reads_the_sample(tmp_path: Path) -> None:
    import datasets

    data = Dataset.load(ROOT / "data" / "sample")
    for name in KINDS:
        rows = datasets.load_dataset(str(ROOT / "data" / "sample"), name, cache_dir=str(tmp_path))["train"]
        assert rows.num_rows == len(getattr(data, name))
    assert data.illustrative


def test_sample_is_sound() -> None:
    assert [
        found for found in check(Dataset.load(ROOT / "data" / "sample")) if found.severity == "error"
    ] == []


def test_unsound_data_is_found(tmp_path: Path) -> None:
    broken = {
        **TINY,
        "documents": [
            {
                **TINY["documents"][0],
                "replaced_by": ["9/9"],
                "effective_from": "2020-01-01",
                "effective_to": "2019-01-01",
            }
        ],
        "questions": [
            {**TINY["questions"][0], "fields": ["09", "can_chuyen_gia"]},
            {**TINY["questions"][1], "fields": ["99"]},
            {**TINY["questions"][6], "text": "", "citations": [{"document_id": "1/2000"}]},
            {**TINY["questions"][7], "question_id": "copy", "split": "train"},
            TINY["questions"][7],
        ],
        "judgments": [],
    }
    found = " | ".join(
        f"{f.where} {f.message}"
        for f in check(Dataset.load(write_dataset(tmp_path / "x", broken)))
        if f.severity == "error"
    )
    for part in ("9/9", "ends before it begins", "q0 a special label", "q1 unknown field 99",
                 "q6 the question has no text", "1/2000 is cited", "more than one split"):  # fmt: skip
        assert part in found, found


def test_taxonomy_is_whole() -> None:
    labels = taxonomy()
    assert sorted(labels.topics) == [f"{number:02d}" for number in range(1, 46)]
    assert 12 <= len({topic.group for topic in labels.topics.values()}) <= 16
    assert len(labels.crosswalk) == 27
    assert set(labels.special) == set(SPECIAL)
    assert all(topic.body.source for topic in labels.topics.values())
    assert (labels.name("20"), labels.group("20"), labels.name("lạ")) == (
        "Lao động",
        "lao-dong-bao-hiem",
        "lạ",
    )
    assert label_key("Thuế - Phí - Lệ Phí") == label_key("thuế, phí, lệ phí")

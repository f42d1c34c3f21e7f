"""From a dataset to tasks and back: pooled candidates, honest suggestions, search, release, the command line."""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT, TINY, write_dataset
from label_help import opened, passage, rows

from pilot.assist.usage import as_dataset, to_label, usage_file
from pilot.label.backup import KEPT
from pilot.label.cards import frozen_validity
from pilot.label.importing import import_tasks
from pilot.label.proposals import pool, suggested_fields
from pilot.label.search import Search
from pilot.label.serve import check_network
from pilot.label.store import Store
from pilot.label.tables import passages, tasks
from pilot.records import InputError
from pilot.sources import Dataset


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened(tmp_path)
    yield found
    found.close()


@pytest.fixture(scope="module")
def sample() -> Dataset:
    return Dataset.load(ROOT / "data" / "sample")


def test_the_pool_takes_turns_and_remembers_every_origin() -> None:
    pooled = pool({"a": ["p1", "p2", "p3"], "b": ["p2", "p4"]}, ["p9", "p1", "p8"])
    assert pooled == {
        "p1": ["a:1"],
        "p2": ["b:1", "a:2"],
        "p4": ["b:2"],
        "p3": ["a:3"],
        "p9": ["random"],
        "p8": ["random"],
    }
    many = pool({"a": [f"a{i}" for i in range(30)], "b": [f"b{i}" for i in range(30)]}, ["r1", "r2", "r3"])
    assert len(many) == 10
    assert [id_ for id_, origin in many.items() if origin == ["random"]] == ["r1", "r2"]


@pytest.mark.parametrize(
    ("own", "of_document", "state"),
    [
        ({"effective_from": "2015-01-01"}, {"checked": True}, "còn hiệu lực"),
        ({}, {"effective_from": "2015-01-01", "effective_to": "2025-02-28"}, "hết hiệu lực"),
        ({"effective_from": "2015-01-01"}, None, "chưa rõ"),
        ({}, None, "chưa rõ"),
    ],
)
def test_validity_on_the_day(own: dict, of_document: dict | None, state: str) -> None:
    document = {"document_id": "1/2", "kind": "Luật", "title": "Luật", "issuer": "Quốc hội"}
    row = {
        **passage(1),
        "effective_from": None,
        **own,
        "key": "k",
        "document": of_document and document | of_document,
    }
    assert frozen_validity(row, date(2025, 3, 1)) == state


def test_the_sample_becomes_tasks_once(store: Store, sample: Dataset) -> None:
    made = import_tasks(store, sample, 0.0)
    assert (made.tasks, made.known) == (len(sample.questions), 0)
    again = import_tasks(store, sample, 0.0)
    assert (again.tasks, again.passages, again.known) == (0, 0, len(sample.questions))
    found, keys = rows(store, tasks), {row["passage_key"] for row in rows(store, passages)}
    assert all(len(row["content"]["candidates"]) == 10 for row in found)
    assert all(candidate["key"] in keys for row in found for candidate in row["content"]["candidates"])
    origins = {o.split(":")[0] for row in found for c in row["content"]["candidates"] for o in c["origin"]}
    assert origins == {"bm25", "default", "random"}
    assert all(len(row["content"]["suggestions"]) == 5 for row in found)
    assert 0.08 < sum(row["in_slice"] for row in found) / len(found) < 0.34
    hits = Search(store).find("dieu kien ket hon")
    assert any(re.search("kết hôn", hit["title"] + hit["text"]) for hit in hits[:3])
    assert Search(store).find("52/2014/QH13 Điều 8")[0]["document_id"] == "52/2014/QH13"
    assert Search(store).find("  ") == []


def test_suggestions_were_not_learnt_from_the_question(sample: Dataset) -> None:
    """A model that had seen a question's own label would nearly always put it first."""
    taught = [question for question in sample.questions if question.fields]
    found = suggested_fields(sample, 0)
    first = sum(found[question.question_id][0][0] == question.fields[0] for question in taught) / len(taught)
    assert 0.2 < first < 0.9


def test_importing_nothing_is_refused(store: Store, sample: Dataset) -> None:
    with pytest.raises(InputError, match="no passages"):
        import_tasks(store, sample.replaced(passages=()), 0.0)
    with pytest.raises(InputError, match="--experts 0"):
        import_tasks(store, sample, 0.0, experts=0)


def test_personal_data_never_reaches_the_database(store: Store, tmp_path: Path) -> None:
    asked, told = (
        "Tôi là Nguyễn Văn Tèo, số 0912345678, thuê nhà có cần hợp đồng không?",
        "Gọi anh Tèo 0912345678.",
    )
    tables = copy.deepcopy(TINY)
    tables["questions"][0] |= {"text": asked, "answer": told}
    tables["passages"][1]["text"] = told
    import_tasks(store, Dataset.load(write_dataset(tmp_path / "private", tables)), 0.0)
    kept = json.dumps([rows(store, tasks), rows(store, passages)], ensure_ascii=False)
    assert "0912345678" not in kept
    assert "[SỐ ĐIỆN THOẠI 1]" in kept
    assert rows(store, tasks)[0]["content"]["from"] == {
        "name": "private",
        "illustrative": False,
        "licence": None,
    }


def test_feedback_becomes_tasks_with_what_was_answered(store: Store, tiny: Path, state: Path) -> None:
    usage_file().parent.mkdir(parents=True, exist_ok=True)
    asked = {"event": "asked", "at": "2026-03-01T08:00:00+07:00", "channel": "thử", "as_of": "2026-03-01",
             "status": "answered", "confidence": 0.9, "fields": ["08"], "seconds": 0.1}  # fmt: skip
    told = {"event": "feedback", "at": "2026-03-01T09:00:00+07:00", "text": None, "seconds": None}
    lines = [
        {**asked, "ask_id": "a1", "question": "Ly hôn thế nào?", "answers": ["p3", "gone"]},
        {**asked, "ask_id": "a2", "question": "ly hôn  thế nào?", "answers": ["p3"]},
        {**asked, "ask_id": "a3", "question": "Thuê nhà?", "answers": ["p1"]},
        {**told, "ask_id": "a2", "outcome": "rejected", "passage_id": "p3"},
        {**told, "ask_id": "a3", "outcome": "accepted", "passage_id": "p1"},
    ]
    usage_file().write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    try:
        uses = to_label()
    finally:
        usage_file().unlink()
    assert [use.ask_id for use in uses] == ["a2"]
    shown = {use.ask_id: ("gone", *use.answers) for use in uses}
    made = import_tasks(store, as_dataset(uses, Dataset.load(tiny)), 0.0, shown=shown)
    assert made.tasks == 1
    (task,) = rows(store, tasks)
    assert task["question_id"] == "a2"
    assert task["content"]["candidates"][0]["origin"][0] == "assistant:1"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("0.0.0.0", None, None, False), "without TLS"),
        (("127.0.0.1", Path("nowhere.pem"), None, False), "nowhere.pem: no such file"),
    ],
)
def test_passwords_never_cross_a_network_in_the_clear(arguments: tuple, said: str) -> None:
    with pytest.raises(InputError, match=said):
        check_network(*arguments)


def test_ways_of_serving_that_are_sound() -> None:
    check_network("127.0.0.1", None, None, False)
    check_network("localhost", None, None, False)
    check_network("0.0.0.0", None, None, True)
    check_network("0.0.0.0", ROOT / "Makefile", ROOT / "README.md", False)


def label(*arguments: object, text: str = "") -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", "from pilot.cli import main; main()", "label", *map(str, arguments)],
        capture_output=True, text=True, cwd=ROOT, check=False, timeout=120, input=text,
    )  # fmt: skip


def test_the_command_line(tmp_path: Path, tiny: Path) -> None:
    base = ("--database", f"sqlite:///{tmp_path / 'label.db'}")
    done = label("user", "add", "quan", "--role", "administrator", *base, text="một câu rất dài\n")
    assert done.returncode == 0, done.stderr
    weak = label("user", "add", "an b", "--role", "boss", *base, text="ngắn\n")
    assert weak.returncode == 2
    assert weak.stderr.count("pilot:") >= 3
    assert "Traceback" not in weak.stderr
    assert "quan\tadministrator\topen" in label("user", "list", *base).stdout
    assert label("user", "delete", "ai", *base).returncode == 2
    done = label("import", tiny, "--experts", 1, *base)
    assert "8 tasks made" in done.stdout, done.stderr
    assert label("export", "--out", tmp_path / "release", *base).returncode == 2
    done = label("backup", "--out", tmp_path / "b.zip", *base)
    assert "8 tasks" in done.stdout, done.stderr
    other = ("--database", f"sqlite:///{tmp_path / 'other.db'}")
    assert label("restore", tmp_path / "b.zip", *other).stdout.count(",") == len(KEPT) - 1
    assert label("restore", tmp_path / "b.zip", *other).returncode == 2

"""Three states of law, chains of successors, stale answers, and citations looked up in the codification."""

import dataclasses
import re
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pilot import Dataset
from pilot.cli.data import data_commands
from pilot.quality.currency import (
    cycles,
    stale_answers,
    stated_ends,
    successors,
    validity,
    vanished_documents,
)
from pilot.quality.lawcheck import check_citations
from pilot.quality.validate import check
from pilot.records import Citation, Document, InputError, Passage, Question
from pilot.sources import write_folder

DAY = date(2025, 7, 1)
VALID, EXPIRED, UNKNOWN = "còn hiệu lực", "hết hiệu lực", "chưa rõ"


def law(
    number: str = "1/2020/QH14", start: str | None = "2020-01-01", end: str | None = None, **more
) -> Document:
    days = {
        "effective_from": start and date.fromisoformat(start),
        "effective_to": end and date.fromisoformat(end),
    }
    return Document(number, "Luật", "A", "Quốc hội", **{"checked": True, **days, **more})


@pytest.mark.parametrize(
    ("document", "state"),
    [
        (law(), VALID),
        (law(checked=False), UNKNOWN),
        (law(start=None), UNKNOWN),
        (law(start="2025-07-01"), VALID),
        (law(start="2025-07-02"), UNKNOWN),
        (law(end="2025-06-30"), EXPIRED),
        (law(end="2025-07-01", checked=False), VALID),
        (law(end="2020-05-01", start=None), EXPIRED),
        (law(replaced_by=("2/2024/QH15",)), UNKNOWN),
    ],
)
def test_states_of_a_document(document: Document, state: str) -> None:
    assert validity(document, DAY) == state


def test_a_passage_is_no_more_valid_than_its_document() -> None:
    passage = Passage("p", "article", "", "x", "1/2020/QH14", effective_from=date(2020, 1, 1))
    assert validity(passage, DAY) == UNKNOWN
    assert validity(passage, DAY, law()) == VALID
    assert validity(passage, DAY, law(end="2025-06-30")) == EXPIRED
    assert validity(passage, DAY, law(checked=False)) == UNKNOWN
    ended = dataclasses.replace(passage, effective_to=date(2024, 12, 31))
    assert validity(ended, DAY, law()) == EXPIRED
    assert validity(ended, date(2024, 12, 31)) == VALID


days = st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1))


@given(days, days, st.booleans(), st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_unknown_is_never_valid(start: date | None, end: date | None, checked: bool, on: date) -> None:
    state = validity(Document("1", "", "", "", effective_from=start, effective_to=end, checked=checked), on)
    if start is None or start > on or (not checked and end is None):
        assert state != VALID
    assert (state == EXPIRED) == (end is not None and end < on)


def test_successors_fill_ends_and_circles_are_reported() -> None:
    chain = [
        law("a", replaced_by=("b",)), law("b", "2022-01-01", replaced_by=("c", "d")), law("c", "2024-01-01"),
        law("d", "2023-01-01", replaced_by=("b",)), law("e", amended_by=("e",)),
    ]  # fmt: skip
    known = stated_ends(chain)
    assert str(known["a"].effective_to) == "2021-12-31"
    assert str(known["b"].effective_to) == "2022-12-31"
    assert successors("a", known) == (("a", "b", "c", "d"), True)
    assert successors("c", known) == (("c",), False)
    assert cycles(chain, "replaced_by") == [("b", "d")]
    assert cycles(chain, "amended_by") == [("e",)]
    assert cycles([], "replaced_by") == []
    found = {
        (f.severity, f.where)
        for f in check(Dataset("x", Path("."), tuple(chain)))
        if "in a circle" in f.message
    }
    assert found == {("error", "b"), ("note", "e")}


def test_stale_answers_name_what_came_after() -> None:
    old, new = law("a", end="2024-12-31", replaced_by=("b",)), law("b", "2025-01-01")
    passages = (Passage("p", "answer", "", "x", "a"), Passage("article", "article", "", "x", "a"))
    questions = tuple(
        Question(f"q{i}", "?", "t", "test", answer=answer, citations=(Citation("a", "1"), Citation("a", "2")))
        for i, answer in enumerate(("x", None))
    )
    data = Dataset("x", Path("."), (old, new), passages, questions)
    assert stale_answers(data, DAY) == [("p", "a", ("b",)), ("q0", "a", ("b",))]
    assert stale_answers(data, date(2024, 12, 31)) == []
    assert any(
        f.message == "the answer rests on a, hết hiệu lực as seen from 2025-07-01, replaced by b"
        for f in check(data, DAY)
    )


def test_what_vanished_between_the_snapshots_is_a_note_and_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "source_doc,effective,de_muc,articles_2025,articles_2026,comparable\na,,,3,3,1\nb,,,3,0,1\nc,,,3,0,0\nd,,,0,2,1\n",
        encoding="utf-8",
    )
    assert vanished_documents(path) == {"b"}
    ended = dataclasses.replace(law("e"), effective_to=date(2025, 1, 1))
    data = Dataset("x", tmp_path, (law("a"), law("b"), ended), (Passage("p", "article", "", "x", "a"),))
    assert check(data) == check(data, vanished={"e"}) == []
    assert [(one.severity, one.where) for one in check(data, vanished={"b", "z"})] == [("note", "b")]
    write_folder(data, tmp_path / "set", "x")
    done = CliRunner().invoke(data_commands, ["check", str(tmp_path / "set"), "--snapshots", str(path)])
    assert "note: b: has vanished from the codification" in done.output
    assert done.exit_code == 0
    path.write_text("x\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match="expected the columns articles_2025"):
        vanished_documents(path)
    with pytest.raises(InputError, match="cannot be read"):
        vanished_documents(tmp_path / "none.csv")


def test_snapshots_of_the_codification(real_data: Path) -> None:
    assert len(vanished_documents(real_data / "phapdien" / "documents_2025_2026.csv")) == 141


def test_citations_are_looked_up() -> None:
    against = Dataset("c", Path("."), passages=(Passage("1", "article", "", "x", "a", "5"),))
    cited = (Citation("a", "5", "9"), Citation("a"), Citation("a", "6"), Citation("b", "1"), Citation("z"))
    question = Question("q", "?", "t", "test", citations=cited)
    passage = Passage("p", "article", "", "x", "a", "7")
    data = Dataset("x", Path("."), (law("b", checked=False), law("a")), (passage,), (question, question))
    found = check_citations(data, against)
    assert (found.looked_up, found.found) == (6, 2)
    assert [(one.where, one.document_id, one.article, one.admitted) for one in found.unfound] == [
        ("q", "a", "6", False), ("q", "b", "1", True), ("q", "z", None, False), ("p", "a", "7", False),
    ]  # fmt: skip


def test_the_sample_cites_what_there_is(real_data: Path) -> None:
    from pilot.sources.formats import read_source

    sample = Dataset.load(ROOT / "data" / "sample")
    found = check_citations(sample, read_source(real_data / "phapdien", "phapdien").dataset)
    assert [one for one in found.unfound if not one.admitted] == []
    assert found.looked_up > 100


def test_the_module_is_light() -> None:
    text = (ROOT / "pilot" / "quality" / "currency.py").read_text(encoding="utf-8")
    assert not re.search(r"^(import|from) (pandas|numpy|scipy|sklearn)", text, re.MULTILINE)

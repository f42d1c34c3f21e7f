"""From votes to gold: who needs an adjudicator, decisions that nobody clobbers, releases, the same bytes each time."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from label_help import KEYS, Expert, client_of, fill, opened, rows
from sqlalchemy import insert, update
from starlette.testclient import TestClient

from pilot.label.flags import flag, read_list
from pilot.label.release import export
from pilot.label.store import Store
from pilot.label.tables import decisions, passages, tasks
from pilot.label.votes import Item, Vote
from pilot.records import InputError
from pilot.sources import Dataset

ALL = dict.fromkeys((f"grade:{key}" for key in KEYS), "1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened(tmp_path)
    fill(found)
    yield found
    found.close()


@pytest.fixture
def client(store: Store, tmp_path: Path) -> Iterator[TestClient]:
    with client_of(store, tmp_path) as found:
        yield found


def item(*contents: dict[str, Any], wanted: int = 2, **more: Any) -> Item:
    """A question with passages p and q and these votes; of a content the grades may be given as two digits."""
    task = {"question": {"question_id": "q0"}, "candidates": [{"key": "p"}, {"key": "q"}]}
    cast = []
    for number, content in enumerate(contents, 1):
        grades = {
            f"grade:{key}": int(digit) for key, digit in zip("pq", content.pop("grades", "00"), strict=True)
        }
        cast.append(
            Vote(
                f"cg{number:03d}",
                number,
                1,
                {"main": "09", **grades, **content},
                10.0 * number,
                True,
                "x",
                "g",
            )
        )
    return Item(1, "v", "lo", wanted, False, task, cast, more.get("flags", {}), more.get("decision"))


@pytest.mark.parametrize(
    ("asked", "disputes", "gold"),
    [
        (item({"grades": "30"}, {"grades": "30"}), [], (("09",), {"p": 3, "q": 0})),
        (item({"grades": "31"}, {"grades": "20"}), [], (("09",), {"p": 2, "q": 0})),  # neighbours: the lower
        (item({"grades": "30"}, {"grades": "10"}), ["grade:p"], None),
        (item({}, {"main": "20"}), ["main"], None),
        (item({"second": "20"}, {"second": "20"}), [], (("09", "20"), {"p": 0, "q": 0})),
        (item({"second": "20"}, {}), [], (("09",), {"p": 0, "q": 0})),
        (item({"added:x": True, "grade:x": 3}, {}), ["grade:x"], None),  # one expert's find
        (item({}), [], None),  # the second expert is missing
        (item({}, wanted=1), [], None),  # one expert agrees with nobody
        (item({}, {}, flags={"conflicts": "…"}), [], None),
        (
            item({}, {"main": "20"}, decision={"revision": 1, "content": {"main": "11", "grade:p": 1, "grade:q": 0}}),
            ["main"],
            (("11",), {"p": 1, "q": 0}),
        ),
    ],
)  # fmt: skip
def test_what_settles_a_question(asked: Item, disputes: list[str], gold: tuple | None) -> None:
    assert asked.disputes == disputes
    assert asked.gold == gold
    assert asked.open == (asked.whole and gold is None and asked.wanted > 1)


def label(client: TestClient, *answers: tuple[str, str, tuple[int, ...]]) -> None:
    """Each named expert answers the next question with this main field and these grades."""
    for name, main, grades in answers:
        expert = Expert(client, name)
        assert expert.answer(expert.next(), main, grades)["status"] == "ok"


AGREED = (3, 2, 1, 0, 3)


def test_a_decision_is_kept_and_the_next_question_comes(client: TestClient, store: Store) -> None:
    label(
        client,
        ("an", "09", AGREED),
        ("binh", "20", AGREED),
        ("an", "09", AGREED),
        ("binh", "09", (0, 2, 1, 0, 3)),
    )
    chi = Expert(client, "chi")
    page = chi.get("/tham-dinh/1").text
    assert "Người an" not in page
    assert page.count("khác nhau</span>") == 1
    assert chi.decide(1, {"main": "09"}).status_code == 422  # no grades
    assert chi.decide(1, {"main": "99", **ALL}).status_code == 422
    assert chi.decide(1, {"main": "09", **ALL, "grade:p000000000000000": "7"}).status_code == 422
    assert chi.decide(1, {"main": "09", **ALL}, reason=" ").status_code == 422
    assert rows(store, decisions) == []
    done = chi.decide(1, {"main": "other", "main_other": "11", "second": "09", **ALL})
    assert done.headers["location"] == "/tham-dinh/2?xong=1"
    (kept,) = rows(store, decisions)
    expected = {"main": "11", "second": "09", "reason": "Theo hướng dẫn.", **dict.fromkeys(ALL, 1)}
    assert (kept["revision"], kept["user_id"], kept["content"]) == (1, 4, expected)
    assert kept["seen"] == {"1": 1, "2": 1, "decision": 0}
    assert chi.decide(2, {"main": "09", **ALL}).headers["location"] == "/tham-dinh?xong=2"


def test_two_adjudicators_and_a_late_expert_do_not_clobber_each_other(
    client: TestClient, store: Store
) -> None:
    with store.writing() as connection:
        connection.execute(update(tasks).values(wanted=1))
        flag(connection, "suspicious", [{"question_id": "q0", "label": "09", "suggested": "20"}], 0.0)
    label(client, ("an", "09", AGREED))
    old = json.dumps({"1": 1, "decision": 0})
    chi = Expert(client, "chi")
    assert chi.decide(1, {"main": "20", **ALL}, seen=old).status_code == 303
    late = chi.decide(1, {"main": "11", **ALL}, seen=old)
    assert late.status_code == 409
    assert "có người đã quyết định" in late.text
    an = Expert(client, "an")
    an.do("save", 1, {"main": "20"})
    an.do("submit", 1, {"main": "20", **dict(zip((f"grade:{key}" for key in KEYS), AGREED, strict=True))})
    chi = Expert(client, "chi")
    assert chi.decide(1, {"main": "11", **ALL}, seen=json.dumps({"1": 1, "decision": 1})).status_code == 409
    assert chi.decide(1, {"main": "11", **ALL}).status_code == 303  # looked again
    assert [(row["revision"], row["content"]["main"]) for row in rows(store, decisions)] == [
        (1, "20"),
        (2, "11"),
    ]


def test_nobody_adjudicates_what_they_labelled(client: TestClient, store: Store) -> None:
    label(client, ("an", "09", AGREED), ("chi", "20", AGREED))
    chi = Expert(client, "chi")
    assert chi.get("/tham-dinh/1").status_code == 404
    assert chi.decide(1, {"main": "09", **ALL}, seen="{}").status_code == 404
    assert "Của người khác" in chi.get("/tham-dinh").text
    assert rows(store, decisions) == []


def test_lists_of_other_rooms_put_questions_before_adjudicators(store: Store, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        "first,second,overlap,what\nq0,q1,0.9,fields\nq2,zz,0.8,answer\n", encoding="utf-8"
    )
    found = read_list("conflicts", str(tmp_path / "c.csv"))
    with store.writing() as connection:
        assert flag(connection, "conflicts", found, 0.0) == (3, 0, 1)
        assert flag(connection, "conflicts", found, 0.0) == (0, 3, 1)
        with pytest.raises(InputError, match="no column label, suggested"):
            flag(connection, "suspicious", [{"question_id": "q0"}], 0.0)
    with pytest.raises(InputError, match="expected suspicious or conflicts"):
        read_list("other", "x")
    with pytest.raises(InputError, match=r"no such file; .*conflicts.csv"):
        read_list("conflicts", "x")


def test_a_release_is_the_same_bytes_and_leaves_out_what_was_flagged(
    client: TestClient, store: Store, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="no question has answers"):
        export(store, tmp_path / "r0")
    phone = "Hỏi chị Nguyễn Thị Lành, 0912345678."
    for name, extra in (("an", {"personal": True, f"privacy:{KEYS[4]}": True}), ("binh", {"note": "x"})):
        expert = Expert(client, name)
        claim = expert.next()
        expert.do("save", claim, {"note": phone})
        expert.answer(claim)
        expert.do(
            "submit",
            claim,
            {"note": phone, "main": "09", **{f"grade:{k}": g for k, g in zip(KEYS, AGREED, strict=True)}},
        )
        claim, content = expert.next(), {"main": "20", **{f"grade:{key}": 1 for key in KEYS}, **extra}
        expert.do("save", claim, content)
        expert.do("submit", claim, content)
    for folder in ("r1", "r2", "r2"):
        export(store, tmp_path / folder)
    files = {path.name: path.read_bytes() for path in (tmp_path / "r1").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "r2").iterdir()}
    assert {"votes.jsonl", "release.json", "guideline.html", "bang_du_lieu.html"} < files.keys()
    assert not any(b"0912345678" in content for content in files.values())
    released = Dataset.load(tmp_path / "r1")
    cast = [json.loads(line) for line in files["votes.jsonl"].splitlines()]
    assert {vote["question_id"] for vote in cast} == {q.question_id for q in released.questions} == {"q0"}
    assert "dieu-4" not in {passage.passage_id for passage in released.passages}
    assert len(released.passages) == 10  # the corpus that was searched, not only what was judged
    assert {judgment.rater for judgment in released.judgments} == {"cg001", "cg002", "adjudicated"}
    assert cast[0]["grades"] == {"dieu-0": 3, "dieu-1": 2, "dieu-2": 1, "dieu-3": 0}
    assert "[SỐ ĐIỆN THOẠI 1]" in cast[0]["note"]
    assert released.questions[0].fields == ("09",)
    manifest = json.loads(files["release.json"])
    assert (manifest["fingerprint"], manifest["questions"]) == (released.fingerprint, 1)
    assert manifest["left_out"] == {
        "questions with personal data": 1, "passages with personal data": 1,
        "questions begun but not answered by all experts": 0,
    }  # fmt: skip


def test_only_a_release_settled_as_a_whole_is_expert_adjudicated(
    client: TestClient, store: Store, tmp_path: Path
) -> None:
    label(client, ("an", "09", AGREED), ("binh", "20", AGREED), ("an", "11", AGREED), ("binh", "11", AGREED))
    export(store, tmp_path / "r1")
    before = Dataset.load(tmp_path / "r1")
    assert [question.fields for question in before.questions] == [(), ("11",)]
    assert not before.adjudicated("classify")
    assert not before.adjudicated("rank")
    assert Expert(client, "chi").decide(1, {"main": "20", **ALL}).status_code == 303
    export(store, tmp_path / "r2", since=tmp_path / "r1")
    after = Dataset.load(tmp_path / "r2")
    assert [question.fields for question in after.questions] == [("20",), ("11",)]
    assert after.adjudicated("classify")
    assert after.adjudicated("rank")
    assert json.loads((tmp_path / "r2" / "release.json").read_text("utf-8"))["changes"] == {
        "questions added": 0, "questions gone": 0, "questions whose text is other": 0, "questions settled since": 1,
        "questions whose fields are other": 0, "grades added": 5, "grades gone": 0, "grades that are other": 0,
        "passages added or other": 0,
    }  # fmt: skip
    assert "* questions settled since: 1" in (tmp_path / "r2" / "README.md").read_text("utf-8")
    cast = [json.loads(line) for line in (tmp_path / "r2" / "votes.jsonl").read_text("utf-8").splitlines()]
    assert [vote["rater"] for vote in cast] == ["cg001", "cg002", "adjudicated", "cg001", "cg002"]
    assert cast[2]["reason"] == "Theo hướng dẫn."


def test_a_grade_given_to_another_wording_does_not_count(
    client: TestClient, store: Store, tmp_path: Path
) -> None:
    label(client, ("an", "09", AGREED), ("binh", "09", AGREED))
    with store.writing() as connection:
        for place, text in (
            (1, "Lời văn mới."),
            (2, "Nội dung của điều 2."),
        ):  # the second changed beside the text only
            old = next(row for row in rows(store, passages) if row["passage_id"] == f"dieu-{place}")
            new = {
                **old,
                "passage_key": f"n{place:015d}",
                "content": {**old["content"], "text": text, "url": "https://x"},
            }
            connection.execute(
                update(passages).where(passages.c.passage_key == old["passage_key"]).values(current=False)
            )
            connection.execute(insert(passages), [new])
    released = export(store, tmp_path / "r").dataset
    judged = {judgment.passage_id for judgment in released.judgments}
    assert judged == {"dieu-0", "dieu-2", "dieu-3", "dieu-4"}
    assert {p.passage_id: p.text for p in released.passages}["dieu-1"] == "Lời văn mới."

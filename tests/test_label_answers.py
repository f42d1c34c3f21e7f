"""Taking answers in: stored as typed, once, checked, and never over somebody else's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from label_help import KEYS, Clock, Expert, client_of, fill, opened, rows
from starlette.testclient import TestClient

from pilot.label.content import change_faults, merged, missing
from pilot.label.queue import LEASE_SECONDS
from pilot.label.store import Store
from pilot.label.tables import answers, claims, events, tasks

LABELS = {"topics": {"09": {}, "20": {}}, "special": {"ngoai_pham_vi": "Ngoài phạm vi"}}
FULL_GRADES = {f"grade:{key}": grade for key, grade in zip(KEYS, (3, 2, 1, 0, 3), strict=True)}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return opened(tmp_path)


@pytest.fixture
def client(store: Store, tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    fill(store)
    with client_of(store, tmp_path, clock) as found:
        yield found


def test_merging_keeps_zero_and_drops_what_is_unset() -> None:
    draft = merged({"main": "09", "note": "x"}, {"grade:a": 0, "note": None, "personal": False})
    assert draft == {"main": "09", "grade:a": 0}
    added = merged({"added:b": True, "grade:b": 2, "stale:b": True, "grade:a": 0}, {"added:b": None})
    assert added == {"grade:a": 0}


@pytest.mark.parametrize(
    "changes",
    [
        {"main": "99"}, {"main": 9}, {"main": "ngoai"}, {"second": "ngoai_pham_vi"}, {"grade:a": 4}, {"grade:a": -1},
        {"grade:a": "3"}, {"grade:a": True}, {"grade:zz": 3}, {"stale:a": 1}, {"added:a": True}, {"added:zz": True},
        {"note": "x" * 4001}, {"personal": "yes"}, {"unknown": "x"}, {"grade:": 1}, {"origin:a": True},
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_belong_is_refused(changes: dict[str, Any]) -> None:
    assert change_faults(changes, LABELS, {"a", "b"}, set())


def test_what_belongs_passes() -> None:
    changes = {"main": "ngoai_pham_vi", "second": "20", "note": "được", "personal": True, "none_right": None,
               "grade:a": 0, "stale:b": True, "privacy:a": True, "added:c": True, "grade:c": 3}  # fmt: skip
    assert change_faults(changes, LABELS, {"a", "b"}, {"c"}) == []


def test_what_an_answer_lacks_is_said_at_once() -> None:
    assert len(missing({}, LABELS, {"a", "b"})) == 2
    whole = {"main": "09", "grade:a": 0, "grade:b": 3}
    assert missing(whole, LABELS, {"a", "b"}) == []
    assert missing({**whole, "second": "09"}, LABELS, {"a", "b"})
    assert missing({**whole, "none_right": True}, LABELS, {"a", "b"})
    assert missing({**whole, "added:c": True}, LABELS, {"a", "b"}) == ["Còn 1 phương án chưa chấm."]
    assert (
        missing(
            {**whole, "grade:b": 1, "added:c": True, "grade:c": 3, "none_right": True}, LABELS, {"a", "b"}
        )
        == []
    )


def test_grades_are_stored_exactly_as_typed(client: TestClient, store: Store) -> None:
    expert = Expert(client, "an")
    claim = expert.next()
    assert expert.answer(claim, grades=(3, 2, 1, 0, 3))["status"] == "ok"
    (answer,) = rows(store, answers)
    assert [answer["content"][f"grade:{key}"] for key in KEYS] == [3, 2, 1, 0, 3]
    assert answer["content"]["main"] == "09"


def test_the_same_operation_twice_changes_nothing(client: TestClient, store: Store) -> None:
    expert = Expert(client, "an")
    claim = expert.next()
    first = expert.do("save", claim, {"main": "09", **FULL_GRADES}, "same-name-1")
    second = expert.do("save", claim, {"main": "20"}, "same-name-1")
    assert (first["status"], second["status"], second["revision"]) == ("ok", "ok", 1)
    content = {"main": "09", **FULL_GRADES}
    assert [expert.do("submit", claim, content, "same-name-2")["status"] for _ in range(3)] == ["ok"] * 3
    assert len(rows(store, answers)) == 1
    assert rows(store, claims)[0]["draft"]["main"] == "09"


def test_two_tabs_never_overwrite_each_other(client: TestClient, store: Store) -> None:
    tab, other = Expert(client, "an"), Expert(client, "an")
    claim = tab.next()
    tab.do("save", claim, {"main": "09", **FULL_GRADES}, "tab-one-1")
    other.do("save", claim, {"note": "từ cửa sổ hai"}, "tab-two-1")
    draft = other.get(f"/api/claims/{claim}").json()["draft"]
    assert draft == {"main": "09", **FULL_GRADES, "note": "từ cửa sổ hai"}
    stale = tab.do("submit", claim, {"main": "09", **FULL_GRADES}, "tab-one-2")
    assert stale["status"] == "conflict"
    assert rows(store, answers) == []


def test_a_revised_answer_is_a_new_row(client: TestClient, store: Store) -> None:
    expert = Expert(client, "an")
    claim = expert.next()
    expert.answer(claim)
    expert.answer(claim, main="20", grades=(0, 0, 0, 0, 0))
    assert [(row["revision"], row["content"]["main"]) for row in rows(store, answers)] == [
        (1, "09"),
        (2, "20"),
    ]
    assert rows(store, tasks)[0]["submitted"] == 1


def test_foreign_claims_are_out_of_reach(client: TestClient, store: Store) -> None:
    claim = Expert(client, "an").next()
    thief = Expert(client, "binh")
    for kind in ("save", "submit", "skip"):
        assert thief.do(kind, claim, {"main": "09"})["status"] == "rejected"
    assert thief.get(f"/api/claims/{claim}").status_code == 404
    assert thief.get(f"/viec/{claim}").status_code == 404
    assert rows(store, claims)[0]["draft"] == {}


def test_added_passages_come_from_the_corpus(client: TestClient, store: Store) -> None:
    expert = Expert(client, "an")
    claim = expert.next()
    key = "x" + "0" * 15
    assert expert.do("save", claim, {"added:nowhere": True})["status"] == "rejected"
    assert expert.do("save", claim, {f"grade:{key}": 3})["status"] == "rejected"
    assert expert.do("save", claim, {f"added:{key}": True})["status"] == "ok"
    assert expert.do("save", claim, {f"grade:{key}": 3})["status"] == "ok"
    shown = expert.get(f"/api/claims/{claim}").json()
    assert [card["key"] for card in shown["added"]] == [key]
    assert expert.do("save", claim, {f"added:{key}": None})["status"] == "ok"
    assert expert.get(f"/api/claims/{claim}").json()["draft"] == {}


def test_skipping_frees_the_place(client: TestClient, store: Store) -> None:
    expert = Expert(client, "an")
    claim = expert.next()
    assert expert.do("skip", claim, {"reason": "vì thích"})["status"] == "rejected"
    assert expert.do("skip", claim, {"reason": "khac"})["status"] == "rejected"
    assert expert.do("skip", claim, {"reason": "khac", "note": "Tôi từng tư vấn vụ này."})["status"] == "ok"
    assert rows(store, tasks)[0]["taken"] == 0
    assert expert.next() != claim
    assert expert.do("save", claim, {"main": "09"})["status"] == "rejected"
    reasons = [row["content"]["note"] for row in rows(store, events) if row["kind"] == "skip"]
    assert reasons == ["Tôi từng tư vấn vụ này."]


def test_late_work_is_kept_but_takes_no_place(client: TestClient, store: Store, clock: Clock) -> None:
    late = Expert(client, "an")
    claim = late.next()
    late.do("save", claim, {"main": "09", **FULL_GRADES})
    others = []
    clock.now += LEASE_SECONDS + 1
    for name in ("binh", "cuong"):
        others.append(Expert(client, name))
        assert others[-1].answer(others[-1].next())["status"] == "ok"
    late = Expert(client, "an")
    assert late.do("save", claim, {"note": "muộn"})["status"] == "late"
    content = {"main": "09", **FULL_GRADES, "note": "muộn"}
    outcome = late.do("submit", claim, content)
    assert outcome["status"] == "late"
    assert "vẫn được lưu" in outcome["messages"][0]
    assert late.get(f"/api/claims/{claim}").json()["draft"] == content
    assert len(rows(store, answers)) == 2
    assert [row["taken"] for row in rows(store, tasks)] == [2, 0, 0]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"operations": []}, {"operations": [{"save_id": "abcdefgh", "kind": "save", "claim_id": 1}]},
        {"operations": [{"save_id": "short", "kind": "save", "claim_id": 1, "content": {}}]},
        {"operations": [{"save_id": "abcdefgh", "kind": "erase", "claim_id": 1, "content": {}}]},
        {"operations": [{"save_id": "abcdefgh", "kind": "save", "claim_id": "1", "content": {}}]},
        {"operations": [{"save_id": "abcdefgh", "kind": "save", "claim_id": 1, "content": {"main": ["09"]}}]},
        {"operations": [{"save_id": "abcdefgh", "kind": "save", "claim_id": 1, "content": {}, "user_id": 2}]},
    ],
    ids=str,
)  # fmt: skip
def test_malformed_operations_are_refused(client: TestClient, body: Any) -> None:
    assert Expert(client, "an").post("/api/sync", body).status_code == 422

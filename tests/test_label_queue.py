"""Dealing out: never more experts than wanted, own draft first, then what lacks somebody, then by uncertainty."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from label_help import fill, opened, rows
from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects import sqlite

from pilot.label import queue
from pilot.label.queue import LEASE_SECONDS, next_claim, next_task_query, release_lapsed
from pilot.label.store import Store
from pilot.label.tables import FRESH, FULL, LACKING, LAPSED, SUBMITTED, claims, tasks


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened_store = opened(tmp_path)
    yield opened_store
    opened_store.close()


def take(
    store: Store, user_id: int, now: float = 0.0, batch: str | None = None, seed: int = 0
) -> dict | None:
    with store.writing() as connection:
        claim_id = next_claim(connection, user_id, now, batch, random.Random(seed))
    return next((row for row in rows(store, claims) if row["claim_id"] == claim_id), None)


def finish(store: Store, claim: dict) -> None:
    with store.writing() as connection:
        connection.execute(
            update(claims)
            .where(claims.c.claim_id == claim["claim_id"])
            .values(status=SUBMITTED, submitted_at=1.0)
        )
        queue.count_places(connection, claim["task_id"])


def test_own_draft_then_lacking_then_uncertain(store: Store) -> None:
    people = fill(store)
    first = take(store, people["an"])
    assert (first["task_id"], first["slot"], first["drawn"]) == (1, 1, "uncertain")
    assert take(store, people["an"])["claim_id"] == first["claim_id"]
    second = take(store, people["binh"])
    assert (second["task_id"], second["slot"], second["drawn"]) == (1, 2, "second")
    third = take(store, people["cuong"])
    assert (third["task_id"], third["slot"]) == (2, 1)
    finish(store, first)
    assert take(store, people["an"])["task_id"] == 2


def test_no_work_left_is_none(store: Store) -> None:
    people = fill(store, 1)
    for name in ("an", "binh"):
        finish(store, take(store, people[name]))
    assert take(store, people["cuong"]) is None
    assert take(store, people["an"]) is None


def test_a_batch_keeps_to_itself(store: Store) -> None:
    people = fill(store)
    claim = take(store, people["an"], batch="lo-a")
    assert claim["task_id"] == 2
    finish(store, claim)
    assert take(store, people["an"], batch="lo-a") is None


def test_a_lapsed_place_goes_to_another_and_the_draft_stays(store: Store) -> None:
    people = fill(store, 1, wanted=1)
    claim = take(store, people["an"])
    with store.writing() as connection:
        connection.execute(update(claims).values(draft={"note": "dở"}))
    assert take(store, people["binh"], now=LEASE_SECONDS - 1) is None
    other = take(store, people["binh"], now=LEASE_SECONDS + 1)
    assert (other["task_id"], other["slot"]) == (1, 1)
    lapsed = next(row for row in rows(store, claims) if row["claim_id"] == claim["claim_id"])
    assert (lapsed["status"], lapsed["slot"], lapsed["draft"]) == (LAPSED, None, {"note": "dở"})
    assert take(store, people["an"], now=LEASE_SECONDS + 2) is None


def test_a_lapsed_place_still_free_is_taken_again(store: Store) -> None:
    people = fill(store, 1, wanted=1)
    claim = take(store, people["an"])
    with store.writing() as connection:
        release_lapsed(connection, LEASE_SECONDS + 1)
    assert rows(store, tasks)[0]["state"] == FRESH
    assert take(store, people["an"], now=LEASE_SECONDS + 2)["claim_id"] == claim["claim_id"]
    assert rows(store, tasks)[0]["state"] == FULL


def test_a_task_counts_its_places(store: Store) -> None:
    people = fill(store, 1)
    take(store, people["an"])
    assert [(row["taken"], row["submitted"], row["state"]) for row in rows(store, tasks)] == [(1, 0, LACKING)]
    finish(store, take(store, people["binh"]))
    assert [(row["taken"], row["submitted"], row["state"]) for row in rows(store, tasks)] == [(2, 1, FULL)]


def test_the_random_slice_gets_its_share_and_hints_are_hidden_on_a_quarter(store: Store) -> None:
    people = fill(store, 800, wanted=1)
    with store.writing() as connection:
        connection.execute(update(tasks).where(tasks.c.task_id % 2 == 0).values(in_slice=True))
    chance = random.Random(5)
    drawn, hints = Counter(), Counter()
    for _ in range(300):
        with store.writing() as connection:
            claim_id = next_claim(connection, people["an"], 0.0, None, chance)
            row = connection.execute(select(claims).where(claims.c.claim_id == claim_id)).one()
            connection.execute(update(claims).where(claims.c.claim_id == claim_id).values(status=SUBMITTED))
        drawn[row.drawn] += 1
        hints[row.hints] += 1
    assert 39 <= drawn["random"] <= 81  # 20 % of 300, three standard deviations
    assert 52 <= hints[False] <= 98  # 25 % of 300
    assert drawn["random"] + drawn["uncertain"] == 300


def test_experts_racing_never_exceed_what_is_wanted(store: Store) -> None:
    names = {f"e{i}": "expert" for i in range(8)}
    people = fill(store, 12, people=names)

    def race(user_id: int) -> None:
        while True:
            claim_id = store.writer.run(lambda connection: next_claim(connection, user_id, 0.0))
            if claim_id is None:
                return
            done = (
                update(claims).where(claims.c.claim_id == claim_id).values(status=SUBMITTED, submitted_at=1.0)
            )
            store.writer.run(lambda connection, done=done: connection.execute(done))

    threads = [threading.Thread(target=race, args=(user_id,)) for user_id in people.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = rows(store, claims)
    assert Counter(row["task_id"] for row in found) == dict.fromkeys(range(1, 13), 2)
    assert len({(row["task_id"], row["user_id"]) for row in found}) == 24


@pytest.mark.parametrize("batch", [None, "lo-a"])
def test_the_next_task_is_an_indexed_query_at_a_hundred_thousand(store: Store, batch: str | None) -> None:
    people = fill(store, 1)
    template = rows(store, tasks)[0]
    del template["task_id"]
    many = [
        {**template, "question_id": f"m{i}", "batch": f"lo-{'abcdefghij'[i % 10]}", 
         "priority": (i * 7919 % 100_003) / 1e5,         "state": i % 3}
        for i in range(100_000)
    ]  # fmt: skip
    with store.writing() as connection:
        connection.execute(insert(tasks), many)
        connection.execute(text("ANALYZE"))
    for state in (FRESH, LACKING):
        query = next_task_query(people["an"], state, False, batch)
        sql = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
        with store.reading() as connection:
            plan = " ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}")))
        assert "ix_tasks_next" in plan, plan
        assert "TEMP B-TREE" not in plan, plan
        assert "SCAN tasks" not in plan, plan

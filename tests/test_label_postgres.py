"""The same tables and promises on PostgreSQL, and the way there from SQLite."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from label_help import Expert, client_of, fill, made_older, opened, rows
from label_postgres import Postgres
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError
from test_label_kill import POSTGRES

from pilot.label.backup import KEPT, backup, restore
from pilot.label.queue import next_claim
from pilot.label.store import Store, open_store
from pilot.label.tables import answers, decisions, events, metadata, tasks

pytestmark = [pytest.mark.system, POSTGRES]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    running = Postgres()
    yield running
    running.remove()


@pytest.fixture
def store(server: Postgres) -> Iterator[Store]:
    found = open_store(server.url)
    with found.writing() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    found.close()
    found = open_store(server.url)
    yield found
    found.close()


@pytest.mark.parametrize("older", [False, True], ids=["new", "older"])
def test_databases_have_the_tables_that_the_code_uses(store: Store, older: bool) -> None:
    if older:
        made_older(store)
        open_store(store.engine.url.render_as_string(hide_password=False)).close()
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_answers_and_events_refuse_changes(store: Store, tmp_path: Path) -> None:
    fill(store, 1)
    with client_of(store, tmp_path) as client:
        expert = Expert(client, "an")
        assert expert.answer(expert.next())["status"] == "ok"
        for table in (answers, decisions, events):
            for statement in (
                update(table).values(content={}),
                delete(table),
                text(f"TRUNCATE {table.name}"),
            ):
                with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
                    connection.execute(statement)
        assert len(rows(store, answers)) == 1


def test_a_backup_of_sqlite_goes_on_in_postgresql(store: Store, tmp_path: Path) -> None:
    origin = opened(tmp_path)
    fill(origin)
    with client_of(origin, tmp_path) as client:
        expert = Expert(client, "an")
        expert.answer(expert.next())
        counts = backup(origin, tmp_path / "b.zip")
        assert restore(store, tmp_path / "b.zip") == counts
        for table in KEPT:
            assert rows(store, table) == rows(origin, table)
    with client_of(store, tmp_path) as client:
        other = Expert(client, "binh")
        assert other.answer(other.next())["status"] == "ok"
        assert sorted(row["submitted"] for row in rows(store, tasks)) == [0, 0, 2]
        assert backup(store, tmp_path / "back.zip")["answers"] == 2


def test_the_next_task_is_quick_at_a_hundred_thousand(store: Store) -> None:
    people = fill(store, 1)
    template = rows(store, tasks)[0]
    del template["task_id"]
    many = [
        {**template, "question_id": f"m{i}", "priority": (i * 7919 % 100_003) / 1e5} for i in range(100_000)
    ]
    with store.writing() as connection:
        connection.execute(insert(tasks), many)
        connection.execute(text("ANALYZE"))
    taken = []
    for name in ("an", "binh", "cuong", "chi"):
        start = time.perf_counter()
        assert store.writer.run(lambda connection, name=name: next_claim(connection, people[name], 0.0))
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.1

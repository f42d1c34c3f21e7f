"""The database: tables as in the code, what is appended never changes, one failing write takes no other with it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from label_help import KEYS, Expert, client_of, fill, made_older, opened, rows
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from pilot.label.backup import KEPT, backup, restore
from pilot.label.store import Store, open_store
from pilot.label.tables import answers, attempts, decisions, events, metadata, users
from pilot.label.writer import Writer
from pilot.records import InputError


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened_store = opened(tmp_path)
    yield opened_store
    opened_store.close()


@pytest.mark.parametrize("older", [False, True], ids=["new", "older"])
def test_databases_have_the_tables_that_the_code_uses(store: Store, tmp_path: Path, older: bool) -> None:
    triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
    with store.reading() as connection:
        before = connection.execute(triggers).scalars().all()
    if older:
        made_older(store)
        store.close()
        opened(tmp_path).close()
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.execute(triggers).scalars().all() == before
    assert len(before) == 6, "two for each table that is append-only"


def test_opening_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    people = fill(store)
    again = opened(tmp_path)
    assert [row["user_id"] for row in rows(again, users)] == sorted(people.values())
    again.close()


def test_every_commit_is_synced_to_disk(store: Store) -> None:
    with store.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


@pytest.mark.parametrize("table", [answers, decisions, events], ids=lambda table: table.name)
def test_what_was_said_refuses_changes(store: Store, tmp_path: Path, table) -> None:
    fill(store, 1)
    with client_of(store, tmp_path) as client:
        for name, main in (("an", "09"), ("binh", "20")):
            expert = Expert(client, name)
            expert.answer(expert.next(), main)
        Expert(client, "chi").decide(1, {"main": "09", **{f"grade:{key}": "1" for key in KEYS}})
        before = rows(store, table)
        assert before
        for statement in (update(table).values(content={}), delete(table)):
            with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
                connection.execute(statement)
        assert rows(store, table) == before


def note(address: str):
    return lambda connection: connection.execute(insert(attempts).values(name="x", address=address, at=1.0))


def test_a_failing_piece_takes_no_other_with_it(store: Store) -> None:
    writer, outcomes = Writer(store.engine), []

    def fail(connection) -> None:
        note("lost")(connection)
        raise KeyError("mine")

    def go(work) -> None:
        try:
            outcomes.append(writer.run(work))
        except KeyError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=go, args=(work,)) for work in (note("a"), fail, note("b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    assert sorted(row["address"] for row in rows(store, attempts)) == ["a", "b"]
    assert sum(isinstance(outcome, KeyError) for outcome in outcomes) == 1


def test_backup_and_restore_give_the_same_rows(store: Store, tmp_path: Path) -> None:
    fill(store)
    with client_of(store, tmp_path) as client:
        expert = Expert(client, "an")
        expert.answer(expert.next())
        counts = backup(store, tmp_path / "b.zip")
        assert counts["answers"] == 1
        assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
        other = open_store(f"sqlite:///{tmp_path / 'other' / 'label.db'}")
        assert restore(other, tmp_path / "b.zip") == counts
        for table in KEPT:
            assert rows(other, table) == rows(store, table)
        with pytest.raises(InputError, match="already holds"):
            restore(other, tmp_path / "b.zip")
        with pytest.raises(InputError, match="never replaces"):
            backup(store, tmp_path / "b.zip")
        other.close()


def test_a_damaged_backup_restores_nothing(store: Store, tmp_path: Path) -> None:
    import zipfile

    fill(store)
    backup(store, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            bad.writestr(name, content.replace(b'"q1"', b'"q9"') if name == "tasks.jsonl" else content)
    other = open_store(f"sqlite:///{tmp_path / 'other' / 'label.db'}")
    with pytest.raises(InputError, match="tasks is damaged"):
        restore(other, tmp_path / "bad.zip")
    assert rows(other, users) == []
    (tmp_path / "no.zip").write_text("no zip")
    with pytest.raises(InputError, match="no readable backup"):
        restore(other, tmp_path / "no.zip")
    other.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "is no URL"),
        ("mysql://x/y", "'mysql'"),
        ("postgresql://x@127.0.0.1:1/y", "not reachable|No module"),
    ],
)
def test_a_wrong_database_is_named(url: str, said: str) -> None:
    with pytest.raises((InputError, ModuleNotFoundError), match=said):
        open_store(url)

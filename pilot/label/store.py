"""The database, SQLite by default, PostgreSQL by URL, the same tables on both: opened, a row changed, an event kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from pilot import project
from pilot.label.tables import create_tables, events
from pilot.label.writer import Writer
from pilot.records import InputError


def default_url() -> str:
    """Return the database used when none is named: SQLite below the state folder."""
    return f"sqlite:///{project.state('label', 'label.db')}"


@dataclass(frozen=True)
class Store:
    """An open database with current tables.

    Parameters
    ----------
    engine
        The connections.
    writer
        Commits what many requests write at once together; see `Writer`.
    """

    engine: Engine
    writer: Writer

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the database and keeps no writer waiting."""
        with self.engine.connect().execution_options(reading=True) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection whose changes are committed together at the end, or not at all."""
        with self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Finish what is being written and close every connection."""
        self.writer.close()
        self.engine.dispose()


def open_store(url: str | None = None) -> Store:
    """Open the database at ``url`` and bring its tables up to date.

    Raises
    ------
    InputError
        If the URL is none, names another kind of database, or the database cannot be reached.
    """
    engine = _engine(url or default_url())
    try:
        with engine.begin() as connection:
            _migrate(connection)
    except OperationalError as error:
        engine.dispose()
        raise InputError(
            f"{engine.url.render_as_string()}: database not reachable ({error.orig}); check --database, "
            "the server and the password"
        ) from None
    return Store(engine, Writer(engine))


def change_row(connection: Connection, table: Table, key: int, **values: Any) -> None:
    """Give the row with this key other values."""
    (column,) = table.primary_key.columns
    connection.execute(update(table).where(column == key).values(**values))


def log(
    connection: Connection,
    now: float,
    kind: str,
    user_id: int | None,
    claim_id: int | None = None,
    content: dict[str, object] | None = None,
    save_id: str | None = None,
) -> None:  # fmt: skip
    """Append one event."""
    connection.execute(
        insert(events).values(
            at=now, kind=kind, user_id=user_id, claim_id=claim_id, content=content or {}, save_id=save_id
        )
    )


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InputError(f"--database {url!r} is no URL; {_FORMS}") from None
    kind = parsed.get_backend_name()
    if kind == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = create_engine(parsed, json_serializer=_json, pool_size=8, max_overflow=32)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if kind == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, json_serializer=_json, pool_size=8, max_overflow=32, pool_pre_ping=True)
    raise InputError(f"--database names {kind!r}; {_FORMS}")


_FORMS = "expected sqlite:////path/to/label.db or postgresql://user:password@host/name"


def _json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    """Make the tables of a new database, or run the migrations that an older one lacks.

    Two servers starting at once wait for each other.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7215402)"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    if MigrationContext.configure(connection).get_current_revision() is None:
        create_tables(connection)
        command.stamp(config, "head")
    else:
        command.upgrade(config, "head")

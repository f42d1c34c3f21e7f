"""Backup and restore: one zip of JSON lines, the same from SQLite and PostgreSQL, so it also moves between them."""

import hashlib
import json
import os
import tempfile
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text

from pilot.label.store import Store
from pilot.label.tables import attempts, metadata, sessions
from pilot.records import InputError

MANIFEST = "manifest.json"
KEPT = [table for table in metadata.sorted_tables if table not in (sessions, attempts)]
"""What a backup holds: everything but running sessions and log-in attempts."""
ROWS_AT_ONCE = 1000


def backup(store: Store, out: Path) -> dict[str, int]:
    """Write one consistent state of the database to ``out`` while the service may go on; return rows per table.

    The file is readable by its owner only: it holds password hashes and everything experts wrote.

    Raises
    ------
    InputError
        If ``out`` exists.
    """
    if out.exists():
        raise InputError(f"{out}: exists; a backup never replaces another, choose a new --out")
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}-")
    os.close(handle)
    try:
        with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as file, store.reading() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            tables = {table.name: _dump(connection, table, file) for table in KEPT}
            file.writestr(MANIFEST, json.dumps({"revision": revision, "tables": tables}, indent=1))
        with open(name, "rb") as written:
            os.fsync(written.fileno())
        os.replace(name, out)
    except BaseException:
        os.unlink(name)
        raise
    return {table: found["rows"] for table, found in tables.items()}


def restore(store: Store, source: Path) -> dict[str, int]:
    """Fill an empty database from a backup, all of it or nothing; return rows per table.

    Raises
    ------
    InputError
        If the file is no sound backup of these tables, or the database is not empty.
    """
    try:
        with zipfile.ZipFile(source) as file, store.writing() as connection:
            manifest = json.loads(file.read(MANIFEST))
            _check(connection, manifest, source)
            for table in KEPT:
                _load(connection, table, file, manifest["tables"][table.name], source)
            if connection.dialect.name == "postgresql":
                _advance_sequences(connection)
    except (OSError, zipfile.BadZipFile, KeyError, json.JSONDecodeError) as error:
        raise InputError(
            f"{source}: no readable backup ({error}); give a file written by `pilot label backup`"
        ) from None
    return {table: found["rows"] for table, found in manifest["tables"].items()}


def _dump(connection: Connection, table: Table, file: zipfile.ZipFile) -> dict[str, Any]:
    digest, rows = hashlib.sha256(), 0
    query = select(table).order_by(*table.primary_key.columns)
    with file.open(f"{table.name}.jsonl", "w", force_zip64=True) as out:
        for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query).mappings():
            line = (json.dumps(dict(row), ensure_ascii=False, sort_keys=True) + "\n").encode()
            digest.update(line)
            out.write(line)
            rows += 1
    return {"rows": rows, "sha256": digest.hexdigest()}


def _check(connection: Connection, manifest: dict[str, Any], source: Path) -> None:
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    faults = []
    if manifest["revision"] != revision:
        faults.append(
            f"{source}: made with tables {manifest['revision']!r}, this program has {revision!r}; restore it with "
            "the program version that made it, then upgrade"
        )
    full = [
        table.name
        for table in KEPT
        if connection.execute(select(func.count()).select_from(table)).scalar_one()
    ]
    if full:
        faults.append(f"the database already holds {', '.join(full)}; restore into an empty one")
    if faults:
        raise InputError(*faults)


def _load(
    connection: Connection, table: Table, file: zipfile.ZipFile, expected: dict[str, Any], source: Path
) -> None:
    digest, rows = hashlib.sha256(), 0
    with file.open(f"{table.name}.jsonl") as lines:
        while some := list(islice(lines, ROWS_AT_ONCE)):
            connection.execute(insert(table), [json.loads(line) for line in some])
            digest.update(b"".join(some))
            rows += len(some)
    if (rows, digest.hexdigest()) != (expected["rows"], expected["sha256"]):
        raise InputError(f"{source}: table {table.name} is damaged; nothing was restored, use another backup")


def _advance_sequences(connection: Connection) -> None:
    """Let PostgreSQL number new rows after the restored ones."""
    for table in KEPT:
        column = table.primary_key.columns[0]
        if column.type.python_type is int:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "
                    f"(SELECT COALESCE(MAX({column.name}), 0) + 1 FROM {table.name}), false)"
                )
            )

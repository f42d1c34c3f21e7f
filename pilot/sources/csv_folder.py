"""A dataset as CSV files, one per table, with our columns: what `pilot data export --format csv` writes."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pilot.records import Located
from pilot.sources.dataset import KINDS, Dataset
from pilot.sources.folder import read_tables
from pilot.sources.rows import raise_all, read_csv

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by spreadsheet programs (OWASP, CSV injection)."""
_SPELLED = {"True": True, "False": False}


def inert(value: Any) -> Any:
    """Return a cell with an apostrophe before what a spreadsheet program would run."""
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value


def cell_of(value: Any) -> Any:
    """Return a column's value as an inert cell that is read back as it was: lists as JSON, apostrophes doubled."""
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False)
    return "'" + value if isinstance(value, str) and value.startswith("'") else inert(value)


def is_csv_folder(path: Path) -> bool:
    """Say whether ``path`` is a folder with at least one of our tables as CSV."""
    return path.is_dir() and any(_is_table(path / f"{name}.csv", name) for name in KINDS)


def read_csv_folder(path: Path) -> Dataset:
    """Read the tables; raises `InputError` with every fault."""
    faults: list[str] = []

    def located(name: str) -> Iterator[Located]:
        file = path / f"{name}.csv"
        for where, row in read_csv(file, faults) if _is_table(file, name) else ():
            yield where, {column: _value(KINDS[name], column, cell) for column, cell in row.items()}

    tables = read_tables(located, faults)
    raise_all(path, faults)
    return Dataset(path.resolve().name, path).replaced(**tables)


def _is_table(file: Path, name: str) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        header = opened.readline().decode("utf-8-sig", "replace").strip().split(",")
    return header == [field.name for field in dataclasses.fields(KINDS[name])]


def _value(kind: type, column: str, cell: str | None) -> Any:
    """Return the JSON-ready value of a cell; anything that does not fit stays text and is told by `parse_rows`."""
    about = next(field for field in dataclasses.fields(kind) if field.name == column)
    hint = str(about.type)
    if cell is None:
        return "" if about.type is str and about.default is dataclasses.MISSING else None
    if "tuple" in hint:
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    if about.type is int:
        return int(cell) if cell.isdecimal() and len(cell) == 1 else cell
    if about.type is bool:
        return _SPELLED.get(cell, cell)
    return cell[1:] if cell.startswith("'") else cell

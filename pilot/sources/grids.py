"""Rows of cells out of CSV and XLSX files, in Unicode, every cell's oddities noted."""

import codecs
import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pilot.records import InputError
from pilot.sources.imported import Account
from pilot.sources.office import check_archive, unreadable
from pilot.sources.rows import MOST_CELL, with_progress
from pilot.text.encodings import repair

SAMPLE = 1 << 18


class Grid(NamedTuple):
    """One sheet: its name (empty for a CSV file), and its rows with their places; empty cells are None."""

    name: str
    rows: Iterator[tuple[str, list[Any]]]


def read_grids(path: Path, account: Account) -> Iterator[Grid]:
    """Yield the sheets of a CSV, TSV or XLSX file."""
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        yield from _sheets(path, account)
    else:
        yield Grid("", _csv_rows(path, account))


def encoding_of(path: Path) -> str:
    """Return the Python codec of a text file: UTF-8 or UTF-16, or ``latin-1`` for bytes of some legacy encoding.

    The whole file is read once, in pieces. UTF-16 without a mark is known by the zero bytes of its ASCII letters.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        for codec, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
            if len(zeros) > 8 and zeros.count(0) > len(zeros) / 4:
                return codec
        decoder, piece = codecs.getincrementaldecoder("utf-8")(), head
        try:
            while piece:
                decoder.decode(piece)
                piece = file.read(1 << 20)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8-sig"


def _csv_rows(path: Path, account: Account) -> Iterator[tuple[str, list[Any]]]:
    codec = encoding_of(path)
    if not codec.startswith("utf-8"):
        account.note(path.name, f"read as {codec if codec.startswith('utf-16') else 'a legacy encoding'}")
    csv.field_size_limit(MOST_CELL)
    with path.open(encoding=codec, errors="replace", newline="") as file:
        sample = file.read(SAMPLE)
        file.seek(0)
        lines = io.StringIO(sample).readlines()[:30]
        separator = max(",;\t|", key=lambda mark: max((line.count(mark) for line in lines), default=0))
        repairer = Repairer(account, repair(sample)[1])
        reader = csv.reader(with_progress(path, file), delimiter=separator)
        try:
            for cells in reader:
                where = f"{path.name}:{reader.line_num}"
                yield where, [repairer(where, cell) or None for cell in cells]
        except csv.Error as error:
            raise InputError(
                f"{path.name}:{reader.line_num}: not valid CSV ({error}); check the quotes before this row"
            ) from None


class Repairer:
    """Turns cells into Unicode; a short cell is read like those before it."""

    def __init__(self, account: Account, hint: str | None = None) -> None:
        self._account, self._hint = account, hint

    def __call__(self, where: str, cell: str) -> str:
        """Return the cell in Unicode; a change is noted under ``where``."""
        text, found = repair(cell, self._hint)
        if found:
            self._hint = found
            self._account.note(where, f"converted from {found}")
        return text


def _sheets(path: Path, account: Account) -> Iterator[Grid]:
    import openpyxl

    check_archive(path, "xl/workbook.xml")
    try:
        with path.open("rb") as file:  # openpyxl would leave the file open when it fails
            values = openpyxl.load_workbook(file, data_only=True, keep_links=False)
            formulas = openpyxl.load_workbook(file, keep_links=False)
    except Exception as error:
        raise unreadable(path, error) from None
    for sheet in values.worksheets:
        yield Grid(sheet.title, _sheet_rows(path, sheet, formulas[sheet.title], account))


def _sheet_rows(path: Path, sheet: Any, formulas: Any, account: Account) -> Iterator[tuple[str, list[Any]]]:
    merged = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    repairer = Repairer(account)
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        where = f"{path.name}[{sheet.title}]:{number}"
        row: list[Any] = []
        for column, value in enumerate(cells, 1):
            origin = merged.get((number, column), (number, column))
            if value is None and origin != (number, column):
                value = sheet.cell(*origin).value  # noqa: PLW2901
                if value is not None and number > origin[0]:
                    account.note(where, "value of a merged cell repeated")
            if formulas.cell(number, column).data_type == "f":
                stored = (
                    "it has no stored value, left empty" if value is None else "its stored value was taken"
                )
                account.note(where, f"a formula was not run: {stored}")
            row.append(_plain(where, value, repairer))
        yield where, row


def _plain(where: str, value: Any, repairer: Repairer) -> Any:
    """Return a cell as text; dates as ISO 8601, whole numbers without a decimal point."""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None else repairer(where, str(value)) or None

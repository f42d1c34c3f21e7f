"""Tables of questions as departments keep them: CSV, XLSX, JSONL, with whatever headings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from pilot.records import InputError
from pilot.sources.columns import HEADING_ROWS, Header, column_of, find_header, read_choice
from pilot.sources.grids import Repairer, read_grids
from pilot.sources.imported import Account, Imported
from pilot.sources.material import Builder
from pilot.sources.rows import raise_all, read_jsonl

NONE = "left out: no heading means the question"
SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm", ".jsonl")


class Row(NamedTuple):
    """One row of a table: prefix and number for an id, its place, our column -> value."""

    prefix: str
    number: int
    where: str
    values: dict[str, Any]


def read_table(source: Path, passages: Path | None = None, columns: Path | None = None) -> Imported:
    """Read one table or a folder of them; the split of a row is its own, else its file's name, else ``test``.

    Parameters
    ----------
    source
        A file, or a folder of files.
    passages
        A dataset whose documents name what is cited.
    columns
        YAML with ``heading: column`` for headings that are not known by themselves.

    Raises
    ------
    InputError
        If there is no table, no heading for the question, or an unknown split.
    """
    files = files_in(source, SUFFIXES)
    if not files:
        raise InputError(f"{source}: no table here; expected files ending in {', '.join(SUFFIXES)}")
    account, chosen = Account(), read_choice(columns)
    builder = Builder(account, passages)
    for file in files:
        for row in _rows(file, chosen, account):
            builder.add(file, row.where, f"{row.prefix}-{row.number}", row.values)
    return builder.built(source)


def files_in(source: Path, endings: Sequence[str]) -> list[Path]:
    """Return a file, or those of a folder, that end as wanted; links may lead out of the folder and are left."""
    if source.is_file():
        return [source] if source.suffix.lower() in endings else []
    # Lock files of open documents begin with ~$.
    found = (
        file for file in source.glob("*") if file.suffix.lower() in endings and not file.name.startswith("~$")
    )
    return sorted(file for file in found if file.is_file() and not file.is_symlink())


def _rows(path: Path, chosen: Mapping[str, str | None], account: Account) -> Iterator[Row]:
    if path.suffix.lower() == ".jsonl":
        yield from _objects(path, chosen, account)
        return
    found = False
    for grid in read_grids(path, account):
        place = f"{path.name}[{grid.name}]" if grid.name else path.name
        top = list(islice(grid.rows, HEADING_ROWS))
        header = find_header([cells for _, cells in top], chosen)
        if header is None:
            first = next((cells for _, cells in top if any(cells)), [])
            headings = ", ".join(str(cell) for cell in first if cell)[:200]
            account.note(place, f"{NONE}; found {headings or 'no rows'}")
            continue
        found = True
        _show(place, header.headings, header.columns, account)
        for where, cells in top[: header.last]:
            if any(cells):
                account.note(where, "left out: above the headings")
        prefix = f"{path.stem}-{grid.name}" if grid.name else path.stem
        yield from _below(prefix, header, chain(top[header.last + 1 :], grid.rows), account)
    if not found:
        said = "; ".join(
            dict.fromkeys(c.what.partition("; ")[2] for c in account.changes if c.what.startswith(NONE))
        )
        raise InputError(
            f"{path}: no heading means the question; {said}; write `HEADING: text` into a YAML file for --columns"
        )


def _below(
    prefix: str, header: Header, rows: Iterable[tuple[str, list[Any]]], account: Account
) -> Iterator[Row]:
    """Yield the rows under the headings that hold something."""
    width, number = len(header.headings), 0
    repeated = {column: header.headings[place] for place, column in header.columns.items()}
    for where, cells in rows:
        values = {column: cells[place] for place, column in header.columns.items() if place < len(cells)}
        if not any(cells):
            account.note(where, "left out: blank row")
            continue
        number += 1
        if any(cells[width:]):
            account.note(where, f"left out: {len(cells)} cells, more than there are headings")
        elif values == repeated:
            account.note(where, "left out: the headings again")
        else:
            yield Row(prefix, number, where, values)


def _objects(path: Path, chosen: Mapping[str, str | None], account: Account) -> Iterator[Row]:
    faults: list[str] = []
    repairer = Repairer(account)
    known: dict[str, str | None] = {}
    for number, (where, row) in enumerate(read_jsonl(path, faults), 1):
        for name in row.keys() - known.keys():
            known[name] = column_of(name, chosen)
            what = f"column {name!r} " + (f"read as {known[name]}" if known[name] else "not taken over")
            account.note(path.name, what)
        values = {
            column: repairer(where, value) if isinstance(value, str) else value
            for name, value in row.items()
            if (column := known[name])
        }
        yield Row(path.stem, number, where, values)
    raise_all(path, faults)
    if "text" not in known.values():
        raise InputError(f"{path}: no column means the question; found {', '.join(known)}; give --columns")


def _show(where: str, headings: list[str], columns: Mapping[int, str], account: Account) -> None:
    """Note what became of every heading."""
    for place, heading in enumerate(headings):
        if heading:
            column = columns.get(place)
            account.note(
                where, f"column {heading!r} " + (f"read as {column}" if column else "not taken over")
            )

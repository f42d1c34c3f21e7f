"""Tables of questions as departments keep them: CSV, XLSX, JSONL, with whatever headings."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pilot.records import InputError
from pilot.sources.builder import Builder
from pilot.sources.columns import HEADING_ROWS, column_of, find_header, note_columns, read_choice, rows_below
from pilot.sources.grids import Repairer, read_grids
from pilot.sources.imported import Account, Imported
from pilot.sources.rows import raise_all, read_jsonl

NONE = "left out: no heading means the question"
SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm", ".jsonl")


Found = tuple[str, str, dict[str, Any]]
"""An id for a question without one, its place, and our column -> value."""


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
        for fallback, where, values in _rows(file, chosen, account):
            builder.add(file, where, fallback, values)
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


def _rows(path: Path, chosen: Mapping[str, str | None], account: Account) -> Iterator[Found]:
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
        named = enumerate(header.headings)
        note_columns(place, ((name, header.columns.get(i)) for i, name in named if name), account)
        for where, cells in top[: header.last]:
            if any(cells):
                account.note(where, "left out: above the headings")
        prefix = f"{path.stem}-{grid.name}" if grid.name else path.stem
        for number, where, values in rows_below(header, chain(top[header.last + 1 :], grid.rows), account):
            yield f"{prefix}-{number}", where, values
    if not found:
        said = "; ".join(
            dict.fromkeys(c.what.partition("; ")[2] for c in account.changes if c.what.startswith(NONE))
        )
        raise InputError(
            f"{path}: no heading means the question; {said}; write `HEADING: text` into a YAML file for --columns"
        )


def _objects(path: Path, chosen: Mapping[str, str | None], account: Account) -> Iterator[Found]:
    faults: list[str] = []
    repairer = Repairer(account)
    known: dict[str, str | None] = {}
    for number, (where, row) in enumerate(read_jsonl(path, faults), 1):
        new = {name: column_of(name, chosen) for name in row if name not in known}
        note_columns(path.name, new.items(), account)
        known |= new
        values = {
            column: repairer(where, value) if isinstance(value, str) else value
            for name, value in row.items()
            if (column := known[name])
        }
        yield f"{path.stem}-{number}", where, values
    raise_all(path, faults)
    if "text" not in known.values():
        raise InputError(f"{path}: no column means the question; found {', '.join(known)}; give --columns")

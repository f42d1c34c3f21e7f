"""Reading rows from files: every row with its place, every fault with file and row."""

import csv
import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, AnyStr, TextIO

from pilot.records import InputError, Located
from pilot.text import normalise

LARGE = 10 << 20
"""Bytes from which on progress is shown, once reading has taken a second."""
MOST_CELL = 1 << 22
"""Characters in one CSV cell; more means an unclosed quote."""
MOST_FAULTS = 50
"""More faults than this are counted, not shown: nobody reads them."""


def read_jsonl(path: Path, faults: list[str]) -> Iterator[Located]:
    """Yield the objects of a JSONL file; append a fault for every line that is none."""
    with path.open("rb") as file:
        for number, raw in enumerate(with_progress(path, file), 1):
            where = f"{path.name}:{number}"
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                faults.append(f"{where}: not UTF-8 at byte {error.start}; save the file as UTF-8")
                continue
            if not text.strip():
                continue
            try:
                row = json.loads(text)
            except (ValueError, RecursionError) as error:
                faults.append(f"{where}: not valid JSON ({error}); expected one object per line")
                continue
            if isinstance(row, dict):
                yield where, row
            else:
                faults.append(f"{where}: holds a {type(row).__name__}; expected one object per line")


def read_csv(path: Path, faults: list[str]) -> Iterator[Located]:
    """Yield the rows of a CSV or TSV file with a header, empty cells as None; rows of another width are faults."""
    csv.field_size_limit(MOST_CELL)
    with _opened(path) as file:
        separator = max(",;\t", key=file.readline().count)
        file.seek(0)
        reader = csv.reader(with_progress(path, file), delimiter=separator, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            for cells in reader:
                if not any(cells):
                    continue
                where = f"{path.name}:{reader.line_num}"
                if len(cells) == len(header):
                    yield where, {name: cell or None for name, cell in zip(header, cells, strict=True)}
                else:
                    faults.append(f"{where}: {len(cells)} cells; expected {len(header)} as in the header")
        except csv.Error as error:
            faults.append(
                f"{path.name}:{reader.line_num}: not valid CSV ({error}); check the quotes around this row"
            )


def packed_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a gzip file of a published set, their ends as they are.

    Raises
    ------
    InputError
        If it is missing or damaged.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            yield from file
    except FileNotFoundError:
        raise InputError(f"{path}: missing; name the folder of the set as SOURCE") from None
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise InputError(f"{path}: damaged ({error}); fetch it again") from None


def read_json(path: Path, missing: Any = None) -> Any:
    """Return what a JSON file of a published set holds; ``missing``, if given, where there is no such file.

    Raises
    ------
    InputError
        If it is missing or no JSON in UTF-8.
    """
    if missing is not None and not path.is_file():
        return missing
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(f"{path}: missing; name the folder of the set as SOURCE") from None
    except ValueError as error:
        raise InputError(f"{path}: not valid JSON in UTF-8 ({error}); fetch it again") from None


def with_progress(path: Path, file: IO[AnyStr]) -> Iterator[AnyStr]:
    """Yield the lines of an open file; for a large one standard error shows how far it is read, how long to go."""
    from tqdm import tqdm

    size, raw = path.stat().st_size, getattr(file, "buffer", file)
    few = size < LARGE
    with tqdm(
        total=size, unit="B", unit_scale=True, desc=path.name, disable=few, mininterval=0.5, delay=1
    ) as bar:
        for line in file:
            yield line
            if not few:
                bar.update(raw.tell() - bar.n)


def decoded(path: Path) -> str:
    """Return a file's text; raises `InputError` as `_opened` does."""
    with _opened(path) as file:
        return file.read()


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """Open a file of text, its line ends as they are.

    Raises
    ------
    InputError
        If it is missing or not UTF-8; legacy encodings are converted at import only.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 (byte {error.object[error.start]:#x}); save it as UTF-8, or bring it in "
            "with `pilot data import`"
        ) from None


def raise_all(where: Path, faults: list[str]) -> None:
    """Raise one error with every fault, if there are any."""
    if not faults:
        return
    shown = [f"{where}: {fault}" for fault in faults[:MOST_FAULTS]]
    if len(faults) > MOST_FAULTS:
        shown.append(f"{where}: and {len(faults) - MOST_FAULTS} more faults")
    raise InputError(*shown)


def text_of(value: Any) -> str | None:
    """Return an id or label as text: some files hold them as numbers."""
    return None if value is None else normalise(str(value))

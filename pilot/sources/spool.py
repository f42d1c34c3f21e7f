"""A sequence of rows too many to hold: in memory while small, then in an unnamed temporary file."""

import pickle
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, TypeVar, overload

HELD = 8 << 20
"""Bytes held in memory before the file is used."""
T = TypeVar("T")


class Spool(Sequence[T]):
    """Rows in order, to be appended, counted, looked up and gone through as often as needed.

    Only the place of each row stays in memory, 8 bytes. The file has no name, so nothing is left of a process that
    is killed.

    Parameters
    ----------
    rows
        The first rows.
    """

    def __init__(self, rows: Iterable[T] = ()) -> None:
        self._file: Any = tempfile.SpooledTemporaryFile(max_size=HELD)  # noqa: SIM115 - closed with the object
        weakref.finalize(self, self._file.close)
        self._places = array("Q", [0])
        for row in rows:
            self.append(row)

    def append(self, row: T) -> None:
        """Add a row at the end."""
        data = pickle.dumps(row, pickle.HIGHEST_PROTOCOL)
        self._file.seek(self._places[-1])
        self._file.write(data)
        self._places.append(self._places[-1] + len(data))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._places) - 1

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        """Return a row, or a list of rows."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        self._file.seek(self._places[place])
        row: T = pickle.loads(self._file.read(self._places[place + 1] - self._places[place]))
        return row

    def __iter__(self) -> Iterator[T]:
        """Go through the rows; several may do so at a time."""
        return (self[place] for place in range(len(self)))


def key_of(text: str) -> bytes:
    """Return 16 bytes that stand for a text where many are to be told apart."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()

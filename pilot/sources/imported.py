"""What a reader of foreign material returns: the dataset, and an account of every row it changed or dropped."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from pilot.sources.csv_folder import cell_of
from pilot.sources.dataset import Dataset
from pilot.sources.spool import Spool


class Change(NamedTuple):
    """One row that did not come through as it was: its place, and what happened for which reason."""

    where: str
    what: str


@dataclass
class Account:
    """The changes made while a source was read, in order."""

    changes: Spool[Change] = field(default_factory=Spool)

    def note(self, where: str, what: str) -> None:
        """Add one change."""
        self.changes.append(Change(where, what))

    def unique(self, where: str, wanted: str, taken: dict[str, int]) -> str:
        """Return ``wanted``, with a suffix if it is taken; repeated ids are noted.

        ``taken`` maps the ids given out to the last suffix tried for each, and grows.
        """
        found = wanted
        while found in taken:
            taken[wanted] += 1
            found = f"{wanted}~{taken[wanted]}"
        if found != wanted:
            self.note(where, "repeated id: a suffix was added")
        taken[found] = 1
        return found

    def table(self) -> Iterator[str]:
        """Yield all changes as lines of CSV with the columns ``where, what``."""
        return csv_lines(Change._fields, self.changes)

    def summary(self) -> list[str]:
        """Return one line per kind of change: how often, and where first."""
        counts, first = Counter[str](), dict[str, str]()
        for where, what in self.changes:
            counts[what] += 1
            first.setdefault(what, where)
        return [f"{count:,} × {what} (first {first[what]})" for what, count in counts.most_common()]


def csv_lines(
    columns: Sequence[str], rows: Iterable[Iterable[Any]], cell: Callable[[Any], Any] = cell_of
) -> Iterator[str]:
    """Yield a heading and rows as lines of CSV, harmless to spreadsheet programs unless ``cell`` says else."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in chain([columns], rows):
        writer.writerow([cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


class Imported(NamedTuple):
    """A dataset as read from foreign material, with the account of it."""

    dataset: Dataset
    account: Account

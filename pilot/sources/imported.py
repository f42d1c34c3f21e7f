"""What a reader of foreign material returns: the dataset, and an account of every row it changed or dropped."""

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from pilot.sources.csv_folder import cell_of
from pilot.sources.dataset import Dataset


class Change(NamedTuple):
    """One row that did not come through as it was: its place, and what happened for which reason."""

    where: str
    what: str


@dataclass
class Account:
    """The changes made while a source was read, in order."""

    changes: list[Change] = field(default_factory=list)

    def note(self, where: str, what: str) -> None:
        """Add one change."""
        self.changes.append(Change(where, what))

    def unique(self, where: str, wanted: str, taken: set[str]) -> str:
        """Return ``wanted``, with a suffix if it is taken; repeated ids are noted."""
        found, number = wanted, 2
        while found in taken:
            found, number = f"{wanted}~{number}", number + 1
        if found != wanted:
            self.note(where, "repeated id: a suffix was added")
        taken.add(found)
        return found

    def table(self) -> str:
        """Return all changes as CSV with the columns ``where, what``."""
        buffer = io.StringIO()
        rows = ([cell_of(cell) for cell in change] for change in self.changes)
        csv.writer(buffer, lineterminator="\n").writerows([Change._fields, *rows])
        return buffer.getvalue()

    def summary(self) -> list[str]:
        """Return one line per kind of change: how often, and where first."""
        counts = Counter(change.what for change in self.changes)
        first = {change.what: change.where for change in reversed(self.changes)}
        return [f"{count:,} × {what} (first {first[what]})" for what, count in counts.most_common()]


class Imported(NamedTuple):
    """A dataset as read from foreign material, with the account of it."""

    dataset: Dataset
    account: Account

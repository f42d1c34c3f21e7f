"""Validity of a passage as the label store keeps it: frozen, with its document's row beside it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pilot.quality.currency import Validity, validity
from pilot.records import Document, Passage, parse_rows


def frozen_validity(row: Mapping[str, Any], on: date) -> Validity:
    """Return the state of a frozen passage on a day.

    Parameters
    ----------
    row
        A row of passages.jsonl with its document's row, or null, under ``document``; other keys are left aside.
    on
        The day the question asks about.
    """
    bare = {name: row[name] for name in Passage.__dataclass_fields__ if name in row}
    passage = parse_rows(Passage, [("label store", bare)], [])[0]
    documents = parse_rows(Document, [("label store", row["document"])], []) if row["document"] else [None]
    return validity(passage, on, documents[0])

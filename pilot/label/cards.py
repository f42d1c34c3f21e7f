"""Passages in the labelling service: frozen when they come in, shown as cards with their validity on a day."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from pilot.label.tables import passages
from pilot.quality.currency import Validity, stated_ends, validity
from pilot.records import Document, Passage, parse_rows, to_row
from pilot.sources import Dataset


def frozen_passages(dataset: Dataset) -> Iterable[dict[str, Any]]:
    """Yield each passage's row with its document's row and a key that changes with any of it."""
    documents = stated_ends(dataset.documents)
    for passage in dataset.passages:
        document = documents.get(passage.document_id or "")
        row = {**to_row(passage), "document": document and to_row(document)}
        text = json.dumps(row, ensure_ascii=False, sort_keys=True)
        yield {**row, "key": hashlib.sha256(text.encode()).hexdigest()[:16]}


def passages_of(connection: Connection, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return key -> frozen row of these passages, in the order of the keys; unknown ones are left out."""
    query = select(passages.c.passage_key, passages.c.content).where(passages.c.passage_key.in_(keys))
    found = dict(connection.execute(query).tuples().all())
    return {key: found[key] for key in keys if key in found}


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


def card(key: str, passage: Mapping[str, Any], state: str) -> dict[str, Any]:
    """Return a passage as a card shows it: citation, dates in words, validity, text."""
    document = passage["document"] or {}
    parts = [
        passage["clause"] and f"Khoản {passage['clause']}",
        passage["article"] and f"Điều {passage['article']}",
        document.get("title"),
    ]
    number = passage["document_id"]
    cited = ", ".join(part for part in parts if part) + (f" ({number})" if number else "")
    return {
        "key": key, "title": passage["title"], "text": passage["text"], "validity": state,
        "citation": cited.strip() or ("Câu trả lời đã lưu" if passage["kind"] == "answer" else "Không rõ nguồn"),
        "starts": passage["effective_from"] or document.get("effective_from"),
        "ends": passage["effective_to"] or document.get("effective_to"),
        "replaced_by": document.get("replaced_by") or [],
        "amended_by": document.get("amended_by") or [],
    }  # fmt: skip

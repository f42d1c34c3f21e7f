"""The Bộ pháp điển điện tử, the official codification: one passage per article, topic and heading kept."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pilot.records import Document, Passage
from pilot.sources.dataset import Dataset
from pilot.sources.imported import Account, Imported
from pilot.sources.rows import packed_lines, read_json
from pilot.text import normalise
from pilot.text.citations import DOCUMENT_KINDS
from pilot.text.words import any_of

ARTICLES = "articles_2026.jsonl.gz"
HEADINGS = "de_muc_2026.json"
_NOTE = re.compile(
    r"\(+\s*(?:Điều\s+\S+\s+)?(?P<kind>.+?)\s+số\s+(?P<number>\S+)\s+(?P<title>.*?)\s*"
    r"ngày\s+(?P<issued>\d{1,2}/\d{1,2}/\d{4})\s+của\s+(?P<issuer>[^,)]+)"
)
_ANCHOR = re.compile(r"#(Phan_[^_]+_)?(Chuong_(?P<chapter>[^_]+)_)?(Muc_(?P<section>[^_]+)_)?")


def read_phapdien(source: Path, passages: Path | None = None) -> Imported:
    """Read the codification; articles without text are left out, repeated codes get a suffix."""
    headings = read_json(source / HEADINGS, missing={})
    account, taken = Account(), dict[str, int]()
    documents: dict[str, Document] = {}
    found = []
    for row in _rows(source):
        if not normalise(row["text"]):
            account.note(row["code"], "dropped: no text")
            continue
        if row.get("truncated"):
            account.note(row["code"], "kept, but cut in the source")
        passage = _passage(row, account.unique(row["code"], row["code"], taken), headings)
        found.append(passage)
        known = documents.get(passage.document_id or "")
        if passage.document_id and (known is None or not known.checked):
            document = _document(row, passage)
            documents[passage.document_id] = document if known is None or document.checked else known
    return Imported(Dataset("phapdien", source, tuple(documents.values()), tuple(found)), account)


def _rows(source: Path) -> Iterator[Mapping[str, Any]]:
    return map(json.loads, packed_lines(source / ARTICLES))


def articles_of(source: Path, document_id: str) -> list[Passage]:
    """Return the articles of one document, in order."""
    found = (row for row in _rows(source) if row["source_doc"] == document_id and normalise(row["text"]))
    return [_passage(row, row["code"], {}) for row in found]


def _passage(row: Mapping[str, Any], passage_id: str, headings: Mapping[str, str]) -> Passage:
    anchor = _ANCHOR.search(row.get("url") or "")
    places = [headings.get(row["de_muc"], "")]
    if anchor:
        places += [
            f"{word} {anchor[part]}"
            for word, part in (("Chương", "chapter"), ("Mục", "section"))
            if anchor[part]
        ]
    return Passage(
        passage_id=passage_id,
        kind="article",
        title=normalise(row["title"] or ""),
        text=normalise(row["text"]),
        document_id=normalise(row["source_doc"] or "") or None,
        article=normalise(row["source_article"] or "") or None,
        path=" > ".join(filter(None, map(normalise, places))) or None,
        fields=(row["chu_de"].zfill(2),),
        related=tuple(dict.fromkeys(row.get("related") or ())),
        effective_from=day(row.get("effective")),
        url=row.get("url") or None,
    )


def _document(row: Mapping[str, Any], passage: Passage) -> Document:
    """Return what the note on an article's origin says of its document."""
    note = _NOTE.search(normalise(row.get("source_note") or ""))
    number = passage.document_id or ""
    known = note if note and note["number"].strip(",") == number else None
    stated = re.search(
        rf"({any_of(DOCUMENT_KINDS)})\s+số\s+{re.escape(number)}", normalise(row.get("source_note") or "")
    )
    return Document(
        document_id=number,
        kind=known["kind"] if known else stated[1] if stated else "",
        title=known["title"] if known else "",
        issuer=known["issuer"].strip() if known else "",
        issued_on=day(known["issued"]) if known else None,
        effective_from=passage.effective_from,
        fields=passage.fields,
        source="Bộ pháp điển điện tử, tháng 01/2026",
        checked=bool(known),
    )


def day(text: str | None) -> date | None:
    """Return the date of ``31/12/2020`` or ``31-12-2020``; None if it is no such date."""
    parts = re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", (text or "").strip())
    try:
        return date(*(int(part) for part in reversed(parts.groups()))) if parts else None
    except ValueError:
        return None

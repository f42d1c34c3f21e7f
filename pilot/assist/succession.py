"""Which older documents a new one ends or changes: by its own clauses, by facts of the store, by its name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from pilot.records import Document, Passage
from pilot.text.replacing import find_replacements

Basis = Literal["clause", "facts", "name"]
BASES: dict[Basis, str] = {
    "clause": "theo điều khoản của chính văn bản mới",
    "facts": "theo dữ kiện của kho",
    "name": "trùng tên và lĩnh vực, PHẢI KIỂM TRA",
}
ALIKE = 0.6
"""Share of the distinct syllables of two names that both must have."""
_PLAIN = frozenset(
    re.findall(
        r"\w+", "nghị định luật bộ thông tư pháp lệnh quy về chi tiết một số điều của và biện thi hành"
    )
)
"""Syllables that say nothing of a document's subject."""
_WORD = re.compile(r"\w+")
_AMENDS = re.compile(r"sửa đổi|bổ sung|bãi bỏ", re.IGNORECASE)


class Succession(NamedTuple):
    """An older document that a new one acts on.

    Attributes
    ----------
    document_id
        Of the older one.
    ends
        Whether all of it goes out of force; else it is changed or repealed in part.
    basis
        Where that is known from.
    source
        The passage of the new document that says so; None unless the basis is a clause.
    on
        The first day without effect, if a clause names it.
    """

    document_id: str
    ends: bool
    basis: Basis
    source: Passage | None = None
    on: date | None = None


def succeeded(new: Document, own: Sequence[Passage], documents: Iterable[Document]) -> list[Succession]:
    """Return what a new document does to older ones, each once, clauses before facts before names."""
    documents = [document for document in documents if document.document_id != new.document_id]
    found: dict[str, Succession] = {}
    for one in (*_clauses(new, own), *_facts(new, documents), *_namesakes(new, documents)):
        found.setdefault(one.document_id, one)
    return list(found.values())


def _clauses(new: Document, own: Sequence[Passage]) -> Iterator[Succession]:
    for passage in own:
        for one in find_replacements(passage.text):
            if one.document_id != new.document_id:
                ends = one.whole and one.action != "amends"
                yield Succession(one.document_id, ends, "clause", passage, one.on)


def _facts(new: Document, documents: Sequence[Document]) -> Iterator[Succession]:
    for document in documents:
        if new.document_id in document.replaced_by:
            yield Succession(document.document_id, True, "facts")
        elif new.document_id in document.amended_by:
            yield Succession(document.document_id, False, "facts")


def _namesakes(new: Document, documents: Sequence[Document]) -> Iterator[Succession]:
    """Yield older documents of the same kind and nearly the same subject; an amending document replaces nothing."""
    if _AMENDS.search(new.title):
        return
    subject, day = _subject(new), new.effective_from or new.issued_on
    for document in documents:
        theirs, before = _subject(document), document.effective_from or document.issued_on
        later = day and before and before >= day
        if document.kind != new.kind or later or _AMENDS.search(document.title) or not (subject and theirs):
            continue
        if len(subject & theirs) >= ALIKE * len(subject | theirs):
            yield Succession(document.document_id, True, "name")


def _subject(document: Document) -> frozenset[str]:
    return frozenset(_WORD.findall(document.title.lower())) - _PLAIN

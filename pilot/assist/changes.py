"""What changed in the law since a stored passage was written, from the facts of its document."""

from collections.abc import Mapping
from datetime import date

from pilot.quality.currency import successors
from pilot.records import Document, Passage


def changes_since(passage: Passage, documents: Mapping[str, Document], day: date) -> tuple[str, ...]:
    """Return one Vietnamese sentence per document that replaced or amended the passage's, as known on ``day``.

    What takes effect only later is told too, with its date.
    """
    document = documents.get(passage.document_id or "")
    if document is None:
        return ()
    found = [
        f"{document.document_id} được thay thế bởi {_named(name, documents, day)}."
        for name in successors(document.document_id, documents).documents[1:]
    ]
    found += [
        f"{document.document_id} được sửa đổi, bổ sung bởi {_named(name, documents, day)}; "
        "cần đối chiếu trước khi dùng."
        for name in document.amended_by
    ]
    return tuple(found)


def _named(document_id: str, documents: Mapping[str, Document], day: date) -> str:
    document = documents.get(document_id)
    if document is None:
        return document_id
    name = f"{document_id} ({document.title})" if document.title else document_id
    starts = document.effective_from
    if starts is None:
        return name
    return f"{name}, {'có hiệu lực từ' if starts <= day else 'sẽ có hiệu lực từ'} {starts:%d/%m/%Y}"

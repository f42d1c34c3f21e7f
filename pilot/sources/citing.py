"""From citations found in running text to the documents they mean."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from pilot.records import Citation, Document
from pilot.taxonomy import label_key
from pilot.text.citations import FoundCitation, find_citations

NEAR = 12
"""An article without a document belongs to the next one named, if no more characters than this lie between."""


class Resolved(NamedTuple):
    """The citations whose document is known, in order and once each, and the names that could not be resolved."""

    citations: tuple[Citation, ...]
    unresolved: tuple[str, ...]


class Names:
    """Knows documents by name and year: ``Luật Đất đai 2013`` -> ``45/2013/QH13``."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._named: dict[str, list[Document]] = {}
        for document in documents:
            whole = document.title.casefold().startswith(document.kind.casefold())
            name = document.title if whole else f"{document.kind} {document.title}"
            self._named.setdefault(label_key(name), []).append(document)

    def resolve(self, text: str, on: date | None = None) -> Resolved:
        """Return the citations in ``text`` (NFC).

        Parameters
        ----------
        text
            A question, an answer, or a cell that lists what is cited.
        on
            The day it was written: decides between laws of one name that succeed each other. Without it, and
            without a year in the text, a name that several documents bear stays unresolved.
        """
        known: dict[Citation, None] = {}
        unresolved: dict[str, None] = {}
        following: FoundCitation | None = None
        found = find_citations(text)
        owners: list[FoundCitation | None] = []
        for one in reversed(found):
            named = one.document_id or one.law
            near = following if following and following.start - one.end <= NEAR else None
            owner = one if named else near
            owners.append(owner)
            following = (
                one._replace(document_id=owner.document_id, law=owner.law, year=owner.year) if owner else None
            )
        for one, owner in zip(found, reversed(owners), strict=True):
            document_id = owner and (owner.document_id or self._by_name(owner, on))
            if document_id:
                known[Citation(document_id, one.article, one.clause)] = None
            else:
                unresolved[text[one.start : one.end]] = None
        return Resolved(tuple(known), tuple(unresolved))

    def _by_name(self, found: FoundCitation, on: date | None) -> str | None:
        candidates = self._named.get(label_key(found.law or ""), [])
        if found.year:
            candidates = [one for one in candidates if _year(one) == found.year]
        elif on and len(candidates) > 1:
            candidates = [
                one for one in candidates
                if one.effective_from and one.effective_from <= on and (not one.effective_to or on <= one.effective_to)
            ]  # fmt: skip
        return candidates[0].document_id if len(candidates) == 1 else None


def _year(document: Document) -> int | None:
    """Return the year of a document's date or number (``45/2013/QH13``)."""
    parts = document.document_id.split("/")
    if document.issued_on:
        return document.issued_on.year
    return int(parts[1]) if len(parts) > 2 and parts[1].isdecimal() else None

"""Passages that a question cites by article, document number or name of law."""

from collections.abc import Sequence

import numpy as np

from pilot.records import Passage
from pilot.text.citations import FoundCitation, find_citations

DOCUMENT_ONLY = 0.5


class Citable:
    """What passages may be cited by: article, document number, and the names in title, path and first line."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.articles = np.array([(p.article or "").lower() for p in passages], dtype=object)
        self.documents = np.array([p.document_id or "" for p in passages], dtype=object)
        self.names = [f"{p.title}\n{p.path or ''}".casefold() for p in passages]

    def scores(self, text: str) -> np.ndarray:
        """Return for each passage, shape (passages,): 1 if cited, a half if only its document is; else 0.

        An article cited without a document counts for every document.
        """
        found = np.zeros(len(self.articles), np.float32)
        for citation in find_citations(text):
            article = self.articles == citation.article if citation.article else None
            document = self._of_document(citation)
            if article is None:
                cited = DOCUMENT_ONLY * document if document is not None else 0.0 * found
            elif document is None:
                cited = 1.0 * article
            else:
                cited = np.where(document, np.where(article, 1.0, DOCUMENT_ONLY), 0.0)
            found = np.maximum(found, cited.astype(np.float32))
        return found

    def _of_document(self, citation: FoundCitation) -> np.ndarray | None:
        """Return which passages belong to the cited document; None if none is named that is at hand."""
        if citation.document_id and (same := self.documents == citation.document_id).any():
            return np.asarray(same)
        if citation.law:
            law = citation.law.casefold()
            named = np.array([law in name for name in self.names])
            return named if named.any() else None
        return None

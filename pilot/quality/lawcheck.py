"""A dataset's citations held against the codification: every document and article cited is looked up there."""

from collections.abc import Iterator
from typing import NamedTuple

from pilot.sources import Dataset


class Unfound(NamedTuple):
    """A citation the codification does not bear out: who cites, what, and whether it is admitted as unchecked."""

    where: str
    document_id: str
    article: str | None
    why: str
    admitted: bool


class CitationCheck(NamedTuple):
    """How many different places were looked up, how many of them are there, and those that are not."""

    looked_up: int
    found: int
    unfound: tuple[Unfound, ...]


def check_citations(data: Dataset, against: Dataset) -> CitationCheck:
    """Look up every (document, article) that questions cite and that article passages are.

    A document without an article is found if the codification has anything of it. What is not found is admitted if
    the dataset's own entry of the document says ``checked: false``.
    """
    places = {(passage.document_id, passage.article) for passage in against.passages}
    documents = {document_id for document_id, _ in places}
    unchecked = {document.document_id for document in data.documents if not document.checked}
    first: dict[tuple[str, str | None], str] = {}
    for where, document_id, article in _cited(data):
        first.setdefault((document_id, article), where)
    unfound = [
        Unfound(
            where, document_id, article,
            "the codification has no such article" if document_id in documents else "the codification lacks it",
            document_id in unchecked,
        )
        for (document_id, article), where in first.items()
        if not ((document_id, article) in places if article else document_id in documents)
    ]  # fmt: skip
    return CitationCheck(len(first), len(first) - len(unfound), tuple(unfound))


def _cited(data: Dataset) -> Iterator[tuple[str, str, str | None]]:
    for question in data.questions:
        for citation in question.citations:
            yield question.question_id, citation.document_id, citation.article
    for passage in data.passages:
        if passage.document_id:
            yield passage.passage_id, passage.document_id, passage.article

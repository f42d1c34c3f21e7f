"""What a newly issued document changes: facts, older law, stored answers, frequent questions. Extractive, all cited."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pilot.assist.reply import Field
from pilot.assist.succession import BASES, Succession, succeeded
from pilot.classify.routing import route
from pilot.records import Document, InputError, Passage, Question
from pilot.taxonomy import taxonomy
from pilot.text.citations import find_citations

if TYPE_CHECKING:
    from pilot.assist.assistant import Assistant
    from pilot.sources import Dataset

FORMATS = {".docx": "docx", ".html": "html", ".htm": "html", ".txt": "text", ".md": "text"}
"""Ending of a file -> format of its reader."""
FIRST = 3
"""A frequent question is answered by the new document if one of its articles is among so many first passages."""
MOST_QUESTIONS = 300
FIELDS, PROVISIONS = 3, 10


class Stale(NamedTuple):
    """A stored passage that the new document touches: whether it loses its basis, and how that is known."""

    passage: Passage
    succession: Succession


class Matched(NamedTuple):
    """A frequent question, and the article of the new document that comes first for it."""

    question: Question
    passage: Passage


class Refresh(NamedTuple):
    """Something for experts to do: what, on which item, why, and whose field it is."""

    what: str
    item: str
    why: str
    body: str | None


@dataclass(frozen=True)
class Brief:
    """The brief on one document.

    Parameters
    ----------
    document
        Its facts.
    passages
        Its articles.
    fields
        Of law, the document's own or the likeliest.
    audiences
        Who asks the questions it answers, with their number, most first.
    older
        What it does to older documents.
    stale
        Stored passages that rest on these.
    matched
        Frequent questions it answers.
    asked_most
        Its provisions with the number of these questions, most first, ten at most.
    refresh
        What experts should look at.
    """

    document: Document
    passages: tuple[Passage, ...]
    fields: tuple[Field, ...]
    audiences: tuple[tuple[str, int], ...]
    older: tuple[Succession, ...]
    stale: tuple[Stale, ...]
    matched: tuple[Matched, ...]
    asked_most: tuple[tuple[Passage, int], ...]
    refresh: tuple[Refresh, ...]

    def row(self) -> dict[str, Any]:
        """Return the JSON form."""
        document = self.document
        day = {
            name: d.isoformat() if (d := getattr(document, name)) else None
            for name in ("issued_on", "effective_from")
        }
        return {
            "document_id": document.document_id, "kind": document.kind, "title": document.title,
            "issuer": document.issuer, **day, "checked": document.checked,
            "fields": [{"code": f.code, "name": f.name, "p": round(f.p, 4)} for f in self.fields],
            "audiences": [{"audience": name, "questions": count} for name, count in self.audiences],
            "older": [
                {"document_id": one.document_id, "ends": one.ends, "basis": one.basis,
                 "passage_id": one.source.passage_id if one.source else None} for one in self.older
            ],
            "stale": [
                {"passage_id": one.passage.passage_id, "document_id": one.succession.document_id,
                 "ends": one.succession.ends, "basis": one.succession.basis} for one in self.stale
            ],
            "questions": [
                {"question_id": one.question.question_id, "passage_id": one.passage.passage_id} for one in self.matched
            ],
            "provisions": [{"passage_id": one.passage_id, "questions": count} for one, count in self.asked_most],
            "refresh": [one._asdict() for one in self.refresh],
        }  # fmt: skip


def read_new(source: str, data: "Dataset") -> tuple[Document, tuple[Passage, ...]]:
    """Return a document with its articles: from a file, or from the store by its number.

    Raises
    ------
    InputError
        If it is neither a readable file nor a document at hand, or holds no article.
    """
    path = Path(source)
    if path.is_file():
        return _from_file(path)
    document = next((one for one in data.documents if one.document_id == source), None)
    if document is None:
        raise InputError(
            f"{source}: neither a file nor a document of {data.name}; give a .docx, .html or .txt file, or a số hiệu "
            "of its documents.jsonl"
        )
    own = tuple(p for p in data.passages if p.document_id == source and p.kind == "article")
    return document, own


def write_brief(new: Document, own: Sequence[Passage], data: "Dataset", assistant: "Assistant") -> Brief:
    """Return the brief on a document.

    Parameters
    ----------
    new
        The document.
    own
        Its articles.
    data
        The store: documents, passages and frequent questions that may be touched.
    assistant
        Whose classifier tells fields, and whose ranker's settings find questions.
    """
    fields = _fields(new, own, assistant)
    older = succeeded(new, own, data.documents)
    store = [passage for passage in data.passages if passage.document_id != new.document_id]
    stale = _stale(older, store)
    asked = _asked(data.questions, [field.code for field in fields])
    matched = _matched(own, store, asked, assistant)
    audiences = Counter(one.question.audience for one in matched if one.question.audience)
    counts = Counter(one.passage.passage_id for one in matched)
    by_id = {passage.passage_id: passage for passage in own}
    most = [(by_id[name], count) for name, count in counts.most_common(PROVISIONS)]
    refresh = _refresh(stale, data.questions)
    return Brief(
        new, tuple(own), fields, tuple(audiences.most_common()), tuple(older), stale, matched, tuple(most), refresh
    )  # fmt: skip


def _from_file(path: Path) -> tuple[Document, tuple[Passage, ...]]:
    from pilot.sources.prose import read_prose

    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise InputError(
            f"{path}: cannot read {path.suffix or 'a file without ending'}; expected {', '.join(FORMATS)}"
        )
    data = read_prose(path, form).dataset
    if not data.documents or not data.passages:
        raise InputError(
            f"{path}: no articles found; expected a legal document with lines that begin with `Điều 1.`"
        )
    document = data.documents[0]
    return document, tuple(p for p in data.passages if p.document_id == document.document_id)


def _fields(new: Document, own: Sequence[Passage], assistant: "Assistant") -> tuple[Field, ...]:
    scheme = taxonomy()
    if new.fields:
        return tuple(Field(code, scheme.name(code), 1.0) for code in new.fields)
    texts = [f"{new.title}. {passage.full_text}" for passage in own] or [new.title]
    mean = assistant.classifier.predict_proba(texts).mean(axis=0)
    labels = assistant.classifier.labels_
    order = sorted(
        (i for i, label in enumerate(labels) if label not in scheme.special), key=lambda i: -mean[i]
    )
    return tuple(Field(labels[i], scheme.name(labels[i]), float(mean[i])) for i in order[:FIELDS])


def _stale(older: Iterable[Succession], store: Sequence[Passage]) -> tuple[Stale, ...]:
    """Return the passages of the older documents, then those whose words cite one that ends."""
    found: dict[str, Stale] = {}
    for one in sorted(older, key=lambda one: not one.ends):
        for passage in store:
            cited = one.ends and any(c.document_id == one.document_id for c in find_citations(passage.text))
            if passage.document_id == one.document_id or cited:
                found.setdefault(passage.passage_id, Stale(passage, one))
    return tuple(found.values())


def _asked(questions: Sequence[Question], codes: Sequence[str]) -> list[Question]:
    return [question for question in questions if set(question.fields) & set(codes)][:MOST_QUESTIONS]


def _matched(
    own: Sequence[Passage], store: Sequence[Passage], asked: Sequence[Question], assistant: "Assistant"
) -> tuple[Matched, ...]:
    """Rank new and stored passages together, without labels, and keep the questions where a new one comes first."""
    from dataclasses import replace

    from pilot.rank.combined import Combined

    if not own or not asked:
        return ()
    like = assistant.ranker
    ranker = Combined(steps=like.steps, respell=like.respell, analyses=like.analyses, learner="none")
    ranker.fit([*own, *store], [], [])
    by_id = {passage.passage_id: passage for passage in own}
    first: dict[str, Passage] = {}
    frame = ranker.rank([replace(question, asked_on=None) for question in asked], FIRST)
    for question_id, passage_id in zip(frame["question_id"], frame["passage_id"], strict=True):
        if passage_id in by_id:
            first.setdefault(question_id, by_id[passage_id])
    return tuple(Matched(one, first[one.question_id]) for one in asked if one.question_id in first)


def _refresh(stale: Sequence[Stale], questions: Sequence[Question]) -> tuple[Refresh, ...]:
    """Return what experts should look at: stale passages, then answered questions that cite what ends or changes."""
    work = [
        Refresh("câu trả lời" if one.passage.kind == "answer" else "điều luật", one.passage.passage_id,
                _why(one.succession), _body(one.passage.fields))
        for one in stale
    ]  # fmt: skip
    touched = {one.succession.document_id: one.succession for one in stale}
    for question in questions:
        cited = next((c.document_id for c in question.citations if c.document_id in touched), None)
        if question.answer and cited:
            work.append(
                Refresh("câu hỏi", question.question_id, _why(touched[cited]), _body(question.fields))
            )
    return tuple(work)


def _why(one: Succession) -> str:
    what = "hết hiệu lực" if one.ends else "được sửa đổi hoặc bãi bỏ một phần"
    return f"dựa trên {one.document_id}, {what} ({BASES[one.basis]})"


def _body(fields: Sequence[str]) -> str | None:
    return route({fields[0]: 1.0}).body if fields else None

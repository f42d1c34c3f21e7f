"""From one question as a source gives it to the rows of a dataset, every change noted."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from pilot.records import Citation, Document, InputError, Judgment, Passage, Question
from pilot.sources.beir import SPLITS
from pilot.sources.citing import Names
from pilot.sources.dataset import Dataset
from pilot.sources.imported import Account, Imported
from pilot.sources.labelled import labels_of
from pilot.sources.phapdien import day
from pilot.sources.rows import raise_all, text_of
from pilot.sources.spool import Spool, key_of
from pilot.taxonomy import SPECIAL, label_key, taxonomy
from pilot.text import normalise

ANSWERS, BASIS = 3, 2
"""Grades: the approved answer answers its question; an article it rests on answers in part."""


SOURCE = "source"
"""The rater of an answer that came with its question."""
NOT_RESOLVED = "citation not resolved to a document"


class Builder:
    """Gathers questions, their answers as passages, and what they cite.

    Parameters
    ----------
    account
        Where changes are noted.
    passages
        A dataset whose documents name what is cited, and whose articles the citations are judged against.
    """

    def __init__(self, account: Account, passages: Path | None = None) -> None:
        self._account = account
        self._law = Dataset.load(passages) if passages else None
        self._names = Names(self._law.documents if self._law else ())
        self._faults: list[str] = []
        self._ids: dict[str, int] = {}
        self._documents: dict[str, Document] = {}
        self._articles: list[Passage] = []
        self._questions: Spool[Question] = Spool()
        self._cited: dict[str, None] = {}
        self._answers: Spool[Passage] = Spool()
        self._answer_ids: dict[bytes, str] = {}
        self._judgments: Spool[Judgment] = Spool()

    def add(self, file: Path, where: str, fallback: str, values: Mapping[str, Any]) -> None:
        """Take over one row; ``fallback`` is the id of a question without one."""
        text = self._text(where, "question", values.get("text"))
        answer = self._text(where, "answer", values.get("answer"))
        if not text:
            self._account.note(where, "left out: no question")
            return
        question_id = self._account.unique(where, text_of(values.get("question_id")) or fallback, self._ids)
        asked_on = self._day(where, values.get("asked_on"))
        question = Question(
            question_id=question_id, text=text, source=file.name, split=self._split(where, file, values),
            fields=tuple(labels_of(values.get("label"))) or self._topics(where, values.get("field")),
            asked_on=asked_on, answer=answer or None, group_id=text_of(values.get("group_id")),
            citations=self._citations(where, values.get("citations"), answer, asked_on),
            **{name: text_of(values.get(name)) or None for name in ("audience", "province", "channel")},
        )  # fmt: skip
        self._questions.append(question)
        self._cited |= dict.fromkeys(citation.document_id for citation in question.citations)
        if answer:
            passage_id = self._answer_ids.setdefault(key_of(answer), f"{question_id}-a")
            if passage_id == f"{question_id}-a":
                self._answers.append(Passage(passage_id, "answer", "", answer, fields=question.fields))
            self._judgments.append(Judgment(question_id, passage_id, ANSWERS, SOURCE))

    def add_law(self, documents: Iterable[Document], passages: Iterable[Passage]) -> None:
        """Take over a document of law with those it ends, and its passages."""
        for document in documents:
            known = self._documents.get(document.document_id)
            better, other = (
                (known, document) if known and known.kind and not document.checked else (document, known)
            )
            self._documents[document.document_id] = _joined(better, other) if other else better
        for passage in passages:
            passage_id = self._account.unique(passage.passage_id, passage.passage_id, self._ids)
            self._articles.append(dataclasses.replace(passage, passage_id=passage_id))

    def built(self, source: Path) -> Imported:
        """Return everything gathered.

        Raises
        ------
        InputError
            If a row was faulty, or there is no question.
        """
        raise_all(source, self._faults)
        if not self._questions and not self._articles:
            said = "; ".join(self._account.summary()[:4]) or "nothing at all"
            raise InputError(f"{source}: no questions and no articles; what was read: {said}")
        articles = [p for p in self._law.passages if p.document_id in self._cited] if self._law else []
        articles += self._articles
        data = Dataset(
            source.resolve().stem, source, tuple(self._documents_cited()),
            Spool(chain(articles, self._answers)), self._questions,
            Spool(chain(self._judgments, self._grounds(articles))),
        )  # fmt: skip
        return Imported(data, self._account)

    def _text(self, where: str, what: str, value: Any) -> str:
        given = "" if value is None else str(value)
        text = normalise(given)
        if text != given:
            self._account.note(where, f"{what} normalised (Unicode form, white space)")
        return text

    def _day(self, where: str, value: Any) -> date | None:
        text = text_of(value)
        if not text:
            return None
        try:
            return day(text) or date.fromisoformat(text[:10])
        except ValueError:
            self._account.note(where, "date left empty: not a date")
            return None

    def _split(self, where: str, file: Path, values: Mapping[str, Any]) -> Any:
        given = text_of(values.get("split"))
        split = SPLITS.get(given.lower(), given) if given else SPLITS.get(file.stem.lower(), "test")
        if split not in SPLITS.values():
            self._faults.append(f"{where}: column 'split' holds {split!r}; expected one of train, dev, test")
        return split

    def _topics(self, where: str, value: Any) -> tuple[str, ...]:
        """Return the codes of topics named in a cell; other names stay as they are."""
        found = []
        for name in filter(None, map(normalise, (text_of(value) or "").replace("\n", ";").split(";"))):
            code = _code(name)
            if code != name:
                self._account.note(where, f"field {name!r} read as {code}")
            elif not (code in taxonomy().topics or code in SPECIAL):
                self._account.note(where, f"field {name!r} is no official topic; taken as it is")
            found.append(code)
        return tuple(found)

    def _citations(self, where: str, value: Any, answer: str, on: date | None) -> tuple[Citation, ...]:
        if isinstance(value, list):
            return tuple(Citation(**one) for one in value)
        given = normalise(str(value or ""))
        resolved = self._names.resolve(f"{given}\n{answer}", on)
        for name in resolved.unresolved:
            self._account.note(f"{where} ({name})", NOT_RESOLVED)
        if given and not resolved.citations and not resolved.unresolved:
            self._account.note(where, "the cell of citations names no document or article")
        return resolved.citations

    def _documents_cited(self) -> list[Document]:
        """Return the documents at hand and those cited, with their successors; unknown ones as unchecked numbers."""
        if self._law is None and not self._documents:
            return []
        known = {document.document_id: document for document in (self._law.documents if self._law else ())}
        known |= self._documents
        wanted = list(dict.fromkeys((*self._documents, *self._cited)))
        for document_id in wanted:
            if document_id in known:
                wanted += [other for other in known[document_id].replaced_by if other not in wanted]
        return [
            known.get(one) or Document(one, "", "", "", source="chỉ có số hiệu trong nguồn") for one in wanted
        ]

    def _grounds(self, articles: list[Passage]) -> Iterator[Judgment]:
        """Yield a grade for every article of the law that a question's answer rests on."""
        places: dict[tuple[str | None, str | None], list[Passage]] = {}
        for passage in articles:
            places.setdefault((passage.document_id, passage.article), []).append(passage)
        for question in self._questions if places else ():
            found = {
                passage.passage_id
                for citation in question.citations
                if citation.article
                for passage in places.get((citation.document_id, citation.article), ())
                if citation.clause in (None, passage.clause) or passage.clause is None
            }
            yield from (Judgment(question.question_id, one, BASIS, "citation") for one in sorted(found))


def _joined(known: Document, other: Document) -> Document:
    """Return ``known`` with what ``other`` says of its end."""
    return dataclasses.replace(
        known,
        effective_to=known.effective_to or other.effective_to,
        replaced_by=tuple(dict.fromkeys((*known.replaced_by, *other.replaced_by))),
        amended_by=tuple(dict.fromkeys((*known.amended_by, *other.amended_by))),
    )


@lru_cache(maxsize=4096)
def _code(name: str) -> str:
    """Return the code of the topic (by name, number or crosswalk) or special label; other names as they are."""
    scheme = taxonomy()
    codes = {label_key(label): topics[0] for label, topics in scheme.crosswalk.items()}
    codes |= {label_key(topic.name): code for code, topic in scheme.topics.items()}
    codes |= {label_key(shown): code for code, shown in scheme.special.items()}
    number = name.zfill(2)
    return number if number in scheme.topics else codes.get(label_key(name), name)

"""From a question to stored passages in force, or to a hand-over. Nothing is generated."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pilot.assist.changes import changes_since
from pilot.assist.clauses import deciding, share_held
from pilot.assist.confidence import Confidence, in_words, odds
from pilot.assist.reading import Asked, read_question
from pilot.assist.reply import Field, Reply, Shown
from pilot.classify.routing import HAND_OVER, route
from pilot.classify.scope import outside
from pilot.quality.currency import stated_ends, validity
from pilot.records import Document, Passage, Question
from pilot.taxonomy import NOT_LEGAL, OUT_OF_SCOPE, taxonomy

if TYPE_CHECKING:
    from pilot.classify.ensemble import Ensemble
    from pilot.rank.combined import Combined

DEPTH = 20
"""Passages looked at per question."""
FIELDS = 3
NEAR, NEARLY = 3, 0.3
"""Near misses shown at most, and the share of the best score they must have."""
CLEARLY = 1.5
"""By so many natural log-odds the likelier passage is clearly so."""
SERVED_WITHIN = 3
"""A question counts as served if one of so many first passages answers it."""


@dataclass(frozen=True)
class Found:
    """What the models say of a question, before anything is decided.

    Parameters
    ----------
    fields
        Label -> probability, best first.
    special
        The special label that takes it out of reach, if one does.
    passages
        The ranked passages without near copies, best first, with standing and score.
    """

    fields: Mapping[str, float]
    special: str | None
    passages: tuple[Shown, ...]

    @property
    def current(self) -> tuple[Shown, ...]:
        """Return the passages that are not known to be out of force."""
        return tuple(shown for shown in self.passages if not shown.out_of_force)

    def agreement(self, shown: Shown) -> float:
        """Return the probability that the question belongs to a field of the passage; a half if that tells nothing."""
        known = [self.fields[field] for field in shown.passage.fields if field in self.fields]
        return max(known, default=0.5)


@dataclass(frozen=True)
class Assistant:
    """Trained models with the passages they search and the law these rest on.

    Parameters
    ----------
    classifier, ranker
        Fitted.
    passages
        In the ranker's order.
    documents
        What the passages rest on, and what came after.
    confidence
        How sure an answer is, and from where on it is given.
    shown
        Answers given at most.
    """

    classifier: "Ensemble"
    ranker: "Combined"
    passages: Sequence[Passage]
    documents: Sequence[Document]
    confidence: Confidence
    shown: int

    def ask(
        self,
        question: str,
        as_of: date | None = None,
        province: str | None = None,
        audience: str | None = None,
    ) -> Reply:
        """Answer a question with stored passages, or hand it over.

        Parameters
        ----------
        question
            As typed.
        as_of
            The day asked about; today if none is given.
        province
            Where the citizen is.
        audience
            Who asks.

        Raises
        ------
        InputError
            If there is no text in the question.
        """
        day = as_of or date.today()
        asked = read_question(question)
        notes = _notes(asked, day)
        if asked.refusal:
            reason = f"{asked.refusal} {_capital(HAND_OVER)}."
            return Reply("handed_over", reason, (), None, (), (), asked.shown, day, None, "", notes)
        found = self.find(asked.text, day)
        way = route(found.fields, province, audience)
        fields = tuple(Field(c, taxonomy().name(c), p) for c, p in list(found.fields.items())[:FIELDS])
        reason, sure = self._doubt(asked.text, found)
        answers = () if reason else self._decided(asked.text, self._chosen(found.current))
        near = _near(found.passages, answers)
        body = None if found.special else way.body
        if not reason:
            reason = f"Có câu trả lời trong kho: {in_words(sure or 0.0)}."
        return Reply(
            "answered" if answers else "handed_over", reason, fields, body, answers, () if found.special else near,
            asked.shown, day, sure, "" if found.special else way.reason, notes,
        )  # fmt: skip

    def find(self, text: str, day: date) -> Found:
        """Return what the models say of a question that has been read."""
        probabilities = self.classifier.predict_proba([text])[0]
        labels = self.classifier.labels_
        order = sorted(range(len(labels)), key=lambda place: (-probabilities[place], labels[place]))
        fields = {labels[place]: float(probabilities[place]) for place in order}
        special = outside([text], self.classifier.known_share([text]).tolist())[0]
        first = next(iter(fields))
        if special is None and first in (OUT_OF_SCOPE, NOT_LEGAL):
            special = first
        _, ids, scores = self.ranker.ranked(Question("asked", text, "assistant", "test"), DEPTH)
        rows = zip(ids, scores.tolist(), strict=True)
        ranked = [self._shown(self._by_id[name], score, day) for name, score in rows]
        return Found(fields, special, tuple(_without_copies(ranked)))

    def signs(self, text: str, found: Found) -> tuple[float, float, float]:
        """Return what speaks for the first passage in force: score, agreement, held; see `confidence.Trial`."""
        first = found.current[0]
        held = share_held(first.passage.full_text, self.ranker.prepared(text)[0], self._weight)
        return first.score, found.agreement(first), held

    def _doubt(self, text: str, found: Found) -> tuple[str, float | None]:
        """Return why the question is handed over, empty if it is not, and how sure an answer would be."""
        if found.special:
            return f"{taxonomy().name(found.special)}: {HAND_OVER}.", None
        if not found.current:
            return f"Kho không có nội dung còn hiệu lực về câu hỏi này: {HAND_OVER}.", None
        sure = self.confidence.of(*self.signs(text, found))
        if _overtaken(found):
            return f"Nội dung sát câu hỏi nhất không có hiệu lực vào ngày được hỏi: {HAND_OVER}.", sure
        if sure < self.confidence.least:
            return f"Chưa đủ chắc chắn là kho có câu trả lời ({sure:.0%}): {HAND_OVER}.", sure
        return "", sure

    def _shown(self, passage: Passage, score: float, day: date) -> Shown:
        document = self._documents.get(passage.document_id or "")
        return Shown(
            passage, document, validity(passage, day, document), score, None,
            changes_since(passage, self._documents, day), day,
        )  # fmt: skip

    def _chosen(self, current: Sequence[Shown]) -> Sequence[Shown]:
        """Return the passages above the ranker's cut-off, at least one and at most ``shown``."""
        keep = self.ranker.cutoff_.keep if self.ranker.cutoff_ else -math.inf
        above = [shown for shown in current if shown.score >= keep]
        return (above or current[:1])[: self.shown]

    def _decided(self, text: str, answers: Sequence[Shown]) -> tuple[Shown, ...]:
        """Return the answers with the khoản that decides the question marked."""
        searched = self.ranker.prepared(text)[0]
        return tuple(
            replace(shown, clause=deciding(shown.passage.text, searched, self._weight))
            if shown.passage.kind == "article" and not shown.passage.clause else shown
            for shown in answers
        )  # fmt: skip

    @cached_property
    def _by_id(self) -> dict[str, Passage]:
        return {passage.passage_id: passage for passage in self.passages}

    @cached_property
    def _documents(self) -> dict[str, Document]:
        return stated_ends(self.documents)

    def _weight(self, syllable: str) -> float:
        """Return the inverse document frequency of a syllable among the passages; 0 if none has it."""
        collection: Any = self.ranker.searcher_.collection
        number = collection.vocabularies["syllables"].numbers.get(syllable)
        index = collection.indexes["syllables"]
        places = index.find([number]) if number is not None else []
        return float(index.idf[places[0]]) if len(places) else 0.0


def _overtaken(found: Found) -> bool:
    """Say whether the first passage is out of force and clearly likelier than the first that is not."""
    first, current = found.passages[0], found.current[0]
    return first.out_of_force and odds(first.score) - odds(current.score) > CLEARLY


def _without_copies(ranked: Sequence[Shown]) -> list[Shown]:
    """Return the passages without those that repeat a better one: the same article, or nearly the same words.

    What is in force is better than what is not; of two alike the one ranked first.
    """
    from pilot.quality.duplicates import near_duplicates

    order = sorted(range(len(ranked)), key=lambda place: (ranked[place].out_of_force, place))
    worse = {second for _, second, _ in near_duplicates([ranked[place].passage.full_text for place in order])}
    kept: dict[object, int] = {}
    for number, place in enumerate(order):
        passage = ranked[place].passage
        whole = passage.kind == "article" and passage.document_id and passage.article
        key = (passage.document_id, passage.article, passage.clause) if whole else passage.passage_id
        if number not in worse:
            kept.setdefault(key, place)
    return [ranked[place] for place in sorted(kept.values())]


def _near(ranked: Sequence[Shown], answers: Sequence[Shown]) -> tuple[Shown, ...]:
    """Return the next passages that are not much less likely than the first."""
    kept = {shown.passage.passage_id for shown in answers}
    least = NEARLY * max((shown.score for shown in ranked), default=0.0)
    rest = (shown for shown in ranked if shown.passage.passage_id not in kept and shown.score >= least)
    return tuple(rest)[:NEAR]


def _notes(asked: Asked, day: date) -> tuple[str, ...]:
    notes = []
    if asked.hidden:
        notes.append(f"Đã che {asked.hidden} thông tin cá nhân trong câu hỏi.")
    if asked.shortened:
        notes.append("Câu hỏi quá dài: máy chỉ đọc phần đầu và phần cuối.")
    if day > date.today():
        notes.append("Ngày được hỏi chưa tới: hiệu lực chỉ tính theo văn bản đã có trong kho đến nay.")
    return tuple(notes)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]

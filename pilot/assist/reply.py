"""What the assistant returns, as data and as Vietnamese text: stored passages with their standing, or a hand-over."""

import textwrap
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pilot.assist.confidence import in_words
from pilot.quality.currency import EXPIRED, VALID, Validity
from pilot.rank.clauses import Clause
from pilot.records import Document, Passage

Status = Literal["answered", "handed_over"]
HANDED_OVER = "CHUYỂN CHUYÊN GIA"
WIDTH = 100


@dataclass(frozen=True)
class Field:
    """A field of law with its probability."""

    code: str
    name: str
    p: float


@dataclass(frozen=True)
class Shown:
    """A stored passage as it is shown.

    Parameters
    ----------
    passage
        The passage, word for word.
    document
        What it rests on; None if it names none at hand.
    validity
        On the day asked about.
    score
        Of the ranker: the probability that the passage is relevant.
    clause
        The khoản that decides the question, if one does.
    changes
        Vietnamese sentences on what changed in the law since.
    day
        The day asked about.
    """

    passage: Passage
    document: Document | None
    validity: Validity
    score: float
    clause: Clause | None
    changes: tuple[str, ...]
    day: date

    @property
    def starts(self) -> date | None:
        """Return the day from which the passage and its document are in effect; None if unknown."""
        known = [one.effective_from for one in (self.passage, self.document) if one and one.effective_from]
        return max(known, default=None)

    @property
    def out_of_force(self) -> bool:
        """Say whether it is known not to be law on the day: expired, or not yet in effect."""
        return self.validity == EXPIRED or (self.starts is not None and self.starts > self.day)

    @property
    def citation(self) -> str:
        """Return khoản, Điều, document as people cite them; empty if the passage names none."""
        number = self.clause.number if self.clause else self.passage.clause
        parts = [
            f"khoản {number}" if number else "",
            f"Điều {self.passage.article}" if self.passage.article else "",
        ]
        if self.document:
            name = f"{self.document.kind} {self.passage.document_id}"
            parts.append(f"{name} ({self.document.title})" if self.document.title else name)
        else:
            parts.append(self.passage.document_id or "")
        return " ".join(part for part in parts if part)

    def row(self) -> dict[str, Any]:
        """Return the JSON form."""
        passage = self.passage
        return {
            "passage_id": passage.passage_id,
            "document_id": passage.document_id,
            "article": passage.article,
            "clause": self.clause.number if self.clause else passage.clause,
            "validity": self.validity,
            "score": round(self.score, 4),
            "text": passage.text,
        }


@dataclass(frozen=True)
class Reply:
    """An answer or a hand-over.

    Parameters
    ----------
    status
        Which of the two.
    reason
        One Vietnamese sentence why.
    fields
        The likeliest fields of law, best first.
    body
        The competent authority; None if an expert must say.
    answers
        Stored passages, best first; empty in a hand-over.
    near
        Passages close to the question that are no answer: less sure, or no longer in force.
    question
        As it was understood, without personal data.
    as_of
        The day asked about.
    confidence
        Probability that one of the answers serves; None where it was not estimated.
    routing
        Why this authority, in one sentence; empty if no field was estimated.
    notes
        What the reader should know of how the question was handled.
    """

    status: Status
    reason: str
    fields: tuple[Field, ...]
    body: str | None
    answers: tuple[Shown, ...]
    near: tuple[Shown, ...]
    question: str
    as_of: date
    confidence: float | None
    routing: str = ""
    notes: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """Return the public JSON form."""
        return {
            "status": self.status,
            "reason": self.reason,
            "fields": [{"code": f.code, "name": f.name, "p": round(f.p, 4)} for f in self.fields],
            "body": self.body,
            "answers": [shown.row() for shown in self.answers],
        }

    def text(self, width: int = WIDTH) -> str:
        """Return the reply as people read it, lines of at most ``width`` letters."""
        sure = f"{in_words(self.confidence)} ({self.confidence:.0%})" if self.confidence is not None else ""
        head = f"TRẢ LỜI, {sure}" if self.status == "answered" else HANDED_OVER
        lines = [head, self.reason, *self.notes]
        if self.fields:
            lines.append("Lĩnh vực: " + "; ".join(f"{f.name} ({f.p:.0%})" for f in self.fields))
        if self.routing:
            lines.append(f"Cơ quan: {self.routing}")
        for number, shown in enumerate(self.answers, 1):
            lines += ["", *_full(number, shown)]
        if self.near:
            lines += ["", "Gần với câu hỏi, nhưng máy không lấy làm câu trả lời:"]
            lines += [f"  - {_head(shown)}" for shown in self.near]
        return "\n".join(part for line in lines for part in _wrapped(line, width))


def standing(shown: Shown) -> str:
    """Return the state of a passage on the day asked about, in words."""
    day = f"{shown.day:%d/%m/%Y}"
    if shown.validity == VALID:
        return f"còn hiệu lực ngày {day}"
    if shown.validity == EXPIRED:
        return f"HẾT HIỆU LỰC ngày {day}"
    if shown.starts and shown.out_of_force:
        return f"CHƯA có hiệu lực ngày {day} (từ {shown.starts:%d/%m/%Y})"
    return f"CHƯA RÕ hiệu lực ngày {day}, phải kiểm tra trước khi dùng"


def _head(shown: Shown) -> str:
    kind = "Câu trả lời có sẵn" if shown.passage.kind == "answer" else "Điều luật"
    title = f": {shown.passage.title}" if shown.passage.title else ""
    cited = f" — {shown.citation}" if shown.citation else ""
    return f"{kind}{title}{cited} — {standing(shown)} [{shown.passage.passage_id}]"


def _full(number: int, shown: Shown) -> list[str]:
    decides = shown.clause.text.split("\n")[0] if shown.clause else None
    parts = [
        f"► {part}" if decides and part.endswith(decides) else part
        for part in filter(None, shown.passage.text.split("\n"))
    ]
    parts += [f"Lưu ý: {change}" for change in shown.changes]
    return [f"{number}. {_head(shown)}", *(f"   {part}" for part in parts)]


def _wrapped(line: str, width: int) -> list[str]:
    """Return the lines of a paragraph, all as far in as the first."""
    indent = " " * (len(line) - len(line.lstrip()))
    found = textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return found or [""]

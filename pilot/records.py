"""The typed rows of a dataset, and the faults found while reading them.

Column meanings are those of ``data/README.md``. Ids join rows, never positions.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

from pilot.text import normalise


class InputError(ValueError):
    """The user's input is wrong: every fault found, each saying what was found, expected, and what to do."""

    def __init__(self, *faults: str) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference to a document, and where known to its article and clause."""

    document_id: str
    article: str | None = None
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A legal document; ``document_id`` is its official number (số hiệu)."""

    document_id: str
    kind: str
    title: str
    issuer: str
    issued_on: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    replaced_by: tuple[str, ...] = ()
    amended_by: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    url: str | None = None
    source: str | None = None
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """What is ranked: an article of law or an approved answer."""

    passage_id: str
    kind: typing.Literal["article", "answer"]
    title: str
    text: str
    document_id: str | None = None
    article: str | None = None
    clause: str | None = None
    path: str | None = None
    fields: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    split: typing.Literal["train", "dev", "test"] | None = None
    url: str | None = None

    @property
    def full_text(self) -> str:
        """Title and text as one string, the form in which a passage is searched."""
        return ". ".join(part for part in (self.title, self.text) if part)

    def as_question(self) -> "Question":
        """Return the passage as something to classify; the passages of a document share a group."""
        return Question(
            question_id=self.passage_id,
            text=self.full_text,
            source="passage",
            split=self.split or "test",
            fields=self.fields,
            group_id=self.document_id or self.passage_id,
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A citizen's question; ``fields`` holds the main field first, or one special label alone."""

    question_id: str
    text: str
    source: str
    split: typing.Literal["train", "dev", "test"]
    fields: tuple[str, ...] = ()
    audience: str | None = None
    province: str | None = None
    channel: str | None = None
    asked_on: date | None = None
    answer: str | None = None
    citations: tuple[Citation, ...] = ()
    group_id: str | None = None

    @property
    def group(self) -> str:
        """What never straddles splits: the given group, else the text itself, case and spacing aside."""
        return self.group_id or " ".join(self.text.casefold().split())


@dataclass(frozen=True, slots=True)
class Judgment:
    """One rater's grade of one passage for one question: 0 no use, 1 related, 2 answers in part, 3 answers."""

    question_id: str
    passage_id: str
    relevance: int
    rater: str
    stale: bool = False


ADJUDICATED = "adjudicated"
"""The rater whose grade settles the matter."""

Row = Document | Passage | Question | Judgment
R = TypeVar("R", Document, Passage, Question, Judgment, Citation)
Located = tuple[str, Mapping[str, Any]]
"""A raw row with the place it came from, as ``questions.jsonl:12``."""


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("text")
    return normalise(value)


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("a date as YYYY-MM-DD") from None


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _grade(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 3:
        raise ValueError("a grade 0, 1, 2 or 3")
    return value


def _citation(value: Any) -> Citation:
    if not isinstance(value, Mapping) or not isinstance(value.get("document_id"), str):
        raise ValueError('{"document_id": …, "article": …, "clause": …}')
    article, clause = value.get("article"), value.get("clause")
    return Citation(_string(value["document_id"]), article and _string(article), clause and _string(clause))


_PARSERS: dict[Any, Callable[[Any], Any]] = {
    str: _string,
    date: _date,
    bool: _bool,
    int: _grade,
    Citation: _citation,
}


def _parser(hint: Any) -> Callable[[Any], Any]:
    if typing.get_origin(hint) is typing.Literal:
        allowed = typing.get_args(hint)

        def literal(value: Any) -> Any:
            if value not in allowed:
                raise ValueError("one of " + ", ".join(allowed))
            return value

        return literal
    if typing.get_origin(hint) is tuple:
        item = _parser(typing.get_args(hint)[0])

        def many(value: Any) -> tuple[Any, ...]:
            if not isinstance(value, list | tuple):
                raise ValueError("a list")
            return tuple(item(part) for part in value)

        return many
    return _PARSERS[hint]


def without_none(hint: Any) -> Any:
    """Return the type of a column that may be null; other types as they are."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return next(option for option in typing.get_args(hint) if option is not type(None))
    return hint


@cache
def _columns(kind: type) -> dict[str, tuple[bool, Callable[[Any], Any]]]:
    """Per column: whether it must be given, and its parser."""
    hints = typing.get_type_hints(kind)
    columns = {}
    for field in dataclasses.fields(kind):
        required = field.default is dataclasses.MISSING
        columns[field.name] = (required, _parser(without_none(hints[field.name])))
    return columns


def _shown(column: str, value: Any) -> str:
    """Return a faulty cell as a message may show it: of what people wrote, only how much of what."""
    if column in ("text", "answer"):
        return f"{type(value).__name__} of {len(str(value))} characters"
    return repr(str(value)[:60])


def parse_rows(kind: type[R], rows: Iterable[Located], faults: list[str]) -> list[R]:
    """Turn raw rows into records of ``kind``; append one line to ``faults`` for everything wrong.

    A null or absent optional column takes its default. Unknown columns are faults: data is not dropped in
    silence. Rows with faults are left out of the result.
    """
    columns, records = _columns(kind), []  # type: ignore[arg-type]
    for where, row in rows:
        before, values = len(faults), {}
        faults += [
            f"{where}: unknown column {name!r}; expected {', '.join(columns)}"
            for name in row.keys() - columns
        ]
        for name, (required, parse) in columns.items():
            value = row.get(name)
            if value is None:
                if required:
                    faults.append(f"{where}: column {name!r} is missing or null; it must be given")
                continue
            try:
                values[name] = parse(value)
            except ValueError as error:
                faults.append(f"{where}: column {name!r} holds {_shown(name, value)}; expected {error}")
        if len(faults) == before:
            records.append(kind(**values))
    return records


def to_row(record: Row) -> dict[str, Any]:
    """Return the JSON-ready form of a record, all columns present, dates as ISO 8601."""

    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, tuple):
            return [dataclasses.asdict(part) if isinstance(part, Citation) else part for part in value]
        return value

    return {field.name: plain(getattr(record, field.name)) for field in dataclasses.fields(record)}

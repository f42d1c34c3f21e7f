"""From votes to files: raw votes of every expert and a dataset folder of what they say, the same bytes each time.

Experts appear under pseudonyms. What anybody flagged as holding personal data is left out. A main field counts
where all experts of a question agree; deciding the rest is adjudication, which this module does not do.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from pilot.label.store import Store
from pilot.label.tables import SUBMITTED, answers, claims, passages, tasks
from pilot.records import Document, InputError, Judgment, Passage, Question, parse_rows
from pilot.sources import Dataset, write_folder

VOTES = "votes.jsonl"


class Vote(NamedTuple):
    """The newest answer of one expert to one task."""

    question: dict[str, Any]
    label_set: str
    wanted: int
    rater: str
    claim_id: int
    revision: int
    content: dict[str, Any]
    seconds: float | None
    hints: bool
    drawn: str


def votes(connection: Connection) -> list[Vote]:
    """Return the newest answer of every expert, by question and expert."""
    newest = (
        select(answers.c.claim_id, func.max(answers.c.revision).label("revision"))
        .group_by(answers.c.claim_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            tasks.c.content.label("task"), tasks.c.label_set, tasks.c.wanted, claims.c.user_id, claims.c.claim_id,
            answers.c.revision, answers.c.content, answers.c.seconds, claims.c.hints, claims.c.drawn,
        )
        .join(claims, claims.c.task_id == tasks.c.task_id)
        .join(newest, newest.c.claim_id == claims.c.claim_id)
        .join(answers, (answers.c.claim_id == newest.c.claim_id) & (answers.c.revision == newest.c.revision))
        .where(claims.c.status == SUBMITTED)
        .order_by(tasks.c.question_id, tasks.c.label_set, claims.c.user_id)
    )  # fmt: skip
    return [
        Vote(
            row.task["question"], row.label_set, row.wanted, f"cg{row.user_id:03d}", row.claim_id, row.revision,
            row.content, row.seconds, row.hints, row.drawn,
        )
        for row in rows
    ]  # fmt: skip


def export(store: Store, out: Path, name: str = "nhan-chuyen-gia") -> Dataset:
    """Write the release to ``out`` and return it.

    Raises
    ------
    InputError
        If nobody has submitted anything yet, or ``out`` holds something that is no dataset.
    """
    with store.reading() as connection:
        cast = votes(connection)
        if not cast:
            raise InputError("no submitted answers yet; export once experts have answered")
        private = {vote.question["question_id"] for vote in cast if vote.content.get("personal")}
        kept = [vote for vote in cast if vote.question["question_id"] not in private]
        marked = {key for vote in cast for key in _marked(vote.content, "privacy")}
        frozen = {
            row.passage_key: row.content
            for row in connection.execute(select(passages).order_by(passages.c.passage_key))
            if row.passage_key not in marked
        }
    dataset = _dataset(name, out, kept, frozen)
    lines = "".join(
        json.dumps(_row(vote, frozen), ensure_ascii=False, sort_keys=True) + "\n" for vote in kept
    )
    about = (
        f"# {name}\n\nRaw votes of experts (`{VOTES}`), one per expert and question, and what they say as a dataset.\n"
        f"Left out because flagged as personal data: {len(private)} questions, {len(marked)} passages.\n"
        "Fields are given where all experts of a question agree; nothing was adjudicated.\n"
    )
    write_folder(
        dataset, out, about, {"label_sets": sorted({vote.label_set for vote in kept})}, {VOTES: lines}
    )
    return dataset


def _marked(content: dict[str, Any], mark: str) -> list[str]:
    return sorted(key.partition(":")[2] for key in content if key.startswith(f"{mark}:"))


def _row(vote: Vote, frozen: dict[str, dict[str, Any]]) -> dict[str, Any]:
    grades = {
        frozen[key.partition(":")[2]]["passage_id"]: grade
        for key, grade in vote.content.items()
        if key.startswith("grade:") and key.partition(":")[2] in frozen
    }
    named = {
        mark: [frozen[key]["passage_id"] for key in _marked(vote.content, mark) if key in frozen]
        for mark in ("stale", "added")
    }
    plain = {key: vote.content.get(key) for key in ("main", "second", "none_right", "note")}
    return {
        "question_id": vote.question["question_id"], "rater": vote.rater, "revision": vote.revision, "grades": grades,
        **named, **plain, "seconds": vote.seconds, "hints_shown": vote.hints, "drawn": vote.drawn,
        "label_set": vote.label_set,
    }  # fmt: skip


def _dataset(
    name: str, out: Path, cast: Sequence[Vote], frozen: dict[str, dict[str, Any]]
) -> Dataset:  # fmt: skip
    judgments = [
        {
            "question_id": vote.question["question_id"],
            "passage_id": frozen[key.partition(":")[2]]["passage_id"],
            "relevance": grade,
            "rater": vote.rater,
            "stale": bool(vote.content.get(f"stale:{key.partition(':')[2]}")),
        }
        for vote in cast
        for key, grade in sorted(vote.content.items())
        if key.startswith("grade:") and key.partition(":")[2] in frozen
    ]
    judged = {row["passage_id"] for row in judgments}
    rows = {row["passage_id"]: row for row in frozen.values() if row["passage_id"] in judged}
    documents = {row["document"]["document_id"]: row["document"] for row in rows.values() if row["document"]}
    bare = [{key: value for key, value in rows[id_].items() if key != "document"} for id_ in sorted(rows)]
    return Dataset(
        name, out,
        documents=tuple(_records(Document, [documents[id_] for id_ in sorted(documents)])),
        passages=tuple(_records(Passage, bare)),
        questions=tuple(_records(Question, _agreed(cast))),
        judgments=tuple(_records(Judgment, judgments)),
    )  # fmt: skip


def _agreed(cast: Sequence[Vote]) -> Iterable[dict[str, Any]]:
    """Yield each question with the main field all its experts chose, second fields after it, or no field."""
    of_question: dict[str, list[Vote]] = {}
    for vote in cast:
        of_question.setdefault(vote.question["question_id"], []).append(vote)
    for question_id in sorted(of_question):
        group = of_question[question_id]
        main = {vote.content["main"] for vote in group}
        seconds = Counter(vote.content["second"] for vote in group if vote.content.get("second"))
        fields = (
            [*main, *sorted(code for code, n in seconds.items() if n == len(group))] if len(main) == 1 else []
        )
        yield {**group[0].question, "fields": fields}


def _records(kind: Any, rows: Sequence[dict[str, Any]] | Iterable[dict[str, Any]]) -> list[Any]:
    faults: list[str] = []
    records = parse_rows(kind, [(f"label store, {kind.__name__}", row) for row in rows], faults)
    if faults:
        raise InputError(*faults)
    return records

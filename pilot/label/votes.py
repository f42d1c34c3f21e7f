"""What experts and adjudicators said of each question, and whether that settles it.

A question is settled by an adjudicator's decision; without one, if at least two experts, as many as wanted,
chose the same main field, all graded the same passages, no two grades of a passage lie two or more apart, and
nothing flags the question. Where they differ by one, the lower median stands.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from pilot.label.tables import SUBMITTED, answers, claims, decisions, flags, label_sets, tasks

APART = 2
"""Two grades of one passage that differ by this much need an adjudicator."""


class Vote(NamedTuple):
    """The newest answer of one expert to one task."""

    rater: str
    claim_id: int
    revision: int
    content: dict[str, Any]
    seconds: float | None
    hints: bool
    drawn: str
    guideline: str | None


class Gold(NamedTuple):
    """What stands: main field and perhaps a second, and passage key -> grade."""

    fields: tuple[str, ...]
    grades: dict[str, int]


@dataclass(frozen=True)
class Item:
    """A question with everything said of it.

    Parameters
    ----------
    task_id, label_set, batch, wanted, in_slice
        Of the task.
    task
        Its frozen content.
    votes
        By expert.
    flags
        Queue -> why an adjudicator is asked.
    decision
        The newest decision's row, or None.
    """

    task_id: int
    label_set: str
    batch: str
    wanted: int
    in_slice: bool
    task: Mapping[str, Any]
    votes: Sequence[Vote]
    flags: Mapping[str, str]
    decision: Mapping[str, Any] | None

    @property
    def question_id(self) -> str:
        """The id of the question."""
        return str(self.task["question"]["question_id"])

    @property
    def whole(self) -> bool:
        """Whether as many experts as wanted have answered."""
        return len(self.votes) >= self.wanted

    @cached_property
    def keys(self) -> list[str]:
        """The passages in question: the candidates, then what experts added."""
        added = {
            mark.partition(":")[2] for vote in self.votes for mark in vote.content if mark[:6] == "added:"
        }
        return [candidate["key"] for candidate in self.task["candidates"]] + sorted(added)

    def grades(self, key: str) -> list[int]:
        """Return the grades that experts gave a passage."""
        return [vote.content[f"grade:{key}"] for vote in self.votes if f"grade:{key}" in vote.content]

    @cached_property
    def disputes(self) -> list[str]:
        """What experts differ on: ``main``, and ``grade:KEY`` of passages graded apart or not by all."""
        found = ["main"] if len({vote.content["main"] for vote in self.votes}) > 1 else []
        for key in self.keys:
            given = self.grades(key)
            if len(given) < len(self.votes) or (given and max(given) - min(given) >= APART):
                found.append(f"grade:{key}")
        return found

    @property
    def open(self) -> bool:
        """Whether it waits for an adjudicator."""
        return (
            self.whole and self.decision is None and not self.personal and bool(self.disputes or self.flags)
        )

    @property
    def personal(self) -> bool:
        """Whether an expert found personal data in the question: it never leaves the service."""
        return any(vote.content.get("personal") for vote in self.votes)

    @cached_property
    def gold(self) -> Gold | None:
        """What stands, or None while the question is not settled."""
        if self.decision is not None:
            content = self.decision["content"]
            fields = (content["main"], content.get("second"))
            return Gold(
                _given(fields),
                {key: content[f"grade:{key}"] for key in self.keys if f"grade:{key}" in content},
            )
        if not self.whole or len(self.votes) < 2 or self.disputes or self.flags:
            return None
        seconds = {vote.content.get("second") for vote in self.votes}
        fields = (self.votes[0].content["main"], seconds.pop() if len(seconds) == 1 else None)
        return Gold(_given(fields), {key: lower_median(self.grades(key)) for key in self.keys})

    @property
    def seen(self) -> dict[str, int]:
        """What lies before an adjudicator: claim -> revision, and under ``decision`` that of the newest decision."""
        found = {str(vote.claim_id): vote.revision for vote in self.votes}
        return found | {"decision": self.decision["revision"] if self.decision else 0}

    @property
    def token(self) -> str:
        """What an adjudicator's page sends back of `seen`."""
        return json.dumps(self.seen, sort_keys=True)


def lower_median(grades: Sequence[int]) -> int:
    """Return the middle grade, the lower of two."""
    return sorted(grades)[(len(grades) - 1) // 2]


def pseudonym(user_id: int) -> str:
    """Return what an expert is called in everything that leaves the service."""
    return f"cg{user_id:03d}"


def load(connection: Connection, label_set: str | None = None, task_id: int | None = None) -> list[Item]:
    """Return every question somebody has answered, by id; of one label set, or one task."""
    wanted = [tasks.c.submitted > 0]
    wanted += [tasks.c.label_set == label_set] if label_set else []
    wanted += [tasks.c.task_id == task_id] if task_id else []
    votes = _votes(connection, wanted)
    why: dict[int, dict[str, str]] = {}
    for row in connection.execute(select(flags).join(tasks).where(*wanted)):
        why.setdefault(row.task_id, {})[row.queue] = row.why
    decided = {
        row["task_id"]: dict(row)
        for row in connection.execute(
            select(decisions).join(tasks).where(*wanted).order_by(decisions.c.revision)
        ).mappings()
    }
    rows = connection.execute(select(tasks).where(*wanted).order_by(tasks.c.question_id, tasks.c.label_set))
    return [
        Item(
            row.task_id, row.label_set, row.batch, row.wanted, row.in_slice, row.content, votes.get(row.task_id, []),
            why.get(row.task_id, {}), decided.get(row.task_id),
        )
        for row in rows
    ]  # fmt: skip


def newest_label_set(connection: Connection) -> str | None:
    """Return the version of the label set made last."""
    version: str | None = connection.execute(
        select(label_sets.c.version).order_by(label_sets.c.created_at.desc(), label_sets.c.version.desc())
    ).scalar()
    return version


def _votes(connection: Connection, wanted: list[Any]) -> dict[int, list[Vote]]:
    """Return task -> votes, by expert."""
    newest = (
        select(answers.c.claim_id, func.max(answers.c.revision).label("revision"))
        .group_by(answers.c.claim_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            claims.c.task_id, claims.c.user_id, claims.c.claim_id, answers.c.revision, answers.c.content,
            answers.c.seconds, answers.c.guideline, claims.c.hints, claims.c.drawn,
        )
        .join(tasks, tasks.c.task_id == claims.c.task_id)
        .join(newest, newest.c.claim_id == claims.c.claim_id)
        .join(answers, (answers.c.claim_id == newest.c.claim_id) & (answers.c.revision == newest.c.revision))
        .where(claims.c.status == SUBMITTED, *wanted)
        .order_by(claims.c.task_id, claims.c.user_id)
    )  # fmt: skip
    found: dict[int, list[Vote]] = {}
    for row in rows:
        vote = Vote(
            pseudonym(row.user_id), row.claim_id, row.revision, row.content, row.seconds, row.hints, row.drawn,
            row.guideline,
        )  # fmt: skip
        found.setdefault(row.task_id, []).append(vote)
    return found


def _given(fields: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(code for code in fields if code)

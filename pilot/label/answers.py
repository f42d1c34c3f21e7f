"""Taking in what experts do: every change at once as a draft, submissions as numbered revisions.

The browser names each operation (``save_id``); one that arrives twice changes nothing and gets the same answer.
Every function runs inside the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from pilot.label.content import SKIP_REASONS, change_faults, guideline_version, merged, missing
from pilot.label.queue import LEASE_SECONDS, count_places, retake
from pilot.label.store import change_row, log
from pilot.label.tables import (
    LAPSED,
    SKIPPED,
    SUBMITTED,
    answers,
    claims,
    events,
    label_sets,
    passages,
    tasks,
)  # fmt: skip

OK, REJECTED, CONFLICT, LATE = "ok", "rejected", "conflict", "late"
NOT_YOURS = "Câu này không nằm trong phần việc của anh/chị."
TAKEN_OVER = (
    "Câu này đã quá hạn giữ và được giao cho người khác. Nội dung đã nhập vẫn được lưu ở «Việc của tôi»."
)
# Built once: they run at every keystroke that changes something.
_CLAIM = (
    select(claims, tasks.c.content.label("task"), label_sets.c.content.label("labels"))
    .join_from(claims, tasks)
    .join(label_sets)
    .where(claims.c.claim_id == bindparam("claim"), claims.c.user_id == bindparam("user"))
    .with_for_update(of=claims)
)
_EVENT = select(events.c.content).where(
    events.c.user_id == bindparam("user"), events.c.save_id == bindparam("save")
)


@dataclass(frozen=True)
class Operation:
    """One thing an expert did.

    Parameters
    ----------
    save_id
        Chosen by the browser, unique for the expert.
    kind
        ``save``, ``submit`` or ``skip``.
    claim_id
        What it was done to.
    content
        The changes; for ``submit`` everything the page shows; for ``skip`` ``reason`` and ``note``.
    seconds
        Time the page was worked on, with ``submit``.
    """

    save_id: str
    kind: str
    claim_id: int
    content: Mapping[str, Any]
    seconds: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of an operation.

    Parameters
    ----------
    save_id
        Of the operation.
    status
        ``ok``; ``rejected``: not done, see messages; ``conflict``: the page shows something else than is stored;
        ``late``: stored, but the place has gone to another expert.
    revision
        The draft's number after it.
    messages
        In Vietnamese, for the expert.
    """

    save_id: str
    status: str
    revision: int = 0
    messages: list[str] = field(default_factory=list)


def take_all(
    connection: Connection, user_id: int, operations: Sequence[Operation], now: float
) -> list[Outcome]:
    """Carry out operations of an expert in their order."""
    return [take(connection, user_id, operation, now) for operation in operations]


def take(connection: Connection, user_id: int, operation: Operation, now: float) -> Outcome:
    """Carry out one operation of an expert."""
    claim = _locked(connection, user_id, operation.claim_id)
    if claim is None:
        return Outcome(operation.save_id, REJECTED, 0, [NOT_YOURS])
    if (before := _seen(connection, user_id, operation.save_id)) is not None:
        return Outcome(operation.save_id, before, claim.revision, [TAKEN_OVER] if before == LATE else [])
    if claim.status == SKIPPED:
        return Outcome(operation.save_id, REJECTED, claim.revision, ["Câu này anh/chị đã bỏ qua."])
    carry_out = {"save": _save, "submit": _submit, "skip": _skip}[operation.kind]
    return carry_out(connection, claim, operation, now)


def _locked(connection: Connection, user_id: int, claim_id: int) -> Row[Any] | None:
    """Lock the expert's claim and return it with its task's content and labels."""
    return connection.execute(_CLAIM, {"claim": claim_id, "user": user_id}).first()


def _seen(connection: Connection, user_id: int, save_id: str) -> str | None:
    """Return the outcome of an operation that arrived before."""
    found = connection.execute(_EVENT, {"user": user_id, "save": save_id}).scalar()
    return None if found is None else found["outcome"]


def _candidates(claim: Row[Any]) -> set[str]:
    return {candidate["key"] for candidate in claim.task["candidates"]}


def _placed(connection: Connection, claim: Row[Any], now: float) -> bool:
    """Say whether the claim has a place, taking a free one for a lapsed claim."""
    return claim.status != LAPSED or retake(connection, claim.claim_id, now)


def _save(connection: Connection, claim: Row[Any], operation: Operation, now: float) -> Outcome:
    changes, candidates = operation.content, _candidates(claim)
    asked = {key.partition(":")[2] for key in changes if ":" in key} - candidates
    known = {key for key in asked if claim.draft.get(f"added:{key}") or not changes.get(f"added:{key}", True)}
    if wanted := {key for key in asked if changes.get(f"added:{key}")}:
        known |= set(
            connection.execute(
                select(passages.c.passage_key).where(passages.c.passage_key.in_(wanted))
            ).scalars()
        )
    if faults := change_faults(changes, claim.labels, candidates, known):
        return Outcome(operation.save_id, REJECTED, claim.revision, faults)
    placed = _placed(connection, claim, now)
    change_row(
        connection, claims, claim.claim_id, draft=merged(claim.draft, changes), revision=claim.revision + 1,
        changed_at=now, leased_until=now + LEASE_SECONDS,
    )  # fmt: skip
    outcome = OK if placed else LATE
    _record(connection, claim, operation, now, outcome)
    return Outcome(operation.save_id, outcome, claim.revision + 1, [] if placed else [TAKEN_OVER])


def _submit(connection: Connection, claim: Row[Any], operation: Operation, now: float) -> Outcome:
    if dict(operation.content) != claim.draft:
        message = "Nội dung đã đổi ở cửa sổ khác. Trang đã cập nhật; mời anh/chị xem lại rồi nộp."
        return Outcome(operation.save_id, CONFLICT, claim.revision, [message])
    if faults := missing(claim.draft, claim.labels, _candidates(claim)):
        return Outcome(operation.save_id, REJECTED, claim.revision, faults)
    if not _placed(connection, claim, now):
        _record(connection, claim, operation, now, LATE)
        return Outcome(operation.save_id, LATE, claim.revision, [TAKEN_OVER])
    number = connection.execute(
        select(func.count()).select_from(answers).where(answers.c.claim_id == claim.claim_id)
    ).scalar_one()
    connection.execute(
        answers.insert().values(
            claim_id=claim.claim_id, revision=number + 1, content=claim.draft, seconds=operation.seconds,
            submitted_at=now, guideline=guideline_version(),
        )
    )  # fmt: skip
    return _closed(connection, claim, operation, now, status=SUBMITTED, submitted_at=now)


def _skip(connection: Connection, claim: Row[Any], operation: Operation, now: float) -> Outcome:
    reason, note = operation.content.get("reason"), operation.content.get("note")
    if reason not in SKIP_REASONS or (reason == "khac" and not note):
        return Outcome(
            operation.save_id, REJECTED, claim.revision, ["Hãy chọn lý do; lý do khác cần ghi rõ."]
        )
    if claim.status == SUBMITTED:
        return Outcome(operation.save_id, REJECTED, claim.revision, ["Câu đã nộp thì không bỏ qua được."])
    return _closed(connection, claim, operation, now, status=SKIPPED, slot=None)


def _closed(
    connection: Connection, claim: Row[Any], operation: Operation, now: float, **values: Any
) -> Outcome:
    """Let the work on a claim end, with what that makes of its row."""
    change_row(connection, claims, claim.claim_id, **values, changed_at=now)
    count_places(connection, claim.task_id)
    _record(connection, claim, operation, now, OK)
    return Outcome(operation.save_id, OK, claim.revision)


def _record(
    connection: Connection, claim: Row[Any], operation: Operation, now: float, outcome: str
) -> None:  # fmt: skip
    content = {**operation.content, "outcome": outcome}
    log(connection, now, operation.kind, claim.user_id, claim.claim_id, content, operation.save_id)

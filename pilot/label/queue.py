"""Dealing out tasks: each to exactly the wanted number of experts, none of whom sees another's answer.

The next task is the expert's own open draft, then one that lacks a further expert, then a new one: by the
classifier's uncertainty, or with probability ``SLICE_SHARE`` from the random slice set aside at import, which so
stays an unbiased sample. Every function runs inside the caller's transaction. Rows are locked in the order user,
claim, task.
"""

import random

from sqlalchemy import Connection, and_, func, select

from pilot.label.store import change_row, log
from pilot.label.tables import FRESH, FULL, HELD, LACKING, LAPSED, claims, tasks, users

LEASE_SECONDS = 4 * 3600.0
SLICE_SHARE = 0.2
HINTS_HIDDEN = 0.25


def next_claim(
    connection: Connection,
    user_id: int,
    now: float,
    batch: str | None = None,
    chance: random.Random | None = None,
) -> int | None:
    """Return the claim the expert should work on, taking a task if none is open; None if there is no work.

    Parameters
    ----------
    connection
        In a writing transaction.
    user_id
        The expert.
    now
        The time.
    batch
        Take new tasks from this batch only.
    chance
        Source of the random draws.
    """
    chance = chance or random.SystemRandom()
    release_lapsed(connection, now)
    connection.execute(select(users.c.user_id).where(users.c.user_id == user_id).with_for_update())
    if (own := _own_open(connection, user_id, now)) is not None:
        return own
    from_slice = chance.random() < SLICE_SHARE
    for state, in_slice, drawn in (
        (LACKING, True, "second"),
        (LACKING, False, "second"),
        (FRESH, from_slice, "random" if from_slice else "uncertain"),
        (FRESH, not from_slice, "uncertain" if from_slice else "random"),
    ):
        query = next_task_query(user_id, state, in_slice, batch).with_for_update(skip_locked=True)
        if (task := connection.execute(query).scalar()) is not None:
            return _take(connection, task, user_id, now, drawn, chance)
    return None


def next_task_query(user_id: int, state: int, in_slice: bool, batch: str | None):  # type: ignore[no-untyped-def] # noqa: ANN201
    """Return the query for the best task in a state that this expert has never had; one index answers it."""
    mine = select(claims.c.claim_id).where(claims.c.task_id == tasks.c.task_id, claims.c.user_id == user_id)
    query = (
        select(tasks.c.task_id)
        .where(tasks.c.state == state, tasks.c.in_slice.is_(in_slice), ~mine.exists())
        .order_by(tasks.c.priority.desc())
        .limit(1)
    )
    return query.where(tasks.c.batch == batch) if batch else query


def release_lapsed(connection: Connection, now: float) -> None:
    """Give the places of run-out leases back; drafts stay with their experts."""
    lapsed = connection.execute(
        select(claims.c.claim_id, claims.c.task_id, claims.c.user_id)
        .where(claims.c.status == HELD, claims.c.leased_until < now)
        .order_by(claims.c.leased_until)
        .limit(100)
        .with_for_update(skip_locked=True)
    ).all()
    for claim_id, task_id, user_id in sorted(lapsed, key=lambda row: row.task_id):
        change_row(connection, claims, claim_id, slot=None, status=LAPSED)
        count_places(connection, task_id)
        log(connection, now, "lapse", user_id, claim_id)


def retake(connection: Connection, claim_id: int, now: float) -> bool:
    """Give a lapsed claim a place again if one is free; return whether it has one."""
    task_id = connection.execute(select(claims.c.task_id).where(claims.c.claim_id == claim_id)).scalar_one()
    slot = _free_slot(connection, task_id)
    if slot is None:
        return False
    change_row(connection, claims, claim_id, slot=slot, status=HELD, leased_until=now + LEASE_SECONDS)
    count_places(connection, task_id)
    return True


def count_places(connection: Connection, task_id: int) -> None:
    """Bring a task's counters in line with its claims."""
    taken, submitted = connection.execute(
        select(func.count(claims.c.slot), func.count(claims.c.submitted_at)).where(
            claims.c.task_id == task_id, claims.c.slot.is_not(None)
        )
    ).one()
    wanted = connection.execute(select(tasks.c.wanted).where(tasks.c.task_id == task_id)).scalar_one()
    state = FULL if taken >= wanted else LACKING if taken else FRESH
    change_row(connection, tasks, task_id, taken=taken, submitted=submitted, state=state)


def _own_open(connection: Connection, user_id: int, now: float) -> int | None:
    held = connection.execute(
        select(claims.c.claim_id)
        .where(claims.c.user_id == user_id, claims.c.status == HELD)
        .order_by(claims.c.changed_at)
        .limit(1)
    ).scalar()
    if held is not None:
        change_row(connection, claims, held, leased_until=now + LEASE_SECONDS)
        return held
    lapsed = connection.execute(
        select(claims.c.claim_id)
        .join(tasks, and_(tasks.c.task_id == claims.c.task_id, tasks.c.state != FULL))
        .where(claims.c.user_id == user_id, claims.c.status == LAPSED)
        .order_by(claims.c.changed_at.desc())
        .limit(1)
        .with_for_update(of=claims)
    ).scalar()
    return lapsed if lapsed is not None and retake(connection, lapsed, now) else None


def _free_slot(connection: Connection, task_id: int) -> int | None:
    """Lock the task and return its lowest free place, or None."""
    wanted = connection.execute(
        select(tasks.c.wanted).where(tasks.c.task_id == task_id).with_for_update()
    ).scalar_one()
    used = set(
        connection.execute(
            select(claims.c.slot).where(claims.c.task_id == task_id, claims.c.slot.is_not(None))
        ).scalars()
    )
    return next((slot for slot in range(1, wanted + 1) if slot not in used), None)


def _take(
    connection: Connection, task_id: int, user_id: int, now: float, drawn: str, chance: random.Random
) -> int:
    """Give the expert a place at a locked task that has one."""
    slot = _free_slot(connection, task_id)
    claim_id = connection.execute(
        claims.insert().values(
            task_id=task_id, user_id=user_id, slot=slot, status=HELD, leased_until=now + LEASE_SECONDS,
            seed=chance.randrange(2**31), hints=chance.random() >= HINTS_HIDDEN, drawn=drawn, draft={}, revision=0,
            claimed_at=now, changed_at=now,
        )
            .returning(claims.c.claim_id)
    ).scalar_one()  # fmt: skip
    count_places(connection, task_id)
    log(connection, now, "claim", user_id, claim_id, {"slot": slot, "drawn": drawn})
    return claim_id

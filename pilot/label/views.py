"""What the pages show, read from the store; where a candidate came from and others' answers never leave here."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from pilot.label.cards import card, frozen_validity, passages_of
from pilot.label.content import label_names
from pilot.label.tables import (
    FRESH,
    HELD,
    LACKING,
    LAPSED,
    SKIPPED,
    SUBMITTED,
    claims,
    events,
    label_sets,
    tasks,
    users,
)  # fmt: skip
from pilot.taxonomy import taxonomy
from pilot.text.letters import strip_accents

VIETNAM = timezone(timedelta(hours=7))


def own_claim(connection: Connection, user_id: int, claim_id: int) -> Mapping[str, Any] | None:
    """Return everything the labelling page shows of an expert's own claim; None for anybody else's."""
    row = connection.execute(
        select(
            claims, tasks.c.question_id, tasks.c.content.label("task"), label_sets.c.content.label("labels")
        )
        .join_from(claims, tasks)
        .join(label_sets)
        .where(claims.c.claim_id == claim_id, claims.c.user_id == user_id, claims.c.status != SKIPPED)
    ).first()
    if row is None:
        return None
    listed = {candidate["key"]: candidate["validity"] for candidate in row.task["candidates"]}
    order = list(listed)
    random.Random(row.seed).shuffle(order)
    added = [key.partition(":")[2] for key in row.draft if key.startswith("added:")]
    found = passages_of(connection, [*order, *added])
    on = date.fromisoformat(row.task["on"])
    names = label_names(row.labels)
    suggestions = [{**each, "name": names[each["label"]]} for each in row.task["suggestions"]]
    return {
        "claim_id": row.claim_id, "status": row.status, "revision": row.revision, "draft": row.draft,
        "question_id": row.question_id, "question": row.task["question"], "on": row.task["on"],
        "labels": row.labels, "names": names, "by_group": by_group(row.labels),
        "subjects": subjects(),
        "suggestions": suggestions if row.hints else [],
        "candidates": [card(key, found[key], listed[key]) for key in order],
        "added": [card(key, found[key], frozen_validity(found[key], on)) for key in added if key in found],
    }  # fmt: skip


def by_group(labels: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return group name -> code -> topic name, special labels last under their own heading."""
    groups: dict[str, dict[str, str]] = {name: {} for name in labels["groups"].values()}
    for code, topic in labels["topics"].items():
        groups[labels["groups"][topic["group"]]][code] = topic["name"]
    return {name: codes for name, codes in groups.items() if codes} | {
        "Nhãn đặc biệt": dict(labels["special"])
    }


def subjects() -> dict[str, str]:
    """Return code -> what the codification files under a topic, plain letters, `|` between: people look by that."""
    found: dict[str, list[str]] = {}
    for name, (code, _) in taxonomy().headings.items():
        found.setdefault(code, []).append(strip_accents(name).lower())
    return {code: "|".join(names) for code, names in found.items()}


def desk(connection: Connection, user_id: int) -> dict[str, Any]:
    """Return an expert's own work: counts, and what is open or has run out."""
    found = connection.execute(
        select(claims.c.status, func.count()).where(claims.c.user_id == user_id).group_by(claims.c.status)
    )
    counts: dict[str, int] = {status: number for status, number in found}
    lapsed = [row for row in own_items(connection, user_id, LAPSED, 50) if row["touched"]]
    quiz = select(events.c.event_id).where(events.c.user_id == user_id, events.c.kind == "quiz").limit(1)
    calibrated = connection.execute(quiz).first() is not None
    return {
        "submitted": counts.get(SUBMITTED, 0), "skipped": counts.get(SKIPPED, 0),
        "open": own_items(connection, user_id, HELD, 50), "lapsed": lapsed, "calibrated": calibrated,
    }  # fmt: skip


def own_items(
    connection: Connection, user_id: int, status: str, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """Return an expert's claims of one status, the last touched first."""
    rows = connection.execute(
        select(claims, tasks.c.content.label("task"), label_sets.c.content.label("labels"))
        .join_from(claims, tasks)
        .join(label_sets)
        .where(claims.c.user_id == user_id, claims.c.status == status)
        .order_by(claims.c.changed_at.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    return [
        {
            "claim_id": row.claim_id, "text": row.task["question"]["text"], "touched": row.revision > 0,
            "when": moment_words(row.changed_at), "main": label_names(row.labels).get(row.draft.get("main"), ""),
            "edited": row.submitted_at is not None and row.changed_at > row.submitted_at,
        }
        for row in rows
    ]  # fmt: skip


def progress(connection: Connection) -> list[dict[str, Any]]:
    """Return per batch how many tasks there are, are answered by all wanted, lack somebody, are untouched."""
    rows = connection.execute(
        select(
            tasks.c.batch, func.count().label("tasks"),
            _how_many(tasks.c.submitted >= tasks.c.wanted).label("whole"),
            func.sum(tasks.c.submitted).label("answers"), func.sum(tasks.c.wanted).label("wanted"),
            _how_many(tasks.c.state == FRESH).label("fresh"), _how_many(tasks.c.state == LACKING).label("lacking"),
        ).group_by(tasks.c.batch).order_by(tasks.c.batch)
    ).mappings()  # fmt: skip
    newest = select(label_sets.c.content).order_by(label_sets.c.created_at.desc())
    groups = (connection.execute(newest).scalar() or {}).get("groups", {})
    return [{**row, "name": groups.get(row["batch"], "Lĩnh vực khác, chưa rõ")} for row in rows]


def per_expert(connection: Connection) -> list[dict[str, Any]]:
    """Return per expert how many tasks were submitted, skipped and are open; for administrators."""
    counts = {"submitted": SUBMITTED, "skipped": SKIPPED, "open": HELD}
    query = (
        select(users.c.display, *(_how_many(claims.c.status == s).label(name) for name, s in counts.items()))
        .join_from(users, claims)
        .group_by(users.c.user_id, users.c.display)
        .order_by(users.c.display)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def moment_words(at: float) -> str:
    """Return a moment as people in Viet Nam write it."""
    return datetime.fromtimestamp(at, UTC).astimezone(VIETNAM).strftime("%H:%M ngày %d/%m/%Y")


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Return the number of rows of a group for which a condition holds; 0 and not null in an empty one."""
    return func.count().filter(condition)

"""From votes to a decision: who differs, what a senior expert sees of it, and how the decision is kept.

Decisions are only ever added. One counts only if it was made on the votes, and on the earlier decision, that are
still the newest: whoever comes second is shown what the first did. Nobody adjudicates what they labelled themselves.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select

from pilot.label import votes
from pilot.label.cards import card, frozen_validity, passages_of
from pilot.label.content import change_faults, label_names, missing
from pilot.label.store import Store
from pilot.label.tables import decisions as decisions_table
from pilot.label.tables import flags, label_sets, tasks, users
from pilot.label.views import moment_words
from pilot.label.votes import Item, pseudonym

DONE, REJECTED, OVERTAKEN = "done", "rejected", "overtaken"
LONGEST_REASON = 2000
MARKS = ("stale", "privacy")
CHANGED = (
    "Trong lúc anh/chị xem, có người đã quyết định câu này hoặc một chuyên gia đã nộp lại. Trang đã cập nhật; "
    "mời anh/chị xem lại rồi quyết định."
)


class Standing:
    """Everything said so far, read again only when something was added.

    Parameters
    ----------
    store
        Where it is.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: tuple[Any, list[Item]] = (None, [])

    def items(self) -> tuple[Any, list[Item]]:
        """Return what marks this state, and every question answered by somebody."""
        with self._store.reading() as connection:
            state = tuple(
                connection.execute(select(column)).scalar()
                for column in (
                    func.max(votes.answers.c.answer_id),
                    func.max(decisions_table.c.decision_id),
                    func.max(flags.c.flag_id),
                )
            )
            if self._read[0] != state:
                self._read = state, votes.load(connection)
        return self._read


def waiting(items: Iterable[Item], user_id: int) -> list[Item]:
    """Return what this adjudicator may decide, in an order of their own, so that two seldom meet."""
    mine = pseudonym(user_id)
    found = [item for item in items if item.open and mine not in {vote.rater for vote in item.votes}]
    return sorted(found, key=lambda item: hashlib.sha256(f"{user_id}:{item.task_id}".encode()).digest())


def page(connection: Connection, item: Item) -> Mapping[str, Any]:
    """Return everything the adjudication page shows of a question: experts as A, B …, what they differ on first."""
    labels = _labels(connection, item)
    found, on = passages_of(connection, item.keys), date.fromisoformat(item.task["on"])
    listed = {each["key"]: each["validity"] for each in item.task["candidates"]}
    decision = item.decision and {
        **item.decision["content"],
        "who": connection.execute(
            select(users.c.display).where(users.c.user_id == item.decision["user_id"])
        ).scalar(),
        "when": moment_words(item.decision["decided_at"]),
    }
    cards = [
        {
            **card(key, found[key], listed.get(key) or frozen_validity(found[key], on)),
            "disputed": f"grade:{key}" in item.disputes,
            "added": key not in listed,
            "votes": [vote.content.get(f"grade:{key}") for vote in item.votes],
            "marks": [[mark for mark in MARKS if vote.content.get(f"{mark}:{key}")] for vote in item.votes],
            "proposed": _proposed(item, key),
        }
        for key in item.keys
    ]  # fmt: skip
    return {
        "item": item, "question": item.task["question"], "on": item.task["on"], "names": label_names(labels),
        "labels": labels,
        "letters": [chr(ord("A") + place) for place in range(len(item.votes))],
        "mains": sorted({vote.content["main"] for vote in item.votes}),
        "cards": sorted(cards, key=lambda each: not each["disputed"]), "decision": decision,
        "seen": item.token,
    }  # fmt: skip


def decide(
    connection: Connection, user_id: int, task_id: int, content: Mapping[str, Any], reason: str, seen: str, now: float
) -> tuple[str, list[str]]:  # fmt: skip
    """Keep a decision; return ``done``, ``rejected`` or ``overtaken``, and what to tell the adjudicator.

    Parameters
    ----------
    connection
        In a writing transaction.
    user_id, task_id
        Who decides what.
    content
        The answer as it shall stand: ``main``, ``second``, ``grade:KEY`` of every passage.
    reason
        Why, for the experts and for later readers.
    seen
        What the page gave along: which votes and which earlier decision it showed.
    now
        The time.
    """
    connection.execute(select(tasks.c.task_id).where(tasks.c.task_id == task_id).with_for_update())
    item = next(iter(votes.load(connection, task_id=task_id)), None)
    if item is None or not item.whole or pseudonym(user_id) in {vote.rater for vote in item.votes}:
        return REJECTED, ["Câu này không nằm trong phần thẩm định của anh/chị."]
    if seen != item.token:
        return OVERTAKEN, [CHANGED]
    labels = _labels(connection, item)
    content = {key: value for key, value in content.items() if value not in (None, "")}
    keys, reason = set(item.keys), " ".join(reason.split())
    faults = change_faults(content, labels, keys, set()) or missing(content, labels, keys)
    if not reason or len(reason) > LONGEST_REASON:
        faults.append(f"Hãy ghi lý do của quyết định (không quá {LONGEST_REASON} ký tự).")
    if faults:
        return REJECTED, faults
    connection.execute(
        insert(decisions_table).values(
            task_id=task_id, revision=item.seen["decision"] + 1, user_id=user_id,
            content={**content, "reason": reason}, seen=item.seen, decided_at=now,
        )
    )  # fmt: skip
    return DONE, []


def _labels(connection: Connection, item: Item) -> Mapping[str, Any]:
    """Return the label set of a question."""
    content = select(label_sets.c.content).where(label_sets.c.version == item.label_set)
    labels: Mapping[str, Any] = connection.execute(content).scalar_one()
    return labels


def _proposed(item: Item, key: str) -> int | None:
    """Return the grade the page starts with: as decided before, or where experts nearly agree what would stand."""
    if item.decision is not None:
        return item.decision["content"].get(f"grade:{key}")
    return None if f"grade:{key}" in item.disputes else votes.lower_median(item.grades(key))

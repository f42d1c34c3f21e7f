"""Lists that other rooms write, put before adjudicators: suspicious labels, conflicts between near duplicates."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select

from pilot.label.tables import CONFLICTS, SUSPICIOUS, flags, tasks
from pilot.label.votes import newest_label_set
from pilot.records import InputError
from pilot.sources.rows import raise_all, read_csv
from pilot.taxonomy import taxonomy


class Flagged(NamedTuple):
    """How many questions were put before adjudicators, were so already, and are no tasks."""

    new: int
    known: int
    unknown: int


def flag(connection: Connection, queue: str, rows: Sequence[Mapping[str, Any]], now: float) -> Flagged:
    """Put questions of a list before adjudicators; they wait until all experts have answered.

    Parameters
    ----------
    connection
        In a writing transaction.
    queue
        ``suspicious`` or ``conflicts``.
    rows
        As `pilot.classify.suspicious` or `pilot.quality.prepare` write them.
    now
        The time.

    Raises
    ------
    InputError
        If the rows lack the columns of such a list.
    """
    reasons = _reasons(queue, rows)
    newest = newest_label_set(connection)
    of_newest = select(tasks.c.question_id, tasks.c.task_id).where(tasks.c.label_set == newest)
    ids = dict(connection.execute(of_newest).tuples().all())
    there = set(connection.execute(select(flags.c.task_id).where(flags.c.queue == queue)).scalars())
    found = {ids[question_id]: why for question_id, why in reasons.items() if question_id in ids}
    new = [
        {"task_id": task_id, "queue": queue, "why": why, "created_at": now}
        for task_id, why in found.items()
        if task_id not in there
    ]
    if new:
        connection.execute(insert(flags), new)
    return Flagged(len(new), len(found) - len(new), len(reasons) - len(found))


def read_list(queue: str, source: str) -> list[dict[str, Any]]:
    """Return the rows of a list: a CSV file, or what confident learning finds in a run's out-of-fold predictions.

    Raises
    ------
    InputError
        If the queue is unknown, or ``source`` is neither a file nor, for ``suspicious``, a run.
    """
    if queue not in (SUSPICIOUS, CONFLICTS):
        raise InputError(f"queue {queue!r}; expected {SUSPICIOUS} or {CONFLICTS}")
    if Path(source).is_file():
        faults: list[str] = []
        rows = [dict(row) for _, row in read_csv(Path(source), faults)]
        raise_all(Path(source), faults)
        return rows
    if queue == CONFLICTS:
        raise InputError(
            f"{source}: no such file; `pilot data import` writes conflicts.csv into its --out folder"
        )
    from pilot import track
    from pilot.classify.suspicious import suspicious_labels

    frames = track.frames(track.find(source).run_id)
    found = suspicious_labels(frames["predictions"], frames["gold"])
    return [dict(zip(found.columns, row, strict=True)) for row in found.itertuples(index=False)]


def _reasons(queue: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return question -> why, in Vietnamese; no text of another question is repeated."""
    needed = {SUSPICIOUS: ("question_id", "label", "suggested"), CONFLICTS: ("first", "second", "what")}[
        queue
    ]
    if missed := [name for name in needed if rows and name not in rows[0]]:
        raise InputError(f"list of {queue}: no column {', '.join(missed)}; expected {', '.join(needed)}")
    name, found = taxonomy().name, {}
    for row in rows:
        if queue == SUSPICIOUS:
            found[row["question_id"]] = (
                f"Nhãn cũ «{name(row['label'])}»; máy nghiêng về «{name(row['suggested'])}»."
            )
            continue
        what = "lĩnh vực khác" if row["what"] == "fields" else "câu trả lời khác"
        for one, other in ((row["first"], row["second"]), (row["second"], row["first"])):
            found[one] = f"Gần như trùng với câu {other} nhưng mang {what}."
    return found

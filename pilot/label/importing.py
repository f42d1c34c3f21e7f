"""From a dataset to tasks: candidates pooled from several rankers and at random, the likeliest fields beside.

Personal data in questions and approved answers is replaced first: it never reaches the database.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, update

from pilot.label.cards import frozen_passages, frozen_validity
from pilot.label.content import label_set
from pilot.label.proposals import pools, suggested_fields
from pilot.label.queue import SLICE_SHARE
from pilot.label.store import Store
from pilot.label.tables import FRESH, label_sets, passages, tasks
from pilot.quality.prepare import without_personal_data
from pilot.records import InputError, Question, to_row
from pilot.sources import Dataset
from pilot.sources.folder import read_card
from pilot.sources.imported import Account
from pilot.taxonomy import taxonomy

NO_BATCH = "khac"
SEED = 0
"""Of everything random."""


class Imported(NamedTuple):
    """How many tasks and passages were made, and how many questions were tasks already."""

    tasks: int
    passages: int
    known: int


def import_tasks(
    store: Store,
    dataset: Dataset,
    now: float,
    experts: int = 2,
    shown: Mapping[str, Sequence[str]] | None = None,
) -> Imported:
    """Make one task per question; questions that are tasks of this label set already stay as they are.

    Parameters
    ----------
    store
        Where tasks and passages go.
    dataset
        Questions and the corpus.
    now
        The time.
    experts
        Wanted for each question.
    shown
        Question -> passages that somebody was shown as answers: the first among the candidates.

    Raises
    ------
    InputError
        If there are no questions or passages, or the number of experts is not 1 to 5.
    """
    _refuse(dataset, experts)
    source = {
        "name": dataset.name, "illustrative": dataset.illustrative,
        "licence": read_card(dataset.path).get("license") if dataset.path.is_dir() else None,
    }  # fmt: skip
    fingerprint, dataset = dataset.fingerprint, without_personal_data(dataset, Account())
    frozen = {row["passage_id"]: row for row in frozen_passages(dataset)}
    scheme = taxonomy()
    with store.reading() as connection:
        there = _question_ids(connection, scheme.version)
    fresh = [question for question in dataset.questions if question.question_id not in there]
    pooled = pools(dataset.replaced(questions=fresh), SEED, shown or {}) if fresh else {}
    suggestions = suggested_fields(dataset, SEED) if fresh else {}
    labels = label_set(scheme.version, scheme.topics, scheme.groups, scheme.special)
    chance = random.Random(SEED)
    rows = [
        _task(each, pooled[each.question_id], frozen, suggestions[each.question_id], labels, chance, source)
        for each in fresh
    ]
    shared = {
        "label_set": scheme.version, "dataset": fingerprint, "wanted": experts, "taken": 0, "submitted": 0,
        "state": FRESH, "created_at": now,
    }  # fmt: skip
    with store.writing() as connection:
        _keep_label_set(connection, labels, now)
        made = _keep_passages(connection, frozen.values())
        there = _question_ids(connection, scheme.version)  # another import may have been quicker
        new = [row | shared for row in rows if row["question_id"] not in there]
        if new:
            connection.execute(insert(tasks), new)
    return Imported(len(new), made, len(dataset.questions) - len(new))


def _refuse(dataset: Dataset, experts: int) -> None:
    faults = [
        f"{dataset.name}: no {what}; a task needs both"
        for what in ("questions", "passages")
        if not getattr(dataset, what)
    ]
    if not 1 <= experts <= 5:
        faults.append(f"--experts {experts}: expected 1 to 5")
    if faults:
        raise InputError(*faults)


def _question_ids(connection: Connection, label_set: str) -> set[str]:
    return set(
        connection.execute(select(tasks.c.question_id).where(tasks.c.label_set == label_set)).scalars()
    )


def _task(
    question: Question,
    origins: Mapping[str, list[str]],
    frozen: Mapping[str, Mapping[str, Any]],
    suggestions: Sequence[tuple[str, float]],
    labels: Mapping[str, Any],
    chance: random.Random,
    source: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    known = [(code, p) for code, p in suggestions if code in labels["topics"] or code in labels["special"]]
    likeliest = known[0][0] if known else ""
    batch = labels["topics"].get(likeliest, {}).get("group", NO_BATCH)
    on = question.asked_on or date.today()
    candidates = [
        {"key": frozen[id_]["key"], "origin": origin, "validity": frozen_validity(frozen[id_], on)}
        for id_, origin in origins.items()
    ]
    in_slice = chance.random() < SLICE_SHARE
    margin = known[0][1] - known[1][1] if len(known) > 1 else 0.0
    content = {
        "question": to_row(question), "on": on.isoformat(), "candidates": candidates, "from": source,
        "suggestions": [{"label": code, "p": round(p, 4)} for code, p in known[:5]],
    }  # fmt: skip
    return {
        "question_id": question.question_id, "batch": batch, "content": content, "in_slice": in_slice,
        "priority": chance.random() if in_slice else 1.0 - margin,
    }  # fmt: skip


def _keep_label_set(connection: Connection, labels: dict[str, Any], now: float) -> None:
    """Write a new version of the label set; a version once used never changes.

    Raises
    ------
    InputError
        If the version is there with other content.
    """
    version = labels["version"]
    there = connection.execute(select(label_sets.c.content).where(label_sets.c.version == version)).scalar()
    if there is None:
        connection.execute(insert(label_sets).values(version=version, content=labels, created_at=now))
    elif there != labels:
        raise InputError(
            f"data/taxonomy.yaml: label set {version!r} was changed after tasks were made with it; "
            "give the changed one a new `version`"
        )


def _keep_passages(connection: Connection, frozen: Iterable[Mapping[str, Any]]) -> int:
    """Write passages not there yet; an older wording of the same id is no longer offered in the search."""
    new = []
    keys = select(passages.c.passage_key, passages.c.passage_id)
    known = dict(connection.execute(keys).tuples().all())
    ids = set(known.values())
    for row in frozen:
        if row["key"] in known:
            continue
        if row["passage_id"] in ids:
            connection.execute(
                update(passages).where(passages.c.passage_id == row["passage_id"]).values(current=False)
            )
        content = {name: value for name, value in row.items() if name != "key"}
        new.append(
            {"passage_key": row["key"], "passage_id": row["passage_id"], "content": content, "current": True}
        )
    if new:
        connection.execute(insert(passages), new)
    return len(new)

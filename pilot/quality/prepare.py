"""From material as read to a dataset one can trust: the steps of an import, in order, every change accounted for."""

import dataclasses
from collections import Counter
from pathlib import Path

from pilot.quality.split import question_groups
from pilot.records import Question
from pilot.sources import write_folder
from pilot.sources.imported import Imported

CHANGES = "changes.csv"


def prepare(imported: Imported) -> Imported:
    """Return the dataset with near-duplicate questions in one group, so that they never straddle splits."""
    data, account = imported
    groups = question_groups(data.questions)
    sizes = Counter(groups.values())
    first: dict[str, str] = {}
    grouped: list[Question] = []
    for question in data.questions:
        group = groups[question.question_id]
        leader = first.setdefault(group, question.question_id)
        alone = sizes[group] == 1 or question.group_id is not None
        grouped.append(question if alone else dataclasses.replace(question, group_id=leader))
        if not alone:
            account.note(question.question_id, "put into one group with near duplicates")
    return Imported(data.replaced(questions=grouped), account)


def write_imported(imported: Imported, out: Path, source: str) -> None:
    """Write a dataset folder with the list of changes, all or nothing; ``source`` names where it came from."""
    data, account = imported
    lines = "\n".join(f"* {line}" for line in account.summary()) or "* none"
    about = f"# {data.name}\n\nImported from {source}.\n\nRows changed or dropped (all in `{CHANGES}`):\n\n{lines}\n"
    write_folder(data, out, about, extra={CHANGES: account.table()})

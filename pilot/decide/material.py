"""Everything a report is written from, gathered once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pilot.decide.cost import Item
from pilot.decide.criteria import Criteria
from pilot.decide.decision import Decision
from pilot.decide.evidence import Scored, arenas, subject_of


@dataclass(frozen=True)
class Material:
    """What a report is written from.

    Parameters
    ----------
    criteria, criteria_path
        The criteria and where they stand.
    decision
        What follows from them.
    scored
        All runs reported.
    sheet
        The assumptions on costs.
    earlier
        Records of earlier reports of the same folder, oldest first.
    written
        When.
    usage
        What is known of the assistant's use, as its log sums it up; empty without a log.
    """

    criteria: Criteria
    criteria_path: Path
    decision: Decision
    scored: Sequence[Scored]
    sheet: Mapping[str, Item]
    earlier: Sequence[Mapping[str, Any]]
    written: datetime
    usage: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def arenas(self) -> list[list[Scored]]:
        """Return the runs in groups that answered the same questions, best data first."""
        return arenas(self.scored)

    def leading(self, task: str) -> list[list[Scored]]:
        """Return the groups of a task on the best data there is."""
        own = [arena for arena in self.arenas if arena[0].run.task == task]
        return [arena for arena in own if arena[0].standing == own[0][0].standing]

    def subjects(self, task: str) -> list[Scored]:
        """Return the run that the pilot would use, in each of these groups."""
        return [subject_of(arena) for arena in self.leading(task)]

"""The calibration quiz: questions with known answers and the reason for each, for new experts and for training.

The shipped questions (``data/quiz.yaml``) are invented; questions decided by adjudicators join them on the pages, with
the adjudicator's reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection

from pilot import project
from pilot.label import adjudication
from pilot.label.cards import card, frozen_passages, frozen_validity
from pilot.label.content import GRADES
from pilot.label.votes import Item, pseudonym
from pilot.taxonomy import taxonomy
from pilot.templates import rendered

DECIDED = 4
"""At most so many decided questions join the shipped ones."""


@dataclass(frozen=True)
class QuizItem:
    """One question of the quiz.

    Parameters
    ----------
    quiz_id
        Names it in the form.
    text, on
        The question, and the day it asks about.
    main
        The right main field.
    cards
        Passages as the pages show them, with ``grade`` and ``stale`` as they should be; keys are unique in the quiz.
    why
        The explanation.
    """

    quiz_id: str
    text: str
    on: str
    main: str
    cards: Sequence[Mapping[str, Any]]
    why: str


class Score(NamedTuple):
    """How an answer to the quiz compares: counts, and of how many."""

    main: int
    questions: int
    exact: int
    near: int
    stale: int
    passages: int


@cache
def shipped() -> tuple[QuizItem, ...]:
    """Return the quiz that comes with the project, its passages taken from the sample."""
    import yaml

    from pilot.sources import Dataset

    data = project.root() / "data"
    rows = {row["passage_id"]: row for row in frozen_passages(Dataset.load(data / "sample"))}
    entries = yaml.safe_load((data / "quiz.yaml").read_text(encoding="utf-8"))
    return tuple(
        QuizItem(
            entry["id"], entry["question"], entry["on"].isoformat(), entry["main"],
            [
                {
                    **card(f"{entry['id']}.{id_}", rows[id_], frozen_validity(rows[id_], entry["on"])),
                    "grade": grade, "stale": id_ in entry.get("stale", ()),
                }
                for id_, grade in entry["grades"].items()
            ],
            entry["why"],
        )
        for entry in entries
    )  # fmt: skip


def quiz(connection: Connection, items: Sequence[Item], user_id: int) -> list[QuizItem]:
    """Return the shipped quiz, and the newest decided questions of the label set that this expert has not labelled."""
    mine = pseudonym(user_id)
    decided = [
        item
        for item in items
        if item.decision
        and item.gold
        and not item.personal
        and mine not in {vote.rater for vote in item.votes}
    ]
    newest = sorted(decided, key=lambda item: -(item.decision or {})["decided_at"])[:DECIDED]
    return [*shipped(), *(_from_decision(connection, item) for item in newest)]


def _from_decision(connection: Connection, item: Item) -> QuizItem:
    shown = adjudication.page(connection, item)
    gold = item.gold
    assert gold is not None
    cards = [
        {**each, "key": f"t{item.task_id}.{each['key']}", "grade": gold.grades[each["key"]],
         "stale": any("stale" in marks for marks in each["marks"])}
        for each in shown["cards"] if each["disputed"] or gold.grades[each["key"]] > 0
    ]  # fmt: skip
    text, reason = shown["question"]["text"], shown["decision"]["reason"]
    return QuizItem(f"t{item.task_id}", text, shown["on"], gold.fields[0], cards, reason)


def score(items: Sequence[QuizItem], given: Mapping[str, str]) -> Score:
    """Return how the answers compare.

    Parameters
    ----------
    items
        The quiz.
    given
        As the form sends it: ``main:QUIZ_ID``, ``grade:KEY``, ``stale:KEY`` (there if ticked).
    """
    cards = [card for item in items for card in item.cards]
    grades = [(card["grade"], given.get(f"grade:{card['key']}")) for card in cards]
    apart = [abs(right - int(answer)) for right, answer in grades if answer in {"0", "1", "2", "3"}]
    return Score(
        sum(given.get(f"main:{item.quiz_id}") == item.main for item in items),
        len(items),
        apart.count(0),
        sum(distance <= 1 for distance in apart),
        sum(bool(given.get(f"stale:{card['key']}")) == card["stale"] for card in cards),
        len(cards),
    )


def quiz_html(items: Sequence[QuizItem]) -> str:
    """Return the quiz for a notebook: each answer folded away until it is clicked."""
    template = Path(__file__).parent / "templates" / "lesson.html"
    return rendered(template, {"field": taxonomy().name}, items=items, grades=GRADES)

"""What became of the answers: ``state/usage.jsonl``, one event a line, without personal data.

An event ``asked`` holds ``ask_id, at, channel, question`` (redacted), ``as_of, status, confidence, fields, answers``
(passage ids, best first), ``seconds`` (of the machine). An event ``feedback`` holds ``ask_id, at, outcome`` (accepted,
edited, rejected), ``passage_id`` and ``text`` (redacted; both may be null), ``seconds`` (of the person; may be null).
The last feedback counts.
"""

import json
import os
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Literal, get_args

from pilot import project
from pilot.assist.reply import Reply
from pilot.quality import redact
from pilot.records import InputError, Judgment, Question

if TYPE_CHECKING:
    from pilot.sources import Dataset

Outcome = Literal["accepted", "edited", "rejected"]
RATER = "người dùng trợ lý"
GRADES: dict[str, int] = {"accepted": 3, "edited": 2, "rejected": 0}
"""What an outcome says of the passage it is about."""


@dataclass(frozen=True)
class Feedback:
    """What a person made of an answer."""

    outcome: Outcome
    passage_id: str | None
    text: str | None
    seconds: float | None


@dataclass(frozen=True)
class Use:
    """One question asked, and what became of the answer; ``feedback`` is None while nobody has said."""

    ask_id: str
    at: str
    channel: str
    question: str
    as_of: str
    status: str
    confidence: float | None
    fields: tuple[str, ...]
    answers: tuple[str, ...]
    seconds: float
    feedback: Feedback | None = None


def usage_file() -> Path:
    """Return where usage is kept."""
    return project.state("usage.jsonl")


def log_asked(reply: Reply, seconds: float, channel: str) -> str:
    """Append a question with its reply and return its id."""
    ask_id = secrets.token_hex(4)
    use = Use(
        ask_id, _now(), channel, reply.question, reply.as_of.isoformat(), reply.status, reply.confidence,
        tuple(field.code for field in reply.fields), tuple(shown.passage.passage_id for shown in reply.answers),
        round(seconds, 4),
    )  # fmt: skip
    _append({"event": "asked"} | {name: value for name, value in asdict(use).items() if name != "feedback"})
    return ask_id


def log_feedback(
    ask_id: str, outcome: Outcome, passage_id: str | None = None, text: str | None = None,
    seconds: float | None = None,
) -> None:  # fmt: skip
    """Append what became of an answer.

    Parameters
    ----------
    ask_id
        As `log_asked` returned it.
    outcome
        Taken as it is, changed, or not used.
    passage_id
        Which answer; the first one if none is named.
    text
        The answer as the person changed it, or why it was not used; redacted here.
    seconds
        That the person needed.

    Raises
    ------
    InputError
        If there is no such question, answer or outcome.
    """
    use = next((use for use in usage() if use.ask_id == ask_id), None)
    if use is None:
        raise InputError(
            f"no question {ask_id!r} in {usage_file()}; `pilot ask` prints the id of each question"
        )
    if outcome not in get_args(Outcome):
        raise InputError(f"outcome {outcome!r}; expected one of {', '.join(get_args(Outcome))}")
    if passage_id is not None and passage_id not in use.answers:
        raise InputError(
            f"{passage_id!r} was no answer to {ask_id}; expected one of {', '.join(use.answers) or 'none'}"
        )
    chosen = passage_id or next(iter(use.answers), None)
    told = Feedback(outcome, chosen, redact(text)[0] if text else None, seconds)
    _append({"event": "feedback", "ask_id": ask_id, "at": _now(), **asdict(told)})


def usage() -> list[Use]:
    """Return every question asked, oldest first, with the last feedback on it; broken lines are left out."""
    uses: dict[str, dict[str, Any]] = {}
    for event in _events():
        kind, ask_id = event.pop("event", None), event.get("ask_id")
        if kind == "asked":
            lists = {name: tuple(event[name]) for name in ("fields", "answers")}
            uses[event["ask_id"]] = event | lists
        elif kind == "feedback" and ask_id in uses:
            told = {name: event[name] for name in Feedback.__annotations__}
            uses[ask_id]["feedback"] = Feedback(**told)
    return [Use(**use) for use in uses.values()]


def summary(uses: Sequence[Use]) -> dict[str, Any]:
    """Return what a report shows of usage: counts by status and outcome, and the median seconds of people."""
    told = [use.feedback for use in uses if use.feedback]
    seconds = [feedback.seconds for feedback in told if feedback.seconds is not None]
    return {
        "asked": len(uses),
        "status": dict(Counter(use.status for use in uses)),
        "feedback": len(told),
        "outcome": dict(Counter(feedback.outcome for feedback in told)),
        "median_seconds_of_people": median(seconds) if seconds else None,
    }


def to_label() -> list[Use]:
    """Return what experts should look at: not taken as it is by a person, and of equal questions the newest."""
    newest = {" ".join(use.question.casefold().split()): use for use in usage()}
    return [use for use in newest.values() if use.feedback is None or use.feedback.outcome != "accepted"]


def as_dataset(uses: Sequence[Use], data: "Dataset") -> "Dataset":
    """Return the questions asked as a dataset to label: their redacted texts, and outcomes as grades of one rater.

    Parameters
    ----------
    uses
        From `usage`.
    data
        Whose passages answered; these and its documents come along.
    """
    known = {passage.passage_id for passage in data.passages}
    days = [datetime.fromisoformat(use.at).date() for use in uses]
    questions = [
        Question(use.ask_id, use.question, "trợ lý", "train", channel=use.channel, asked_on=day)
        for use, day in zip(uses, days, strict=True)
    ]
    judgments = [
        Judgment(use.ask_id, use.feedback.passage_id, GRADES[use.feedback.outcome], RATER)
        for use in uses
        if use.feedback and use.feedback.passage_id in known
    ]
    return data.replaced(questions=questions, judgments=judgments)


def _append(event: dict[str, Any]) -> None:
    """Add one line in one write, so that several programs may write at once."""
    path = usage_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, (json.dumps(event, ensure_ascii=False) + "\n").encode())
    finally:
        os.close(handle)


def _events() -> list[dict[str, Any]]:
    path = usage_file()
    if not path.is_file():
        return []
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and isinstance(event.get("ask_id"), str):
            found.append(event)
    return found


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")

"""What keeps figures from carrying a decision, however good they are; each reason as leadership reads it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pilot import checkout, track
from pilot.decide.criteria import Criteria, parse_criteria
from pilot.decide.evidence import Scored
from pilot.decide.verdicts import Judged, alarm_text
from pilot.decide.words import wording
from pilot.records import InputError


@dataclass(frozen=True)
class Obstacle:
    """One reason why these figures cannot lead to "go", and what removes it."""

    code: str
    text: str
    remedy: str


def _obstacle(code: str, **values: object) -> Obstacle:
    """Return an obstacle in the words of ``loi_van.yaml``, its places filled in."""
    return Obstacle(code, *(text.format(**values) for text in wording()["obstacles"][code]))


def obstacles(
    criteria: Criteria, path: Path, judged: Sequence[Judged], earlier: Iterable[str], today: date
) -> list[Obstacle]:
    """Return everything that stands in the way.

    Parameters
    ----------
    criteria, path
        The criteria and the file they come from.
    judged
        The verdicts, with the runs they rest on.
    earlier
        Hashes of the criteria in earlier reports of the same folder.
    today
        The day of the report.
    """
    used = _used(judged)
    found = [*_criteria(criteria, path, used, set(earlier), today)]
    if missing := sorted(
        {j.criterion.experiment for j in judged if not j.findings}
        | {j.criterion.against for j in judged if j.criterion.against and not _compared(j)}
    ):
        files = " ".join(f"experiments/{name}.yaml" for name in missing)
        found.append(_obstacle("missing", names=", ".join(missing), files=files))
    return [*found, *_runs(used), *_data(used)]


def _used(judged: Sequence[Judged]) -> list[Scored]:
    """Return the runs the verdicts rest on, each once."""
    both = [one for j in judged for f in j.findings for one in (f.scored, f.against) if one is not None]
    return list({one.run.run_id: one for one in both}.values())


def _compared(judged: Judged) -> bool:
    return bool(judged.findings) and all(finding.against is not None for finding in judged.findings)


def _criteria(
    criteria: Criteria, path: Path, used: Sequence[Scored], earlier: set[str], today: date
) -> Iterator[Obstacle]:
    if criteria.status == "draft":
        yield _obstacle("draft")
    first = min([today, *(date.fromtimestamp(one.run.started) for one in used)])
    if criteria.date > first:
        yield _obstacle("late", set=criteria.date, scored=first)
    then = {_hash_at(one.run.commit, path) for one in used} - {None}
    if (then | earlier) - {criteria.hash}:
        yield _obstacle("changed")


@cache
def _hash_at(commit: str, path: Path) -> str | None:
    """Return the hash of the criteria as they stood at a commit; None where that cannot be said."""
    text = checkout.file_at(commit, path)
    try:
        return parse_criteria(text, path).hash if text else None
    except InputError:  # an older form of the file
        return None


def _runs(used: Sequence[Scored]) -> Iterator[Obstacle]:
    if drafts := _named(one for one in used if one.run.draft):
        yield _obstacle("draft run", names=drafts)
    if smoke := _named(one for one in used if one.run.suite == "smoke"):
        yield _obstacle("smoke", names=smoke)
    for one in used:
        for message in dict.fromkeys(map(alarm_text, one.run.alarms)):
            yield _obstacle("alarm", name=one.run.experiment, message=message)
    if stale := _named(one for one in used if older_than_data(one.run)):
        yield _obstacle("older than data", names=stale)


def _data(used: Sequence[Scored]) -> Iterator[Obstacle]:
    if any(one.run.illustrative for one in used):
        yield _obstacle("illustrative")
    if names := sorted({one.run.dataset for one in used if one.run.development}):
        yield _obstacle("development", names=", ".join(names))
    if names := sorted({o.run.dataset for o in used if not o.run.adjudicated and not o.run.illustrative}):
        yield _obstacle("labels", names=", ".join(names))


@cache
def fingerprint_at(path: str) -> str | None:
    """Return the fingerprint of the dataset that lies there now; None if there is none to be read."""
    from pilot.sources import Dataset

    try:
        return Dataset.load(path).fingerprint if path else None
    except InputError:
        return None


def older_than_data(run: track.Run) -> bool:
    """Say whether the dataset at the place it was read from is another one by now."""
    return fingerprint_at(run.path) not in (None, run.data)


def _named(found: Iterable[Scored]) -> str:
    return ", ".join(sorted({f"{one.run.experiment} ({one.run.run_id[:8]})" for one in found}))

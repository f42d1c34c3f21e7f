"""How far experts agree, with each other and with what was decided: figures with intervals, by label-set version."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from pilot.evaluate.agreement import Level, cohen_kappa, krippendorff_alpha, mean_over_votes
from pilot.evaluate.bootstrap import Estimate
from pilot.label.votes import Item

if TYPE_CHECKING:
    import pandas as pd

LEVELS: Mapping[str, Level] = {
    "main": "nominal", "second": "nominal", "none_right": "nominal", "grades": "ordinal", "stale": "nominal",
}  # fmt: skip
"""What experts fill in -> how it is measured; grades and staleness per passage, the others per question."""
EXPERTS, SETTLED = "experts", "settled"


def agreement(items: Sequence[Item], resamples: int = 1000) -> dict[str, Any]:
    """Return everything known of agreement, JSON-ready but for the estimates.

    Per label-set version: ``alpha`` (Krippendorff, by what is filled in), ``kappa`` (Cohen, by pair of experts; grades
    with quadratic weights), ``by_batch`` (alpha by field group), ``confusion`` between experts, ``ceiling`` (experts
    against what stands: over all settled questions, and over those an adjudicator decided, which are the hard ones),
    ``seconds`` per item by expert, ``progress`` by batch. A figure is None without two votes to
    compare, and where all gave the same value throughout.
    """
    return {
        version: _of_version([item for item in items if item.label_set == version], resamples)
        for version in sorted({item.label_set for item in items}, reverse=True)
    }


def _of_version(items: Sequence[Item], resamples: int) -> dict[str, Any]:
    frames = {what: vote_frame(items, what) for what in LEVELS}
    batches = sorted({item.batch for item in items})
    return {
        "questions": len(items),
        "answers": sum(len(item.votes) for item in items),
        "alpha": {what: _alpha(frame, LEVELS[what], resamples) for what, frame in frames.items()},
        "kappa": list(_kappas(frames, resamples)),
        "by_batch": {
            batch: {
                what: _alpha(frames[what][frames[what]["batch"] == batch], LEVELS[what], resamples)
                for what in ("main", "grades")
            }
            for batch in batches
        },
        "confusion": {"main": _confused(items), "grades": _grade_table(items)},
        "ceiling": {
            "all": _ceiling(items, resamples),
            "decided": _ceiling([item for item in items if item.decision], resamples),
        },
        "seconds": _seconds(items),
        "progress": {batch: _progress([item for item in items if item.batch == batch]) for batch in batches},
    }


def vote_frame(items: Iterable[Item], what: str) -> "pd.DataFrame":
    """Return ``item, group, rater, value, batch`` for one of `LEVELS`, as `pilot.evaluate.agreement` takes it."""
    import pandas as pd

    rows: list[tuple[str, str, str, Any, str]] = []
    for item in items:
        for vote in item.votes:
            graded = [key for key in item.keys if f"grade:{key}" in vote.content]
            values: dict[str, Any] = {"": str(vote.content.get(what, ""))}
            if what == "grades":
                values = {key: vote.content[f"grade:{key}"] for key in graded}
            elif what == "stale":
                values = {key: str(f"stale:{key}" in vote.content) for key in graded}
            rows += [
                (f"{item.question_id}\t{key}", item.question_id, vote.rater, value, item.batch)
                for key, value in values.items()
            ]
    return pd.DataFrame(rows, columns=["item", "group", "rater", "value", "batch"])


def _alpha(votes: "pd.DataFrame", level: Level, resamples: int) -> Estimate | None:
    """Return alpha; None where no item has two votes, or only one value was ever given: chance has nothing to do."""
    shared = votes[votes["item"].duplicated(keep=False)]
    if shared["value"].nunique() < 2:
        return None
    return krippendorff_alpha(votes, level, resamples=resamples)


def _kappas(frames: Mapping[str, "pd.DataFrame"], resamples: int) -> Iterable[dict[str, Any]]:
    """Yield kappa of every two experts with common questions."""
    for pair in combinations(sorted(frames["main"]["rater"].unique()), 2):
        seen = [set(frames["main"].query("rater == @rater")["item"]) for rater in pair]
        if seen[0] & seen[1]:
            figures = {
                what: cohen_kappa(frames[what], pair, LEVELS[what], resamples=resamples)
                for what in ("main", "grades")
            }
            yield {"experts": list(pair), **figures}


def _confused(items: Iterable[Item]) -> list[tuple[str, str, int]]:
    """Return pairs of main fields that two experts gave one question, the most frequent first."""
    found: Counter[tuple[str, str]] = Counter()
    for item in items:
        for one, other in combinations(sorted(vote.content["main"] for vote in item.votes), 2):
            found[one, other] += one != other
    return sorted(((*pair, n) for pair, n in found.items() if n), key=lambda row: (-row[2], row))


def _grade_table(items: Iterable[Item]) -> list[list[int]]:
    """Return how often two experts gave one passage these two grades, symmetric, shape (4, 4)."""
    table = [[0] * 4 for _ in range(4)]
    for item in items:
        for key in item.keys:
            for one, other in combinations(item.grades(key), 2):
                table[one][other] += 1
                table[other][one] += one != other
    return table


def _ceiling(items: Sequence[Item], resamples: int) -> dict[str, Estimate | int | None]:
    """Return how well a single expert meets what stands: share of right main fields, weighted kappa of grades."""
    import pandas as pd

    rows, right = [], []
    for item in items:
        if item.gold is None:
            continue
        for vote in item.votes:
            right.append((item.question_id, float(vote.content["main"] == item.gold.fields[0])))
            for key, grade in item.gold.grades.items():
                given = vote.content.get(f"grade:{key}")
                for rater, value in ((EXPERTS, given), (SETTLED, grade)):
                    rows.append((f"{item.question_id}\t{key}\t{vote.rater}", item.question_id, rater, value))
    frame = pd.DataFrame(rows, columns=["item", "group", "rater", "value"]).dropna()
    return {
        "questions": len({question for question, _ in right}),
        "main": mean_over_votes(right, resamples=resamples) if right else None,
        "grades": cohen_kappa(frame, (EXPERTS, SETTLED), "ordinal", resamples=resamples) if right else None,
    }


def _seconds(items: Iterable[Item]) -> dict[str, dict[str, float]]:
    """Return rater -> number, median and ninth decile of the seconds of work on an item; under ``all`` everybody."""
    found: dict[str, list[float]] = {}
    for item in items:
        for vote in item.votes:
            if vote.seconds is not None:
                for who in ("all", vote.rater):
                    found.setdefault(who, []).append(vote.seconds)
    return {
        who: {
            "n": len(times),
            "median": median(times),
            "p90": quantiles(times, n=10, method="inclusive")[-1] if len(times) > 1 else times[0],
        }
        for who, times in sorted(found.items())
    }


def _progress(items: Sequence[Item]) -> dict[str, int]:
    """Return how many of the questions begun are answered by all, wait for an adjudicator, and are settled."""
    return {
        "begun": len(items),
        "whole": sum(item.whole for item in items),
        "waiting": sum(item.open for item in items),
        "settled": sum(item.gold is not None for item in items),
    }


def as_text(found: Mapping[str, Any]) -> str:
    """Return the figures as lines for a terminal."""
    lines = []
    for version, one in found.items():
        lines.append(f"label set {version}: {one['questions']} questions, {one['answers']} answers")
        lines += [
            f"  Krippendorff alpha, {what:<10} {_words(figure)}" for what, figure in one["alpha"].items()
        ]
        for pair in one["kappa"]:
            who = " and ".join(pair["experts"])
            lines += [f"  Cohen kappa, {who}, {what:<7} {_words(pair[what])}" for what in ("main", "grades")]
        for batch, figures in one["by_batch"].items():
            lines += [f"  alpha in {batch}, {what:<7} {_words(figure)}" for what, figure in figures.items()]
        for name, words in (("all", "settled"), ("decided", "decided")):
            ceiling = one["ceiling"][name]
            for what, measure in (("main", "share right"), ("grades", "kappa")):
                lines.append(
                    f"  experts against {words} questions, {what}, {measure} {_words(ceiling[what])}"
                )
        lines += [
            f"  seconds per item, {who}: median {time['median']:.0f}, ninth decile {time['p90']:.0f} (n = {time['n']})"
            for who, time in one["seconds"].items()
        ]
        lines += [
            f"  {batch}: {', '.join(f'{count} {word}' for word, count in counts.items())}"
            for batch, counts in one["progress"].items()
        ]
    return "\n".join(lines)


def _words(figure: Estimate | None) -> str:
    if figure is None:
        return "not measurable: no two answers to compare, or one value throughout"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}] (n = {figure.n})"

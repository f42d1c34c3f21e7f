"""What a dataset holds, in figures: the datasheet as JSON-ready values, without a word of any question."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from pilot.quality.duplicates import near_duplicates
from pilot.quality.validate import check, leaking
from pilot.sources import KINDS, Dataset
from pilot.sources.folder import read_card
from pilot.text.citations import find_citations

MOST_FOR_NEAR = 20_000
"""Beyond this many questions near duplicates are counted by `pilot data check` alone."""


def facts(data: Dataset) -> dict[str, Any]:
    """Return the datasheet of a dataset.

    Lengths are syllables (white-space words). ``duplicates`` counts rows that repeat an earlier one, and pairs of
    questions of overlap 0.8 or more. ``leaks`` counts the questions and articles whose group lies in more than one
    split; it must be 0. ``citing`` is the share of questions that name a document or an article themselves.
    """
    questions, passages = data.questions, data.passages
    card = read_card(data.path) if data.path.is_dir() else {}
    splits = {split: len(found) for split in ("train", "dev", "test") if (found := data.questions_of(split))}
    return {
        "name": data.name,
        "fingerprint": data.fingerprint,
        "illustrative": data.illustrative,
        "licence": card.get("license"),
        "rows": {name: len(getattr(data, name)) for name in KINDS},
        "splits": splits,
        "labels": {
            split: _counts(q.fields[0] for q in data.questions_of(split) if q.fields) for split in splits
        },
        "unlabelled": sum(not question.fields for question in questions),
        "sources": _counts(question.source for question in questions),
        "audiences": _counts(q.audience for q in questions if q.audience),
        "provinces": _counts(q.province for q in questions if q.province),
        "channels": _counts(q.channel for q in questions if q.channel),
        "lengths": {
            "questions": _lengths([q.text for q in questions]),
            "passages": _lengths([p.full_text for p in passages]),
            "answers": _lengths([q.answer for q in questions if q.answer]),
        },
        "dates": {
            "asked_on": _span(q.asked_on for q in questions),
            "documents_effective_from": _span(d.effective_from for d in data.documents),
        },
        "documents_by_kind": _counts(document.kind or "?" for document in data.documents),
        "documents_unchecked": sum(not document.checked for document in data.documents),
        "passages_by_kind": _counts(passage.kind for passage in passages),
        "judgments_by_grade": _counts(str(judgment.relevance) for judgment in data.judgments),
        "raters": len({judgment.rater for judgment in data.judgments}),
        "stale_judgments": sum(judgment.stale for judgment in data.judgments),
        "duplicates": _duplicates(data),
        "leaks": len(leaking(data)),
        "faults": sum(finding.severity == "error" for finding in check(data)),
        "citing": _share(sum(bool(find_citations(question.text)) for question in questions), len(questions)),
        "with_citations": _share(sum(bool(question.citations) for question in questions), len(questions)),
    }


def _counts(values: Iterable[str]) -> dict[str, int]:
    """Return how often each value occurs, the most frequent first, ties by name."""
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))


def _lengths(texts: Sequence[str]) -> dict[str, int] | None:
    """Return least, median, ninth decile and greatest number of syllables (nearest rank); None without texts."""
    sizes = sorted(len(text.split()) for text in texts)
    if not sizes:
        return None
    last = len(sizes) - 1
    return {"min": sizes[0], "median": sizes[last // 2], "p90": sizes[last * 9 // 10], "max": sizes[last]}


def _span(days: Iterable[date | None]) -> dict[str, Any]:
    """Return first and last day, how many days are missing, and rows per year."""
    given = list(days)
    known = sorted(day for day in given if day)
    return {
        "first": known[0].isoformat() if known else None,
        "last": known[-1].isoformat() if known else None,
        "missing": len(given) - len(known),
        "by_year": {str(year): count for year, count in sorted(Counter(day.year for day in known).items())},
    }


def _duplicates(data: Dataset) -> dict[str, int | None]:
    texts = [question.text.casefold() for question in data.questions]
    near = len(near_duplicates(texts)) if len(texts) <= MOST_FOR_NEAR else None
    return {
        "questions": len(texts) - len(set(texts)),
        "near_pairs_of_questions": near,
        "passages": len(data.passages) - len({passage.full_text for passage in data.passages}),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None

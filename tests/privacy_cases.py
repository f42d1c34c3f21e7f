"""How well personal data is found: held against sentences in which it is marked."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pilot.quality.privacy import find_personal
from pilot.quality.spans import KINDS, Span
from pilot.text import normalise

_GOLD = re.compile(r"\[\[(?P<kind>[A-Z]+):(?P<value>.+?)\]\](?!\])")


def read_marked(line: str) -> tuple[str, list[Span]]:
    """Return a sentence marked like ``gọi [[PHONE:0912345678]]`` as plain text and spans."""
    pieces: list[str] = []
    spans, last, length = [], 0, 0
    for mark in _GOLD.finditer(line):
        pieces += [line[last : mark.start()], mark["value"]]
        start = length + mark.start() - last
        length = start + len(mark["value"])
        spans.append(Span(mark["kind"], start, length))
        last = mark.end()
    return "".join([*pieces, line[last:]]), spans


@dataclass(frozen=True, slots=True)
class Agreement:
    """Recall and precision of one kind, with the counts behind them; None where there is nothing to count."""

    gold: int
    covered: int
    found: int
    right: int

    @property
    def recall(self) -> float | None:
        """Share of the marked values that are covered whole."""
        return self.covered / self.gold if self.gold else None

    @property
    def precision(self) -> float | None:
        """Share of the findings that are right."""
        return self.right / self.found if self.found else None


def redaction_agreement(lines: Iterable[str]) -> dict[str, Agreement]:
    """Hold `redact` against marked sentences.

    A marked value counts as covered if every one of its characters lies in findings of its kind: what is left
    would be seen. A finding is right if at least four fifths of its characters lie in marked values of its kind.

    Returns
    -------
    dict[str, Agreement]
        Per kind, and under ``"all"`` the sums over the kinds.
    """
    counts = {kind: Counter[str]() for kind in KINDS}
    for line in lines:
        text, gold = read_marked(line)
        found = find_personal(normalise(text))
        for kind, count in counts.items():
            wanted, got = _of_kind(gold, kind), _of_kind(found, kind)
            count.update(
                gold=len(wanted), covered=sum(_share(span, got) == 1 for span in wanted),
                found=len(got), right=sum(_share(span, wanted) >= 0.8 for span in got),
            )  # fmt: skip
    counts["all"] = sum(counts.values(), Counter())
    return {
        kind: Agreement(count["gold"], count["covered"], count["found"], count["right"])
        for kind, count in counts.items()
    }


def _of_kind(spans: Iterable[Span], kind: str) -> list[Span]:
    return [span for span in spans if span.kind == kind]


def _share(span: Span, others: list[Span]) -> float:
    """Return the share of a span that lies in others, which do not overlap."""
    inside = (max(0, min(span.end, other.end) - max(span.start, other.start)) for other in others)
    return sum(inside) / (span.end - span.start)

"""Personal data found and replaced by typed placeholders.

What counts: names of persons in context, telephone numbers, identity papers, tax and insurance numbers, bank
accounts, e-mail, addresses of homes, number plates, passports, full dates of birth. Numbers of legal documents,
titles of officials, hotlines and seats of authorities stay.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pilot.quality.addresses import find_addresses
from pilot.quality.names import find_names
from pilot.quality.numbers import find_births, find_emails, find_numbers, find_papers, find_plates
from pilot.quality.spans import KINDS, MASK, Finder, Span
from pilot.text import normalise
from pilot.text.citations import find_citations

FINDERS: tuple[Finder, ...] = (
    find_emails, find_plates, find_papers, find_births, find_numbers, find_addresses, find_names,
)  # fmt: skip
"""In this order; each looks at what those before have left."""

_PLACEHOLDER = re.compile(rf"\[(?P<label>{'|'.join(KINDS.values())}) (?P<number>\d{{1,6}})\]")
_CITING = re.compile(r"\d/|(?:điều|dieu|khoản|khoan) \d", re.IGNORECASE)
_SHIELD = "\u25af"


@dataclass(frozen=True, slots=True)
class Redaction:
    """One value replaced; the value itself is not kept.

    Attributes
    ----------
    kind
        One of `pilot.quality.spans.KINDS`.
    start, end
        Where the value stood, in characters of the normalised text.
    placeholder
        What stands in its place; equal values of one text share it.
    """

    kind: str
    start: int
    end: int
    placeholder: str


def redact(text: str) -> tuple[str, list[Redaction]]:
    """Return ``text`` normalised and without personal data, and what was replaced, in order.

    A placeholder names the kind and counts the distinct values of that kind (``[SỐ ĐIỆN THOẠI 2]``); it goes on
    from the highest number already in the text. A text that has been redacted comes back as it is.
    """
    text = normalise(text)
    taken: Counter[str] = Counter()
    for placeholder in _PLACEHOLDER.finditer(text):
        taken[placeholder["label"]] = max(taken[placeholder["label"]], int(placeholder["number"]))
    known: dict[tuple[str, str], str] = {}
    pieces, findings, last = [], [], 0
    for span in find_personal(text):
        key = span.kind, _identity(span.kind, text[span.start : span.end])
        if key not in known:
            label = KINDS[span.kind]
            taken[label] += 1
            known[key] = f"[{label} {taken[label]}]"
        pieces += [text[last : span.start], known[key]]
        findings.append(Redaction(*span, known[key]))
        last = span.end
    return "".join([*pieces, text[last:]]), findings


def find_personal(text: str) -> list[Span]:
    """Return the personal data in ``text`` (normalised), in order and apart from each other.

    The finders run until they find nothing more, each seeing one sign in place of whatever has been found, so
    that a redacted text holds nothing to find.
    """
    masked, places = _mask(text, list(range(len(text) + 1)), [m.span() for m in _PLACEHOLDER.finditer(text)])
    found: list[Span] = []
    while True:
        shown, spots = _shielded(masked), places
        for finder in FINDERS:
            spans = list(finder(shown))
            found += [Span(span.kind, spots[span.start], spots[span.end - 1] + 1) for span in spans]
            if spans:
                shown, spots = _mask(shown, spots, [(span.start, span.end) for span in spans])
        if len(spots) == len(places):
            return sorted(found, key=lambda span: span.start)
        kept = [MASK if sign == MASK else text[spot] for sign, spot in zip(shown, spots, strict=False)]
        masked, places = "".join(kept), spots


def _mask(text: str, places: list[int], spans: Iterable[tuple[int, int]]) -> tuple[str, list[int]]:
    """Put one sign in place of each span; ``places`` says where each character stood at first."""
    pieces, kept, last = [], [], 0
    for start, end in spans:
        pieces += [text[last:start], MASK]
        kept += places[last : start + 1]
        last = end
    return "".join([*pieces, text[last:]]), kept + places[last:]


def _shielded(text: str) -> str:
    """Cover the citations of law, which hold numbers and capitals of their own."""
    if not _CITING.search(text):
        return text
    pieces, last = [], 0
    for found in find_citations(text):
        pieces += [text[last : found.start], _SHIELD * (found.end - found.start)]
        last = found.end
    return "".join([*pieces, text[last:]])


def _identity(kind: str, value: str) -> str:
    """Return what makes two spellings one value: digits of a number, letters of a name in any case."""
    plain = "".join(letter for letter in value.casefold() if letter.isalnum())
    return "0" + plain[2:] if kind == "PHONE" and plain.startswith("84") and len(plain) > 10 else plain


def privacy_report(texts: Iterable[str]) -> dict[str, dict[str, int]]:
    """Count what `redact` finds, without any value.

    Returns
    -------
    dict[str, dict[str, int]]
        Per kind: ``findings``, and ``texts`` with at least one; under ``"all"`` the same over all kinds, with
        ``read``, the number of texts.
    """
    counts = {kind: Counter[str]() for kind in KINDS}
    total: Counter[str] = Counter()
    for text in texts:
        kinds = Counter(span.kind for span in find_personal(normalise(text)))
        total.update(read=1, texts=bool(kinds), findings=kinds.total())
        for kind, count in kinds.items():
            counts[kind].update(findings=count, texts=1)
    found = {kind: dict(count) for kind, count in counts.items() if count}
    return {**found, "all": {name: total[name] for name in ("read", "texts", "findings")}}


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
        found = find_personal(text)
        for kind, count in counts.items():
            wanted, got = _of_kind(gold, kind), _of_kind(found, kind)
            count.update(
                gold=len(wanted), covered=sum(_share(span, got) == 1 for span in wanted),
                found=len(got), right=sum(_share(span, wanted) >= 0.8 for span in got),
            )  # fmt: skip
    counts["all"] = sum(counts.values(), Counter())
    return {kind: Agreement(**{name: count[name] for name in ("gold", "covered", "found", "right")}) for kind, count in counts.items()}


def _of_kind(spans: Iterable[Span], kind: str) -> list[Span]:
    return [span for span in spans if span.kind == kind]


def _share(span: Span, others: list[Span]) -> float:
    """Return the share of a span that lies in others, which do not overlap."""
    inside: Iterator[int] = (max(0, min(span.end, other.end) - max(span.start, other.start)) for other in others)
    return sum(inside) / (span.end - span.start)

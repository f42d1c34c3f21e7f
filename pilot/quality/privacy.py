"""Personal data found and replaced by typed placeholders.

What counts: names of persons in context, telephone numbers, identity papers, tax and insurance numbers, bank
accounts, e-mail, pages on social networks, addresses of homes, number plates, passports, full dates of birth.
Numbers of legal documents, titles of officials, hotlines and seats of authorities stay.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pilot.quality.addresses import find_addresses
from pilot.quality.names import find_names
from pilot.quality.numbers import (
    find_births,
    find_emails,
    find_numbers,
    find_odd_phones,
    find_pages,
    find_papers,
    find_plates,
)  # fmt: skip
from pilot.quality.spans import KINDS, MASK, Finder, Span
from pilot.records import Question
from pilot.text import normalise
from pilot.text.citations import find_citations

FINDERS: tuple[Finder, ...] = (
    find_emails, find_pages, find_plates, find_papers, find_births, find_odd_phones, find_numbers, find_addresses,
    find_names,
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
    return redact_together([text])[0]


def redact_together(texts: Iterable[str]) -> list[tuple[str, list[Redaction]]]:
    """Redact texts that belong together, such as a question and its answer: they share their placeholders."""
    texts = [normalise(text) for text in texts]
    taken: Counter[str] = Counter()
    for placeholder in (match for text in texts for match in _PLACEHOLDER.finditer(text)):
        taken[placeholder["label"]] = max(taken[placeholder["label"]], int(placeholder["number"]))
    known: dict[tuple[str, str], str] = {}
    return [_replace(text, find_personal(text), known, taken) for text in texts]


def redact_question(question: Question) -> tuple[Question, list[Redaction]]:
    """Redact a question and its answer, and return what was replaced in both."""
    (text, first), (answer, second) = redact_together([question.text, question.answer or ""])
    return dataclasses.replace(question, text=text, answer=answer or None), [*first, *second]


def _replace(
    text: str, spans: list[Span], known: dict[tuple[str, str], str], taken: Counter[str]
) -> tuple[str, list[Redaction]]:
    """Put placeholders in; ``known`` and ``taken`` grow with every new value."""
    pieces, findings, last = [], [], 0
    for span in spans:
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
            spans = _apart(finder(shown))
            found += [Span(span.kind, spots[span.start], spots[span.end - 1] + 1) for span in spans]
            if spans:
                shown, spots = _mask(shown, spots, [(span.start, span.end) for span in spans])
        if len(spots) == len(places):
            return sorted(found, key=lambda span: span.start)
        kept = [MASK if sign == MASK else text[spot] for sign, spot in zip(shown, spots, strict=False)]
        masked, places = "".join(kept), spots


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those left out that begin inside another."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


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

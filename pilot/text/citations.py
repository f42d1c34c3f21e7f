"""Citations of law in running text: found, read, and kept whole."""

import re
from functools import cache
from typing import NamedTuple

from pilot.text.letters import has_accent, place_tones, strip_accents
from pilot.text.segmenter import segment
from pilot.text.words import any_of, word_lists


class FoundCitation(NamedTuple):
    """One citation.

    Attributes
    ----------
    start, end
        Where it stands, in characters.
    document_id
        Số hiệu in its official spelling, such as ``45/2019/QH14``; None if only a name is given.
    law
        The name given, written out (``BLLĐ`` -> ``Bộ luật Lao động``); None if no name is given.
    year
        The year that follows the name.
    article, clause, point
        Numbers of Điều, khoản, điểm, as text (``12a``).
    """

    start: int
    end: int
    document_id: str | None = None
    law: str | None = None
    year: int | None = None
    article: str | None = None
    clause: str | None = None
    point: str | None = None


# The patterns run over the text without accents, which has the same length: "khoan 2 dieu 5" counts too.
_NUMBER = r"\b\d{1,4}(?:/(?:19|20)\d{2})?/(?:[A-Z]{2,}\d*|L)(?:-[A-Z]+\d*)*\b"
_POINT = r"\bdiem\s+(?P<point{0}>[a-z])\b"
_CLAUSE = r"\bkhoan\s+(?P<clause{0}>\d{{1,3}}[a-z]?)\b"
_ARTICLE = r"\bdieu\s+(?P<article{0}>\d{{1,4}}[a-z]?)\b"
_AND = r"(?:\s*,\s*|\s+)(?:cua\s+)?"
_UNITS = re.compile(
    f"{_ARTICLE}{_AND}{_CLAUSE}(?:{_AND}{_POINT})?".format("_down")
    + f"|(?:(?:{_POINT}{_AND})?{_CLAUSE}{_AND})?{_ARTICLE}".format(""),
    re.IGNORECASE,
)
DOCUMENT_KINDS = ("Bộ luật", "Luật", "Pháp lệnh", "Nghị quyết", "Nghị định", "Thông tư liên tịch", "Thông tư",
                  "Quyết định", "Chỉ thị")  # fmt: skip
_KIND = rf"\b(?:{any_of(strip_accents(kind).lower() for kind in DOCUMENT_KINDS)})\s+(?:so\s+)?"
_GAP = re.compile(_AND, re.IGNORECASE)
# Parts of a số hiệu that people type without Đ, and the one with a small letter.
_PARTS = "NĐ QĐ CĐ HĐND HĐTP BLĐTBXH BKHĐT BGDĐT TLĐ ĐCT TTg"
_SPELLINGS = {strip_accents(part).upper(): part for part in _PARTS.split()}


@cache
def _names() -> dict[str, str]:
    """Return the names of laws and their abbreviations, small and without accents -> the name written out."""
    lists = word_lists()
    names = [
        "Hiến pháp",
        *(f"Bộ luật {name}" for name in lists["codes"]),
        *(f"Luật {name}" for name in lists["laws"]),
    ]
    spelled = {name: name for name in names} | lists["law_abbreviations"]
    return {strip_accents(one).lower(): name for one, name in spelled.items()}


@cache
def _document() -> re.Pattern[str]:
    """Return the pattern of a document by number or by name, in text without accents."""
    after = rf"(?:\s*,?\s*(?:nam\s+)?(?P<year>(?:19|20)\d{{2}})\b)?(?:\s+so\s+(?P<number_after>{_NUMBER}))?"
    name = rf"\b(?P<name>{any_of(_names())})\b{after}"
    return re.compile(rf"(?:{_KIND})?(?P<number>{_NUMBER})|{name}", re.IGNORECASE)


def find_citations(text: str) -> list[FoundCitation]:
    """Return the citations in ``text`` (NFC), in order and apart from each other.

    Documents by number (``Nghị định 168/2024/NĐ-CP``), by name (``Luật Đất đai 2013``, ``BLLĐ 2019``),
    parts of them (``điểm a khoản 1 Điều 12``), and both together; typed without accents or in small letters
    too. Accents that are there count: ``luật được`` is no ``Luật Dược``.
    """
    plain = strip_accents(text)
    if len(plain) != len(text):
        raise ValueError("citations are found in text in NFC; call normalise first")
    documents = {match.start(): match for match in _document().finditer(plain) if _is_meant(text, match)}
    found = []
    for match in _UNITS.finditer(plain):
        gap = _GAP.match(plain, match.end())
        found.append(_read(text, match, documents.pop(gap.end(), None) if gap else None))
    found += [_read(text, None, match) for match in documents.values()]
    return sorted(found)


def _is_meant(text: str, match: re.Match[str]) -> bool:
    """Say whether a name found without regard to accents is that law's: each of its words has its accents, or none.

    The one name of one syllable, typed without accents, needs a capital or a year or number behind it: ``luat duoc`` is
    rather *luật được*.
    """
    said, law = (match["name"] or "").lower(), _names().get((match["name"] or "").lower(), "")
    if said != strip_accents(law).lower():  # no name, or an abbreviation
        return True
    words = text[slice(*match.span("name"))].split()
    for word, meant in zip(words, law.split(), strict=True):
        if has_accent(word) and place_tones(word.lower()) != place_tones(meant.lower()):
            return False
    if law != "Luật Dược" or has_accent(words[1]):
        return True
    return words[1][0].isupper() or bool(match["year"] or match["number_after"])


def official_number(number: str) -> str:
    """Return a số hiệu in its official spelling: ``168/2024/nd-cp`` -> ``168/2024/NĐ-CP``."""
    head, _, tail = number.upper().rpartition("/")
    return f"{head}/" + "-".join(_SPELLINGS.get(strip_accents(part), part) for part in tail.split("-"))


def segment_keeping_numbers(text: str) -> str:
    """Return ``text`` segmented, every số hiệu kept as one token in its official spelling.

    ``segment`` takes numbers of documents apart, as pyvi does. A text without any comes out the same from
    both.
    """
    pieces, last = [], 0
    for number in re.finditer(_NUMBER, strip_accents(text), re.IGNORECASE):
        pieces += [segment(text[last : number.start()]).strip(), official_number(text[slice(*number.span())])]
        last = number.end()
    return " ".join(filter(None, [*pieces, segment(text[last:]).strip()])) if last else segment(text)


def _read(text: str, units: re.Match[str] | None, document: re.Match[str] | None) -> FoundCitation:
    spans = [match.span() for match in (units, document) if match]
    parts: dict[str, str | None] = {}
    if units:
        for name in ("article", "clause", "point"):
            group = name if units[name] else f"{name}_down"
            parts[name] = text[slice(*units.span(group))].lower() if units[group] else None
    number = law = year = None
    if document:
        group = "number" if document["number"] else "number_after"
        number = official_number(text[slice(*document.span(group))]) if document[group] else None
        law = _names()[document["name"].lower()] if document["name"] else None
        year = int(document["year"]) if document["year"] else None
    return FoundCitation(
        min(start for start, _ in spans), max(end for _, end in spans), number, law, year, **parts
    )

"""The numbers Word sets before paragraphs by itself: ``Điều 5.`` stands in no paragraph of such a law."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

_ROMAN = (("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1))
LAW = re.compile(r"điều \d", re.IGNORECASE)


class _Level(NamedTuple):
    text: str
    form: str
    start: int
    restarts: bool
    style: str | None


class Numbering:
    """Counts the numbered paragraphs of a document as Word does.

    Read are levels, their text (``Điều %1.``), decimal, Roman and letter forms, starts and restarts, given on the
    paragraph or on its style.

    Parameters
    ----------
    document
        A `docx.Document`.
    """

    def __init__(self, document: Any) -> None:
        parts = [rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/numbering")]
        self._lists: dict[str, dict[int, _Level]] = {}
        self._abstract: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        for root in (part.element for part in parts):
            levels = {_value(one, "@w:abstractNumId"): _levels(one) for one in _find(root, "w:abstractNum")}
            for one in _find(root, "w:num"):
                number = _value(one, "@w:numId")
                self._abstract[number] = _value(one, "w:abstractNumId/@w:val")
                own = dict(levels.get(self._abstract[number], {}))
                for other in _find(one, "w:lvlOverride[w:startOverride]"):
                    place = int(_value(other, "@w:ilvl"))
                    if place in own:
                        own[place] = own[place]._replace(start=int(_value(other, "w:startOverride/@w:val")))
                        self._abstract[number] = f"own {number}"
                self._lists[number] = own

    def label(self, paragraph: Any) -> str:
        """Return what Word sets before the next paragraph of the document; empty before one without a number."""
        number, place = self._where(paragraph)
        level = self._lists.get(number, {}).get(place)
        if level is None:
            return ""
        levels, counts = self._lists[number], self._counts.setdefault(self._abstract[number], {})
        counts[place] = counts.get(place, level.start - 1) + 1
        for deeper in [one for one in counts if one > place and one in levels and levels[one].restarts]:
            del counts[deeper]

        def shown(match: re.Match[str]) -> str:
            one = int(match[1]) - 1
            at = levels.get(one, level)
            return _FORMS.get(at.form, str)(counts.setdefault(one, at.start))

        return re.sub(r"%([1-9])", shown, level.text).strip() if level.form not in ("bullet", "none") else ""

    def _where(self, paragraph: Any) -> tuple[str, int]:
        """Return the list and level of a paragraph, its own or its style's."""
        style, properties = paragraph.style, paragraph._p.pPr
        while True:
            found = _find(properties, "w:numPr") if properties is not None else []
            if found and (number := _value(found[0], "w:numId/@w:val")):
                styles = {level.style: place for place, level in self._lists.get(number, {}).items()}
                by_style = styles.get(paragraph.style.style_id, 0) if paragraph.style is not None else 0
                return number, int(_value(found[0], "w:ilvl/@w:val") or by_style)
            if style is None:
                return "", 0
            properties, style = style.element.pPr, style.base_style


def _find(element: Any, path: str) -> list[Any]:
    return list(_compiled(path)(element))


@cache
def _compiled(path: str) -> Any:
    from docx.oxml.ns import nsmap
    from lxml import etree  # type: ignore[import-untyped]

    return etree.XPath(path, namespaces=nsmap)


def _value(element: Any, path: str) -> str:
    return str(next(iter(_find(element, path)), ""))


def _levels(abstract: Any) -> dict[int, _Level]:
    return {
        int(_value(one, "@w:ilvl")): _Level(
            _value(one, "w:lvlText/@w:val"), _value(one, "w:numFmt/@w:val"), int(_value(one, "w:start/@w:val") or 1),
            _value(one, "w:lvlRestart/@w:val") != "0", _value(one, "w:pStyle/@w:val") or None,
        )
        for one in _find(abstract, "w:lvl")
    }  # fmt: skip


def _roman(number: int) -> str:
    shown = ""
    for sign, value in _ROMAN:
        shown += sign * (number // value)
        number %= value
    return shown


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


_FORMS: dict[str, Callable[[int], str]] = {
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerLetter": _letter,
}

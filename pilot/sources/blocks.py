"""DOCX, HTML and plain text as one sequence of blocks: lines of text, headings among them, and tables."""

import re
import warnings
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from pilot.records import InputError
from pilot.sources.grids import Repairer, encoding_of
from pilot.sources.imported import Account
from pilot.sources.numbering import LAW, Numbering
from pilot.sources.office import check_archive, unreadable
from pilot.text import normalise

MOST_BYTES = 32 * 2**20
"""Size beyond which a page or text is refused: no single document of law is as long."""
MOST_SPAN = 100
_BREAK = "\u2028"
_BLOCKS = ("p", "div", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "blockquote", "dt",
           "dd", "pre", "caption", "body", "main", "header", "footer", "tr", "table", "ul", "ol", "center")  # fmt: skip
_UNSEEN = ("script", "style", "noscript", "template", "iframe", "object", "svg", "head", "form", "nav")


class Block(NamedTuple):
    """A line of text (``rows`` empty), or a table.

    Attributes
    ----------
    where
        File and number of the block.
    text
        In the project's normal form; of a table: all its cells, one line each.
    heading
        Whether the source marks it as a heading.
    rows
        Cells of a table, None where empty.
    """

    where: str
    text: str
    heading: bool = False
    rows: tuple[tuple[str | None, ...], ...] = ()


def docx_blocks(path: Path, account: Account) -> Iterator[Block]:
    """Yield the paragraphs and tables of a Word document in order, with the numbers Word sets by itself.

    Its macros, links and fields are not followed.
    """
    import docx
    from docx.table import Table

    check_archive(path, "word/document.xml")
    try:
        document = docx.Document(str(path))
        content, numbering = list(document.iter_inner_content()), Numbering(document)
        labels = ["" if isinstance(item, Table) else numbering.label(item) for item in content]
    except Exception as error:
        raise unreadable(path, error) from None
    repairer, law = Repairer(account), any(map(LAW.match, labels))
    for number, (item, label) in enumerate(zip(content, labels, strict=True), 1):
        where = f"{path.name}:{number}"
        if isinstance(item, Table):
            yield _table(where, [[cell.text for cell in row.cells] for row in item.rows], repairer)
        else:
            style = (item.style.name if item.style else "") or ""
            # Numbers alone belong to the text of a law only; elsewhere they number questions.
            counted = law or re.match(r"[^\W\d_]{2}", label)
            text = f"{label} {item.text}" if counted and item.text.strip() else item.text
            yield from _lines(where, text, repairer, style.startswith(("Heading", "Title")))


def html_blocks(path: Path, account: Account) -> Iterator[Block]:
    """Yield the headings, lines and tables of a page; scripts, forms, frames and what is embedded are left out."""
    from bs4.element import PreformattedString

    soup, repairer = _soup(path), Repairer(account)
    for tag in soup.find_all(_UNSEEN):
        account.note(path.name, f"<{tag.name}> left out")
        tag.extract()
    for tag in soup.find_all("br"):
        tag.replace_with(_BREAK)
    seen: set[int] = set()
    number = 0
    # Strings of one block stand together; a table is one block.
    for owner, strings in groupby(soup.find_all(string=True), _owner):
        number += 1
        where = f"{path.name}:{number}"
        if owner is not None and owner.name == "table":
            if id(owner) not in seen:
                seen.add(id(owner))
                yield _table(where, _cells(owner), repairer)
            continue
        shown = (node for node in strings if not isinstance(node, PreformattedString))
        text = "".join(re.sub(rf"[^\S{_BREAK}]+", " ", node) for node in shown).replace(_BREAK, "\n")
        yield from _lines(
            where, text, repairer, bool(owner is not None and re.fullmatch(r"h[1-6]", owner.name))
        )


def _owner(node: Any) -> Any:
    return node.find_parent("table") or node.find_parent(_BLOCKS)


def _soup(path: Path) -> Any:
    from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        try:
            return BeautifulSoup(_text(path), "html.parser")
        except (RecursionError, ValueError, AssertionError) as error:
            raise InputError(f"{path}: no readable HTML ({error}); save the page anew") from None


def text_blocks(path: Path, account: Account) -> Iterator[Block]:
    """Yield the lines of a text file."""
    repairer = Repairer(account)
    for number, line in enumerate(_text(path).splitlines(), 1):
        yield from _lines(f"{path.name}:{number}", line, repairer, heading=False)


def _text(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        raise InputError(f"{path}: more than {MOST_BYTES >> 20} MB; divide the file")
    return path.read_text(encoding=encoding_of(path), errors="replace")


def _lines(where: str, text: str, repairer: Repairer, heading: bool) -> Iterator[Block]:
    for line in text.split("\n"):
        if shown := normalise(repairer(where, line)):
            yield Block(where, shown, heading)


def _table(where: str, rows: list[list[str | None]], repairer: Repairer) -> Block:
    cells = tuple(
        tuple((normalise(repairer(where, cell)) or None) if cell else None for cell in row) for row in rows
    )
    # A merged cell is given once per column it covers.
    lines = [
        cell
        for row in cells
        for place, cell in enumerate(row)
        if cell and (not place or cell != row[place - 1])
    ]
    return Block(where, "\n".join(lines), rows=cells)


def _cells(table: Any) -> list[list[str | None]]:
    """Return the cells of an HTML table; a cell over several columns or rows is given in each."""
    grid: list[list[str | None]] = []
    hanging: dict[int, tuple[int, str]] = {}
    for row in table.find_all("tr"):
        cells: list[str | None] = []
        for cell in row.find_all(("td", "th"), recursive=False):
            while len(cells) in hanging:
                cells.append(_hung(hanging, len(cells)))
            text = cell.get_text("\n", strip=True)
            for _ in range(_span(cell, "colspan")):
                if (down := _span(cell, "rowspan")) > 1:
                    hanging[len(cells)] = (down - 1, text)
                cells.append(text)
        while len(cells) in hanging:
            cells.append(_hung(hanging, len(cells)))
        grid.append(cells)
    return grid


def _hung(hanging: dict[int, tuple[int, str]], place: int) -> str:
    left, text = hanging.pop(place)
    if left > 1:
        hanging[place] = (left - 1, text)
    return text


def _span(cell: Any, name: str) -> int:
    value = str(cell.get(name, "1"))
    return min(int(value), MOST_SPAN) or 1 if value.isdecimal() and len(value) < 6 else 1

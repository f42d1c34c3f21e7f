"""Which heading of a foreign table is which of our columns, and where in the table the headings are."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from pilot.records import InputError
from pilot.sources.imported import Account
from pilot.text import normalise
from pilot.text.letters import strip_accents

ALIASES: dict[str, tuple[str, ...]] = {
    "text": ("text", "question", "câu hỏi", "nội dung câu hỏi", "nội dung hỏi", "hỏi", "nội dung vướng mắc",
             "vướng mắc", "nội dung kiến nghị", "nội dung"),
    "answer": ("answer", "trả lời", "câu trả lời", "nội dung trả lời", "đáp", "đáp án", "giải đáp",
               "nội dung giải đáp"),
    "label": ("label", "nhãn"),
    "field": ("field", "lĩnh vực", "lĩnh vực pháp luật", "chủ đề", "nhóm lĩnh vực"),
    "citations": ("citations", "căn cứ", "căn cứ pháp lý", "căn cứ pháp luật", "cơ sở pháp lý", "văn bản áp dụng"),
    "question_id": ("question_id", "id", "mã câu hỏi", "mã số", "mã"),
    "asked_on": ("asked_on", "ngày hỏi", "ngày gửi", "ngày nhận", "ngày tiếp nhận", "thời gian", "ngày"),
    "province": ("province", "tỉnh", "tỉnh thành phố", "tỉnh thành", "địa phương", "địa bàn"),
    "audience": ("audience", "đối tượng", "đối tượng hỏi"),
    "channel": ("channel", "kênh", "kênh tiếp nhận", "hình thức", "hình thức tiếp nhận"),
    "split": ("split", "phần"),
    "group_id": ("group_id", "nhóm câu hỏi"),
}  # fmt: skip
"""Our column -> headings that mean it. ``label`` is taken as it is, ``field`` names an official topic."""
HEADING_ROWS = 30
"""Headings are looked for in this many rows from the top."""


def _key(heading: Any) -> str:
    return " ".join(re.findall(r"\w+", strip_accents(normalise(str(heading or ""))).lower()))


_EXACT = {_key(alias): column for column, aliases in ALIASES.items() for alias in aliases}
_WITHIN = sorted((alias for alias in _EXACT if " " in alias), key=len, reverse=True)


def column_of(heading: Any, chosen: Mapping[str, str | None]) -> str | None:
    """Return our column for a heading: as chosen by the user, else by its name, else by a name within it."""
    key = _key(heading)
    if key in chosen:
        return chosen[key]
    if key in _EXACT:
        return _EXACT[key]
    return next((_EXACT[alias] for alias in _WITHIN if f" {alias} " in f" {key} "), None)


def map_headings(headings: Iterable[Any], chosen: Mapping[str, str | None]) -> dict[int, str]:
    """Return position -> column; of two headings that mean one column the first counts, named exactly before within."""
    found: dict[int, str] = {}
    ranked = sorted(enumerate(headings), key=lambda one: (_key(one[1]) not in {*chosen, *_EXACT}, one[0]))
    for place, heading in ranked:
        column = column_of(heading, chosen)
        if column and column not in found.values():
            found[place] = column
    return dict(sorted(found.items()))


class Header(NamedTuple):
    """Where the headings end (row number from 0), what they are, and position -> our column."""

    last: int
    headings: list[str]
    columns: dict[int, str]


def find_header(rows: Sequence[Sequence[Any]], chosen: Mapping[str, str | None]) -> Header | None:
    """Return the headings among the first rows, in one row or two; None if none names a question.

    The row (or pair of rows, where a lower cell counts before the upper) with most known columns; ties go to the
    upper and to single rows.
    """
    best: Header | None = None
    for last, row in enumerate(rows[:HEADING_ROWS]):
        upper = rows[last - 1] if last else []
        pair = [
            low if low is not None else (upper[i] if i < len(upper) else None) for i, low in enumerate(row)
        ]
        for headings in (row, pair):
            columns = map_headings(headings, chosen)
            if "text" in columns.values() and (best is None or len(columns) > len(best.columns)):
                best = Header(
                    last, ["" if cell is None else normalise(str(cell)) for cell in headings], columns
                )
    return best


def note_columns(where: str, columns: Iterable[tuple[str, str | None]], account: Account) -> None:
    """Note what became of headings, given with our columns."""
    for heading, column in columns:
        account.note(where, f"column {heading!r} " + (f"read as {column}" if column else "not taken over"))


def rows_below(
    header: Header, rows: Iterable[tuple[str, Sequence[Any]]], account: Account
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield number, place and our column -> value for the rows under the headings that hold something."""
    width, number = len(header.headings), 0
    repeated = {column: header.headings[place] for place, column in header.columns.items()}
    for where, cells in rows:
        values = {column: cells[place] for place, column in header.columns.items() if place < len(cells)}
        if not any(cells):
            account.note(where, "left out: blank row")
            continue
        number += 1
        if any(cells[width:]):
            account.note(where, f"left out: {len(cells)} cells, more than there are headings")
        elif values == repeated:
            account.note(where, "left out: the headings again")
        else:
            yield number, where, values


def read_choice(path: Path | None) -> dict[str, str | None]:
    """Read the user's mapping, ``heading: column`` (or ``null``: leave out), as YAML; headings without regard to case.

    Raises
    ------
    InputError
        If the file is no such mapping or names an unknown column.
    """
    if path is None:
        return {}
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not readable as YAML ({' '.join(str(error).split())})") from None
    if not isinstance(raw, dict):
        raise InputError(f"{path}: holds no mapping; expected lines such as `Nội dung phản ánh: text`")
    faults = [
        f"{path}: {heading!r} is mapped to {column!r}; expected one of {', '.join(ALIASES)}, or null"
        for heading, column in raw.items()
        if column is not None and column not in ALIASES
    ]
    if faults:
        raise InputError(*faults)
    return {_key(heading): column for heading, column in raw.items()}

"""Questions with answers, and documents of law, out of Word, HTML and text files."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pilot.records import InputError
from pilot.sources.blocks import Block, docx_blocks, html_blocks, text_blocks
from pilot.sources.builder import Builder
from pilot.sources.columns import find_header, rows_below
from pilot.sources.imported import Account, Imported
from pilot.sources.law import is_law, split_law
from pilot.sources.table import files_in

Found = tuple[str, dict[str, Any]]
"""The place of a question, and our column -> value."""

KINDS: dict[str, tuple[tuple[str, ...], Callable[[Path, Account], Iterator[Block]]]] = {
    "docx": ((".docx",), docx_blocks),
    "html": ((".html", ".htm"), html_blocks),
    "text": ((".txt", ".md"), text_blocks),
}
"""Format -> endings of its files, and what takes one apart."""
_ASKED = re.compile(r"(?:\d+[.)]\s*)?(?:Câu hỏi|Hỏi|Câu(?=\s*\d))\s*\d*\s*[:.]\s*(?P<text>.*)", re.IGNORECASE)
_ANSWERED = re.compile(
    r"(?:\d+[.)]\s*)?(?:Câu trả lời|Trả lời|Giải đáp|Đáp án|Đáp)\s*\d*\s*[:.]\s*(?P<text>.*)", re.IGNORECASE
)


def read_prose(source: Path, form: str, passages: Path | None = None) -> Imported:
    """Read one file or a folder of them: a law becomes passages, everything else is searched for questions.

    Questions are known by ``Hỏi:`` and ``Đáp:`` (and their like), by tables with a heading that means the question,
    else by headings that end in a question mark.

    Parameters
    ----------
    source
        A file, or a folder of files with an ending of the format.
    form
        ``docx``, ``html`` or ``text``.
    passages
        A dataset whose documents name what is cited.

    Raises
    ------
    InputError
        If there is no such file, or neither a question nor an article in them.
    """
    endings, take_apart = KINDS[form]
    files = files_in(source, endings)
    if not files:
        raise InputError(f"{source}: no file ending in {', '.join(endings)}")
    account = Account()
    builder = Builder(account, passages)
    for file in files:
        blocks = list(take_apart(file, account))
        lines = [(block.where, line) for block in blocks for line in block.text.split("\n") if line]
        asked = any(_ASKED.match(text) for _, text in lines)
        if is_law(lines) and not asked:
            builder.add_law(*split_law(lines, file.stem, account))
            continue
        for number, (where, values) in enumerate(questions(blocks, account), 1):
            builder.add(file, where, f"{file.stem}-{number}", values)
    return builder.built(source)


def questions(blocks: Sequence[Block], account: Account) -> Iterator[Found]:
    """Yield the questions in the order of the text; what belongs to none is noted."""
    marked = any(_ASKED.match(line) for block in blocks for line in block.text.split("\n"))
    open_question: Found | None = None
    part = "text"
    for block in blocks:
        if block.rows and (rows := list(_table_questions(block, account))):
            if open_question:
                yield open_question
                open_question = None
            yield from rows
            continue
        for line in block.text.split("\n"):
            asked = _ASKED.match(line) if marked else None
            answered = _ANSWERED.match(line) if open_question else None
            if asked or (not marked and block.heading and line.endswith("?")):
                if open_question:
                    yield open_question
                open_question = (block.where, {"text": asked["text"] if asked else line})
                part = "text" if marked else "answer"
            elif open_question and block.heading and not answered:
                yield open_question
                open_question = None
                account.note(block.where, "left out: a heading, or text between questions")
            elif open_question:
                part = "answer" if answered else part
                values, text = open_question[1], answered["text"] if answered else line
                values[part] = "\n".join(filter(None, (values.get(part), text)))
            else:
                account.note(block.where, "left out: a heading, or text between questions")
    if open_question:
        yield open_question


def _table_questions(block: Block, account: Account) -> Iterator[Found]:
    """Yield the questions of a table with headings; nothing if no heading means the question."""
    header = find_header(block.rows, {})
    if header is None:
        return
    rows = [(f"{block.where}:{number}", cells) for number, cells in enumerate(block.rows, 1)]
    for _, where, values in rows_below(header, rows[header.last + 1 :], account):
        yield where, values

"""A legal document as running text -> the document's facts, and one passage per khoản (per Điều without khoản)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from pilot.records import Document, Passage
from pilot.sources.imported import Account
from pilot.text.citations import DOCUMENT_KINDS, find_citations, official_number
from pilot.text.replacing import DAY, find_replacements, read_day

ONE_DAY = timedelta(days=1)
Line = tuple[str, str]
"""A place, and the line's text in the project's normal form."""

_ARTICLE = re.compile(r"Điều\s+(?P<number>\d{1,4}[a-zđ]?)\s*[.:]\s*(?P<title>.*)", re.IGNORECASE)
_CLAUSE = re.compile(r"(?P<number>\d{1,3}[a-zđ]?)\s*\.\s+(?P<text>.*)")
_LEVELS = ("phần", "chương", "mục", "tiểu mục")
_LEVEL = re.compile(
    r"(?P<level>Phần|Chương|Mục|Tiểu mục)\s+(?P<number>thứ\s+\w+(?:\s+\w+)?|[IVXLC]+|\d+)\s*[.:]?\s*(?P<title>.*)",
    re.IGNORECASE,
)
_END = re.compile(
    r"(?:Nơi nhận|TM\.|KT\.|TUQ\.|PHỤ LỤC|CHỦ TỊCH QUỐC HỘI|BỘ TRƯỞNG|THỦ TƯỚNG"
    r"|(?:Bộ luật|Luật|Pháp lệnh|Nghị quyết) này (?:đã )?được (?:Quốc hội|Ủy ban Thường vụ))"
)
_NUMBER = re.compile(r"(?:\bsố)\s*:?\s*(\d{1,4}/[^\s,;)]+)", re.IGNORECASE)
_EFFECT = re.compile(
    rf"này\s+có\s+hiệu\s+lực\s+(?:thi\s+hành\s+)?(?:kể\s+)?từ\s+(?:{DAY}|ngày\s+ký)", re.IGNORECASE
)
_ISSUERS = {
    "QH": "Quốc hội",
    "UBTVQH": "Ủy ban Thường vụ Quốc hội",
    "CP": "Chính phủ",
    "TTg": "Thủ tướng Chính phủ",
}


def is_law(lines: Sequence[Line]) -> bool:
    """Say whether running text is a legal document: at least two of its lines open a Điều."""
    return sum(bool(_ARTICLE.match(text)) for _, text in lines) >= 2


@dataclass
class _Article:
    number: str
    title: str
    path: str
    lead: list[str] = field(default_factory=list)
    clauses: dict[str, list[str]] = field(default_factory=dict)


def split_law(lines: Sequence[Line], name: str, account: Account) -> tuple[list[Document], list[Passage]]:
    """Return the document with those it replaces, and its passages in order.

    Articles inside quotation marks, which an amending law puts into another, stay text. What stands above a khoản 1
    opens that khoản's text. Lines before the first and after the last article are no passages; the account says so.

    Parameters
    ----------
    lines
        Of the whole text, in order.
    name
        Of the file: the document's id if no số hiệu is found.
    account
        Where lines left out are noted.
    """
    start = next(place for place, (_, text) in enumerate(lines) if _ARTICLE.match(text) or _LEVEL.match(text))
    stop = _end(lines, start)
    for where, _ in (*lines[:start], *lines[stop:]):
        account.note(where, "left out of the passages: before the first article or after the last")
    articles = _articles([text for _, text in lines[start:stop]])
    head = [text for _, text in lines[:start]]
    body = "\n".join(text for _, text in lines[start:stop])
    document = _document(head, body, name)
    passages = [passage for article in articles for passage in _passages(article, document)]
    return [document, *_older(document, body)], passages


def _end(lines: Sequence[Line], start: int) -> int:
    last = max(place for place, (_, text) in enumerate(lines) if _ARTICLE.match(text))
    after = (place for place in range(max(start, last) + 1, len(lines)) if _END.match(lines[place][1]))
    return next(after, len(lines))


def _articles(lines: Sequence[str]) -> list[_Article]:
    found: list[_Article] = []
    path: dict[str, str] = {}
    untitled: str | None = None
    quoted = 0
    for text in lines:
        article, level = (_ARTICLE.match(text), _LEVEL.match(text)) if quoted <= 0 else (None, None)
        if level and _opens(level, text):
            untitled = level["level"].casefold()
            path = {one: path[one] for one in _LEVELS[: _LEVELS.index(untitled)] if one in path}
            path[untitled] = f"{level['level'].capitalize()} {level['number']}"
            if level["title"]:
                path[untitled] += f". {level['title']}"
                untitled = None
        elif article:
            found.append(
                _Article(article["number"].lower(), article["title"].rstrip("."), " > ".join(path.values()))
            )
            untitled = None
        elif untitled:
            path[untitled] += f"{' ' if '. ' in path[untitled] else '. '}{text}"
        elif found:
            _add_line(found[-1], text, quoted > 0)
        quoted = max(0, quoted + text.count("“") - text.count("”"))
    return found


def _opens(level: re.Match[str], text: str) -> bool:
    """Say whether a line opens a chapter and does not merely begin a sentence with the word ``Mục 2``."""
    return not level["title"] or level["title"].isupper() or not text.endswith((".", ";", ","))


def _add_line(article: _Article, text: str, quoted: bool) -> None:
    clause = None if quoted else _CLAUSE.match(text)
    if clause and _follows(clause["number"], article.clauses):
        article.clauses[clause["number"]] = [clause["text"]]
    elif article.clauses:
        next(reversed(article.clauses.values())).append(text)
    else:
        article.lead.append(text)


def _follows(number: str, clauses: dict[str, list[str]]) -> bool:
    """Say whether a number opens the next khoản: 1 first, then one more, or the same with a letter (2, 2a, 3)."""
    before = next(reversed(clauses), "0")
    value, last = (int(re.sub(r"\D", "", one)) for one in (number, before))
    return value == last + 1 or (value == last and number[-1].isalpha() and number not in clauses)


def _passages(article: _Article, document: Document) -> list[Passage]:
    def passage(clause: str | None, lines: list[str]) -> Passage:
        return Passage(
            passage_id="|".join(filter(None, (document.document_id, article.number, clause))), kind="article",
            title=article.title or f"Điều {article.number}", text="\n".join(lines), document_id=document.document_id,
            article=article.number, clause=clause, path=article.path or None, effective_from=document.effective_from,
        )  # fmt: skip

    if not article.clauses:
        return [passage(None, article.lead or [article.title])]
    first = next(iter(article.clauses))
    return [
        passage(n, [*(article.lead if n == first else []), *lines]) for n, lines in article.clauses.items()
    ]


def _document(head: Sequence[str], body: str, name: str) -> Document:
    """Return the facts that the document's own text states; ``checked`` if number, kind and day of effect are there."""
    top = "\n".join(head)
    number = _NUMBER.search(top)
    document_id = official_number(number[1].rstrip(".")) if number else name
    kind, title = _kind_and_title(head)
    effect = _EFFECT.search(body)
    issued = read_day(top)
    starts = (read_day(effect.group()) or issued) if effect else None
    tail = document_id.rpartition("/")[2]
    issuer = next((who for mark, who in _ISSUERS.items() if re.search(rf"(?:^|-){mark}\d*$", tail)), "")
    return Document(
        document_id, kind, title, issuer, issued_on=issued, effective_from=starts, source=f"nguyên văn, tệp {name}",
        checked=bool(number and kind and starts),
    )  # fmt: skip


def _kind_and_title(head: Sequence[str]) -> tuple[str, str]:
    for place, text in enumerate(head):
        kind = next((kind for kind in DOCUMENT_KINDS if text.casefold() == kind.casefold()), None)
        if kind:
            lines: list[str] = []
            for line in head[place + 1 :]:
                if re.match(r"căn cứ|theo đề nghị|số:|\(", line, re.IGNORECASE) or len(lines) == 4:
                    break
                lines.append(line)
            name = " ".join(lines)
            return kind, name.capitalize() if name.isupper() else name
    return "", ""


def _older(document: Document, body: str) -> list[Document]:
    """Return the older documents that this one ends or amends, as far as its text tells."""
    found: dict[str, Document] = {}
    for one in find_replacements(body):
        if one.document_id == document.document_id or one.document_id in found:
            continue
        ended = one.whole and one.action != "amends"
        first_day = one.on or document.effective_from
        found[one.document_id] = Document(
            one.document_id, _kind_of(one.document_id, body), "", "",
            effective_to=first_day - ONE_DAY if ended and first_day else None,
            replaced_by=(document.document_id,) if ended else (),
            amended_by=() if ended else (document.document_id,),
            source=f"điều khoản của {document.document_id}",
        )  # fmt: skip
    return list(found.values())


def _kind_of(document_id: str, body: str) -> str:
    """Return the kind named before a document's number in ``body``."""
    for found in find_citations(body):
        if found.document_id == document_id:
            said = body[found.start : found.end].casefold()
            return next((kind for kind in DOCUMENT_KINDS if said.startswith(kind.casefold())), "")
    return ""

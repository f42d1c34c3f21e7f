"""Numbers and marks that point to a person: telephones, papers, accounts, plates, e-mail, dates of birth.

A run of digits is read by the nearest word before it that says what it is, if its length fits; without such a
word only forms that are hardly anything else count (a mobile number, a 12-digit identity number).
"""

import re
from collections.abc import Callable, Iterator

from pilot.quality.spans import Pattern, Span, privacy_words
from pilot.text.words import any_of

_BEFORE, _AFTER = 60, 30
_LABELLED = ("HOTLINE", "KEEP", "ID", "TAX", "SOCIAL", "BANK", "PHONE")
"""What words before a number can say of it; those for ``KEEP`` name what is no personal number."""
_LABELS = Pattern(
    lambda: rf"(?<!\w)(?:{'|'.join(map(_label, _LABELLED))})(?!\w)",
    re.IGNORECASE,
)


def _label(kind: str) -> str:
    return f"(?P<{kind}>{any_of(privacy_words()['label_' + kind.lower()])})"


_RUN = re.compile(r"(?<![\w+])(?:\(\+?\d{2,4}\) ?|\+84 ?\(0\) ?|\+?)\d(?:[ .-]?\d){6,22}(?![\w])")
_LETTERED_ACCOUNT = re.compile(r"(?<!\w)\d{3}[A-Z]{1,2}\d{7,9}(?!\w)")  # VietinBank's older form
_UNIT = re.compile(
    r"\s{0,2}(?:đồng|đ|vnđ|vnd|dong|triệu|trieu|tỷ|tỉ|nghìn|ngàn|usd|đô|m2|m²|ha|km|%)(?!\w)|/[^\W\d]",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}")
_DATE_LIKE = re.compile(r"\d{1,2}([.-])\d{1,2}\1(?:19|20)\d{2}")
_MOBILE = re.compile(r"(?<!\d)(?:\(?\+?84\)?[ .-]?(?:0|\(0\) ?)?|0)[ .-]?(?:3|5|7|8|9)(?:[ .-]?\d){8}(?!\d)")
_ODD_MOBILE = re.compile(r"(?<![\w/])[0oO][ ./-]{0,3}[35789](?:[ ./-]{0,3}[\doO]){8}(?![\w/])")
_LANDLINE = re.compile(r"(?:\+?84|0)2\d{9}")
_IDENTITY = re.compile(r"0(?:0[1-9]|[1-8]\d|9[0-6])\d{9}")
_DATE = r"(?:\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?(?:19|20)?\d{2}|\d{1,2} tháng \d{1,2},? năm \d{4})(?![\d/])"
_LENGTHS: dict[str, Callable[[str], bool]] = {
    "ID": lambda digits: len(digits) in (9, 12),
    "TAX": lambda digits: len(digits) in (10, 12, 13),
    "SOCIAL": lambda digits: len(digits) == 10,
    "BANK": lambda digits: 8 <= len(digits) <= 19,
    "PHONE": lambda digits: 9 <= len(digits) <= 12 and not digits.startswith(("1900", "1800")),
}


_DIGIT_WORD = "không|một|mốt|hai|ba|bốn|tư|năm|lăm|sáu|bảy|bẩy|tám|chín"
_SPELLED = Pattern(rf"(?<!\w)(?:{_DIGIT_WORD})(?:,? (?:{_DIGIT_WORD})){{7,13}}(?!\w)", re.IGNORECASE)


def find_odd_phones(text: str) -> Iterator[Span]:
    """Yield mobile numbers in odd spelling, with wide gaps, slashes or the letter o, after a word that says so."""
    for match in _ODD_MOBILE.finditer(text):
        said = _labels(text, match, _AFTER)
        plain = _RUN.match(text, match.start())
        if "PHONE" in said and not plain and not re.search(_DATE, match.group()):
            yield Span("PHONE", *match.span())


def find_numbers(text: str) -> Iterator[Span]:
    """Yield identity, tax, insurance, account and telephone numbers, spelled digit by digit too."""
    for match in _SPELLED.on(text).finditer(text):
        kind = _labelled(text, match, "1" * len(match.group().split())) or "PHONE"
        if kind in _LENGTHS and (kind != "PHONE" or 9 <= len(match.group().split()) <= 12):
            yield Span(kind, *match.span())
    for match in _LETTERED_ACCOUNT.finditer(text):
        if "BANK" in _labels(text, match):
            yield Span("BANK", *match.span())
    for match in _RUN.finditer(text):
        yield from _read_run(text, match)


def _read_run(text: str, match: re.Match[str]) -> Iterator[Span]:
    digits = re.sub(r"\D", "", match.group())
    if (
        _MONEY.fullmatch(match.group())
        or _DATE_LIKE.fullmatch(match.group())
        or _UNIT.match(text, match.end())
    ):
        return
    kind = _labelled(text, match, digits) or _by_form(match.group(), digits)
    if kind in _LENGTHS:
        yield Span(kind, match.start(), match.end())
    elif kind is None:
        for phone in _MOBILE.finditer(text, match.start(), match.end()):
            yield Span("PHONE", *phone.span())


def _labelled(text: str, match: re.Match[str], digits: str) -> str | None:
    labels = _labels(text, match)
    for label in reversed(labels):
        if label == "KEEP" or (label in _LENGTHS and _LENGTHS[label](digits)):
            return "KEEP" if label == "PHONE" and "HOTLINE" in labels else label
    if "HOTLINE" in labels:
        return "KEEP"
    after = _LABELS.on(text).search(text, match.end(), match.end() + _AFTER)
    kind = after.lastgroup if after and after.lastgroup in ("BANK", "SOCIAL") else None
    return kind if kind and not _MOBILE.fullmatch(match.group()) and _LENGTHS[kind](digits) else None


def _by_form(run: str, digits: str) -> str | None:
    if _IDENTITY.fullmatch(digits):
        return "ID"
    if _MOBILE.fullmatch(run) or _LANDLINE.fullmatch(digits):
        return "PHONE"
    return None


_AT = (
    r"(?: ?@ ?| ?[(\[{<] ?(?:at|a|a còng|a cong|acong|@) ?[)\]}>] ?"
    r"| (?:a còng|a cong|a móc) | at (?=[\w-]{1,30} dot ))"
)
_DOT = (
    r"(?:\.| ?\. ?(?=(?:com|vn|net|org|edu|gov|info)(?!\w))"
    r"| ?[(\[{] ?(?:dot|chấm|cham|\.) ?[)\]}] ?| (?:dot|chấm|cham) )"
)
_EMAIL = re.compile(
    rf"(?<![\w.+-])(?P<local>[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}){_AT}"
    rf"(?:[A-Za-z0-9-]{{1,63}}(?:{_DOT}[A-Za-z0-9-]{{2,24}}){{1,4}}|(?:gmail|yahoo|hotmail|outlook|icloud))(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_MAILBOX = re.compile(
    r"(?:info|support|cskh|hotro|lienhe|contact|vanthu|vanphong|bbt|banbientap|tiepcongdan)[\w.-]*",
    re.IGNORECASE,
)


def find_emails(text: str) -> Iterator[Span]:
    """Yield e-mail addresses, written out or disguised, but for general mailboxes such as ``info@``."""
    for match in _EMAIL.finditer(text):
        if not _MAILBOX.fullmatch(match["local"]):
            yield Span("EMAIL", *match.span())


_PAGE = re.compile(
    r"(?<![\w.@-])(?:https?://)?(?:(?:www|m|web|vi-vn)\.)?"
    r"(?:(?:facebook|fb|instagram|tiktok|twitter|threads)\.(?:com|net)|(?:fb|zalo|t|m)\.me)/[\w@?=&%/.-]{0,100}[\w/]",
    re.IGNORECASE,
)


def find_pages(text: str) -> Iterator[Span]:
    """Yield the pages of persons on social networks."""
    for match in _PAGE.finditer(text):
        yield Span("LINK", *match.span())


_PLATE = re.compile(
    r"(?<![\w/.-])[1-9]\d ?-? ?(?:[A-Z]{1,2}\d?|MĐ\d?)"
    r"(?:(?<=\d) ?[-. ] ?|(?<!\d) ?[-. ]? ?)(?P<number>\d{3}[. ]?\d{2}|\d{4})(?![\w]|[./-]\d)",
    re.IGNORECASE,
)
_ABOUT_PLATES = Pattern(r"(?<!\w)(?:biển|bks|bsx|bs|xe|ô tô|đầu kéo)(?!\w)", re.IGNORECASE)


def find_plates(text: str) -> Iterator[Span]:
    """Yield number plates; in small letters or with four digits only where the text speaks of a vehicle."""
    for match in _PLATE.finditer(text):
        number = match["number"]
        plain = match.group() == match.group().upper() and len(number) > 4 and " " not in number
        if plain or _ABOUT_PLATES.on(text).search(text, max(0, match.start() - _BEFORE), match.start()):
            yield Span("PLATE", *match.span())


_PASSPORT = re.compile(r"(?<![\w/.-])(?:[A-Z]{1,2} ?\d{6,8})(?![\w]|[./-]\d)", re.IGNORECASE)
_PASSPORT_FORM = re.compile(r"[BCNEK]\d{7}|P\d{8}")
_ABOUT_PASSPORTS = Pattern(r"(?<!\w)(?:hộ chiếu|passport|hc)(?!\w)", re.IGNORECASE)
_HEALTH_CARD = re.compile(r"(?<!\w)[A-Z]{2} ?\d(?: ?\d){12}(?!\w)", re.IGNORECASE)


def find_papers(text: str) -> Iterator[Span]:
    """Yield passport numbers and the 15-character numbers of health insurance cards."""
    for match in _PASSPORT.finditer(text):
        by_form = _PASSPORT_FORM.fullmatch(match.group()) and "KEEP" not in _labels(text, match)
        if by_form or _ABOUT_PASSPORTS.on(text).search(_before(text, match)):
            yield Span("PASSPORT", *match.span())
    for match in _HEALTH_CARD.finditer(text):
        yield Span("SOCIAL", *match.span())


def _before(text: str, match: re.Match[str], reach: int = _BEFORE) -> str:
    return text[max(0, match.start() - reach) : match.start()]


def _labels(text: str, match: re.Match[str], reach: int = _BEFORE) -> list[str]:
    """Return the kinds of the words before a number that say what it is, in order."""
    return [found.lastgroup or "" for found in _LABELS.on(text).finditer(_before(text, match, reach))]


_BIRTH = Pattern(
    r"(?<!\w)(?<!khai )(?<!phát )(?<!học )(?<!vệ )(?<!hộ )(?<!tái )(?<!thí )(?<!nảy )"
    r"(?:ngày,? tháng,? năm sinh|ngày sinh|sinh nhật|ra đời|chào đời|sinh|sn|ns|dob|đẻ)(?: (?:con|bé|cháu|mổ|thường))?"
    rf"(?: của [^\n.,;\d]{{1,40}}?)?[\s:(]{{0,3}}(?:là |vào |hồi )?(?:ngày[ :]{{1,3}})?"
    rf"(?:mồng |mùng )?(?P<date>{_DATE})",
    re.IGNORECASE,
)
_BETWEEN = Pattern(
    rf"[,(;] ?(?P<date>{_DATE})(?=[,;)]? ?(?:số )?"
    r"(?:cmnd|cccd|cmt|căn cước|hộ khẩu|hktt|thường trú|trú|giới tính|nam|nữ|quê|dân tộc)(?!\w))",
    re.IGNORECASE,
)
"""A date between a name and what else tells who somebody is."""


def find_births(text: str) -> Iterator[Span]:
    """Yield full dates of birth, not years of birth."""
    for pattern in (_BIRTH, _BETWEEN):
        for match in pattern.on(text).finditer(text):
            yield Span("BIRTH", *match.span("date"))

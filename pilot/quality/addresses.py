"""Postal addresses in running text.

An address is a chain of parts, from the most exact to the widest: flat, house number, lane, group or hamlet,
street, ward or commune, district, province. Each part, and words before the chain that say somebody lives
there, weigh something; the chain counts if together they point to a home. A street, a commune, a district or a
province alone does not count, nor does the seat of an authority or a company.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pilot.quality.spans import UPPER, Pattern, Span, privacy_words
from pilot.text.words import any_of

_CAPITAL = rf"(?:(?![PQHTXF]\.|(?:P|F|Q|TP|TX|TT|KP|SN) )[A-Z{UPPER}][^\W\d_]*(?:['’][^\W\d_]+)?(?!\w))"
_NAME = rf"(?![A-Z](?! [A-Z]|['’\w])){_CAPITAL}(?:[ -]{_CAPITAL}|(?<=\w) \d{{1,2}}(?![\d/.]))" + "{0,4}"
_NUMBER = r"(?:[A-Z]{1,2}[.-]?)?\d{1,4}[A-Za-z]?\d{0,3}(?:[/.-][A-Z]?\d{1,4}[A-Z]?){0,4}(?![\d])"
_HOUSE = r"[A-Z]?\d{1,4}[A-Za-z]?(?:[/-]\d{1,4}[A-Za-z]?){0,4}(?![\w/])"
_KEYWORDS = r"đường|phường|xã|quận|huyện|tỉnh|thành phố|tp|thị trấn|thị xã|kp|[pfq] ?\d{1,2}"
_SMALL_NAME = rf"[^\W\d_]+(?: (?!{_KEYWORDS})[^\W\d_]+){{0,2}}?(?= (?:{_KEYWORDS})(?!\w)| ?[,.;\n)]|$)"
"""A name in text all in small letters ends where the next part, a sign or the text says so."""


_GROUPS = "tổ dân phố|tổ dp|tdp|khu phố|kp|khóm|khối phố|khối"
_HAMLETS = "thôn|xóm|ấp|buôn|bản|làng|sóc|phum|plei|bon"
_BUILDINGS = "tòa nhà|toà nhà|tòa|toà|block|chung cư|khu tập thể|tập thể|ktt|nhà|khu đô thị|kđt|cc"
_KILOMETRE = r"(?:,? (?i:km) ?\d{1,4}(?:[+.,]\d{1,3})?(?!\w))"
_SMALL_HAMLET = (
    r"(?i:thôn|xóm|ấp|khóm) (?!(?:dụng|lực|đặt|ép|giá|chế|tải|suất)(?!\w))[^\W\d_]+(?: [^\W\d_]+)??"
    r"(?=,? (?i:xã|phường|thị trấn|huyện|quận|thị xã|thành phố|tỉnh)(?!\w))"
)
_WITHIN = "đường|phố|ngõ|ngách|hẻm|kiệt|chung cư|tổ|khu phố|kp|ấp|thôn|xóm|khóm"


def _parts(name: str) -> tuple[str, ...]:
    """Return the patterns of the parts, those of streets and units with ``name`` for what they are called."""
    return (
        rf"(?P<house>(?i:(?:nhà|dãy|khu|phòng) trọ )?(?i:số nhà|nhà số|sn|số) ?{_HOUSE}(?! ?[.,]?\d))",
        rf"(?P<lane>(?i:ngõ|ngách|hẻm|hẽm|kiệt)(?: số)? ?{_HOUSE}(?: {_NAME})?)",
        r"(?P<group>(?i:tổ|cụm|đội|khu vực|khu)\.?(?: số)? ?\d{1,3}[A-Z]?(?!\w))",
        rf"(?P<quarter>(?i:{_GROUPS})(?:\.?(?: số)? ?\d{{1,3}}[A-Z]?(?!\w)| {_NAME})"
        rf"|(?i:khu dân cư|kdc|khu tái định cư|khu tđc) {_NAME})",
        rf"(?P<hamlet>(?i:{_HAMLETS})(?: số)? (?!Trăng|Sơn)(?:{_NAME}|\d{{1,3}}[A-Z]?(?!\w))"
        rf"|{_SMALL_HAMLET})",
        rf"(?P<flat>(?<!Hải )(?i:(?:căn hộ|căn|phòng|lô|tầng)(?: số)? ?{_NUMBER}|p\.? ?\d{{3,4}}"
        rf"|(?i:lô|dãy) [A-Z]\d{{0,2}})(?!\w))",
        rf"(?P<building>(?i:{_BUILDINGS}) (?:[A-Z]{{1,2}}\d{{0,3}}(?:[.-]\d{{1,3}})?(?!\w)"
        rf"|{_NAME}(?: [A-Z]{{1,3}}\d{{1,3}}[A-Z]?(?!\w))?)"
        rf"|[A-Z]{{1,3}}\d{{1,2}}[A-Z]?(?= (?i:chung cư|tòa|toà|khu đô thị) ))",
        rf"(?P<street>(?i:đường|phố|đại lộ|quốc lộ|tỉnh lộ|đ\.)(?i: số)? ?"
        rf"(?:\d{{1,2}}(?:/| (?i:tháng) )\d{{1,2}}(?![\w/])"
        rf"|{name}|[A-Z]{{0,3}}\d{{1,3}}[A-Z]?(?!\w)){_KILOMETRE}?"
        rf"|(?i:ql|tl|hl|đt|dt)\.? ?\d{{1,3}}[A-Z]?(?![\w.]| \d){_KILOMETRE}?)",
        rf"(?P<ward>(?i:phường|xã|thị trấn|tt\.?|[pfx]\.) ?(?:{name}|\d{{1,2}}(?!\w))|(?i:p|f) ?\d{{1,2}}(?!\w))",
        rf"(?P<wide>(?i:quận|huyện|thị xã|tx\.?|thành phố|tp\.?|tỉnh|[qht]\.) ?"
        rf"(?:{name}|\d{{1,2}}(?!\w))|(?i:q) ?\d{{1,2}}(?!\w))",
    )


def _start(small: bool) -> str:
    """Return the pattern of a house number without a word for it: a lane or a street must follow."""
    if small:
        return rf"(?P<bare>{_HOUSE} (?=(?:{_WITHIN}) |{_small_street()}))"
    no_street = rf"(?i:{any_of(privacy_words()['provinces'])})(?!\w)|[^\W\d_]+ [A-Z{UPPER}]{{2}}"
    return rf"(?P<bare>{_HOUSE} (?=(?i:{_WITHIN}) |(?!{no_street}){_CAPITAL} {_CAPITAL}))"


def _small_street() -> str:
    heads = (*privacy_words()["strong_surnames"], "lý", "phan", "hồ", "hai", "điện")
    return rf"(?:{any_of(heads)}) {_SMALL_NAME}"


def _loose() -> str:
    city = rf"(?P<city>(?i:tp\.? ?hcm|tphn|hcm|hn|{any_of(privacy_words()['provinces'])})(?!\w))"
    return rf"(?: ?[,–-] ?| )(?:{city}|(?P<loose>{_NAME}))(?! \w*\d)"


_EDGE = r"(?<![\w/.,-])(?<!\d )"
_GAP = " ?[,;–-] ?| thuộc | "
_FIRST = Pattern(lambda: f"{_EDGE}(?:{'|'.join((*_parts(_NAME), _start(False)))})")
_FIRST_SMALL = Pattern(lambda: f"{_EDGE}(?:{'|'.join((*_parts(_SMALL_NAME), _start(True)))})")
_NEXT, _NEXT_SMALL = (Pattern(f"(?:{_GAP})(?:{'|'.join(_parts(name))})") for name in (_NAME, _SMALL_NAME))
_LOOSE = Pattern(_loose)
_AFTER_NUMBER = Pattern(lambda: rf" ?(?P<loose>{_NAME}|{_small_street()})")
_SMALL_WORD = re.compile(r" (?![A-Z" + UPPER + r"])[^\W\d_]")
_RUNNING_ON = re.compile(r" [^\W\d_]")
_NO_PLACE = Pattern(lambda: rf"(?:{any_of(privacy_words()['no_place'])})(?!\w)", re.IGNORECASE)
_ME = "tôi|em|con|mình|tui|ông|bà|anh|chị"
_HOME = Pattern(
    r"(?<!\w)(?:ở|trú|trú quán|thường trú|tạm trú|cư trú|ngụ|sống|trọ|chỗ ở|nơi ở|địa chỉ|đ/c|đc|hktt|hộ khẩu|quê quán|"
    rf"nhà (?:{_ME})|tại|về|đến|tới|giao)"
    rf"(?: (?:tại|ở|số|liên lạc|liên hệ|nhận hàng|hiện tại|hiện nay|thường trú|là|của (?:{_ME})))*\W{{0,3}}$",
    re.IGNORECASE,
)
_OFFICIAL = Pattern(
    lambda: (
        rf"(?<!\w)(?:(?P<body>{any_of(privacy_words()['bodies'])})|"
        r"(?P<person>ông|bà|anh|chị|cô|chú|bác|cụ)|"
        rf"(?P<home>trú|thường trú|tạm trú|ngụ|sống|trọ|thuê|nhà (?:{_ME})|(?:{_ME}|cháu|gia đình) (?:hiện |đang )?ở|"
        rf"hộ khẩu|hktt|nơi ở|chỗ ở|quê quán|địa chỉ (?:của )?(?:{_ME})|căn hộ|thửa đất))(?!\w)"
    ),
    re.IGNORECASE,
)
_EXACT = {
    "house": 4, "lane": 4, "hamlet": 4, "quarter": 4, "group": 4, "flat": 3, "building": 3, "bare": 2,
}  # fmt: skip
_AROUND = {"street": 4, "ward": 4, "wide": 4, "city": 4, "loose": 2}
_AT_HOME, _ENOUGH = 4, 8
"""What the parts and the words before them weigh, and from what weight on they point to a home."""


class _Chain(NamedTuple):
    start: int
    end: int
    kinds: tuple[str, ...]


def find_addresses(text: str) -> Iterator[Span]:
    """Yield addresses of homes in ``text`` (NFC), in order and apart."""
    if text.isupper() and len(text.lower()) == len(text):
        text = text.lower()
    small = text[1:].islower()
    opening, following = (_FIRST_SMALL, _NEXT_SMALL) if small else (_FIRST, _NEXT)
    position = 0
    while first := opening.on(text).search(text, position):
        chain = _follow(text, first, following.on(text))
        if _is_home(text, chain, small):
            yield Span("ADDRESS", chain.start, chain.end)
            position = chain.end
        else:
            position = first.end()


def _follow(text: str, first: re.Match[str], following: re.Pattern[str]) -> _Chain:
    """Read on from the first part as long as the next belongs to it."""
    kinds, end = [first.lastgroup or ""], first.end()
    if first.lastgroup == "bare":
        end -= 1
    if (
        kinds[-1] in ("house", "bare")
        and (street := _AFTER_NUMBER.on(text).match(text, end))
        and _may_be_place(text, street)
    ):
        kinds.append("street")
        end = street.end()
    while len(kinds) < 12:
        part = following.match(text, end)
        if part is None and (loose := _LOOSE.on(text).match(text, end)) and _may_be_place(text, loose):
            part = loose
        if part is None:
            break
        kinds.append(part.lastgroup or "")
        end = part.end()
    return _Chain(first.start(), end, tuple(kinds))


def _may_be_place(text: str, match: re.Match[str]) -> bool:
    """Say whether a run of capitals without a word for what it is can be a place: no lone word before small letters."""
    if match.lastgroup == "city":
        return True
    alone = " " not in match["loose"] and _SMALL_WORD.match(text, match.end())
    return not alone and not _NO_PLACE.on(text).match(match["loose"])


def _is_home(text: str, chain: _Chain, small: bool) -> bool:
    """Decide by what stands before the chain and by how exact its parts are."""
    kinds = set(chain.kinds)
    exact = kinds & _EXACT.keys()
    before = text[max(0, chain.start - 80) : chain.start].rpartition("\n")[2]
    marks = [found.lastgroup for found in _OFFICIAL.on(text).finditer(before)]
    if marks[-1:] == ["body"] or (kinds == {"house"} and _RUNNING_ON.match(text, chain.end)):
        return False
    at_home = bool(_HOME.on(text).search(before[-40:])) or (marks[-1:] == ["home"] and len(exact) > 1)
    if not exact:
        return at_home and not small and {"street", "ward"} <= kinds
    weight = sum((_EXACT | _AROUND)[kind] for kind in kinds) + _AT_HOME * at_home
    if "bare" in kinds and "/" in text[chain.start : chain.start + 6]:
        weight += _EXACT["house"] - _EXACT["bare"]
    return weight >= _ENOUGH

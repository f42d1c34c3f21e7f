"""How people type questions, put right in named steps that can be switched and are logged."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

from pilot.text.accents import restore_accents
from pilot.text.clean import normalise
from pilot.text.everyday import add_legal_terms
from pilot.text.keyboards import read_telex, read_vni
from pilot.text.letters import has_accent, is_syllable, place_tones, strip_accents
from pilot.text.words import any_of, word_lists

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_EMOTICON = re.compile(
    r"(?<!\S)(?:[:;=8][-'^]?[()dp3*|]+|<3+|\^_*\^|t_t|x?d{2,}:|[()]{3,})(?!\S)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_ROMAN = re.compile(r"[ivxlcIVXLC]+")
# After these a lone letter is a number: 100k, điểm k, điểm g, h và k.
_COUNTED = re.compile(
    r"(?:\d\s*|\b(?:điểm|diem|mục|muc|hạng|hang|lô|lo)\s+(?:[a-zđ](?:\s*[,;]\s*|\s+(?:và|va|hoặc|hoac)\s+))*)$",
    re.IGNORECASE,
)


@cache
def _long_forms() -> dict[str, str]:
    """Return abbreviation, with and without accents -> what it stands for."""
    known: dict[str, str] = word_lists()["law_abbreviations"] | word_lists()["abbreviations"]
    return known | {strip_accents(short): long for short, long in known.items()}


@cache
def _short_forms() -> tuple[dict[str, str], re.Pattern[str]]:
    """Return what three letters or more stand for, in small letters -> these letters, and the pattern of all."""
    known = word_lists()["law_abbreviations"] | word_lists()["abbreviations"]
    shorts = {long.lower(): short for short, long in known.items() if len(short) > 2}
    return shorts, re.compile(rf"(?<!\w)(?:{any_of(shorts)})(?!\w)")


@cache
def _chat() -> re.Pattern[str]:
    """Return the pattern of chat's shorthand.

    A mark that no letter composes with makes another letter of the one before.
    """
    words = any_of(word_lists()["teencode"])
    return re.compile(rf"(?<![\w/])(?:{words})(?![\w/\u0300-\u036f])", re.IGNORECASE)


def drop_addresses(text: str) -> str:
    """Return ``text`` without links and e-mail addresses."""
    return _squeezed(text, _ADDRESS.sub(" ", text))


def drop_emoji(text: str) -> str:
    """Return ``text`` without emoji and emoticons."""
    kept = "".join(" " if _is_emoji(letter) else letter for letter in text) if not text.isascii() else text
    return _squeezed(text, _EMOTICON.sub(" ", kept))


def drop_repeats(text: str) -> str:
    """Return ``text`` with drawn-out letters and marks shortened: ``khôngggg???`` -> ``không?``."""
    text = re.sub(r"([?!])\1+", r"\1", text)
    return _LETTERS.sub(lambda match: _short(match.group(), text.isupper()), text)


def lower_caps(text: str) -> str:
    """Return a text typed in capitals in sentence case; abbreviations and numbers of documents stay."""
    words = [word for word in _LETTERS.findall(text) if len(word) > 1 and word not in _long_forms()]
    if len(words) < 3 or sum(word.isupper() for word in words) < 0.8 * len(words):
        return text
    lowered = re.sub(r"\S+", lambda match: _lowered(match.group()), text)
    return re.sub(r"(?:^|(?<=[.?!]\s))[^\W\d_]", lambda match: match.group().upper(), lowered)


def read_keys(text: str) -> str:
    """Return ``text`` with Telex or VNI keys turned into the letters they were meant to make.

    A word counts if it is no syllable as it stands and becomes one with marks. Keys for tones alone
    (``bans``) may be English, so they count only beside keys that are surely Telex.
    """
    words = [match.group() for match in _WORD.finditer(text)]
    telex = {word: read_telex(word) for word in words}
    sure = {word for word in words if telex[word] != word and _surely_telex(word)}
    vni = {word: read_vni(word) for word in words}
    numbers = [word for word in words if vni[word] != word]
    accept_vni = len(numbers) > 1 or any(re.search(r"[6-9]", word) for word in numbers)

    def change(match: re.Match[str]) -> str:
        word = match.group()
        if word.isupper() and not text.isupper():
            return word  # WTO, CO2
        if vni[word] != word:
            return vni[word] if accept_vni else word
        if telex[word] == word or not sure:
            return word
        return telex[word] if word in sure or not is_syllable(word.lower()) else word

    return _WORD.sub(change, text)


def write_out_teencode(text: str) -> str:
    """Return ``text`` with the shorthand of chat written out: ``ko dc`` -> ``không được``."""

    def change(match: re.Match[str]) -> str:
        word = match.group()
        if len(word) == 1 and (word.isupper() or _COUNTED.search(text[: match.start()])):
            return word  # điểm k, hạng Z, 100k
        if word.isupper() and not text.isupper():
            return word
        long: str = word_lists()["teencode"][word.lower()]
        return long[0].upper() + long[1:] if word[0].isupper() else long

    return _chat().sub(change, text)


def add_abbreviations(text: str) -> str:
    """Return ``text`` followed by the long forms of its abbreviations and the short ones of its long forms.

    For ranking: nothing typed is lost, and passages match whichever form they use.
    """
    lower, (shorts, pattern) = text.lower(), _short_forms()
    added = [_long_forms()[word.upper()] for word in _WORD.findall(text) if _is_abbreviation(word)]
    added += [shorts[long] for long in pattern.findall(lower)]
    new = [word for word in dict.fromkeys(added) if not _holds(lower, word.lower())]
    return f"{text} ({'; '.join(new)})" if new else text


STEPS: dict[str, Callable[[str], str]] = {
    "addresses": drop_addresses,
    "emoji": drop_emoji,
    "repeats": drop_repeats,
    "caps": lower_caps,
    "keys": read_keys,
    "teencode": write_out_teencode,
    "accents": restore_accents,
    "tones": place_tones,
    "abbreviations": add_abbreviations,
    "everyday": add_legal_terms,
}


def prepare_question(text: str, steps: Sequence[str] = tuple(STEPS)) -> tuple[str, list[str]]:
    """Return the question after ``normalise`` and the named steps in order, and the steps that changed it.

    Raises
    ------
    ValueError
        If a step is unknown; the message lists those there are.
    """
    unknown = [step for step in steps if step not in STEPS]
    if unknown:
        raise ValueError(f"unknown steps {', '.join(unknown)}; known: {', '.join(STEPS)}")
    text = normalise(text)
    log = []
    for step in steps:
        changed = STEPS[step](text)
        if changed != text:
            log.append(step)
            text = changed
    return text, log


def _short(word: str, shouted: bool) -> str:
    if _ROMAN.fullmatch(word) or word.upper() in _long_forms() or (word.isupper() and not shouted):
        return word  # VIII, cccd, AAA
    return re.sub(r"(.)\1{2,}", r"\1", word)


def _squeezed(before: str, after: str) -> str:
    return before if before == after else normalise(after)


def _holds(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def _is_emoji(letter: str) -> bool:
    code = ord(letter)
    return (
        code >= 0x1F000
        or 0x2600 <= code < 0x27C0
        or 0xFE00 <= code < 0xFE10
        or (code > 0x2190 and unicodedata.category(letter) == "So")
    )


def _lowered(chunk: str) -> str:
    if any(letter.isdigit() for letter in chunk):
        return chunk
    return _LETTERS.sub(
        lambda match: match.group() if match.group() in _long_forms() else match.group().lower(), chunk
    )


def _surely_telex(word: str) -> bool:
    keys = word.lower()
    return bool(re.search(r"aa|ee|oo|dd|w", keys)) and not is_syllable(keys) and has_accent(read_telex(word))


def _is_abbreviation(word: str) -> bool:
    known = word.upper() in _long_forms()
    # In small letters only what cannot be a word, and is long enough to mean nothing else.
    return known and (word.isupper() or (len(word) > 3 and not is_syllable(word.lower())))

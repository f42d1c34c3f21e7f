"""What typing does to a question, done on purpose: for measuring how much a system loses by it."""

import random
import re
from collections.abc import Callable
from functools import cache
from itertools import count

from pilot.text.keyboards import write_telex
from pilot.text.letters import has_accent, strip_accents
from pilot.text.words import any_of, word_lists

_KEYS = "qwertyuiopasdfghjklzxcvbnm"
_BESIDE = (
    "wa qes wrd etf ryg tuh yij uok ipl ol "
    "qsz awdx sefc drgv fthb gyjn hukm jil kop asx zsdc xdfv cfgb vghn bhjm njk"
)
_NEIGHBOURS = dict(zip(_KEYS, _BESIDE.split(), strict=True))
_WORD = re.compile(r"[^\W\d_]+")


@cache
def _chat_forms() -> tuple[dict[str, list[str]], re.Pattern[str]]:
    """Return what chat shortens -> its short forms, and the pattern of all that it shortens."""
    shorts: dict[str, list[str]] = {}
    for short, long in word_lists()["teencode"].items():
        shorts.setdefault(long, []).append(short)
    return shorts, re.compile(rf"\b(?:{any_of(shorts)})\b", re.IGNORECASE)


def drop_accents(text: str, rng: random.Random) -> str:
    """Return ``text`` without any accent."""
    return strip_accents(text)


def drop_half_accents(text: str, rng: random.Random) -> str:
    """Return ``text`` with each accented word bared with probability one half."""

    def bared(match: re.Match[str]) -> str:
        word = match.group()
        return strip_accents(word) if has_accent(word) and rng.random() < 0.5 else word

    return _WORD.sub(bared, text)


def leave_telex(text: str, rng: random.Random) -> str:
    """Return ``text`` with three in ten accented words, at least one, as their Telex keys."""
    places = [place for place, word in enumerate(_WORD.findall(text)) if has_accent(word)]
    chosen = {place for place in places if rng.random() < 0.3} or set(places and [rng.choice(places)])
    numbers = count()
    return _WORD.sub(lambda word: write_telex(word[0]) if next(numbers) in chosen else word[0], text)


def write_teencode(text: str, rng: random.Random) -> str:
    """Return ``text`` with every word that chat shortens in one of its short forms."""
    shorts, pattern = _chat_forms()
    return pattern.sub(lambda match: rng.choice(shorts[match.group().lower()]), text)


def make_typos(text: str, rng: random.Random, rate: float = 0.05) -> str:
    """Return ``text`` with slips at the rate: a letter swapped, dropped, doubled, or hit beside.

    Numbers stay: a slip there asks another question.
    """
    letters = list(text)
    out = []
    i = 0
    while i < len(letters):
        letter = letters[i]
        i += 1
        if not letter.isalpha() or rng.random() >= rate:
            out.append(letter)
            continue
        slip = rng.randrange(4)
        if slip == 0 and i < len(letters) and letters[i].isalpha():
            out += [letters[i], letter]
            i += 1
        elif slip == 1:
            out += [letter, letter]
        elif slip == 2:
            out.append(rng.choice(_NEIGHBOURS.get(strip_accents(letter).lower(), letter)))
    return "".join(out)


def shout(text: str, rng: random.Random) -> str:
    """Return ``text`` in capitals."""
    return text.upper()


def ask_politely(text: str, rng: random.Random) -> str:
    """Return ``text`` behind a polite opening."""
    return f"{rng.choice(word_lists()['polite_prefixes'])}{text}"


def add_filler(text: str, rng: random.Random) -> str:
    """Return ``text`` with one or two fillers between its words."""
    words = text.split(" ")
    for _ in range(rng.randint(1, 2)):
        words.insert(rng.randint(1, len(words)), rng.choice(word_lists()["fillers"]))
    return " ".join(words)


def inject_instruction(text: str, rng: random.Random) -> str:
    """Return ``text`` followed by a sentence that tells a machine what to answer."""
    return f"{text} {rng.choice(word_lists()['instructions'])}"


PERTURBATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "no_accents": drop_accents,
    "half_accents": drop_half_accents,
    "telex": leave_telex,
    "teencode": write_teencode,
    "typos": make_typos,
    "caps": shout,
    "polite": ask_politely,
    "filler": add_filler,
    "instruction": inject_instruction,
}

"""What typing does to a question, done on purpose: for measuring how much a system loses by it."""

import random
import re
from collections.abc import Callable

from pilot.text.keyboards import write_telex
from pilot.text.letters import has_accent, strip_accents
from pilot.text.words import FILLERS, INSTRUCTIONS, POLITE_PREFIXES, TEENCODE

_KEYS = "qwertyuiopasdfghjklzxcvbnm"
_BESIDE = (
    "wa qes wrd etf ryg tuh yij uok ipl ol "
    "qsz awdx sefc drgv fthb gyjn hukm jil kop asx zsdc xdfv cfgb vghn bhjm njk"
)
_NEIGHBOURS = dict(zip(_KEYS, _BESIDE.split(), strict=True))
_CHAT_OF: dict[str, list[str]] = {}
for _short, _long in TEENCODE.items():
    _CHAT_OF.setdefault(_long, []).append(_short)
_LONG = re.compile(
    r"\b(?:" + "|".join(re.escape(long) for long in sorted(_CHAT_OF, key=len, reverse=True)) + r")\b",
    re.IGNORECASE,
)


def drop_accents(text: str, rng: random.Random) -> str:
    """Return ``text`` without any accent."""
    return strip_accents(text)


def drop_half_accents(text: str, rng: random.Random) -> str:
    """Return ``text`` with each accented word bared with probability one half."""
    return _each_word(
        text, lambda word: strip_accents(word) if has_accent(word) and rng.random() < 0.5 else word
    )


def leave_telex(text: str, rng: random.Random) -> str:
    """Return ``text`` with three in ten accented words, at least one, as their Telex keys."""
    return _some_words(text, rng, 0.3, has_accent, write_telex)


def write_teencode(text: str, rng: random.Random) -> str:
    """Return ``text`` with every word that chat shortens in one of its short forms."""
    return _LONG.sub(lambda match: rng.choice(_CHAT_OF[match.group().lower()]), text)


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
    return rng.choice(POLITE_PREFIXES) + text


def add_filler(text: str, rng: random.Random) -> str:
    """Return ``text`` with one or two fillers between its words."""
    words = text.split(" ")
    for _ in range(rng.randint(1, 2)):
        words.insert(rng.randint(1, len(words)), rng.choice(FILLERS))
    return " ".join(words)


def inject_instruction(text: str, rng: random.Random) -> str:
    """Return ``text`` followed by a sentence that tells a machine what to answer."""
    return f"{text} {rng.choice(INSTRUCTIONS)}"


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


def _each_word(text: str, change: Callable[[str], str]) -> str:
    return re.sub(r"[^\W\d_]+", lambda match: change(match.group()), text)


def _some_words(
    text: str, rng: random.Random, rate: float, eligible: Callable[[str], bool], change: Callable[[str], str]
) -> str:
    """Return ``text`` with eligible words changed at the rate, and at least one where there is one."""
    places = [i for i, match in enumerate(re.finditer(r"[^\W\d_]+", text)) if eligible(match.group())]
    if not places:
        return text
    chosen = {place for place in places if rng.random() < rate} or {rng.choice(places)}
    numbers = iter(range(text.count("") * 2))
    return _each_word(text, lambda word: change(word) if next(numbers) in chosen else word)

"""The word lists for names as sets, with accents and without."""

import re
from functools import cache
from typing import NamedTuple

from pilot.quality import name_words as words
from pilot.text.letters import strip_accents

_PUNCTUATION = r"[\s:,(*\"“'.…-]{0,6}$"


class Lexicon(NamedTuple):
    """Sets of small-letter words and phrases, and patterns held against what stands before a name."""

    strong: frozenset[str]
    unmistakable: frozenset[str]
    surnames: frozenset[str]
    syllables: frozenset[str]
    lower_given: frozenset[str]
    addresses: frozenset[str]
    naming: frozenset[str]
    ordinals: frozenset[str]
    offices: frozenset[str]
    compounds: frozenset[str]
    places: frozenset[str]
    famous: frozenset[str]
    not_before: frozenset[str]
    role: re.Pattern[str]
    introduction: re.Pattern[str]
    high_office: re.Pattern[str]


@cache
def lexicon(accented: bool) -> Lexicon:
    """Return the lists for text with accents, or for text typed without."""

    def form(text: str) -> str:
        return text if accented else strip_accents(text)

    def split(text: str, separator: str | None = None) -> frozenset[str]:
        return frozenset(form(text).split(separator))

    def ending(phrases: str, after: str) -> re.Pattern[str]:
        options = "|".join(map(re.escape, sorted(form(phrases).split("|"), key=len, reverse=True)))
        return re.compile(rf"(?<!\w)(?:{options}){after}", re.IGNORECASE)

    return Lexicon(
        strong=split(words.STRONG_SURNAMES),
        unmistakable=split(words.STRONG_SURNAMES if accented else words.UNMISTAKABLE_SURNAMES),
        surnames=split(f"{words.STRONG_SURNAMES} {words.SURNAMES}"),
        syllables=split(words.SYLLABLES),
        lower_given=split(words.LOWER_GIVEN) if accented else frozenset(),
        addresses=split(words.ADDRESSES),
        naming=split(words.NAMING_ADDRESSES),
        ordinals=split(words.ORDINALS),
        offices=split(words.OFFICES),
        compounds=split(words.COMPOUNDS, "|"),
        places=split(words.PLACES, "|"),
        famous=split(words.FAMOUS, "|"),
        not_before=split(words.NOT_BEFORE_NAME),
        role=ending(words.ROLES, _PUNCTUATION),
        introduction=ending(words.INTRODUCTIONS, _PUNCTUATION),
        high_office=ending(words.HIGH_OFFICES, r"(?: [^\W\d]+){0,5} $"),
    )

"""The word lists for names as sets, with accents and without."""

import re
from functools import cache
from typing import NamedTuple

from pilot.quality import name_words as words
from pilot.quality.spans import any_of, either
from pilot.text.letters import strip_accents

_PUNCTUATION = r"[\s:,(*\"“'.…-]{0,6}$"


class Lexicon(NamedTuple):
    """Sets of small-letter words and phrases, and patterns held against what stands before a name."""

    strong: frozenset[str]
    unmistakable: frozenset[str]
    clear: frozenset[str]
    surnames: frozenset[str]
    syllables: frozenset[str]
    lower_given: frozenset[str]
    addresses: frozenset[str]
    naming: frozenset[str]
    ordinals: frozenset[str]
    offices: frozenset[str]
    compounds: frozenset[str]
    middle_compounds: frozenset[str]
    places: frozenset[str]
    famous: frozenset[str]
    not_before: frozenset[str]
    role: re.Pattern[str]
    introduction: re.Pattern[str]
    heading: re.Pattern[str]
    stated: re.Pattern[str]
    asking: frozenset[str]
    no_names: frozenset[str]
    high_office: re.Pattern[str]


@cache
def lexicon(accented: bool) -> Lexicon:
    """Return the lists for text with accents, or for text typed without or with hardly any, where both forms count."""

    def split(text: str, separator: str | None = None) -> frozenset[str]:
        items = frozenset(text.split(separator))
        return items if accented else items | frozenset(map(strip_accents, items))

    def ending(phrases: str, after: str) -> re.Pattern[str]:
        options = any_of(phrases)
        return re.compile(rf"(?<!\w)(?:{options if accented else either(options)}){after}", re.IGNORECASE)

    return Lexicon(
        strong=split(words.STRONG_SURNAMES),
        unmistakable=split(words.STRONG_SURNAMES if accented else words.UNMISTAKABLE_SURNAMES),
        clear=split(words.CLEAR_SURNAMES),
        surnames=split(f"{words.STRONG_SURNAMES} {words.SURNAMES}"),
        syllables=split(words.SYLLABLES),
        lower_given=split(words.LOWER_GIVEN) if accented else frozenset(),
        addresses=split(words.ADDRESSES) - (frozenset() if accented else split(words.UNCLEAR_ADDRESSES)),
        naming=split(words.NAMING_ADDRESSES),
        ordinals=split(words.ORDINALS),
        offices=split(words.OFFICES),
        compounds=split(words.COMPOUNDS, "|"),
        middle_compounds=split(words.MIDDLE_COMPOUNDS, "|"),
        places=split(f"{words.PROVINCES}|{words.PLACES}", "|"),
        famous=split(words.FAMOUS, "|"),
        not_before=split(words.NOT_BEFORE_NAME) - (frozenset() if accented else split(words.UNCLEAR_BEFORE)),
        role=ending(words.ROLES, _PUNCTUATION),
        introduction=ending(words.INTRODUCTIONS, _PUNCTUATION),
        stated=ending(f"{words.FORM_FIELDS.replace('|', ':|')}:|{words.STATEMENTS}", " ?$"),
        asking=split("tên là"),
        no_names=split(words.NO_NAMES),
        heading=ending(words.ROLES, r" ?: ?$"),
        high_office=ending(words.HIGH_OFFICES, r"(?: [^\W\d]+){0,5} $"),
    )

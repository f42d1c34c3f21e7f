"""Vietnamese letters and syllables: marks taken off, tones read and moved between the two spellings in use."""

import re
import unicodedata
from functools import lru_cache

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")  # level, huyền, sắc, hỏi, ngã, nặng
_SMALL = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES) + "đ"
_PLAIN = str.maketrans(
    {
        letter: unicodedata.normalize("NFD", letter)[0].translate({ord("đ"): "d", ord("Đ"): "D"})
        for letter in _SMALL + _SMALL.upper()
        if not letter.isascii()
    }
)
MARKED_LETTERS = frozenset(map(chr, _PLAIN))

_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RHYMES = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en "
    "eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu "
    "yêm yên yêng yêt yêu o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap "
    "oat oay oăc oăm oăn oăng oăt oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui "
    "um un ung up ut uân uâng uât uây uê uêch uên uênh uôc uôi uôm uôn uông uôt uơ uy uya uych uyên "
    "uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y ych yn "
    "ynh yp yt"
)
ONSETS, RHYMES = frozenset(_ONSETS.split()), frozenset(_RHYMES.split())
_LOANS = {"xoong", "boong", "goòng", "soóc", "moóc", "coóc"}  # elsewhere "oo" is ô in Telex

# The three rhymes whose tone two spellings put in different places, when no letter follows.
_OPEN_RHYME = re.compile(r"(o[aeàáảãạèéẻẽẹ]|[òóỏõọ][ae]|u[yỳýỷỹỵ]|[ùúủũụ]y)(?![^\W\d_])", re.IGNORECASE)


def strip_accents(text: str) -> str:
    """Return ``text`` in NFC with each Vietnamese letter replaced by its ASCII base, one for one."""
    return unicodedata.normalize("NFC", text).translate(_PLAIN)


def has_accent(text: str) -> bool:
    """Return whether ``text`` (NFC) has a letter that bears a Vietnamese mark, ``đ`` included."""
    return not text.isascii() and not MARKED_LETTERS.isdisjoint(text)


def split_tone(letter: str) -> tuple[str, str]:
    """Return a letter without its tone, and the tone as a combining mark (empty for the level tone)."""
    parts = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in parts if mark in TONES[1:]), "")
    return unicodedata.normalize("NFC", parts.replace(tone, "") if tone else parts), tone


def place_tones(text: str) -> str:
    """Return ``text`` (NFC) with tones in the older place: ``hòa``, ``khỏe``, ``thủy`` (not ``hoà`` …).

    ``qu`` is a consonant and keeps ``quý``; syllables with a final consonant have one spelling only.
    """
    return unicodedata.normalize("NFC", _OPEN_RHYME.sub(_move_tone, text))


def _move_tone(match: re.Match[str]) -> str:
    first, second = match.group()[0], match.group()[1]
    if first in "uU" and match.string[max(match.start() - 1, 0)] in "qQ":
        return match.group()
    first, tone = split_tone(first)
    second, other = split_tone(second)
    return first + (tone or other) + second


@lru_cache(maxsize=512)
def marks(letter: str) -> frozenset[str]:
    """Return the marks of a letter: combining characters, and ``đ`` for the bar of ``đ``."""
    parts = unicodedata.normalize("NFD", letter.lower())
    return frozenset(parts[1:]) | ({"đ"} if parts[0] == "đ" else set())


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Return whether a lower-case word (NFC) is built like a Vietnamese syllable: onset, rhyme, tone."""
    if word in _LOANS:
        return True
    bare, tones = "", ""
    for letter in word:
        plain, tone = split_tone(letter)
        bare, tones = bare + plain, tones + tone
    stopped = bare.endswith(("c", "ch", "p", "t"))
    if len(tones) > 1 or (stopped and tones not in (TONES[2], TONES[5])):
        return False
    rests = {bare} | {bare[len(onset) :] for onset in ONSETS if bare.startswith(onset)}
    if bare.startswith("gi"):
        rests.add(bare[1:])  # gì, gìn, giết: the i is the vowel too
    return not rests.isdisjoint(RHYMES)

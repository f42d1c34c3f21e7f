"""Telex and VNI: key sequences left in the text when the typing program was off, read and written."""

import re
import unicodedata

from pilot.text.letters import ONSETS, TONES, VOWELS, is_syllable, split_tone
from pilot.text.words import any_of

_ONSET = re.compile(any_of(ONSETS))
_TELEX_LETTERS = {"aa": "â", "aw": "ă", "ee": "ê", "oo": "ô", "ow": "ơ", "uw": "ư", "dd": "đ"}
_TELEX_TONES = {"f": TONES[1], "s": TONES[2], "r": TONES[3], "x": TONES[4], "j": TONES[5]}
_VNI_LETTERS = {"a6": "â", "a8": "ă", "e6": "ê", "o6": "ô", "o7": "ơ", "u7": "ư", "d9": "đ"}
_VNI_TONES = {"2": TONES[1], "1": TONES[2], "3": TONES[3], "4": TONES[4], "5": TONES[5]}


def read_telex(word: str) -> str:
    """Return the syllable that Telex keys would have made of ``word``; ``word`` itself if they make none.

    The tone may come at its letter or at the end, the horn too (``luaatj``, ``nguwowif``, ``nguoiwf``).
    Capitals stay where the first letter, or every letter, is one.
    """
    keys = word.lower()
    if not keys.isascii() or not keys.isalpha():
        return word
    tone = ""
    places = [i for i, key in enumerate(keys) if key in _TELEX_TONES and re.search("[aeiouyw]", keys[:i])]
    if len(keys) > 2 and places:
        tone = _TELEX_TONES[keys[places[-1]]]
        keys = keys[: places[-1]] + keys[places[-1] + 1 :]
    for pair, letter in _TELEX_LETTERS.items():
        keys = keys.replace(pair, letter)
    if keys.count("w") == 1:
        keys = _hang_horn(keys.replace("w", ""))
    return _finished(word, _spread_horn(keys), tone)


def read_vni(word: str) -> str:
    """Return the syllable that VNI keys would have made of ``word``; ``word`` itself if they make none."""
    match = re.fullmatch(r"([a-z]+\d[a-z\d]*)", word.lower())
    if not match or not word.isascii() or sum(key.isalpha() for key in word) < 2:
        return word
    letters, tone = "", ""
    for key in word.lower():
        if key in _VNI_TONES:
            if tone:
                return word
            tone = _VNI_TONES[key]
        elif key.isdigit():
            place = next((i for i in range(len(letters) - 1, -1, -1) if letters[i] + key in _VNI_LETTERS), -1)
            if place < 0:
                return word
            letters = letters[:place] + _VNI_LETTERS[letters[place] + key] + letters[place + 1 :]
        else:
            letters += key
    return _finished(word, _spread_horn(letters), tone)


def write_telex(word: str) -> str:
    """Return the keys that Telex needs for ``word``: marks at their letters, the tone last."""
    letters = {letter: keys for keys, letter in _TELEX_LETTERS.items()}
    tones = {tone: key for key, tone in _TELEX_TONES.items()}
    keys, last = "", ""
    for letter in unicodedata.normalize("NFC", word):
        plain, tone = split_tone(letter)
        made = letters.get(plain.lower(), plain)
        keys += made[0].upper() + made[1:] if plain.isupper() else made
        last = tones.get(tone, last)
    return keys + last


def put_tone(syllable: str, tone: str) -> str:
    """Return a toneless syllable with ``tone`` where the older spelling puts it (``hòa``)."""
    onset = _ONSET.match(syllable)
    start = onset.end() if onset and onset.end() < len(syllable) else 0
    if syllable.startswith("gi") and not any(letter in VOWELS for letter in syllable[2:]):
        start = 1
    vowels = [i for i in range(start, len(syllable)) if syllable[i] in VOWELS]
    if not vowels or not tone:
        return syllable
    marked = [i for i in vowels if syllable[i] in "ăâêôơư"]
    if marked:
        place = marked[-1]
    elif len(vowels) == 3 or (len(vowels) == 2 and vowels[-1] < len(syllable) - 1):
        place = vowels[1]
    else:
        place = vowels[0]
    return syllable[:place] + unicodedata.normalize("NFC", syllable[place] + tone) + syllable[place + 1 :]


def _hang_horn(keys: str) -> str:
    """Return ``keys`` with the horn or the breve of a late ``w`` on the letter it can only mean."""
    if "uo" in keys:
        return keys.replace("uo", "ươ")
    place = max(keys.rfind(vowel) for vowel in "aou")
    return (
        keys[:place] + {"a": "ă", "o": "ơ", "u": "ư"}[keys[place]] + keys[place + 1 :] if place >= 0 else keys
    )


def _spread_horn(keys: str) -> str:
    """Return ``keys`` with the horn on both letters of ``ươ``; many type it once."""
    return re.sub(r"(?:uơ|ưo)(?=[cimnptu])", "ươ", keys)


def _finished(word: str, letters: str, tone: str) -> str:
    syllable = put_tone(letters, tone)
    if syllable == word.lower() or not is_syllable(syllable):
        return word
    if word.isupper() and len(word) > 1:
        return syllable.upper()
    return syllable[0].upper() + syllable[1:] if word[0].isupper() else syllable

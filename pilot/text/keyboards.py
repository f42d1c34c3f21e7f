"""Telex and VNI: key sequences left in the text when the typing program was off, read and written."""

import re
import unicodedata

from pilot.text.letters import TONES, split_tone

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
_LOANS = {"xoong", "boong", "goòng", "soóc", "moóc", "coóc"}  # elsewhere "oo" is ô in Telex
_RHYME_SET = frozenset(_RHYMES.split())
_ONSET = re.compile("|".join(sorted(_ONSETS.split(), key=len, reverse=True)))
_TELEX_LETTERS = {"aa": "â", "aw": "ă", "ee": "ê", "oo": "ô", "ow": "ơ", "uw": "ư", "dd": "đ"}
_TELEX_TONES = {"f": TONES[1], "s": TONES[2], "r": TONES[3], "x": TONES[4], "j": TONES[5]}
_VNI_LETTERS = {"a6": "â", "a8": "ă", "e6": "ê", "o6": "ô", "o7": "ơ", "u7": "ư", "d9": "đ"}
_VNI_TONES = {"2": TONES[1], "1": TONES[2], "3": TONES[3], "4": TONES[4], "5": TONES[5]}
_VOWELS = "aăâeêioôơuưy"


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
    rests = {bare} | {bare[len(onset) :] for onset in _ONSETS.split() if bare.startswith(onset)}
    if bare.startswith("gi"):
        rests.add(bare[1:])  # gì, gìn, giết: the i is the vowel too
    return not rests.isdisjoint(_RHYME_SET)


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
    return _write(word, {letter: keys for keys, letter in _TELEX_LETTERS.items()}, _TELEX_TONES)


def write_vni(word: str) -> str:
    """Return the keys that VNI needs for ``word``: marks at their letters, the tone last."""
    return _write(word, {letter: keys for keys, letter in _VNI_LETTERS.items()}, _VNI_TONES)


def put_tone(syllable: str, tone: str) -> str:
    """Return a toneless syllable with ``tone`` where the older spelling puts it (``hòa``)."""
    onset = _ONSET.match(syllable)
    start = onset.end() if onset and onset.end() < len(syllable) else 0
    if syllable.startswith("gi") and not any(letter in _VOWELS for letter in syllable[2:]):
        start = 1
    vowels = [i for i in range(start, len(syllable)) if syllable[i] in _VOWELS]
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


def _write(word: str, letters: dict[str, str], tones: dict[str, str]) -> str:
    keys, last = "", ""
    names = {tone: key for key, tone in tones.items()}
    for letter in unicodedata.normalize("NFC", word):
        plain, tone = split_tone(letter)
        made = letters.get(plain.lower(), plain)
        keys += made[0].upper() + made[1:] if plain.isupper() else made
        last = names.get(tone, last)
    return keys + last

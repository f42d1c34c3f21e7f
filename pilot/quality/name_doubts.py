"""What speaks against a name: places, famous persons, offices, bodies and everyday words that look like one."""

import re

from pilot.quality.name_lexicon import Lexicon
from pilot.quality.name_reader import Reader

_OPENING = re.compile(r"(?:^|[.!?:;(\n\"“-]) ?$")


def is_known(reader: Reader, index: int, stop: int, lists: Lexicon) -> bool:
    """Say whether it is a place, a historical person, or someone in the highest office."""
    phrase = reader.phrase(index, stop)
    if phrase in lists.famous or reader.phrase(index, index + 2) in lists.places | lists.compounds:
        return True
    return bool(lists.high_office.search(reader.before(index)))


def stands_in_name_of_thing(reader: Reader, index: int, lists: Lexicon) -> bool:
    """Say whether the word before makes it a street, a school, a company: *trường*, or any capital."""
    if not reader.adjacent(index):
        return False
    before = reader.words[index - 1]
    return before.lower in lists.not_before or (
        reader.capital(index - 1) and before.lower not in lists.addresses
    )


def is_thing(reader: Reader, index: int, stop: int) -> bool:
    """Tell capitals after a form of address that name nobody: an office, a body, a place."""
    word, lists = reader.words[index], reader.lists
    if word.text.isupper() and len(word.text) > 1 and stop - index == 1:
        return True
    if stop - index > 1 and word.lower in lists.offices:
        return True
    if stop - index == 1 and _is_half_a_proper_name(reader, index):
        return True
    before = reader.words[max(0, index - 1)]
    pairs = {
        *(reader.phrase(place, place + 2) for place in range(index, max(index + 1, stop - 1))),
        f"{before.lower} {word.lower}" if before.text[0].isupper() else "",
    }
    return bool(pairs & (lists.places | lists.compounds)) or begins_compound(reader, index)


def _is_half_a_proper_name(reader: Reader, index: int) -> bool:
    """Say whether the word before has a capital that no beginning of a sentence explains: ``quận Ba Đình``."""
    before = reader.words[index - 1]
    return (
        reader.adjacent(index)
        and before.text[0].isupper()
        and not _OPENING.search(reader.text[max(0, before.start - 3) : before.start])
    )


def begins_compound(reader: Reader, index: int) -> bool:
    """Say whether the word belongs to an ordinary compound, with the word after it or before it."""
    around = {reader.phrase(index, index + 2)}
    if index and not (reader.words[index].text[0].isupper() and reader.words[index - 1].text[0].islower()):
        around.add(reader.phrase(index - 1, index + 1))
    return not around.isdisjoint(reader.lists.compounds)


def is_address(reader: Reader, index: int) -> bool:
    """Say whether a lone capital is a form of address itself: ``Anh Chị``, ``cảm ơn Anh``, but not ``chị Anh``."""
    named = reader.adjacent(index) and reader.words[index - 1].lower in reader.lists.naming
    return reader.words[index].lower in reader.lists.naming - ({"anh"} if named else set())

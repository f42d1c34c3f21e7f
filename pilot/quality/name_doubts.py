"""What speaks against a name: places, famous persons, offices, bodies and everyday words that look like one."""

import re

from pilot.quality.name_reader import Lexicon, Reader

_OPENING = re.compile(r"(?:^|[.!?:;(\n\"“-]) ?$")


def is_known(reader: Reader, index: int, stop: int, lists: Lexicon) -> bool:
    """Say whether it is a place, a historical person, or someone in the highest office."""
    phrase, first = reader.phrase(index, stop), reader.words[index].text
    loud = (
        len(first) > 1 and first.isupper() and not reader.shouted
    )  # as banks write the holder of an account
    if (phrase in lists["famous"] and not loud) or reader.phrase(index, index + 2) in lists["places"] | lists[
        "compounds"
    ]:
        return True
    return bool(lists.high_office.search(reader.before(index)))


def stands_in_name_of_thing(reader: Reader, index: int, lists: Lexicon) -> bool:
    """Say whether the word before makes it a street, a school, a company: *trường*, or any capital."""
    if not reader.adjacent(index):
        return False
    before = reader.words[index - 1]
    if before.lower in lists["not_before_name"] or lists.company.search(reader.before(index)):
        return True
    return reader.capital(index - 1) and before.lower not in lists["addresses"] | lists["opening"]


def is_thing(reader: Reader, index: int, stop: int) -> bool:
    """Tell capitals after a form of address that name nobody: an office, a body, a place."""
    word, lists = reader.words[index], reader.lists
    if word.text.isupper() and len(word.text) > 1 and stop - index == 1:
        return True
    if reader.phrase(index, stop) in lists["famous"] or (stop - index > 1 and word.lower in lists["offices"]):
        return True
    if stop - index == 1 and _is_half_a_proper_name(reader, index):
        return True
    before = reader.words[max(0, index - 1)]
    if before.text[0].isupper() and f"{before.lower} {word.lower}" in lists["places"]:
        return True
    pairs = {reader.phrase(place, place + 2) for place in range(index, max(index + 1, stop - 1))}
    return bool(pairs & (lists["places"] | lists["compounds"])) or begins_compound(reader, index)


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
    before = reader.words[max(0, index - 1)]
    called = (
        before.text[0].islower() or before.lower in reader.lists["naming_addresses"]
    )  # "anh Hùng" is no hero
    if index and not (reader.words[index].text[0].isupper() and called):
        around.add(reader.phrase(index - 1, index + 1))
    return not around.isdisjoint(reader.lists["compounds"])


def is_address(reader: Reader, index: int) -> bool:
    """Say whether a lone capital is a form of address itself: ``Anh Chị``, ``cảm ơn Anh``, but not ``chị Anh``."""
    named = reader.adjacent(index) and reader.words[index - 1].lower in reader.lists["naming_addresses"]
    return reader.words[index].lower in reader.lists["naming_addresses"] - ({"anh"} if named else set())

"""Names of persons in running text.

A name is recognised by its surroundings (an introduction, a form of address, a role) and by its make: a
surname, then syllables that names are made of. Capitals decide where they say something; in text all in small
letters or all in capitals the word lists decide where a name ends. Streets, places, schools, companies,
historical persons and holders of the highest offices stay.
"""

import re
from collections.abc import Iterator

from pilot.quality.name_lexicon import Lexicon
from pilot.quality.name_reader import MIDDLE, Reader
from pilot.quality.spans import Span

_OPENING = re.compile(r"(?:^|[.!?:;(\n\"“-]) ?$")
_LITTLE_WORDS = {"la", "ma", "an", "vi", "tu", "ong", "ba", "ca"}
_QUOTING = {"dieu", "luat", "van", "ban", "noi", "nghi", "thong", "cau"}


def find_names(text: str) -> Iterator[Span]:
    """Yield the names of persons in ``text`` (NFC), in order and apart."""
    reader = Reader(text)
    found = list(_scan(reader))
    yield from sorted({*found, *_again(reader, found)}, key=lambda span: span.start)


def _scan(reader: Reader) -> Iterator[Span]:
    index = 0
    while index < len(reader.words):
        stop = _full_name(reader, index) or _given_name(reader, index)
        if stop:
            yield Span("NAME", reader.words[index].start, reader.words[stop - 1].end)
            reader.edge = stop
        index = stop or index + 1


def _full_name(reader: Reader, index: int) -> int | None:  # noqa: PLR0911 - one return per rule
    """Return where the name ends that starts with a surname at ``index``, if one does."""
    word, lists = reader.words[index], reader.lists_for(index)
    if word.lower not in lists.surnames:
        return None
    stop = reader.run(index)
    if stop - index < 2:
        return None
    if not reader.capital(index):
        return _uncased_name(reader, index, stop)
    names = [other.lower for other in reader.words[index + 1 : stop]]
    context = reader.context(index)
    sure = context.introduced or context.addressed
    if _is_known(reader, index, stop, lists) and not (sure and stop - index > 2):
        return None
    if sure or (context.role and all(name in lists.syllables for name in names)):
        return stop
    if _stands_in_name_of_thing(reader, index, lists):
        return None
    if stop - index >= 3:
        made_of_names = all(name in lists.syllables for name in names)
        return stop if made_of_names or names[0] in MIDDLE else None
    return stop if word.lower in lists.strong and names[0] in lists.syllables and len(names[0]) > 1 else None


def _is_known(reader: Reader, index: int, stop: int, lists: Lexicon) -> bool:
    """Say whether it is a place, a historical person, or someone in the highest office."""
    phrase = reader.phrase(index, stop)
    if phrase in lists.famous or reader.phrase(index, index + 2) in lists.places:
        return True
    return bool(lists.high_office.search(reader.before(index)))


def _stands_in_name_of_thing(reader: Reader, index: int, lists: Lexicon) -> bool:
    if not reader.adjacent(index):
        return False
    before = reader.words[index - 1]
    return before.lower in lists.not_before or (
        reader.capital(index - 1) and before.lower not in lists.addresses
    )


def _uncased_name(reader: Reader, index: int, stop: int) -> int | None:
    """Return the end of a full name in small letters, or in text all in capitals."""
    word, lists, context = reader.words[index], reader.lists, reader.context(index)
    if reader.adjacent(index) and reader.words[index - 1].lower in lists.not_before:
        return None
    names = [other.lower for other in reader.words[index + 1 : stop]]
    sure = context.introduced or (context.addressed and reader.accented)
    if word.lower not in (lists.surnames if sure else lists.unmistakable) or word.lower in _LITTLE_WORDS:
        return None
    if _is_known(reader, index, stop, lists) and not context.any:
        return None
    if names[0] in MIDDLE and len(names) >= 2:
        return None if not reader.accented and names[1] in _QUOTING else stop
    if not (context.introduced or context.addressed):
        return (
            stop
            if reader.accented and context.role and word.lower in lists.strong and len(names) >= 2
            else None
        )
    introduced = context.introduced and len(names) >= 2 and reader.accented
    return stop if word.lower in lists.strong or introduced else None


def _given_name(reader: Reader, index: int) -> int | None:  # noqa: PLR0911 - one return per rule
    """Return the end of a name without surname after a form of address or an introduction, if one starts here."""
    word, lists = reader.words[index], reader.lists
    if not (reader.capital(index) or word.lower in lists.lower_given):
        return None
    context = reader.context(index)
    if not (context.addressed or context.introduced):
        return None
    if not reader.capital(index):
        naming = context.addressed and reader.words[index - 1].lower in lists.naming
        return index + 1 if naming and not _begins_compound(reader, index) else None
    stop = reader.run(index)
    if "'" in word.text or "’" in word.text:
        return stop
    if _is_thing(reader, index, stop):
        return None
    names = [other.lower for other in reader.words[index:stop]]
    if len(names) == 1:
        if len(names[0]) == 1 or names[0] in lists.ordinals:
            return None
        return stop if names[0] in lists.syllables or _is_pet_name(reader, index) else None
    known = all(name in lists.syllables for name in names)
    return (
        stop
        if known or names[0] in lists.surnames or (names[0] in lists.ordinals and context.addressed)
        else None
    )


def _is_pet_name(reader: Reader, index: int) -> bool:
    """Take a short word with a capital that is in no list, after a form of address that asks for a name."""
    word, lists = reader.words[index], reader.lists
    before = reader.words[index - 1].lower if reader.adjacent(index) else ""
    return before in lists.naming and len(word.text) <= 5 and word.lower not in lists.offices


def _is_thing(reader: Reader, index: int, stop: int) -> bool:
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
        reader.phrase(index, index + 2),
        f"{before.lower} {word.lower}" if before.text[0].isupper() else "",
    }
    return bool(pairs & (lists.places | lists.compounds)) or _begins_compound(reader, index)


def _is_half_a_proper_name(reader: Reader, index: int) -> bool:
    """Say whether the word before has a capital that no beginning of a sentence explains: ``quận Ba Đình``."""
    before = reader.words[index - 1]
    return (
        reader.adjacent(index)
        and before.text[0].isupper()
        and not _OPENING.search(reader.text[max(0, before.start - 3) : before.start])
    )


def _begins_compound(reader: Reader, index: int) -> bool:
    """Say whether the word belongs to an ordinary compound, with the word after it or before it."""
    around = {reader.phrase(index, index + 2)}
    if index and not (reader.words[index].text[0].isupper() and reader.words[index - 1].text[0].islower()):
        around.add(reader.phrase(index - 1, index + 1))
    return not around.isdisjoint(reader.lists.compounds)


def _again(reader: Reader, found: list[Span]) -> Iterator[Span]:
    """Yield the further places where a person already named is called by the given name alone."""
    reader.edge = 0
    taken = {span.start for span in found}
    inside = {place for span in found for place in range(span.start, span.end)}
    given: set[tuple[str, ...]] = set()
    for span in found:
        names = tuple(reader.text[span.start : span.end].split())
        given |= {names[-count:] for count in (1, 2, 3, 4) if count <= len(names)}
    no_name = reader.lists.addresses | reader.lists.offices
    given -= {
        parts for parts in given if len(parts) == 1 and (len(parts[0]) < 2 or parts[0].lower() in no_name)
    }
    index = 0
    while found and index < len(reader.words):
        word, stop = reader.words[index], index + 1
        if word.text[0].isupper() and word.start not in inside and not reader.shouted:
            stop = reader.run(index)
            parts = tuple(other.text for other in reader.words[index:stop])
            free = not reader.adjacent(index) or reader.words[index - 1].lower not in reader.lists.not_before
            if parts in given and free and word.start not in taken and not _begins_compound(reader, index):
                yield Span("NAME", word.start, reader.words[stop - 1].end)
        index = stop

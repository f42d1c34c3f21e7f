"""Names of persons in running text.

A name is recognised by its surroundings (an introduction, a form of address, a role) and by its make: a
surname, then syllables that names are made of. Capitals decide where they say something; in text all in small
letters or all in capitals the word lists decide where a name ends. Streets, places, schools, companies,
historical persons and holders of the highest offices stay.
"""

from collections.abc import Iterator

from pilot.quality.name_doubts import begins_compound, is_address, is_known, is_thing, stands_in_name_of_thing
from pilot.quality.name_reader import MIDDLE, Context, Lexicon, Reader
from pilot.quality.spans import Span

_LONGEST = 5
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
        stop = _stated_name(reader, index) or _full_name(reader, index) or _given_name(reader, index)
        if stop:
            yield Span("NAME", reader.words[index].start, reader.words[stop - 1].end)
            reader.edge = stop
        index = stop or index + 1


def _stated_name(reader: Reader, index: int) -> int | None:
    """Return the end of a name in small letters, of whatever syllables, that fills a line: ``họ tên: vàng a páo;``."""
    lists = reader.lists
    asked = index and reader.words[index - 1].lower in lists["asking"] and not reader.capital(index)
    if not asked or not lists.stated.search(reader.before(index)):
        return None
    stop = index + 1
    while stop - index <= _LONGEST and reader.adjacent(stop):
        stop += 1
    end = reader.words[stop - 1].end
    names = {word.lower for word in reader.words[index:stop]}
    fills = 2 <= stop - index <= _LONGEST and reader.text[end : end + 1] in ",;.\n"
    return (
        stop if fills and names.isdisjoint(lists["no_names"]) and not begins_compound(reader, index) else None
    )


def _full_name(reader: Reader, index: int) -> int | None:  # noqa: PLR0911 - one return per rule
    """Return where the name ends that starts at ``index`` with a surname, or with a word before *Văn* or *Thị*."""
    word, lists = reader.words[index], reader.lists_for(index)
    known = word.lower in lists["surnames"]
    if not known and not (reader.adjacent(index + 1) and reader.words[index + 1].lower in MIDDLE):
        return None
    stop = reader.run(index)
    if stop - index < 2:
        return None
    if not known:
        return stop if _has_middle_name(reader, index, stop, lists) else None
    if not reader.capital(index):
        return _uncased_name(reader, index, stop, lists)
    names = [other.lower for other in reader.words[index + 1 : stop]]
    context = reader.context(index)
    sure = context.introduced or context.addressed
    revered = context.addressed and reader.words[index - 1].lower == "cụ"
    if is_known(reader, index, stop, lists) and (revered or not sure or stop - index == 2):
        return None
    if sure or (context.role and all(name in lists["syllables"] for name in names)):
        return stop
    if stands_in_name_of_thing(reader, index, lists):
        return None
    if stop - index >= 3:
        strange = sum(name not in lists["syllables"] for name in names)
        clear = (
            names[0] in MIDDLE
            or names[0] == "a"
            or (word.lower in lists["strong_surnames"] and not word.text.isupper())
        )
        return stop if clear or strange <= (not word.text.isupper()) else None
    return (
        stop
        if word.lower in lists["strong_surnames"] and names[0] in lists["syllables"] and len(names[0]) > 1
        else None
    )


def _has_middle_name(reader: Reader, index: int, stop: int, lists: Lexicon) -> bool:
    """Say whether capitals that begin with no known surname go on with *Văn* or *Thị* as names do."""
    return (
        stop - index >= 3
        and reader.capital(index)
        and reader.words[index + 1].lower in MIDDLE
        and reader.words[index].lower not in lists["offices"] | lists["addresses"] | lists["not_before_name"]
        and reader.phrase(index + 1, index + 3) not in lists["compounds"] | lists["middle_compounds"]
        and not stands_in_name_of_thing(reader, index, lists)
    )


def _uncased_name(reader: Reader, index: int, stop: int, lists: Lexicon) -> int | None:
    """Return the end of a full name in small letters, or in text all in capitals."""
    word, context = reader.words[index], reader.context(index)
    if (reader.adjacent(index) and reader.words[index - 1].lower in lists["not_before_name"]) or (
        reader.phrase(index, index + 2) in lists["compounds"]
    ):
        return None
    names = [other.lower for other in reader.words[index + 1 : stop]]
    sure = context.introduced or (context.addressed and reader.accented)
    if (
        word.lower not in (lists["surnames"] if sure else lists["unmistakable_surnames"])
        or word.lower in _LITTLE_WORDS
    ):
        return None
    if is_known(reader, index, stop, lists) and not context.any:
        return None
    if names[0] in MIDDLE and len(names) >= 2:
        return None if not reader.accented and names[1] in _QUOTING else stop
    if not (context.introduced or context.addressed):
        return (
            stop
            if reader.accented
            and (
                word.lower in lists["clear_surnames"]
                or (context.role and word.lower in lists["strong_surnames"])
            )
            and len(names) >= 2
            else None
        )
    clear = (context.introduced or reader.shouted) and len(names) >= 2 and reader.accented
    return stop if word.lower in lists["strong_surnames"] or clear else None


def _given_name(reader: Reader, index: int) -> int | None:  # noqa: PLR0911 - one return per rule
    """Return the end of a name without surname after a form of address or an introduction, if one starts here."""
    word, lists = reader.words[index], reader.lists
    if not (reader.capital(index) or word.lower in lists["lower_given"]):
        return None
    context = reader.context(index)
    if not (context.addressed or context.introduced):
        return None
    naming = context.addressed and reader.words[index - 1].lower in lists["naming_addresses"]
    stop = reader.run(index)
    if not reader.capital(index):
        if begins_compound(reader, index):
            return None
        alone = context.introduced and not reader.adjacent(stop)
        return stop if alone else index + 1 if naming else None
    if "'" in word.text or "’" in word.text:
        return stop
    if is_thing(reader, index, stop):
        return None
    names = [other.lower for other in reader.words[index:stop]]
    if len(names) == 1:
        return stop if _is_one_name(reader, index, context, stop, naming) else None
    known = all(name in lists["syllables"] for name in names)
    foreign = (naming or context.introduced) and not reader.words[index + 1].text.isupper()
    return (
        stop
        if known or foreign or names[0] in lists["surnames"] or not lists["strong_surnames"].isdisjoint(names)
        else None
    )


def _is_one_name(reader: Reader, index: int, context: Context, stop: int, naming: bool) -> bool:
    """Say whether a lone capital word after a form of address or an introduction names somebody."""
    name, lists = reader.words[index].lower, reader.lists
    if len(name) == 1 or name in lists["ordinals"] or is_address(reader, index):
        return False
    if (name in lists["offices"] and not naming) or (context.heading and reader.adjacent(stop)):
        return False
    return name in lists["syllables"] or _is_pet_name(reader, index)


def _is_pet_name(reader: Reader, index: int) -> bool:
    """Take a short word with a capital that is in no list, after a form of address that asks for a name."""
    word, lists = reader.words[index], reader.lists
    before = reader.words[index - 1].lower if reader.adjacent(index) else ""
    return before in lists["naming_addresses"] and len(word.text) <= 5 and word.lower not in lists["offices"]


def _again(reader: Reader, found: list[Span]) -> Iterator[Span]:
    """Yield the further places where a person already named is called by the given name alone."""
    reader.edge = 0
    taken = {span.start for span in found}
    inside = {place for span in found for place in range(span.start, span.end)}
    given: set[tuple[str, ...]] = set()
    for span in found:
        names = tuple(reader.text[span.start : span.end].split())
        given |= {names[-count:] for count in (1, 2, 3, 4) if count <= len(names)}
    no_name = reader.lists["addresses"] | reader.lists["offices"]
    given -= {
        parts for parts in given if len(parts) == 1 and (len(parts[0]) < 2 or parts[0].lower() in no_name)
    }
    index = 0
    while found and index < len(reader.words):
        word, stop = reader.words[index], index + 1
        if word.text[0].isupper() and word.start not in inside and not reader.shouted:
            stop = reader.run(index)
            parts = tuple(other.text for other in reader.words[index:stop])
            free = (
                not reader.adjacent(index)
                or reader.words[index - 1].lower not in reader.lists["not_before_name"]
            )
            if parts in given and free and word.start not in taken and not begins_compound(reader, index):
                yield Span("NAME", word.start, reader.words[stop - 1].end)
        index = stop

"""A text read for names: its words, where runs of them end, and what stands before them."""

import re
from typing import NamedTuple

from pilot.quality.name_lexicon import Lexicon, lexicon
from pilot.quality.spans import accented

MIDDLE = {"văn", "thị", "van", "thi"}
"""Middle names that make a name of what stands around them."""

_WORD = re.compile(r"[^\W\d_]{1,20}(?:['’][^\W\d_]{1,12})?")
_LOOK_BACK = 40
_MOST_SYLLABLES = 6


class Word(NamedTuple):
    """A word, where it stands, and its small-letter form."""

    start: int
    end: int
    text: str
    lower: str


class Context(NamedTuple):
    """What stands before a name: an introduction (a heading among them), a form of address, a role."""

    introduced: bool
    addressed: bool
    role: bool
    heading: bool

    @property
    def any(self) -> bool:
        """Say whether anything before it announces a name."""
        return self.introduced or self.addressed or self.role


class Reader:
    """One text, its words, and the lists that fit it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = [Word(m.start(), m.end(), m.group(), m.group().lower()) for m in _WORD.finditer(text)]
        self.accented = accented(text)
        self.lists: Lexicon = lexicon(self.accented)
        capitals = sum(len(word.text) > 1 and word.text.isupper() for word in self.words)
        self.edge = 0  # the words before this one have been read as names
        self.shouted = len(self.words) >= 4 and capitals > 0.7 * len(self.words)

    def adjacent(self, index: int) -> bool:
        """Say whether one space joins word ``index`` to the one before, which is no name found already."""
        if not self.edge < index < len(self.words):
            return False
        return self.text[self.words[index - 1].end : self.words[index].start] == " "

    def capital(self, index: int) -> bool:
        """Say whether the word has a capital that means something: not in text all in capitals."""
        return not self.shouted and self.words[index].text[0].isupper()

    def lists_for(self, index: int) -> Lexicon:
        """Return the lists without accents for a name typed without in a text that has them.

        Capitals give it away, or *van* and *thi*.
        """
        word = self.words[index]
        if self.accented and word.text.isascii() and word.lower not in self.lists.surnames:
            after = self.words[index + 1] if self.adjacent(index + 1) else None
            if after and after.text.isascii() and (self.capital(index) or after.lower in MIDDLE):
                return lexicon(False)
        return self.lists

    def run(self, index: int) -> int:
        """Return the index after the last word of the run that starts at ``index``."""
        first, stop = self.words[index].text, index + 1
        syllables = self.lists_for(index).syllables
        loud = len(first) > 1 and first.isupper()
        while stop - index < _MOST_SYLLABLES and self.adjacent(stop):
            word = self.words[stop]
            if self.capital(index):
                same = word.text[0].isupper() and (len(word.text) == 1 or word.text.isupper() == loud)
            else:
                after_middle = self.accented and stop == index + 2 and self.words[index + 1].lower in MIDDLE
                same = (word.lower in syllables or after_middle) and stop - index < 4
            if not same or self.phrase(stop, stop + 2) in self.lists.compounds:
                break
            stop += 1
        return stop

    def phrase(self, start: int, stop: int) -> str:
        """Return words in small letters, joined by spaces."""
        return " ".join(word.lower for word in self.words[start:stop])

    def before(self, index: int) -> str:
        """Return what stands before word ``index``, back to the last name found at most."""
        start = self.words[index].start
        return self.text[max(self.words[self.edge - 1].end if self.edge else 0, start - _LOOK_BACK) : start]

    def context(self, index: int) -> Context:
        """Read what stands before word ``index``."""
        before = self.before(index)
        addressed = (
            self.adjacent(index)
            and self.words[index - 1].lower in self.lists.addresses
            and self.phrase(max(0, index - 2), index) not in self.lists.compounds
        )
        role = self.lists.role.search(before)
        heading = self.lists.heading.search(before)
        introduced = heading or self.lists.introduction.search(before)
        return Context(bool(introduced), addressed, bool(role), bool(heading))

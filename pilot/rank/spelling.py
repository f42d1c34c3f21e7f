"""Accents of a question typed without any, chosen by the wording of the passages themselves."""

import math
import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from pilot.rank.collection import Collection
from pilot.rank.index import Index
from pilot.rank.tokens import WIDTH
from pilot.text.letters import strip_accents

_WORD = re.compile(r"\w+")
TRUST = 3.0
"""How much likelier, in nats, the form that the accent model chose is beforehand."""
BACK_OFF = 5.0


class Speller:
    """Second thoughts about restored accents: the accent model knows the law's language, not its rare corners.

    A syllable may take any form that the passages have for its letters. The likeliest sequence is sought under
    a bigram model of how many passages use a syllable, and two in a row; the restored form has a head start of
    ``TRUST``.
    """

    def __init__(self, collection: Collection) -> None:
        self.numbers = collection.vocabularies["syllables"].numbers
        self.singles, self.pairs = collection.indexes["syllables"], collection.indexes["pairs"]

    @cached_property
    def forms(self) -> dict[str, list[str]]:
        """Return letters without accents -> the forms that occur."""
        found: dict[str, list[str]] = {}
        for term in self.numbers:
            found.setdefault(strip_accents(term), []).append(term)
        return found

    def respell(self, text: str) -> str:
        """Return ``text`` in small letters with its syllables replaced by the likeliest forms."""
        chosen = iter(self.likeliest([word.lower() for word in _WORD.findall(text)]))
        return _WORD.sub(lambda _: next(chosen), text)

    def likeliest(self, given: Sequence[str]) -> list[str]:
        """Return the best form of each syllable (Viterbi 1967)."""
        table: list[dict[str, tuple[float, str]]] = []
        for word in given:
            options = dict.fromkeys(
                [word, *(() if word.isdigit() else self.forms.get(strip_accents(word), ()))]
            )
            before = table[-1] if table else {"": (0.0, "")}
            table.append({form: self._best(before, form, TRUST * (form == word)) for form in options})
        chosen: list[str] = []
        form = max(table[-1], key=lambda form: table[-1][form][0]) if table else ""
        for states in reversed(table):
            chosen.append(form)
            form = states[form][1]
        return chosen[::-1]

    def _best(self, before: dict[str, tuple[float, str]], form: str, bonus: float) -> tuple[float, str]:
        share = (self._count(self.singles, (form,)) + 0.1) / (self.singles.size + 1)
        return max(
            (score + bonus + math.log((self._count(self.pairs, (last, form)) + BACK_OFF * share)
             / (self._count(self.singles, (last,)) + BACK_OFF)), last)
            for last, (score, _) in before.items()
        )  # fmt: skip

    def _count(self, index: Index, words: tuple[str, ...]) -> int:
        """Return how many passages hold the syllable, or the two in a row."""
        numbers = [self.numbers.get(word, -1) for word in words]
        if min(numbers) < 0:
            return 0
        key = numbers[0] if len(numbers) == 1 else numbers[0] * WIDTH + numbers[1]
        place = int(np.searchsorted(index.keys, key))
        if place == len(index.keys) or index.keys[place] != key:
            return 0
        return int(index.starts[place + 1] - index.starts[place])

"""Labels of one scheme said in another: official topics, the 27 fields, foreign labels as they are spelled."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pilot.records import Passage, Question
from pilot.taxonomy import label_key, taxonomy


@dataclass(frozen=True)
class Translation:
    """From any labels to those of the questions that are scored.

    Parameters
    ----------
    scored
        The labels that scored questions bear. Only which scheme they belong to and how they are spelled is used.
    """

    scored: frozenset[str]

    @cached_property
    def scheme(self) -> Literal["topics", "fields", "foreign"]:
        """Return whose labels these are; special labels belong to every scheme."""
        scheme = taxonomy()
        keys = {label_key(label) for label in self.scored} - _keys(scheme.special)
        if keys <= _keys(scheme.topics):
            return "topics"
        return "fields" if keys <= _keys(scheme.crosswalk) else "foreign"

    @cached_property
    def _spelling(self) -> Mapping[str, str]:
        """Key -> label; where one label is spelled in several ways, the first in order."""
        scheme = taxonomy()
        own = {"topics": scheme.topics, "fields": scheme.crosswalk, "foreign": {}}[self.scheme]
        return {
            label_key(label): label for label in [*own, *scheme.special, *sorted(self.scored, reverse=True)]
        }

    def labels(self, labels: Iterable[str], heading: str = "") -> tuple[str, ...]:
        """Return the labels in the scored scheme, repetitions left out.

        A topic becomes the field of its heading, else its own; a field becomes the topic closest to it. What
        neither scheme knows stays.
        """
        return tuple(dict.fromkeys(self._said(label, heading) for label in labels))

    def _said(self, label: str, heading: str) -> str:
        if (label, heading) not in self._memory:
            self._memory[label, heading] = self._label(label, heading)
        return self._memory[label, heading]

    @cached_property
    def _memory(self) -> dict[tuple[str, str], str]:
        """What was translated before: a codification has many articles under few headings."""
        return {}

    def _label(self, label: str, heading: str) -> str:
        scheme, key = taxonomy(), label_key(label)
        if self.scheme == "fields" and label in scheme.topics:
            label = scheme.headings.get(heading, (label, scheme.topics[label].field))[1]
        elif self.scheme == "topics" and key in _keys(scheme.crosswalk):
            label = next(codes[0] for name, codes in scheme.crosswalk.items() if label_key(name) == key)
        return self._spelling.get(label_key(label), label)

    def question(self, question: Question) -> Question:
        """Return the question with its labels in the scored scheme."""
        return dataclasses.replace(question, fields=self.labels(question.fields))

    def passage(self, passage: Passage) -> Question:
        """Return the passage as something to classify, its heading (first part of its path) telling the field."""
        heading = (passage.path or "").partition(" > ")[0]
        return dataclasses.replace(passage.as_question(), fields=self.labels(passage.fields, heading))


def _keys(labels: Iterable[str]) -> set[str]:
    return {label_key(label) for label in labels}

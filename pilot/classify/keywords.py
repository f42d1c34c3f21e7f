"""What people call a field of law: the words of ``data/keywords.yaml``, as rules and as knowledge for others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from typing import TYPE_CHECKING, NamedTuple

from pilot import project
from pilot.classify.base import Examples
from pilot.classify.features import readable, words_of
from pilot.classify.fitted import Tempered
from pilot.records import InputError
from pilot.taxonomy import label_key, taxonomy

if TYPE_CHECKING:
    import numpy as np

SMOOTHING = 0.5
"""Evidence every field starts with, in words."""
MOST = 400
"""Words of a text that are read."""
WEAK = 0.3
"""What a word counts that says who acts rather than what is at stake."""
Words = tuple[str, ...]


class Phrase(NamedTuple):
    """What a phrase says: how much, and keys of the labels it speaks for, topics and fields alike."""

    weight: float
    labels: tuple[str, ...]


@cache
def keywords() -> Mapping[Words, Phrase]:
    """Read ``data/keywords.yaml``; the names of topics and headings of the taxonomy are phrases too.

    A phrase weighs as much as it has words, a weak one `WEAK` of that.

    Raises
    ------
    InputError
        If the file is missing or a heading names an unknown topic or field; all faults at once.
    """
    path, raw = project.read_yaml("data", "keywords.yaml")
    scheme = taxonomy()
    known = {**scheme.topics, **scheme.crosswalk, **scheme.special}
    faults = [
        f"{path}: {name!r} names the unknown label {label!r}; expected a topic, a field or a special label"
        for name, row in raw.items()
        for label in row["labels"]
        if label not in known
    ]
    if faults:
        raise InputError(*faults)
    said = [(topic.name, (topic.code, topic.field), 1.0) for topic in scheme.topics.values()]
    said += [(name, labels, 1.0) for name, labels in scheme.headings.items()]
    said += [(text, row["labels"], 1.0) for name, row in raw.items() for text in (name, *row["words"])]
    said += [(text, row["labels"], WEAK) for row in raw.values() for text in row.get("weak", ())]
    found: dict[Words, Phrase] = {}
    for text, labels, share in said:
        words = tuple(words_of(text, MOST))
        before = found[words].labels if words in found else ()
        found[words] = Phrase(share * len(words), tuple(dict.fromkeys([*before, *map(label_key, labels)])))
    return found


def hits(text: str, longest: int = MOST) -> dict[Words, int]:
    """Return the phrases a text holds with their counts; of phrases that start at one word the longest."""
    known, starts = keywords(), _starts()
    words, place = words_of(text, longest), 0
    found: dict[Words, int] = {}
    while place < len(words):
        for size in starts.get(words[place], ()):
            phrase = tuple(words[place : place + size])
            if phrase in known:
                found[phrase] = found.get(phrase, 0) + 1
                place += size
                break
        else:
            place += 1
    return found


def evidence(texts: Iterable[str], labels: Sequence[str], longest: int = MOST) -> "np.ndarray":
    """Return ln(1 + s / SMOOTHING) per text and label, shape (texts, labels).

    ``s`` sums, over the distinct phrases that speak for the label, weight x (1 + ln count), shared among those of
    the labels that the phrase speaks for.
    """
    import numpy as np

    known = keywords()
    columns: dict[str, list[int]] = {}
    for column, label in enumerate(labels):
        columns.setdefault(label_key(label), []).append(column)
    sums = []
    for text in texts:
        row = [0.0] * len(labels)
        for phrase, count in hits(text, longest).items():
            weight, keys = known[phrase]
            own = [column for key in keys for column in columns.get(key, ())]
            for column in own:
                row[column] += weight * (1 + log(count)) / len(own)
        sums.append(row)
    return np.log1p(np.array(sums).reshape(-1, len(labels)) / SMOOTHING)


@cache
def _starts() -> dict[str, list[int]]:
    """First word -> lengths of the phrases that start with it, longest first."""
    starts: dict[str, set[int]] = {}
    for phrase in keywords():
        starts.setdefault(phrase[0], set()).add(len(phrase))
    return {word: sorted(sizes, reverse=True) for word, sizes in starts.items()}


@dataclass
class Keywords(Tempered):
    """The rules alone: probabilities are the softmax of the evidence over a temperature fitted on dev."""

    def fit(self, train: Examples, dev: Examples) -> None:
        """Take the list of labels from ``train``, nothing else; fit the temperature on ``dev``."""
        self.labels_ = train.known_labels
        self._tune(dev)

    def _scores(self, texts: Sequence[str]) -> "np.ndarray":
        return evidence(map(readable, texts), self.labels_)

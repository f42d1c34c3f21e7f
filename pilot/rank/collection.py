"""The passages of a collection, indexed under several analyses; saved as memory-mapped arrays."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pilot import project
from pilot.progress import one_by_one
from pilot.rank.index import Index
from pilot.rank.texts import texts_of
from pilot.rank.tokens import Keys, Tokens, Vocabulary, both, pairs, singles, spread, syllables, words
from pilot.rank.windows import Asked
from pilot.records import InputError, Passage
from pilot.text import segment
from pilot.text.corpus_store import segment_stored
from pilot.text.letters import strip_accents


class Analysis(NamedTuple):
    """What of a passage is indexed (``full`` is title and text), in which units, and which keys they make."""

    part: str
    units: str
    keys: Keys


ANALYSES = {
    "syllables": Analysis("full", "syllables", singles),
    "pairs": Analysis("full", "syllables", pairs),
    "bare": Analysis("full", "bare", both),
    "words": Analysis("full", "words", singles),
    "title": Analysis("title", "syllables", singles),
    "title_pairs": Analysis("title", "syllables", pairs),
    "path": Analysis("path", "syllables", both),
}
NEEDED = ("syllables", "pairs")
"""Analyses that candidates and windows rest on."""
PRIOR = 2.0
GENTLE = 0.25


@dataclass(frozen=True)
class Collection:
    """Passages ready to be searched.

    Parameters
    ----------
    ids
        Shape (passages,), the passage ids.
    vocabularies
        Of ``syllables``, ``bare`` and ``words``.
    indexes
        Analysis -> index.
    tokens, titles
        The syllables of title and text, and of the title alone.
    fingerprint
        Of the passages' ids and texts and the analyses.
    """

    ids: np.ndarray
    vocabularies: dict[str, Vocabulary]
    indexes: dict[str, Index]
    tokens: Tokens
    titles: Tokens
    fingerprint: str = field(repr=False)

    @classmethod
    def build(cls, passages: Sequence[Passage], analyses: Sequence[str]) -> "Collection":
        """Index the passages."""
        vocabularies = {name: Vocabulary({}) for name in ("syllables", "bare", "words")}
        tokens = {
            part: vocabularies["syllables"].learn(map(syllables, texts_of(passages, part)))
            for part in ("full", "title", "path")
        }
        vocabularies["bare"], plain = vocabularies["syllables"].bare()
        indexes = {}
        for name in one_by_one(analyses, "index", len(passages)):
            part, units, keys = ANALYSES[name]
            parts = tokens[part].parts()
            if units == "bare":
                parts = (Tokens(plain[read.ids], read.starts) for read in parts)
            elif units == "words":
                segmented = segment_stored(texts_of(passages, part), project.state("segmented.db"))
                parts = vocabularies["words"].learn(words(segmented)).parts()
            indexes[name] = Index.build(parts, keys)
        ids = np.array([passage.passage_id for passage in passages], dtype=object)
        mark = fingerprint(passages, analyses)
        return cls(ids, vocabularies, indexes, tokens["full"], tokens["title"], mark)

    @cached_property
    def importance(self) -> np.ndarray:
        """Return how much each syllable says of what a passage is about, shape (vocabulary,), about 1.

        The share of passages using a syllable that also bear it in their title, against the same over all
        syllables, to a gentle power: *nghỉ*, *thai* weigh more than *hỏi*, *thì*. One where there are no titles.
        """
        size = len(self.vocabularies["syllables"].numbers)
        heads, texts, index = spread(self.titles, size), np.zeros(size), self.indexes["syllables"]
        texts[index.keys] = np.diff(index.starts)
        mean = heads.sum() / max(texts.sum(), 1)
        return np.ones(size) if not mean else ((heads + PRIOR * mean) / (texts + PRIOR) / mean) ** GENTLE

    def weights(self, name: str, places: np.ndarray) -> np.ndarray | None:
        """Return what multiplies the keys at ``places`` of an index: the importance of syllables; else None."""
        return self.importance[self.indexes[name].keys[places]] if name == "syllables" else None

    def places(self, text: str) -> dict[str, np.ndarray]:
        """Return for each analysis where its index has the keys of ``text``."""
        read = {"syllables": self.vocabularies["syllables"].read([syllables(text)])}
        found = {}
        for name, index in self.indexes.items():
            _, units, keys = ANALYSES[name]
            if units not in read:
                read[units] = self._read(text, units)
            found[name] = index.find(keys(read[units])[1])
        return found

    def asked(self, places: dict[str, np.ndarray]) -> Asked:
        """Return the question's terms as `pilot.rank.windows` needs them."""
        terms, paired = (self.indexes[name] for name in NEEDED)
        own, own_pairs = (places[name] for name in NEEDED)
        keys = np.asarray(terms.keys[own])
        weights = terms.idf[own] * self.importance[keys]
        return Asked(
            keys,
            np.asarray(paired.keys[own_pairs]),
            weights,
            np.asarray(paired.idf[own_pairs]),
            self._figures[keys],
        )

    @cached_property
    def _figures(self) -> np.ndarray:
        return np.array([term.isdigit() for term in self.vocabularies["syllables"].numbers], dtype=float)

    def _read(self, text: str, units: str) -> Tokens:
        if units == "words":
            return self.vocabularies["words"].read(words([segment(text)]))
        return self.vocabularies["bare"].read([syllables(strip_accents(text))])

    def save(self, folder: Path) -> None:
        """Write the collection below ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, np.ndarray] = {}
        for name, read in (("tokens", self.tokens), ("titles", self.titles)):
            arrays |= {f"{name}.ids": read.ids, f"{name}.starts": read.starts}
        for name, index in self.indexes.items():
            arrays |= index.arrays(name)
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array)
        about = {
            "fingerprint": self.fingerprint,
            "analyses": list(self.indexes),
            "vocabularies": {name: list(own.numbers) for name, own in self.vocabularies.items()},
        }
        (folder / "collection.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, passages: Sequence[Passage]) -> "Collection":
        """Read, memory-mapped, what ``save`` wrote for the same passages in the same order.

        Raises
        ------
        InputError
            If the passages are others than those indexed.
        """
        about = json.loads((folder / "collection.json").read_text(encoding="utf-8"))
        if about["fingerprint"] != fingerprint(passages, about["analyses"]):
            raise InputError(
                f"{folder}: indexed other passages than those given; index anew by training again"
            )
        arrays = {path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")}
        vocabularies = {
            name: Vocabulary({term: number for number, term in enumerate(terms)})
            for name, terms in about["vocabularies"].items()
        }
        indexes = {name: Index.from_arrays(name, arrays) for name in about["analyses"]}
        tokens, titles = (
            Tokens(arrays[f"{name}.ids"], arrays[f"{name}.starts"]) for name in ("tokens", "titles")
        )
        ids = np.array([passage.passage_id for passage in passages], dtype=object)
        return cls(ids, vocabularies, indexes, tokens, titles, about["fingerprint"])


def fingerprint(passages: Iterable[Passage], analyses: Sequence[str]) -> str:
    """Return what an index depends on, as a hash."""
    digest = sha256(repr(tuple(analyses)).encode())
    for passage in passages:
        digest.update(repr((passage.passage_id, passage.full_text, passage.path)).encode())
    return digest.hexdigest()[:16]

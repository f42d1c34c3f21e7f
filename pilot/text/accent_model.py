"""The accent model: which accented syllables follow each other, looked up by their unaccented forms."""

import hashlib
import json
import lzma
import sys
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import exp
from pathlib import Path
from typing import Any

MAGIC = b"pilot-accents-1\n"
STEP = 1 / 16  # costs are stored in sixteenths of a nat
GAP, UNKNOWN = 0, 1  # bases that stand for punctuation or a number, and for any other unknown token

_CODES = {
    "first_syllable": "I",
    "unigram_cost": "B",
    "unigram_back": "B",
    "pairs_of": "I",
    "pair_base": "H",
    "pair_entries": "I",
    "triples_of": "I",
    "triple_base": "H",
    "triple_entries": "I",
    "pair_rows": "B",
    "triple_rows": "B",
}


@dataclass(frozen=True, eq=False)
class AccentModel:
    """A trigram model with back-off as flat arrays: a tree over unaccented forms (*bases*).

    Attributes
    ----------
    bases
        The unaccented forms in order; the first two stand for a gap and for anything unknown.
    syllables
        The accented forms, base after base, the commonest first. ``first_syllable[b]`` is where base ``b``
        starts; a form's place within its base is its *variant*.
    unigram_cost, unigram_back
        By syllable: negative log probability, and the cost of backing off from it as context, in ``STEP``.
    pairs_of, pair_base, pair_entries
        The pairs that start with base ``b`` lie at ``pairs_of[b]`` … ``pairs_of[b + 1]``; ``pair_base`` is
        their second base, in order; pair ``p`` owns the rows ``pair_entries[p]`` … ``pair_entries[p + 1]``.
    triples_of, triple_base, triple_entries
        The same one level down: triples by pair.
    pair_rows
        Four bytes each: two variants, cost, cost of backing off.
    triple_rows
        Four bytes each: three variants, cost.
    """

    bases: list[str]
    syllables: list[str]
    first_syllable: "array[int]"
    unigram_cost: "array[int]"
    unigram_back: "array[int]"
    pairs_of: "array[int]"
    pair_base: "array[int]"
    pair_entries: "array[int]"
    triples_of: "array[int]"
    triple_base: "array[int]"
    triple_entries: "array[int]"
    pair_rows: "array[int]"
    triple_rows: "array[int]"

    @cached_property
    def base_numbers(self) -> dict[str, int]:
        """Return base -> number."""
        return {base: number for number, base in enumerate(self.bases)}

    @cached_property
    def marked_share(self) -> list[float]:
        """Return how much of each base's probability its marked forms hold."""
        shares = []
        for base in range(len(self.bases)):
            places = range(self.first_syllable[base], self.first_syllable[base + 1])
            weights = [exp(-STEP * self.unigram_cost[place]) for place in places]
            bare = sum(w for w, place in zip(weights, places, strict=True) if self.syllables[place].isascii())
            shares.append(1 - bare / sum(weights))
        return shares

    def variants(self, base: int) -> list[str]:
        """Return the accented forms of a base, the commonest first."""
        return self.syllables[self.first_syllable[base] : self.first_syllable[base + 1]]

    def pair(self, first: int, second: int) -> int:
        """Return the number of the pair of bases, -1 if never seen."""
        return _find(self.pair_base, second, self.pairs_of[first], self.pairs_of[first + 1])

    def triple(self, pair: int, third: int) -> int:
        """Return the number of the triple that adds base ``third`` to a pair, -1 if never seen."""
        if pair < 0:
            return -1
        return _find(self.triple_base, third, self.triples_of[pair], self.triples_of[pair + 1])

    @lru_cache(maxsize=20_000)  # noqa: B019 - a model lives as long as the program
    def pair_costs(self, pair: int) -> dict[int, dict[int, tuple[int, int]]]:
        """Return first variant -> second -> (cost, cost of backing off) of a pair of bases. Not to be changed."""
        costs: dict[int, dict[int, tuple[int, int]]] = {}
        if pair >= 0:
            rows = self.pair_rows[4 * self.pair_entries[pair] : 4 * self.pair_entries[pair + 1]]
            for first, second, cost, back in zip(rows[::4], rows[1::4], rows[2::4], rows[3::4], strict=True):
                costs.setdefault(first, {})[second] = cost, back
        return costs

    @lru_cache(maxsize=20_000)  # noqa: B019 - a model lives as long as the program
    def triple_costs(self, triple: int) -> dict[tuple[int, int, int], int]:
        """Return (three variants) -> cost for a triple of bases. Not to be changed."""
        if triple < 0:
            return {}
        rows = self.triple_rows[4 * self.triple_entries[triple] : 4 * self.triple_entries[triple + 1]]
        return dict(zip(zip(rows[::4], rows[1::4], rows[2::4], strict=True), rows[3::4], strict=True))

    def save(self, path: Path) -> None:
        """Write the model: a line with the format, one with lengths and hash, then the compressed arrays."""
        words = "\n".join(["\n".join(self.bases), "", "\n".join(self.syllables)]).encode("utf-8")
        columns = [_little_endian(getattr(self, name)).tobytes() for name in _CODES]
        body = lzma.compress(b"".join([words, *columns]), preset=6)
        header = {
            "words": len(words),
            "columns": [len(column) for column in columns],
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(MAGIC + json.dumps(header).encode("ascii") + b"\n" + body)

    @classmethod
    def load(cls, path: Path) -> "AccentModel":
        """Read a model that ``save`` wrote. Nothing in the file is executed.

        Raises
        ------
        ValueError
            If the file is no accent model, or damaged.
        """
        raw = path.read_bytes()
        if not raw.startswith(MAGIC):
            raise ValueError(
                f"{path} is no accent model of this version; "
                f"train it again: pilot text train CORPUS --out {path}"
            )
        line, _, body = raw[len(MAGIC) :].partition(b"\n")
        header = json.loads(line)
        if hashlib.sha256(body).hexdigest() != header["sha256"]:
            raise ValueError(
                f"{path} is damaged (its hash differs); fetch it again, or delete it and train: "
                f"pilot text train CORPUS --out {path}"
            )
        data = lzma.decompress(body)
        bases, _, syllables = data[: header["words"]].decode("utf-8").partition("\n\n")
        columns: dict[str, Any] = {}
        start = header["words"]
        for (name, code), length in zip(_CODES.items(), header["columns"], strict=True):
            columns[name] = _little_endian(array(code, data[start : start + length]))
            start += length
        return cls(bases.split("\n"), syllables.split("\n"), **columns)


def _find(column: "array[int]", value: int, start: int, stop: int) -> int:
    place = bisect_left(column, value, start, stop)
    return place if place < stop and column[place] == value else -1


def _little_endian(column: "array[int]") -> "array[int]":
    """Return a column of this machine as one with the lowest byte first, or the other way about."""
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column

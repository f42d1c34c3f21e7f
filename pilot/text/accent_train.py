"""Learning which accented syllables follow each other, from correctly accented text."""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pilot.text.accent_model import GAP, STEP, UNKNOWN, AccentModel
from pilot.text.letters import strip_accents

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DISCOUNT = 0.75
_GAP, _UNKNOWN = "<gap>", "<unk>"
_PART = re.compile(r"[^\W\d_]+|[^\s\w]|\w+")
# A Vietnamese syllable without marks: optional onset, vowels, optional final.
_SYLLABLE = re.compile(
    r"(?:b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|qu|r|s|t|th|tr|v|x)?"
    r"(?:[aeiouy]|[aeiouy]{2}|u?y[ae]u?|uo[iu]|[iy]eu|oa[iyo]|oe[o]|ua[y]|uye|uya|uou|uoi)(?:c|ch|m|n|ng|nh|p|t)?"
)
_MOST_VARIANTS = 250
_RAREST = 1 / 3000  # share of a base's occurrences below which a form counts as a typing error
# Questions meet the law's wording rarely; full costs of the unseen would favour forms of which little is
# known.
_TEMPER = 0.5


class _Grams(NamedTuple):
    """Distinct n-grams of syllable numbers, in order, with their counts."""

    words: Ints  # shape (grams, n)
    counts: Ints


def parts_of(text: str) -> Iterator[str]:
    """Yield what the model sees of ``text`` (NFC): lower-case words; ``<gap>`` for marks and numbers."""
    for part in _PART.findall(text.lower()):
        yield part if part.isalpha() else _GAP


def train(texts: Iterable[str], least: tuple[int, int, int] = (3, 2, 4)) -> AccentModel:
    """Return a model of correctly accented ``texts``.

    Trigrams with interpolated absolute discounting (Ney, Essen and Kneser, 1994), stored as a back-off
    model with costs in sixteenths of a nat. Anything not built like a Vietnamese syllable counts as unknown
    and is never changed.

    Parameters
    ----------
    texts
        Any number of texts, read once; memory grows by 8 bytes a syllable.
    least
        Counts below which a syllable, a pair, a triple is dropped. Higher makes a smaller model.

    Raises
    ------
    ValueError
        If no syllable occurs often enough.
    """
    numbers: dict[str, int] = {}
    stream = array("i")
    for text in texts:
        stream.extend(
            numbers.setdefault(part, len(numbers)) for part in parts_of(unicodedata.normalize("NFC", text))
        )
        stream.append(numbers.setdefault(_GAP, len(numbers)))
    words = np.frombuffer(stream, np.int32) if stream else np.empty(0, np.int32)
    names = list(numbers)
    counts = np.bincount(words, minlength=len(names))
    bases, syllables, firsts, renumbered = _vocabulary(names, counts, least[0])
    if not len(bases) > 2:
        raise ValueError(
            f"no accented syllable occurs {least[0]} times in the texts; give more text, or a lower threshold"
        )
    return _build(bases, syllables, firsts, renumbered[words], least)


def _vocabulary(names: list[str], counts: Ints, least: int) -> tuple[list[str], list[str], Ints, Ints]:
    """Return bases, syllables (base by base, commonest first), where each base starts, old -> new number."""
    groups: dict[str, list[int]] = {}
    for number in np.argsort(-counts, kind="stable").tolist():
        base = strip_accents(names[number])
        if counts[number] >= least and names[number] != _GAP and _SYLLABLE.fullmatch(base):
            groups.setdefault(base, []).append(number)
    order = sorted(groups)
    syllables, firsts = [_GAP, _UNKNOWN], [0, 1]
    renumbered = np.full(len(names), UNKNOWN, np.int64)
    renumbered[[number for number, name in enumerate(names) if name == _GAP]] = GAP
    for base in order:
        firsts.append(len(syllables))
        least_count = _RAREST * sum(int(counts[number]) for number in groups[base])
        for number in groups[base][:_MOST_VARIANTS]:
            if counts[number] < least_count:  # typing errors of the texts themselves
                renumbered[number] = UNKNOWN
                continue
            renumbered[number] = len(syllables)
            syllables.append(names[number])
    return [_GAP, _UNKNOWN, *order], syllables, np.array([*firsts, len(syllables)]), renumbered


def _build(
    bases: list[str], syllables: list[str], firsts: Ints, words: Ints, least: tuple[int, int, int]
) -> AccentModel:
    size, length = len(syllables), len(bases)
    singles = np.bincount(words, minlength=size)
    # A pair is at least as frequent as any triple it is part of, so every pair of a kept triple is kept.
    pairs, triples = _count(words, 2, size, least[1]), _count(words, 3, size, max(least[1:]))
    pair_keys = _keys(pairs.words, size)
    heads, tails = (
        np.searchsorted(pair_keys, _keys(part, size)) for part in (triples.words[:, :2], triples.words[:, 1:])
    )
    p1 = _alone(singles, np.bincount(_count(words, 2, size, 1).words[:, 1], minlength=size))
    p2, back1 = _discounted(pairs.counts, pairs.words[:, 0], singles, p1[pairs.words[:, 1]])
    p3, back2 = _discounted(triples.counts, heads, pairs.counts, p2[tails])

    base_of = np.repeat(np.arange(len(bases)), np.diff(firsts))
    variant = np.arange(size) - firsts[base_of]
    pair_rows = np.column_stack([variant[pairs.words], _cost(p2), _cost(back2)])
    triple_rows = np.column_stack([variant[triples.words], _cost(p3)])
    pair_tree = _tree(base_of[pairs.words], length, length)
    parents = np.searchsorted(pair_tree.keys, _keys(base_of[triples.words[:, :2]], length))
    triple_tree = _tree(np.column_stack([parents, base_of[triples.words[:, 2]]]), len(pair_tree.keys), length)
    return AccentModel(
        bases=bases,
        syllables=syllables,
        first_syllable=_column("I", firsts),
        unigram_cost=_column("B", _cost(p1)),
        unigram_back=_column("B", _cost(back1)),
        pairs_of=_column("I", pair_tree.starts),
        pair_base=_column("H", pair_tree.last),
        pair_entries=_column("I", pair_tree.entries),
        triples_of=_column("I", triple_tree.starts),
        triple_base=_column("H", triple_tree.last),
        triple_entries=_column("I", triple_tree.entries),
        pair_rows=_column("B", pair_rows[pair_tree.order]),
        triple_rows=_column("B", triple_rows[triple_tree.order]),
    )


def _alone(counts: Ints, befores: Ints) -> Floats:
    """Return each syllable's probability where its neighbours tell nothing.

    The geometric mean of how often it occurs and behind how many different syllables (Kneser and Ney, 1995):
    counts alone favour what the law repeats in one fixed expression.
    """
    # One added: no syllable is impossible.
    shares = np.sqrt(
        (counts + 1) / (counts.sum() + len(counts)) * (befores + 1) / (befores.sum() + len(counts))
    )
    return shares / shares.sum()


def _count(words: Ints, n: int, size: int, least: int) -> _Grams:
    """Return the n-grams that occur ``least`` times or more."""
    keys = words[: max(len(words) - n + 1, 0)].copy()
    for place in range(1, n):
        keys = keys * size + words[place : place + len(keys)]
    keys, counts = np.unique(keys, return_counts=True)
    keys, counts = keys[counts >= least], counts[counts >= least]
    columns = [keys // size**power % size for power in reversed(range(n))]
    return _Grams(np.column_stack(columns), counts)


def _keys(words: Ints, size: int) -> Ints:
    return words[:, 0] * size + words[:, 1]


def _discounted(counts: Ints, contexts: Ints, totals: Ints, lower: Floats) -> tuple[Floats, Floats]:
    """Return each n-gram's probability in its context, and each context's share for unseen successors."""
    kept = np.bincount(contexts, (counts - DISCOUNT), minlength=len(totals))
    back = np.clip(1 - kept / np.maximum(totals, 1), 1e-3, 1.0)
    return (counts - DISCOUNT) / totals[contexts] + back[contexts] * lower, back**_TEMPER


def _cost(probabilities: Floats) -> Ints:
    return np.clip(np.rint(-np.log(probabilities) / STEP), 0, 255).astype(np.int64)


class _Tree(NamedTuple):
    """One level of the model's tree: order of the rows, distinct children, where those of each start."""

    order: Ints
    keys: Ints
    last: Ints
    starts: Ints
    entries: Ints


def _tree(rows: Ints, parents: int, size: int) -> _Tree:
    """Return the level whose rows are (parent, last base), of which there are ``parents`` and ``size``."""
    order = np.lexsort((rows[:, 1], rows[:, 0]))
    keys, counts = np.unique(_keys(rows, size), return_counts=True)
    starts = np.searchsorted(keys, np.arange(parents + 1) * size)
    return _Tree(order, keys, keys % size, starts, np.append(0, np.cumsum(counts)))


def _column(code: str, values: Ints) -> "array[int]":
    dtype = {"B": np.uint8, "H": np.uint16, "I": np.uint32}[code]
    return array(code, np.ascontiguousarray(values.ravel().astype(dtype)).tobytes())

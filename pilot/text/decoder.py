"""pyvi's segmenter, decoded for many texts at once.

Same tokens, same weights, same best path as ``pyvi.ViTokenizer.tokenize``; what differs is the cost. Each
distinct run of non-blanks is taken apart once; each distinct token has its weights summed once; a batch of
texts is one flat array of token numbers, with the number 0 between texts.
"""

import threading
from array import array
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pilot.text.best_path import Bools, Floats, best_path
from pilot.text.exact import ExactDecoder
from pilot.text.pyvi_model import PyviModel
from pilot.text.pyvi_tokens import facts_of, split_chunks, tokens_of

Ints = npt.NDArray[np.int64]

_MOST_CHUNKS = 300_000  # distinct runs of non-blanks remembered, about 100 MB; then memory starts afresh
_SHORT = 800  # characters below which a lone text is cheaper without numpy


class _Tables(NamedTuple):
    """What is known of each token number, as arrays of equal length."""

    own: Floats  # lead of I_W over B_W from the token itself
    before: Floats  # lead that the token gives the next one
    after: Floats  # lead that the token gives the one before
    syllable: Ints  # number among the dictionary's syllables, 0 if none
    joinable: Bools
    title: Bools


class Decoder:
    """Segments batches of texts exactly as pyvi segments each of them. Safe to share between threads.

    Parameters
    ----------
    model
        pyvi's parameters.
    """

    def __init__(self, model: PyviModel) -> None:
        self._model = model
        self._lead = {name: inside - begin for name, (begin, inside) in model.weights.items()}
        self._words = _Dictionary(model)
        self._exact = ExactDecoder(model)
        self._lock = threading.Lock()
        self._memory = _Memory(model, self._words)

    def segment(self, texts: Sequence[str]) -> list[str]:
        """Return each text segmented; a text without tokens comes back as it is."""
        if len(texts) <= 1 and sum(map(len, texts)) < _SHORT:
            return [self._exact.segment(text) for text in texts]
        with self._lock:  # numbering new tokens is the only state
            if len(self._memory.chunks) > _MOST_CHUNKS:
                self._memory = _Memory(self._model, self._words)
            tokens, ends = self._memory.number(texts)
            tables, pieces = self._memory.tables(), self._memory.pieces
        inside, doubtful = best_path(self._scores(tokens, tables), tokens == 0, self._model.transitions)
        inside &= _may_join(tokens, tables)
        parts = list(map(pieces.__getitem__, (2 * tokens + inside).tolist()))
        starts = [0, *(ends[:-1] + 1).tolist()]
        segmented = [
            "".join(parts[start:end])[1:] if end > start else text
            for text, start, end in zip(texts, starts, ends.tolist(), strict=True)
        ]
        for place in set(np.searchsorted(ends, np.flatnonzero(doubtful)).tolist()):
            segmented[place] = self._exact.segment(texts[place])
        return segmented

    def _scores(self, tokens: Ints, tables: _Tables) -> Floats:
        """Return the lead of ``I_W`` over ``B_W`` at each token, from the token and its neighbours."""
        lead = self._lead
        scores = tables.own[tokens]
        scores[1:] += tables.before[tokens[:-1]]
        scores[:-1] += tables.after[tokens[1:]]
        pairs, triples = self._words.find(tables.syllable[tokens])
        scores[1:] += pairs * lead["-1:word.bi_gram()"]
        scores[:-1] += pairs * lead["+1:word.bi_gram()"]
        scores[triples + 2] += lead["-2:word.tri_gram()"]
        scores[triples] += lead["+2:word.tri_gram()"]
        return scores


class _Memory:
    """Numbers of the chunks and tokens seen so far. Number 0 is the gap between texts."""

    def __init__(self, model: PyviModel, words: "_Dictionary") -> None:
        self._model = model
        self._words = words
        self._tokens: dict[str, int] = {}
        self._columns: list[array[Any]] = [array(code, [0]) for code in "dddqbb"]
        self._lengths = array("q", [1])
        self._members = array("q", [0])
        self._tables: _Tables | None = None
        self.chunks = _Chunks(self._new_chunk)
        self.pieces = ["", ""]  # at 2n: " token", then "_token"

    def number(self, texts: Sequence[str]) -> tuple[Ints, Ints]:
        """Return the token numbers of all texts, a 0 after each, and the positions of these zeros."""
        chunks: list[str] = []
        ends = []
        for text in texts:
            chunks += split_chunks(text)
            ends.append(len(chunks))
            chunks.append("")
        numbers = np.fromiter(map(self.chunks.__getitem__, chunks), np.int64, len(chunks))
        lengths = np.array(self._lengths)
        starts = np.cumsum(lengths) - lengths
        sizes = lengths[numbers]
        stops = np.cumsum(sizes)
        places = np.repeat(starts[numbers] - stops + sizes, sizes)
        places += np.arange(places.size)
        return np.array(self._members)[places], stops[np.array(ends, np.int64)] - 1

    def tables(self) -> _Tables:
        """Return what is known of every token numbered so far."""
        if self._tables is None:
            own, before, after, syllable, joinable, title = map(np.array, self._columns)
            self._tables = _Tables(own, before, after, syllable, joinable != 0, title != 0)
        return self._tables

    def _new_chunk(self, chunk: str) -> int:
        tokens = tokens_of(chunk)
        self._members.extend(map(self._token, tokens))
        self._lengths.append(len(tokens))
        return len(self._lengths) - 1

    def _token(self, token: str) -> int:
        number = self._tokens.get(token)
        if number is None:
            number = self._tokens[token] = len(self._columns[0])
            facts = facts_of(token, self._model)
            leads = (sum(i - b for b, i in weights) for weights in ([facts.own], facts.before, facts.after))
            row = (*leads, self._words.syllables.get(facts.lower, 0), facts.joinable, facts.title)
            for column, value in zip(self._columns, row, strict=True):
                column.append(value)
            self.pieces += [" " + token, "_" + token]
            self._tables = None
        return number


class _Chunks(dict[str, int]):
    """Chunk -> number; a chunk not met before is numbered on the way. The empty chunk is the gap."""

    def __init__(self, new: Callable[[str], int]) -> None:
        super().__init__({"": 0})
        self._new = new

    def __missing__(self, chunk: str) -> int:
        number = self[chunk] = self._new(chunk)
        return number


class _Dictionary:
    """Words of two and three syllables, looked up for whole arrays."""

    def __init__(self, model: PyviModel) -> None:
        entries = [*model.pairs, *model.triples]
        known = sorted({syllable for entry in entries for syllable in entry})
        self.syllables = {syllable: number for number, syllable in enumerate(known, 1)}
        self._size = len(known) + 1
        pairs, triples = (
            np.array([[self.syllables[s] for s in entry] for entry in words], np.int64).reshape(-1, width)
            for words, width in ((model.pairs, 2), (model.triples, 3))
        )
        self._pairs = self._bitmap(pairs)
        self._starts = self._bitmap(triples[:, :2])
        self._triples = np.unique(self._key(*triples.T))

    def find(self, syllables: Ints) -> tuple[Bools, Ints]:
        """Return for each position but the last whether a pair starts there, and where triples start."""
        keys = self._key(syllables[:-1], syllables[1:])
        byte, bit = keys >> 3, np.uint8(1) << (keys & 7).astype(np.uint8)
        starts = np.flatnonzero(self._starts[byte] & bit)
        starts = starts[starts < len(syllables) - 2]
        found = np.isin(self._key(*(syllables[starts + n] for n in range(3))), self._triples)
        return (self._pairs[byte] & bit) != 0, starts[found]

    def _key(self, *syllables: Ints) -> Ints:
        key = syllables[0]
        for syllable in syllables[1:]:
            key = key * self._size + syllable
        return key

    def _bitmap(self, pairs: Ints) -> npt.NDArray[np.uint8]:
        bits = np.zeros(self._size * self._size // 8 + 1, np.uint8)
        keys = self._key(*pairs.T)
        np.bitwise_or.at(bits, keys >> 3, np.uint8(1) << (keys & 7).astype(np.uint8))
        return bits


def _may_join(tokens: Ints, tables: _Tables) -> Bools:
    """Return whether pyvi's last rules let a token join the one before: no punctuation, number, new name."""
    joinable, title = tables.joinable[tokens], tables.title[tokens]
    allowed = joinable.copy()
    allowed[:1] = False
    allowed[1:] &= joinable[:-1] & ~(title[1:] & ~title[:-1])
    return allowed

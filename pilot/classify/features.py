"""Words and pairs of neighbouring words as weighted columns, fast enough for the whole codification."""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

WORD = re.compile(r"\w+")
BITS = 22
"""Words and pairs are hashed into 2 ** BITS columns; of those seen often enough in training, few share one."""
QUESTION = 1500
"""Texts of more letters are not taken for something a citizen typed."""
SPARSE = 0.05
"""Accented letters below this share mean that accents were left out; running Vietnamese has about a quarter."""
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93)


def words_of(text: str, longest: int) -> list[str]:
    """Return the first ``longest`` words of a text in lower case; one-letter syllables such as "ở" are words."""
    return WORD.findall(text.lower())[:longest]


def readable(text: str) -> str:
    """Return a question as its writer might have meant it: shorthand written out, lost accents restored.

    Long texts are no questions and stay; accents are looked at only where few letters bear any.
    """
    if len(text) > QUESTION:
        return text
    from pilot.text.habits import prepare_question

    bare = len(text) - len(text.encode("ascii", "ignore")) < SPARSE * len(text)
    steps = ("caps", "teencode", *(("accents",) if bare else ()), "abbreviations")
    return prepare_question(text, steps)[0]


@dataclass
class Terms:
    """TF-IDF of words and word pairs: tf = 1 + ln(count), idf = ln((1 + n) / (1 + df)) + 1, rows of length one.

    Parameters
    ----------
    longest
        Words beyond this many are not read.
    min_df
        Columns seen in fewer training texts are dropped.
    columns
        Kept hash columns, ascending; shape (m,).
    idf
        Their weights, shape (m,).
    """

    longest: int = 400
    min_df: int = 2
    columns: Any = field(default=None, repr=False)
    idf: Any = field(default=None, repr=False)

    def fit(self, texts: Sequence[str]) -> "csr_array":
        """Choose columns and weights from training texts and return these texts' rows, shape (texts, m)."""
        import numpy as np

        counts = self._counts(texts)
        seen = np.bincount(counts.indices, minlength=1 << BITS)
        self.columns = np.flatnonzero(seen >= min(self.min_df, max(seen.max(), 1)))
        self.idf = (np.log((1 + len(texts)) / (1 + seen[self.columns])) + 1).astype(np.float32)
        return self._weighted(counts)[0]

    def transform(self, texts: Sequence[str]) -> "tuple[csr_array, np.ndarray]":
        """Return rows of shape (texts, m), and which share of each text's words and pairs is known, shape (texts,)."""
        return self._weighted(self._counts(texts))

    def named(self, text: str) -> Iterator[tuple[str, int]]:
        """Yield the known words and pairs of a text with their place among the columns."""
        import numpy as np

        words = words_of(text, self.longest)
        for name in dict.fromkeys([*words, *map(" ".join, pairwise(words))]):
            codes = np.array([zlib.crc32(word.encode()) for word in name.split()], np.uint64)
            column = int(_hashed(codes if len(codes) == 1 else _pairs(codes[:1], codes[1:]))[0])
            place = int(np.searchsorted(self.columns, column))
            if place < len(self.columns) and self.columns[place] == column:
                yield name, place

    def _counts(self, texts: Sequence[str]) -> "csr_array":
        import numpy as np
        from scipy.sparse import csr_array

        codes: dict[str, int] = {}
        rows = []
        for text in texts:
            words = words_of(text, self.longest)
            for word in words:
                if word not in codes:
                    codes[word] = zlib.crc32(word.encode())
            rows.append(np.array([codes[word] for word in words], np.uint64))
        flat = np.concatenate(rows) if rows else np.empty(0, np.uint64)
        row = np.repeat(np.arange(len(rows)), [len(codes) for codes in rows])
        together = row[1:] == row[:-1]
        column = _hashed(np.concatenate([flat, _pairs(flat[:-1], flat[1:])[together]]))
        place = (np.concatenate([row, row[1:][together]]), column)
        counts = csr_array((np.ones(len(column), np.float32), place), shape=(len(rows), 1 << BITS))
        counts.sum_duplicates()
        return counts

    def _weighted(self, counts: "csr_array") -> "tuple[csr_array, np.ndarray]":
        import numpy as np
        from scipy.sparse import csr_array

        rows = np.repeat(
            np.arange(counts.shape[0], dtype=np.int32), np.diff(counts.indptr)
        )  # scikit-learn wants 32
        column = np.full(1 << BITS, -1, np.int32)
        column[self.columns] = np.arange(len(self.columns), dtype=np.int32)
        places = column[counts.indices]
        known = places >= 0
        shares = np.bincount(rows[known], counts.data[known], counts.shape[0]) / np.maximum(
            np.bincount(rows, counts.data, counts.shape[0]), 1
        )
        rows, places = rows[known], places[known]
        values = (1 + np.log(counts.data[known])) * self.idf[places]
        length = np.sqrt(np.bincount(rows, values**2, counts.shape[0]))
        shape = (counts.shape[0], len(self.columns))
        return csr_array(((values / length[rows]).astype(np.float32), (rows, places)), shape=shape), shares


def _pairs(first: "np.ndarray", second: "np.ndarray") -> "np.ndarray":
    """Return one code per pair of word codes; the order of the two counts."""
    import numpy as np

    return (first * np.uint64(_MIX[0])) ^ (second * np.uint64(_MIX[1])) >> np.uint64(20)


def _hashed(codes: "np.ndarray") -> "np.ndarray":
    """Return the column of each code, 0 to 2 ** BITS - 1 (Fibonacci hashing)."""
    import numpy as np

    return ((codes * np.uint64(_MIX[2])) >> np.uint64(64 - BITS)).astype(np.int64)

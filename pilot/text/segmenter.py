"""Word segmentation exactly as pyvi does it, many times faster."""

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

from pilot.text import pyvi_model

_BATCH = 200_000
"""Characters decoded at once: large enough to spread numpy's overhead, small enough for the cache."""
_loading = threading.Lock()


def segment(text: str) -> str:
    """Return ``text`` in NFC with the syllables of a word joined by ``_`` and tokens set apart by one space.

    The output is that of ``pyvi.ViTokenizer.tokenize``: a line end is a token, document numbers fall apart
    (``100 / 2019 / NĐ - CP``), and a text without tokens comes back as it is.
    """
    return _segmenter()([text])[0]


def segment_many(texts: Iterable[str]) -> Iterator[str]:
    """Yield ``segment(text)`` for each text, in order.

    Reads ahead by about 200,000 characters. Each text is one unit: its lines are not segmented apart.
    """
    for batch in _batches(texts):
        yield from _segmenter()(batch)


def segment_parallel(texts: Iterable[str], jobs: int = -1) -> Iterator[str]:
    """Yield ``segment(text)`` for each text, in order, on ``jobs`` cores (-1: all) by joblib."""
    import joblib

    work = (joblib.delayed(_segment_batch)(batch) for batch in _batches(texts, 10 * _BATCH))
    return chain.from_iterable(joblib.Parallel(n_jobs=jobs, return_as="generator")(work))


def version() -> str:
    """Return what the output depends on: the hash of pyvi's rules, weights and dictionary."""
    return pyvi_model.fingerprint(pyvi_model.folder())


def _segment_batch(texts: Sequence[str]) -> list[str]:
    return list(segment_many(texts))


def _batches(texts: Iterable[str], size: int = _BATCH) -> Iterator[list[str]]:
    batch: list[str] = []
    length = 0
    for text in texts:
        batch.append(text)
        length += len(text)
        if length >= size:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch


def _segmenter() -> Callable[[Sequence[str]], list[str]]:
    with _loading:  # two threads would else both load the model
        return _load()


@lru_cache(maxsize=1)
def _load() -> Callable[[Sequence[str]], list[str]]:
    folder = pyvi_model.folder()
    found = pyvi_model.fingerprint(folder)
    if found != pyvi_model.FINGERPRINT:
        warnings.warn(
            f"pyvi's segmenter in {folder} has changed (hash {found}, known {pyvi_model.FINGERPRINT}); "
            "segmenting with pyvi itself, about 20 times slower; install pyvi==0.1.1, or check the new one "
            "with pilot bench and enter its hash in pilot/text/pyvi_model.py",
            stacklevel=4,
        )
        return _by_pyvi
    from pilot.text.decoder import Decoder

    return Decoder(pyvi_model.load(folder)).segment


def _by_pyvi(texts: Sequence[str]) -> list[str]:
    from pyvi import ViTokenizer

    return [str(ViTokenizer.tokenize(text)) for text in texts]

"""Segmented corpora kept on disk, so that no text is segmented twice by the same segmenter."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from pilot.text.segmenter import segment_many, version

_AT_ONCE = 500  # SQLite takes 32,766 values in one statement; this keeps memory small as well


def segment_stored(
    texts: Iterable[str],
    path: Path,
    segmenter: Callable[[Iterable[str]], Iterable[str]] = segment_many,
    segmenter_version: str | None = None,
) -> Iterator[str]:
    """Yield each text segmented, in order; texts met before come from the store, the others go into it.

    Parameters
    ----------
    texts
        Whole texts; a text is one unit, its lines are not segmented apart.
    path
        The store, an SQLite file, made where missing. Several processes may share it.
    segmenter
        What segments the texts that are not there, such as ``segment_parallel``.
    segmenter_version
        What the output depends on beside the text; by default the hash of pyvi's rules, weights, dictionary.
    """
    key_of = (segmenter_version or version()).encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=60)) as store:
        store.execute("CREATE TABLE IF NOT EXISTS segmented (key BLOB PRIMARY KEY, text TEXT)")
        remaining = iter(texts)
        while batch := list(islice(remaining, _AT_ONCE)):
            yield from _segment_batch(store, batch, [_key(text, key_of) for text in batch], segmenter)


def _segment_batch(
    store: sqlite3.Connection,
    texts: Sequence[str],
    keys: Sequence[bytes],
    segmenter: Callable[[Iterable[str]], Iterable[str]],
) -> list[str]:
    marks = ",".join("?" * len(keys))
    known: dict[bytes, str] = dict(
        store.execute(f"SELECT key, text FROM segmented WHERE key IN ({marks})", list(keys))
    )
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    made = dict(zip(missing, segmenter(missing.values()), strict=True))
    with store:
        store.executemany("INSERT OR IGNORE INTO segmented VALUES (?, ?)", made.items())
    known |= made
    return [known[key] for key in keys]


def _key(text: str, segmenter_version: bytes) -> bytes:
    """Return the hash of text and segmenter; lone surrogates, which no encoding takes, are kept apart."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20, key=segmenter_version).digest()

"""The command that trains an accent model from files."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count, repeat
from pathlib import Path
from typing import IO

from pilot.text.accent_model import AccentModel
from pilot.text.accent_train import train

# Invented questions in the words citizens use; statutes hold none of them. Repeated, they weigh as much as
# one part in thirty of the codification.
PHRASES = Path(__file__).parent / "data" / "citizen_phrases.txt"
_WEIGHT = 100
_FIELDS = ("title", "text", "question", "answer")


def train_files(
    paths: Iterable[Path], out: Path, least: tuple[int, int, int] = (2, 1, 1), phrases: bool = True
) -> AccentModel:
    """Train an accent model on correctly accented text, write it to ``out`` and return it.

    Parameters
    ----------
    paths
        Dataset folders; ``.jsonl`` files (``title``, ``text``, ``question``, ``answer`` are read); text
        files, one text a line. Files may be compressed (``.gz``).
    out
        Where the model goes. ``PILOT_ACCENTS`` makes the program use it.
    least
        Counts below which a syllable, a pair, a triple is dropped.
    phrases
        Whether the shipped citizens' phrases are learnt too.

    Raises
    ------
    ValueError
        If a file is missing, of another kind or damaged, or the texts hold too little.
    """
    paths = list(paths)
    faults = [fault for fault in map(_fault, paths) if fault]
    if faults:
        raise ValueError("\n".join(faults))
    texts = chain.from_iterable(map(read_texts, paths))
    if phrases:
        own = PHRASES.read_text(encoding="utf-8").splitlines()
        texts = chain(texts, chain.from_iterable(repeat(own, _WEIGHT)))
    model = train(texts, least)
    model.save(out)
    return model


def read_texts(path: Path) -> Iterator[str]:
    """Yield the texts of a dataset folder, a ``.jsonl`` or a plain text file (``.gz`` or not).

    Rows whose ``split`` is ``test`` are left out: what is fitted never sees them.

    Raises
    ------
    ValueError
        If a line is no JSON object or the file is not UTF-8.
    """
    if path.is_dir():
        for name in ("passages.jsonl", "questions.jsonl"):
            if (path / name).is_file():
                yield from read_texts(path / name)
        return
    opener: Callable[..., IO[str]] = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            yield from map(_row_text, lines, repeat(path), count(1)) if ".jsonl" in path.suffixes else lines
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8; convert it, e.g. with iconv") from None


def _row_text(line: str, path: Path, number: int) -> str:
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        row = None
    if not isinstance(row, dict):
        raise ValueError(f"{path}:{number}: not a JSON object; expected one row a line, as in passages.jsonl")
    return "" if row.get("split") == "test" else "\n".join(row[field] for field in _FIELDS if row.get(field))


def _fault(path: Path) -> str | None:
    if path.is_dir():
        if any((path / name).is_file() for name in ("passages.jsonl", "questions.jsonl")):
            return None
        return f"{path} has neither passages.jsonl nor questions.jsonl; name a dataset folder or a text file"
    if not path.is_file():
        return f"{path} does not exist; name dataset folders, .jsonl or .txt files (.gz or not)"
    if not {".jsonl", ".txt"} & set(path.suffixes):
        return f"{path} is neither .jsonl nor .txt (.gz or not); convert it to one text a line"
    return None

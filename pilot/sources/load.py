"""Finding the reader that fits what lies at a path."""

from collections.abc import Callable
from pathlib import Path

from pilot.records import InputError
from pilot.sources.beir import is_beir, read_beir
from pilot.sources.csv_folder import is_csv_folder, read_csv_folder
from pilot.sources.dataset import Dataset
from pilot.sources.folder import is_folder, read_folder
from pilot.sources.labelled import is_labelled, read_labelled

READERS: tuple[tuple[Callable[[Path], bool], Callable[[Path], Dataset]], ...] = (
    (is_folder, read_folder),
    (is_beir, read_beir),
    (is_csv_folder, read_csv_folder),
    (is_labelled, read_labelled),
)
"""What a reader takes, and the reader; the first that fits reads."""


def load(path: Path) -> Dataset:
    """Read the dataset at ``path``; see `Dataset.load`."""
    if not path.exists():
        raise InputError(
            f"{path}: no such folder or file; give a dataset folder, a BEIR folder, or a .csv or .jsonl file"
        )
    for fits, read in READERS:
        if fits(path):
            return read(path)
    raise InputError(
        f"{path}: nothing here that is a dataset; expected questions.jsonl or passages.jsonl, a BEIR folder "
        "(corpus.jsonl, queries.jsonl, qrels/), or .csv or .jsonl with text and label"
    )

"""The formats of ``pilot data import``: one visible table from name to reader."""

from collections.abc import Callable
from pathlib import Path

from pilot.records import InputError
from pilot.sources.beir import read_beir
from pilot.sources.benchmarks import read_alqac, read_enterprise, read_traffic
from pilot.sources.imported import Account, Imported
from pilot.sources.labelled import read_labelled
from pilot.sources.phapdien import read_phapdien
from pilot.sources.vilegalnli import read_vilegalnli

Reader = Callable[[Path, Path | None], Imported]
"""Takes the source, and the folder of the passages that its gold refers to, if that lies elsewhere."""

FORMATS: dict[str, Reader] = {
    "phapdien": read_phapdien,
    "alqac": read_alqac,
    "traffic": read_traffic,
    "enterprise": read_enterprise,
    "vilegalnli": read_vilegalnli,
    "beir": lambda source, _: Imported(read_beir(source), Account()),
    "table": lambda source, _: Imported(read_labelled(source), Account()),
}


def read_source(source: Path, name: str, passages: Path | None = None) -> Imported:
    """Read foreign material in the named format.

    Raises
    ------
    InputError
        If the format is unknown, or the material is missing or faulty.
    """
    if name not in FORMATS:
        raise InputError(f"unknown format {name!r}; expected one of {', '.join(FORMATS)}")
    for path in (source, passages):
        if path is not None and not path.exists():
            raise InputError(f"{path}: no such folder or file; check the path")
    return FORMATS[name](source, passages)

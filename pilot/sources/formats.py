"""The formats of ``pilot data import``: one visible table from name to reader."""

import csv
import zlib
from collections.abc import Callable
from pathlib import Path

from pilot.records import InputError
from pilot.sources.beir import read_beir
from pilot.sources.imported import Account, Imported
from pilot.sources.phapdien import read_phapdien
from pilot.sources.prose import read_prose
from pilot.sources.question_sets import read_alqac, read_enterprise, read_traffic, read_vilegalnli
from pilot.sources.table import read_table

Reader = Callable[[Path, Path | None], Imported]
"""Takes the source, and the folder of the passages that its gold refers to, if that lies elsewhere."""

FORMATS: dict[str, Reader] = {
    "phapdien": read_phapdien,
    "alqac": read_alqac,
    "traffic": read_traffic,
    "enterprise": read_enterprise,
    "vilegalnli": read_vilegalnli,
    "beir": lambda source, _: Imported(read_beir(source), Account()),
    "table": read_table,
    "docx": lambda source, passages: read_prose(source, "docx", passages),
    "html": lambda source, passages: read_prose(source, "html", passages),
    "text": lambda source, passages: read_prose(source, "text", passages),
}
SETS = ("phapdien", "alqac", "traffic", "enterprise", "vilegalnli")
"""Published sets, whose readers trust that they look as they did."""
OFFICE = ("table", "docx", "html", "text")
"""What departments keep: letters of citizens, with personal data in them."""


def read_source(
    source: Path, name: str, passages: Path | None = None, columns: Path | None = None
) -> Imported:
    """Read foreign material in the named format; ``columns`` maps headings of a table.

    Raises
    ------
    InputError
        If the format is unknown, or the material is missing or faulty.
    """
    if name not in FORMATS:
        raise InputError(f"unknown format {name!r}; expected one of {', '.join(FORMATS)}")
    for path in (source, passages, columns):
        if path is not None and not path.exists():
            raise InputError(f"{path}: no such folder or file; check the path")
    if columns is not None:
        if name != "table":
            raise InputError(f"--columns is for --format table, not {name}; leave it out")
        return read_table(source, passages, columns)
    try:
        return FORMATS[name](source, passages)
    except InputError:
        raise
    except (
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        OSError,
        TypeError,
        ValueError,
        csv.Error,
        zlib.error,
    ) as error:
        if name not in SETS:
            raise
        said = f"{type(error).__name__}: {error}"[:200]
        raise InputError(
            f"{source}: not the set {name} as it was published ({said}); check --format, or fetch the set again"
        ) from None

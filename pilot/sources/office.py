"""Office files are ZIP archives of XML: looked at before a library unpacks them."""

import zipfile
from pathlib import Path

from pilot.records import InputError

MOST_BYTES = 96 * 2**20
"""Unpacked size beyond which an office file is refused: the libraries hold it in memory some ten times over."""
MOST_RATIO = 250
"""Packed text shrinks ten- to thirtyfold; what shrinks more than this was made to harm."""


def unreadable(path: Path, error: Exception) -> InputError:
    """Return the error for a file whose library failed: these let whatever their parsers meet come through."""
    said = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
    return InputError(
        f"{path}: the file cannot be read ({said}); open it in an office program and save it anew"
    )


def check_archive(path: Path, main: str) -> None:
    """Refuse what is no office file, or unpacks to more than can be held.

    Parameters
    ----------
    path
        The file.
    main
        The part that it must hold, such as ``xl/workbook.xml``.

    Raises
    ------
    InputError
        Saying which limit was passed and what to do.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise InputError(f"{path}: no office file ({error}); open it and save it as .xlsx or .docx") from None
    size, packed = sum(part.file_size for part in parts), max(1, sum(part.compress_size for part in parts))
    if size > MOST_BYTES:
        raise InputError(
            f"{path}: unpacks to {size / 2**20:,.0f} MB, more than {MOST_BYTES / 2**20:.0f} MB; "
            "save a workbook as CSV (read row by row), divide a document"
        )
    if size > 2**20 and size / packed > MOST_RATIO:
        raise InputError(
            f"{path}: unpacks to {size // packed} times its size, as a ZIP bomb does; it was not opened"
        )
    if main not in {part.filename for part in parts}:
        raise InputError(f"{path}: lacks {main}; the file is damaged or not what its name says")

"""Where the project is: the nearest folder with ``mlflow.yaml``."""

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from pilot.records import InputError

MARKER = "mlflow.yaml"


def root() -> Path:
    """Return the project root.

    ``PILOT_ROOT`` if set; else the nearest folder with ``mlflow.yaml`` at or above the working directory; else
    the source tree this package was installed from.

    Raises
    ------
    InputError
        If none of the three holds an ``mlflow.yaml``.
    """
    chosen = os.environ.get("PILOT_ROOT")
    here = Path.cwd()
    for folder in [Path(chosen)] if chosen else [here, *here.parents, Path(__file__).parent.parent]:
        if (folder / MARKER).is_file():
            return folder.resolve()
    raise InputError(
        f"no {MARKER} in {chosen or f'{here} or any folder above it'}; "
        "run the command inside a checkout of the project, or set PILOT_ROOT to one"
    )


def state(*parts: str) -> Path:
    """Return a path below the ignored folder for everything the programs make (``state/``); create nothing.

    ``PILOT_STATE`` moves the folder elsewhere.
    """
    base = os.environ.get("PILOT_STATE")
    return (Path(base) if base else root() / "state").joinpath(*parts)


def sample() -> Path:
    """Return the folder of the embedded sample, the dataset of every command that is given none."""
    return root() / "data" / "sample"


def read_yaml(*parts: str) -> tuple[Path, Any]:
    """Return the path of a YAML file of the project, and what is in it.

    Raises
    ------
    InputError
        If it is missing or not readable; says how to get it back.
    """
    path = root().joinpath(*parts)
    try:
        return path, yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        remedy = f"restore it with `git checkout {'/'.join(parts)}`"
        raise InputError(f"{path}: not readable ({error}); {remedy}") from None


_SWITCHED_OFF: set[str] = set()
"""Variables that `stay_private` has set, and not the user."""


def stay_private() -> None:
    """Switch off what the libraries would otherwise send or look up; what the user has set stays."""
    for name, value in {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_LOGGING_LEVEL": "WARNING",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
        "DO_NOT_TRACK": "true",
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_SKIP_PIP_REQUIREMENTS_CHECK": "true",
        "TOKENIZERS_PARALLELISM": "false",
    }.items():
        if name not in os.environ:
            os.environ[name] = value
            _SWITCHED_OFF.add(name)


def go_online() -> None:
    """Let the hub be reached, which the user has just asked for, unless the user has switched it off."""
    if "HF_HUB_OFFLINE" in _SWITCHED_OFF:
        os.environ["HF_HUB_OFFLINE"] = "0"


def write_whole(path: Path, content: str | bytes | Iterable[str]) -> None:
    """Write text, bytes or pieces of text so that readers see the old file or the new one, never half of it."""
    pieces = [content] if isinstance(content, str | bytes) else content
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
        try:
            file.writelines(piece.encode() if isinstance(piece, str) else piece for piece in pieces)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def replace_folder(fresh: Path, folder: Path) -> None:
    """Let a finished folder take the place of ``folder``, and remove what was there.

    On Linux the two change places in one step, so that who is killed or reads meanwhile finds the old one or the new
    one. Where the file system cannot do that, the name is missing for a moment.
    """
    if not folder.exists():
        fresh.rename(folder)
        return
    if not _exchanged(fresh, folder):
        old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-old-"))
        folder.rename(old / folder.name)
        fresh.rename(folder)
        fresh = old
    shutil.rmtree(fresh)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two names by Linux's renameat2; return whether that was possible."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)

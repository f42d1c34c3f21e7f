"""Failures of the surroundings - a full disk, a folder one may not write, a server gone - in words that help."""

import errno
import re
from collections.abc import Iterator

_FULL = "the disk is full; free some space (`pilot doctor` says how much there is), then run the same command again"
_CLOSED = (
    "may not be written; make it writable, or name another folder (PILOT_STATE for what the programs keep)"
)
_GONE = "a server does not answer; start it again or correct its address (MLFLOW_TRACKING_URI, --database)"
_LOG_IN = "the MLflow server wants a log-in; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
_BUSY = "the database was kept busy by other processes for too long; run the same command again"
_DAMAGED = "the database is damaged; `pilot doctor` says which one it is and what to do"
_MISSING = "a package is missing or broken; install what requirements.lock says: make -B setup"
_TOLD_BY_NUMBER = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: _CLOSED,
}
_TOLD_BY_WORDS = (
    (r"database or disk is full|No space left", _FULL),
    (r"readonly database|unable to open database file|Read-only file system|Permission denied", _CLOSED),
    (r"database is locked", _BUSY),
    (r"file is not a database|disk image is malformed", _DAMAGED),
    (r"error code 40[13]", _LOG_IN),
    (
        r"Connection refused|Max retries|Failed to establish|[Cc]onnection.{0,40}(?:closed|failed|reset|aborted)",
        _GONE,
    ),
)


def explained(error: BaseException) -> str | None:
    """Return what a failure of the surroundings was and how to mend it; None for any other error."""
    for cause in _causes(error):
        if isinstance(cause, ImportError) and not (cause.name or "").startswith("pilot"):
            return f"{_MISSING} ({cause.name or cause})"
        if isinstance(cause, OSError) and cause.errno in _TOLD_BY_NUMBER:
            where = f"{cause.filename}: " if cause.filename else ""
            return where + _TOLD_BY_NUMBER[cause.errno]
        said = str(cause)
        for words, meaning in _TOLD_BY_WORDS:
            if _of_surroundings(cause) and (found := re.search(words, said)):
                return f"{meaning} ({found[0]})"
    return None


def _of_surroundings(error: BaseException) -> bool:
    """Say whether databases, connections or MLflow raised it: words alone would mistake a user's text for a fault."""
    room = type(error).__module__.partition(".")[0]
    return isinstance(error, OSError) or room in (
        "sqlite3",
        "sqlalchemy",
        "psycopg",
        "mlflow",
        "requests",
        "urllib3",
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__

"""Public sets, fetched through the datasets library and held against ``data/sources.yaml``."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pilot import project
from pilot.records import InputError, Judgment, Passage, Question
from pilot.sources.dataset import Dataset
from pilot.sources.imported import Account, Imported
from pilot.sources.rows import text_of
from pilot.text import normalise


@dataclass(frozen=True)
class Source:
    """One entry of ``data/sources.yaml``.

    Parameters
    ----------
    name, about, licence
        What it is and who may use it for what.
    repository, revision
        On the hub, or a local folder without a revision.
    tables
        ``corpus``, ``queries`` and splits (``train``, ``test``) -> configuration and split of the repository.
    rows
        Table -> expected number of rows.
    sha256
        Expected fingerprint; None if no copy has been verified.
    unverified
        Why there is none; None if there is.
    """

    name: str
    about: str
    licence: str
    repository: str
    revision: str | None
    tables: dict[str, list[str]]
    rows: dict[str, int]
    sha256: str | None
    unverified: str | None = None


def sources() -> dict[str, Source]:
    """Read ``data/sources.yaml``; raises `InputError` if it is missing or an entry lacks something."""
    path, raw = project.read_yaml("data", "sources.yaml")
    try:
        listed = {name: Source(name=name, **entry) for name, entry in raw.items()}
    except (TypeError, AttributeError) as error:
        raise InputError(
            f"{path}: not a list of sources ({error}); `git checkout data/sources.yaml` restores it"
        ) from None
    unclear = [source.name for source in listed.values() if bool(source.sha256) == bool(source.unverified)]
    if unclear:
        raise InputError(
            f"{path}: {', '.join(unclear)}: give either sha256 or, in unverified, the reason why there is none"
        )
    return listed


def fetch(name: str) -> Imported:
    """Fetch the named set and hold it against its entry.

    Raises
    ------
    InputError
        If the name is unknown, the set cannot be reached, or its rows are not those expected.
    """
    known = sources()
    if name not in known:
        raise InputError(f"no source {name!r} in data/sources.yaml; it lists {', '.join(known)}")
    source = known[name]
    tables = {table: _rows(source, *place) for table, place in source.tables.items()}
    imported = _from_beir(source, tables)
    found = imported.dataset
    faults = [
        f"{name}: {len(getattr(found, table)):,} {table}; data/sources.yaml expects {expected:,}"
        for table, expected in source.rows.items()
        if len(getattr(found, table)) != expected
    ]
    if source.sha256 and found.fingerprint != source.sha256:
        faults.append(
            f"{name}: the rows hash to {found.fingerprint}; data/sources.yaml expects {source.sha256}"
        )
    if faults:
        raise InputError(
            *faults, f"{name}: the set has changed at its source; compare it, then correct data/sources.yaml"
        )
    return imported


def _rows(source: Source, configuration: str, split: str) -> Any:
    project.go_online()
    try:
        if not Path(source.repository).is_dir():
            _look_up_hub()
        import datasets

        return datasets.load_dataset(source.repository, configuration, split=split, revision=source.revision)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{source.name}: {source.repository} cannot be fetched ({' '.join(str(error).split())[:200]}); without "
            f"a connection run `pilot data get {source.name}` elsewhere and copy its folder "
            f"{project.state('datasets', source.name)} here, or import its files as --format beir"
            + (f"; not verified: {source.unverified}" if source.unverified else "")
        ) from None


def _look_up_hub() -> None:
    """Fail at once where names are not resolved; the library would try again for half a minute. Proxies resolve."""
    import socket
    from urllib.parse import urlsplit
    from urllib.request import getproxies

    host = urlsplit(os.environ.get("HF_ENDPOINT", "https://huggingface.co")).hostname
    if os.environ.get("HF_HUB_OFFLINE") == "1":
        raise OSError("HF_HUB_OFFLINE is set")
    if not getproxies():
        socket.getaddrinfo(host, 443)


def _from_beir(source: Source, tables: dict[str, Any]) -> Imported:
    account = Account()
    passages = {
        str(row["_id"]): Passage(
            str(row["_id"]), "article", normalise(row.get("title") or ""), normalise(row["text"])
        )
        for row in tables["corpus"]
    }
    graded: dict[tuple[str, str], Judgment] = {}
    splits: dict[str, str] = {}
    for split in (name for name in tables if name not in ("corpus", "queries")):
        for row in tables[split]:
            question, passage = text_of(row["query-id"]) or "", text_of(row["corpus-id"]) or ""
            splits.setdefault(question, split)
            if passage in passages:
                graded[question, passage] = Judgment(question, passage, int(row["score"]), "qrels")
            else:
                account.note(question, "judgment dropped: its passage is not in the set")
    questions = [
        Question(str(row["_id"]), normalise(row["text"]), source.name, splits.get(str(row["_id"]), "test"))  # type: ignore[arg-type]
        for row in tables["queries"]
    ]
    judgments = [graded[pair] for pair in sorted(graded)]
    here = Path(source.repository)
    return Imported(
        Dataset(source.name, here, (), tuple(passages.values()), tuple(questions), tuple(judgments)), account
    )

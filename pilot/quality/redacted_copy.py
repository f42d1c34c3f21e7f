"""A redacted copy of a file or a dataset; the source stays untouched, and reading it is put on record."""

import dataclasses
import getpass
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from pilot import project
from pilot.project import write_whole
from pilot.quality.privacy import Redaction, redact_question, redact_together
from pilot.quality.spans import KINDS
from pilot.records import InputError, Passage, Question
from pilot.sources import Dataset, write_folder
from pilot.sources.csv_folder import inert
from pilot.sources.folder import read_card
from pilot.sources.imported import csv_lines
from pilot.sources.rows import decoded, raise_all, read_csv, read_jsonl
from pilot.sources.spool import Spool
from pilot.text import normalise

Findings = Spool[list[Redaction]]
SUFFIXES = (".txt", ".csv", ".tsv", ".jsonl")


def redact_copy(source: Path, out: Path) -> dict[str, dict[str, int]]:
    """Write a copy of ``source`` without personal data to ``out``, whole or not at all; return the report.

    A text file is one text. Each row of a CSV or JSONL file and each question with its answer share placeholders;
    a cell is read with the name of its column before it; one that would run as a formula gets an apostrophe. Of a
    dataset, questions, answers to them and approved answers are redacted; articles of law are public and stay.

    Raises
    ------
    InputError
        If the source is missing, of another kind or faulty, or ``out`` is the source or lies inside it.
    """
    if not source.exists():
        raise InputError(
            f"{source}: no such file or folder; give a {', '.join(SUFFIXES)} file or a dataset folder"
        )
    if source.is_file() and source.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{source}: a {source.suffix or 'file without suffix'}; expected {', '.join(SUFFIXES)}, or a dataset folder"
        )
    if out.resolve() == source.resolve() or source.resolve() in out.resolve().parents:
        raise InputError(
            f"{out}: is the source or lies inside it; choose another --out, the source is never changed"
        )
    record_access(source)
    findings = _copy_dataset(source, out) if source.is_dir() else _copy_file(source, out)
    return privacy_report(findings)


def record_access(source: Path) -> None:
    """Append to ``state/privacy/raw_access.jsonl`` who reads which raw file when: user, time, path, SHA-256."""
    log = project.state("privacy", "raw_access.jsonl")
    log.parent.mkdir(parents=True, exist_ok=True)
    files = [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())
    with log.open("a", encoding="utf-8") as lines:
        for path in files:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            now = datetime.now(UTC).isoformat(timespec="seconds")
            entry = {"when": now, "who": getpass.getuser(), "file": str(path.resolve()), "sha256": digest}
            lines.write(json.dumps(entry, ensure_ascii=False) + "\n")


def privacy_report(findings: Iterable[Iterable[Redaction]]) -> dict[str, dict[str, int]]:
    """Count findings per kind, without any value.

    Parameters
    ----------
    findings
        What `redact` returned beside each text; empty for a text without personal data.

    Returns
    -------
    dict[str, dict[str, int]]
        Per kind that occurs: ``findings``, and ``texts`` with at least one. Under ``"all"`` the same over all kinds,
        and ``read``, the number of texts.
    """
    counts = {kind: Counter[str]() for kind in (*KINDS, "all")}
    for found in findings:
        kinds = Counter(finding.kind for finding in found)
        counts["all"].update(read=1, texts=int(bool(kinds)), findings=kinds.total())
        for kind, count in kinds.items():
            counts[kind].update(texts=1, findings=count)
    return {kind: dict(count) for kind, count in counts.items() if count}


def _copy_file(source: Path, out: Path) -> Findings:
    findings = Findings()
    out.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix.lower() == ".txt":
        [(text, found)] = redact_together([decoded(source)])
        findings.append(found)
        write_whole(out, f"{text}\n")
    else:
        write_whole(out, _redacted_lines(source, findings))
    return findings


def _redacted_lines(source: Path, findings: Findings) -> Iterator[str]:
    """Yield the lines of the copy of a table; a fault anywhere in it is raised at the end, before anything is kept."""
    faults: list[str] = []
    as_json = source.suffix.lower() == ".jsonl"
    rows = (row for _, row in (read_jsonl if as_json else read_csv)(source, faults))
    if as_json:
        yield from (json.dumps(_redact_row(row, findings), ensure_ascii=False) + "\n" for row in rows)
    elif first := next(rows, None):
        redacted = (_redact_row(row, findings).values() for row in chain([first], rows))
        yield from csv_lines(list(first), redacted, cell=inert)
    raise_all(source, faults)


def _redact_row(row: Mapping[str, Any], findings: Findings) -> dict[str, Any]:
    """Redact every text in a row, however deep; append what was found in the row as one text's."""
    cells: list[tuple[str, str]] = []
    _with_texts("", row, lambda name, text: cells.append((name, text)))
    prefixes = [f"{normalise(name)}: " if name else "" for name, _ in cells]
    done = redact_together(prefix + text for prefix, (_, text) in zip(prefixes, cells, strict=True))
    findings.append([finding for _, found in done for finding in found])
    redacted = iter(
        [text.removeprefix(prefix.strip()).strip() for prefix, (text, _) in zip(prefixes, done, strict=True)]
    )
    changed: dict[str, Any] = _with_texts("", row, lambda *_: next(redacted))
    return changed


def _with_texts(name: str, value: Any, change: Callable[[str, str], Any]) -> Any:
    """Return a row with ``change(name of its column, text)`` in place of every text in it, in order."""
    if isinstance(value, Mapping):
        return {key: _with_texts(key, part, change) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_texts(name, part, change) for part in value]
    return change(name, value) if isinstance(value, str) else value


def _copy_dataset(source: Path, out: Path) -> Findings:
    data, findings = Dataset.load(source), Findings()
    questions: Spool[Question] = Spool()
    for question in data.questions:
        redacted, found = redact_question(question)
        questions.append(redacted)
        findings.append(found)
    passages: Spool[Passage] = Spool()
    for passage in data.passages:
        if passage.kind == "answer":
            (title, first), (text, second) = redact_together([passage.title, passage.text])
            passages.append(dataclasses.replace(passage, title=title, text=text))
            findings.append([*first, *second])
        else:
            passages.append(passage)
    written = ("configs", "dataset_info", "name", "illustrative")
    kept = {key: value for key, value in read_card(source).items() if key not in written}
    about = f"# {data.name}\n\nA copy without personal data; every value is replaced by a typed placeholder."
    write_folder(data.replaced(questions=questions, passages=passages), out, about, card=kept)
    return findings

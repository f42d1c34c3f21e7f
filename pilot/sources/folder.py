"""Our own form: a folder of JSONL files with a dataset card (``data/README.md`` describes the columns)."""

import re
import typing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from pilot.project import whole_folder
from pilot.records import Citation, Judgment, Located, parse_rows, without_none
from pilot.sources.dataset import KINDS, SETTLED, Dataset, line
from pilot.sources.rows import decoded, raise_all, read_jsonl

CARD = "README.md"
_PLAIN = re.compile(r"[\w(][\w .()+-]{0,120}")
"""A dataset's name becomes part of file names: it may not lead elsewhere."""


def is_folder(path: Path) -> bool:
    """Say whether ``path`` is a folder with at least one of our tables."""
    return any((path / f"{name}.jsonl").is_file() for name in KINDS)


def read_folder(path: Path) -> Dataset:
    """Read a dataset folder; raises `InputError` with every fault of every table."""
    faults: list[str] = []

    def located(name: str) -> Iterable[Located]:
        file = path / f"{name}.jsonl"
        return read_jsonl(file, faults) if file.is_file() else ()

    tables = read_tables(located, faults)
    card = read_card(path)
    name = str(card.get("name") or path.resolve().name)
    if not _PLAIN.fullmatch(name):
        faults.append(f"{CARD}: name {name!r}; expected letters, digits, spaces and ._- as in a file name")
    raise_all(path, faults)
    return Dataset(
        name,
        path,
        illustrative=bool(card.get("illustrative", False)),
        settled=SETTLED in _listed(card.get("annotations_creators")),
        **tables,
    )


def read_tables(located: Callable[[str], Iterable[Located]], faults: list[str]) -> dict[str, tuple[Any, ...]]:
    """Return every table's records, ids held against each other; append one line to ``faults`` for all that is wrong.

    Parameters
    ----------
    located
        Name of a table -> its raw rows with their places.
    faults
        Where faults are gathered.
    """
    tables: dict[str, list[Any]] = {name: [] for name in KINDS}
    ids: dict[str, dict[str, str]] = {name: {} for name in KINDS}
    for name, kind in KINDS.items():
        for where, row in located(name):
            for record in parse_rows(kind, [(where, row)], faults):
                tables[name].append(record)
                faults += _identity_faults(where, record, ids, name)
    if not tables["questions"] and not tables["passages"] and not faults:
        faults.append("no questions and no passages; expected rows in questions.jsonl or passages.jsonl")
    return {name: tuple(rows) for name, rows in tables.items()}


def _listed(value: Any) -> list[Any]:
    """Return a card's entry as a list: cards hold one value or several."""
    return value if isinstance(value, list) else [value]


def _identity_faults(where: str, record: Any, ids: dict[str, dict[str, str]], table: str) -> list[str]:
    """Hold a record's id against those seen; a judgment's two ids against questions and passages."""
    if isinstance(record, Judgment):
        faults = [
            f"{where}: judges {name} {value!r}, which is not in {name}s.jsonl"
            for name, value in (("question", record.question_id), ("passage", record.passage_id))
            if value not in ids[f"{name}s"]
        ]
        key = f"{record.question_id} / {record.passage_id} / {record.rater}"
        what = "grade of this question, passage and rater"
    else:
        faults, key, what = [], getattr(record, f"{table[:-1]}_id"), f"{table[:-1]}_id"
    if key in ids[table]:
        faults.append(f"{where}: {what} {key!r} occurs before, at {ids[table][key]}; expected it once")
    ids[table].setdefault(key, where)
    return faults


def read_card(path: Path) -> dict[str, Any]:
    """Return the YAML head of the dataset card; empty if there is none."""
    file = path / CARD
    text = decoded(file) if file.is_file() else ""
    if not text.startswith("---\n"):
        return {}
    try:
        head = yaml.safe_load(text[4:].partition("\n---")[0])
    except yaml.YAMLError as error:
        raise_all(file, [f"the YAML head is not valid: {' '.join(str(error).split())}"])
    return head if isinstance(head, dict) else {}


def write_folder(
    dataset: Dataset,
    out: Path,
    about: str,
    card: Mapping[str, Any] | None = None,
    extra: Mapping[str, Iterable[str]] | None = None,
) -> None:
    """Write a dataset folder that ``datasets.load_dataset`` reads; all of it or nothing.

    Parameters
    ----------
    dataset
        What is written.
    out
        The folder; an old dataset there is replaced as a whole.
    about
        Body of the card, Markdown.
    card
        Further entries of its YAML head, such as ``license``.
    extra
        Further text files, name -> their lines.

    Raises
    ------
    InputError
        If ``out`` exists and is no dataset folder.
    """
    if out.exists() and not (out.is_dir() and (is_folder(out) or not any(out.iterdir()))):
        raise_all(out, ["exists and is no dataset folder; choose another --out"])
    with whole_folder(out) as fresh:
        settled = {"annotations_creators": [SETTLED]} if dataset.settled else {}
        head = {"name": dataset.name, "illustrative": dataset.illustrative, **settled, **(card or {})}
        for name in (name for name in KINDS if getattr(dataset, name)):
            with (fresh / f"{name}.jsonl").open("w", encoding="utf-8") as file:
                file.writelines(map(line, getattr(dataset, name)))
        text = yaml.safe_dump({**head, **schema(dataset)}, allow_unicode=True, sort_keys=False)
        for name, content in (extra or {}).items():
            with (fresh / name).open("w", encoding="utf-8") as file:
                file.writelines(content)
        (fresh / CARD).write_text(f"---\n{text}---\n\n{about.strip()}\n", encoding="utf-8")


def schema(dataset: Dataset) -> dict[str, Any]:
    """Return ``configs`` and ``dataset_info`` of the card for the tables that have rows."""
    tables = [name for name in KINDS if getattr(dataset, name)]
    hints = {name: typing.get_type_hints(KINDS[name]) for name in tables}
    return {
        "configs": [{"config_name": name, "data_files": f"{name}.jsonl"} for name in tables],
        "dataset_info": [
            {
                "config_name": name,
                "features": [{"name": column, **_feature(hint)} for column, hint in hints[name].items()],
            }
            for name in tables
        ],
    }


def _feature(hint: Any) -> dict[str, Any]:
    """Return what a card says of a column of this type."""
    hint = without_none(hint)
    if typing.get_origin(hint) is tuple:
        item = typing.get_args(hint)[0]
        if item is Citation:
            return {"list": [{"name": name, "dtype": "string"} for name in Citation.__annotations__]}
        return {"list": "string"}
    return {"dtype": {bool: "bool", int: "int64"}.get(hint, "string")}

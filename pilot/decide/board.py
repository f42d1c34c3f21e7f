"""The benchmark board: accepted results beside published ones, each with what it may be compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pilot import project
from pilot.decide.results import LEADING, Record, read_records
from pilot.records import InputError

PUBLISHED = Path("experiments") / "published.yaml"
BOARD = Path("experiments") / "BOARD.md"
KEYS = {"set", "split", "measures", "method", "note"}
HEAD = """# Bảng so sánh

Do `make results` lập từ `experiments/results/*.json` và `experiments/published.yaml`; đừng sửa tay.

Hai con số chỉ so được với nhau khi cùng câu hỏi, cùng kho và cùng cách đo: chỉ các dòng trong một bảng của phần 1. Số ở
phần 2 được đo trên bộ khác, chỉ để biết tầm mức. Số của ta có khoảng tin cậy 95 %; số công bố thường không có.
"""


@dataclass(frozen=True)
class Published:
    """A published result; ``note`` says what it may be compared with."""

    set: str
    split: str
    measures: Mapping[str, float]
    method: str
    note: str


def read_published() -> list[Published]:
    """Read ``experiments/published.yaml``.

    Raises
    ------
    InputError
        If it is missing or a row is faulty; all faults at once.
    """
    path = project.root() / PUBLISHED
    try:
        rows: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            f"{path}: not readable ({error}); restore it with `git checkout {PUBLISHED}`"
        ) from None
    faults = [
        f"{path}: row {number} has {', '.join(map(str, row)) if isinstance(row, dict) else row!r}; expected "
        f"{', '.join(sorted(KEYS))}"
        for number, row in enumerate(rows, 1)
        if not isinstance(row, dict) or set(row) != KEYS
    ]
    if faults:
        raise InputError(*faults)
    return [Published(**row) for row in rows]


def write_board() -> Path:
    """Write ``experiments/BOARD.md`` and return its path."""
    path = project.root() / BOARD
    project.write_whole(path, board(read_records(), read_published()))
    return path


def board(records: Sequence[Record], published: Sequence[Published]) -> str:
    """Return the board as Markdown."""
    parts = [HEAD, "## 1. Kết quả của ta\n"]
    for task, dataset in dict.fromkeys((record.task, record.dataset) for record in records):
        own = [record for record in records if (record.task, record.dataset) == (task, dataset)]
        note = " *(minh họa, không phải bằng chứng)*" if own[0].illustrative else ""
        head = ("hệ thống", "học từ", *LEADING[task], "n")
        rows = [_row(record, LEADING[task]) for record in own]
        parts.append(f"### {task}, {dataset}{note}\n\n{_table(head, rows)}")
    if not records:
        parts.append("Chưa có kết quả nào được chấp nhận (`pilot results LƯỢT_CHẠY`).\n")
    parts.append("## 2. Đã công bố, trên bộ khác\n")
    rows = [(one.set, one.split, _figures(one.measures), one.method, one.note) for one in published]
    parts.append(_table(("bộ", "phần, n", "kết quả", "phương pháp", "so được không"), rows))
    return "\n".join(parts)


def _row(record: Record, measures: Sequence[str]) -> tuple[str, ...]:
    found = [record.metrics.get(measure) for measure in measures]
    cells = [f"{e.value:.3f} [{e.low:.3f}, {e.high:.3f}]" if e else "–" for e in found]
    n = str(next(iter(record.metrics.values())).n)
    name = f"{record.experiment} *(số liệu phát triển)*" if record.development else record.experiment
    return (name, record.supervision.split(":")[0], *cells, n)


def _figures(measures: Mapping[str, float]) -> str:
    return "; ".join(f"{name} {value:.3f}" for name, value in measures.items())


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))

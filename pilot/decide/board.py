"""The benchmark board: accepted results beside published ones, each with what it may be compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pilot import project
from pilot.config import mapping_faults
from pilot.decide.results import LEADING, Record, by_dataset, markdown_table, read_records
from pilot.records import InputError

BOARD = Path("experiments") / "BOARD.md"
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
    path, rows = project.read_yaml("experiments", "published.yaml")
    faults = [
        f"{path}: row {number}: {fault}"
        for number, row in enumerate(rows, 1)
        for fault in (mapping_faults(row, Published, "key") if isinstance(row, dict) else ["no mapping"])
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
    for (task, dataset), own in by_dataset(records).items():
        note = " *(minh họa, không phải bằng chứng)*" if own[0].illustrative else ""
        head = ("hệ thống", "học từ", *LEADING[task], "n")
        rows = [(_name(record), record.learnt, *record.cells(LEADING[task])) for record in own]
        parts.append(f"### {task}, {dataset}{note}\n\n{markdown_table(head, rows)}")
    if not records:
        parts.append("Chưa có kết quả nào được chấp nhận (`pilot results LƯỢT_CHẠY`).\n")
    parts.append("## 2. Đã công bố, trên bộ khác\n")
    rows = [(one.set, one.split, _figures(one.measures), one.method, one.note) for one in published]
    parts.append(markdown_table(("bộ", "phần, n", "kết quả", "phương pháp", "so được không"), rows))
    return "\n".join(parts)


def _name(record: Record) -> str:
    return f"{record.experiment} *(số liệu phát triển)*" if record.development else record.experiment


def _figures(measures: Mapping[str, float]) -> str:
    return "; ".join(f"{name} {value:.3f}" for name, value in measures.items())

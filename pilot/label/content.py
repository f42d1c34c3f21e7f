"""What an expert's answer may hold, and what is wrong with one, in words for the expert.

An answer is a flat mapping, so that two tabs never overwrite more than the one value that was touched:

=============== ============================================================
``main``        main field: a topic's code or a special label
``second``      second field: a topic's code
``note``        free text
``none_right``  no candidate answers the question
``personal``    the question holds personal data
``grade:KEY``   0 to 3 for the passage with this key
``stale:KEY``   the passage rests on law no longer in force
``privacy:KEY`` the passage holds personal data
``added:KEY``   the expert added this passage from the corpus
=============== ============================================================
"""

import hashlib
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

Content = Mapping[str, Any]
GRADES = {
    3: "Trả lời trực tiếp, đầy đủ",
    2: "Trả lời một phần",
    1: "Cùng chủ đề, không trả lời",
    0: "Không liên quan",
}
SKIP_REASONS = {
    "khong_du_chuyen_mon": "Ngoài chuyên môn của tôi",
    "cau_hoi_khong_ro": "Câu hỏi không rõ, thiếu dữ kiện",
    "quen_nguoi_hoi": "Tôi biết người hỏi hoặc vụ việc",
    "loi_hien_thi": "Lỗi hiển thị, thiếu nội dung",
    "khac": "Lý do khác (ghi rõ)",
}
LONGEST_NOTE = 4000
GUIDELINE = Path(__file__).parent / "templates" / "_guide.html"
"""What experts are told; its digest is kept with every answer, so a change of the guideline shows."""
_SWITCHES = ("none_right", "personal")
_MARKS = ("stale", "privacy")


def label_set(
    version: str, topics: Mapping[str, Any], groups: Mapping[str, str], special: Mapping[str, str]
) -> dict[str, Any]:
    """Return the content of a label-set version: what there is to choose from, and the words shown."""
    return {
        "version": version,
        "topics": {code: {"name": topic.name, "group": topic.group} for code, topic in topics.items()},
        "groups": dict(groups),
        "special": dict(special),
        "grades": {str(grade): words for grade, words in GRADES.items()},
    }


def label_names(labels: Content) -> dict[str, str]:
    """Return code -> name of everything a label set offers."""
    topics = {code: topic["name"] for code, topic in labels["topics"].items()}
    return topics | dict(labels["special"])


def guideline_version() -> str:
    """Return the first twelve digits of the guideline's SHA-256."""
    return hashlib.sha256(GUIDELINE.read_bytes()).hexdigest()[:12]


def merged(draft: Content, changes: Content) -> dict[str, Any]:
    """Return the draft with the changes made; what is set to null leaves, and with a passage all said of it."""
    empty = (None, "", False)  # by identity and not by ==: the grade 0 is a value
    result = {
        key: value for key, value in {**draft, **changes}.items() if not any(value is none for none in empty)
    }
    gone = {key.partition(":")[2] for key, value in changes.items() if key.startswith("added:") and not value}
    return {
        key: value for key, value in result.items() if key.partition(":")[2] not in gone or ":" not in key
    }


def change_faults(changes: Content, labels: Content, candidates: Set[str], known: Set[str]) -> list[str]:
    """Return what is wrong with changes sent to a draft.

    Parameters
    ----------
    changes
        Key -> value or null.
    labels
        The label set of the task.
    candidates
        Keys of the passages of the task.
    known
        Keys among the changes that the corpus holds, or that were added to this draft before.
    """
    faults = []
    for key, value in changes.items():
        kind, colon, passage = key.partition(":")
        if colon and passage not in candidates and passage not in known:
            faults.append(f"Phương án «{passage[:40]}» không thuộc câu này.")
        elif kind == "added" and colon and passage in candidates:
            faults.append("Phương án này đã có trong danh sách.")
        elif value is not None and not _fits(kind, bool(colon), value, labels):
            faults.append(f"Giá trị {str(value)[:40]!r} không hợp lệ cho mục «{key[:60]}».")
    return faults


def missing(content: Content, labels: Content, candidates: Set[str]) -> list[str]:
    """Return what an answer still lacks before it can be submitted; empty if complete."""
    faults, main, second = [], content.get("main"), content.get("second")
    if main is None:
        faults.append("Chưa chọn lĩnh vực chính.")
    if second is not None and (second == main or main in labels["special"]):
        faults.append("Lĩnh vực phụ phải khác lĩnh vực chính và không đi cùng nhãn đặc biệt.")
    shown = candidates | {key.partition(":")[2] for key in content if key.startswith("added:")}
    grades = [content.get(f"grade:{key}") for key in shown]
    if ungraded := grades.count(None):
        faults.append(f"Còn {ungraded} phương án chưa chấm.")
    if content.get("none_right") and 3 in [content.get(f"grade:{key}") for key in candidates]:
        faults.append("Đã đánh dấu «không có phương án đúng» nhưng vẫn có phương án được chấm 3.")
    return faults


def _fits(kind: str, of_passage: bool, value: Any, labels: Content) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if of_passage:
        return (kind == "grade" and whole and value in GRADES) or (
            kind in (*_MARKS, "added") and isinstance(value, bool)
        )
    if kind in _SWITCHES:
        return isinstance(value, bool)
    if not isinstance(value, str):
        return False
    return (
        (kind == "main" and (value in labels["topics"] or value in labels["special"]))
        or (kind == "second" and value in labels["topics"])
        or (kind == "note" and len(value) <= LONGEST_NOTE)
    )

"""Is it law, and how bad are the errors."""

from collections.abc import Iterator

import numpy as np

from pilot.decide.blocks import Block, Cell, Section, Table, percent
from pilot.decide.currency import STALE, first_results, share_of, shares
from pilot.decide.evidence import Scored
from pilot.decide.material import Material
from pilot.decide.words import gap, note, on_dataset
from pilot.evaluate.rows import RankRows
from pilot.quality.currency import EXPIRED
from pilot.taxonomy import NOT_LEGAL, OUT_OF_SCOPE, taxonomy

ANSWERING = 2
"""A passage of this grade answers at least in part; sets graded 0 or 1 count from 1."""


def currency(material: Material) -> Section:
    """Return whether first results are in force, how much was judged, and what the corpus can answer at all."""
    blocks: list[Block] = []
    for one in material.subjects("rank"):
        answers = share_of(answerable(one), one.system)
        rows: list[list[Cell]] = [
            ["Phần của mười kết quả đầu đã có người chấm (Judged@10)", one.figure("Judged@10")],
            ["Câu hỏi mà kho văn bản có câu trả lời", one.figure("answerable", answers)],
        ]
        if "returned" in one.frames:
            rows += [
                [f"Kết quả đứng đầu {state}", one.figure(f"first result {state}", estimate)]
                for state, estimate in shares(one.system, one.frames).items()
            ]
            rows.append([f"{STALE}, cận trên tính cả phần chưa rõ", one.figure(STALE)])
        else:
            blocks.append(gap("validity", run=one.run.run_id[:8]))
        blocks.append(Table(["", "Tỷ lệ [95 %]"], rows, on_dataset(one.run)))
    blocks.append(note("currency") if blocks else gap("rank"))
    return Section("Hiệu lực của văn bản và phạm vi của kho dữ liệu", blocks)


def errors(material: Material) -> Section:
    """Return errors by how much harm they do; for those never seen, the bound of the rule of three."""
    blocks: list[Block] = []
    for task, classes in (("classify", route_errors), ("rank", search_errors)):
        for one in material.subjects(task):
            rows = [_graded(grade, name, hits, one) for grade, name, hits in classes(one)]
            head = ["Mức độ", "Lỗi", "Số câu", "Cận trên 95 % nếu chưa gặp", "Tỷ lệ [95 %]"]
            blocks.append(Table(head, rows, on_dataset(one.run)))
    blocks.append(note("rule of three") if blocks else gap("rank"))
    return Section("Lỗi theo mức độ nghiêm trọng", blocks)


def answerable(one: Scored) -> np.ndarray:
    """Return which questions have a passage that answers them, shape (n,)."""
    gold = one.frames["gold"]
    enough = ANSWERING if gold["relevance"].max() >= ANSWERING else 1
    good = set(gold.loc[gold["relevance"] >= enough, "question_id"])
    return np.array([question_id in good for question_id in one.system.rows.question_ids])


def route_errors(one: Scored) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield severity, name and mask of the errors of a classifier; bodies are those of the taxonomy."""
    topics = taxonomy().topics
    gold = one.frames["gold"].set_index("question_id")["label"]
    ids = one.system.rows.question_ids
    first = one.frames["predictions"].sort_values(["probability", "label"], ascending=[False, True])
    predicted = first.drop_duplicates("question_id").set_index("question_id")["label"].reindex(ids)
    pairs = list(zip(gold.reindex(ids), predicted, strict=True))
    refused = np.array([g in topics and p in (NOT_LEGAL, OUT_OF_SCOPE) for g, p in pairs])
    wrong = np.array([g != p for g, p in pairs]) & ~refused
    same = np.array([g in topics and p in topics and topics[g].body == topics[p].body for g, p in pairs])
    yield "nhẹ", "sai lĩnh vực nhưng vẫn đúng cơ quan", wrong & same
    yield "nặng", "sai lĩnh vực, chuyển sai cơ quan", wrong & ~same
    yield "rất nặng", "coi câu hỏi pháp luật là không thuộc phạm vi", refused


def search_errors(one: Scored) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield severity, name and mask of the errors of a ranking."""
    rows = one.system.rows
    assert isinstance(rows, RankRows)  # only rankings come here
    hits = rows.gains[:, :10] >= 1
    found = np.asarray(hits.any(axis=1))
    yield "nhẹ", "có kết quả đúng trong mười kết quả đầu nhưng không đứng đầu", found & ~hits[:, 0]
    yield "nặng", "mười kết quả đầu không có kết quả đúng nào", ~found
    if "returned" in one.frames:
        states = first_results(one.system, one.frames).to_numpy()
        yield "rất nặng", "kết quả đứng đầu dựa trên văn bản đã hết hiệu lực", states == EXPIRED


def _graded(grade: str, name: str, hits: np.ndarray, one: Scored) -> list[Cell]:
    seen, groups = int(hits.sum()), int(one.system.rows.groups.max()) + 1
    bound = "–" if seen else percent(min(1.0, 3 / groups), 1)
    return [grade, name, str(seen), bound, one.figure(f"error: {name}", share_of(hits, one.system))]

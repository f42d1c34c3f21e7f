"""What the figures were measured on: the data audited, and how far experts agree."""

from collections.abc import Iterator
from datetime import date
from functools import cache

from pilot.decide.blocks import Block, Cell, Section, Table
from pilot.decide.evidence import Scored
from pilot.decide.material import Material
from pilot.decide.words import gap, note
from pilot.evaluate.agreement import krippendorff_alpha, mean_over_votes
from pilot.evaluate.raters import merge_raters
from pilot.quality.facts import facts
from pilot.quality.split import question_groups
from pilot.records import ADJUDICATED, InputError, Judgment
from pilot.sources import Dataset

STANDING = {
    2: "câu hỏi thật, nhãn đã thẩm định",
    1: "câu hỏi thật, nhãn chưa thẩm định",
    0: "minh họa, không phải bằng chứng",
}


def audit(material: Material) -> Section:
    """Return licence, dates, leaks and conflicts of every dataset that still lies where it was read from."""
    by_data = {one.run.data: one for one in material.scored}
    rows, gone = [], []
    for one in by_data.values():
        data = dataset_of(one)
        if data is None:
            gone.append(f"{one.run.dataset} ({one.run.data[:8]})")
        else:
            rows.append([data.name, STANDING[one.standing], *_facts(data), data.fingerprint[:8]])
    blocks: list[Block] = []
    if rows:
        head = [
            "Bộ dữ liệu", "Giá trị", "Giấy phép", "Câu hỏi", "Điều luật, câu trả lời", "Văn bản (đã đối chiếu)",
            "Ngày mới nhất trong dữ liệu", "Lỗi", "Rò rỉ", "Mâu thuẫn", "Dấu vân tay",
        ]  # fmt: skip
        blocks += [Table(head, rows), note("leaks")]
    if gone:
        blocks.append(gap("data gone", names=", ".join(gone)))
    return Section("Kiểm tra dữ liệu", blocks)


def labels(material: Material) -> Section:
    """Return how far raters agree, and how far they agree with the adjudicated grade: the human ceiling."""
    blocks: list[Block] = []
    ranked = {one.run.data: one for one in material.scored if one.run.task == "rank"}
    if rows := [row for one in ranked.values() for row in _agreement(one)]:
        blocks += [Table(["Bộ dữ liệu", "So sánh", "Hệ số alpha [95 %]"], rows), note("alpha")]
    else:
        blocks.append(gap("raters"))
    fields = [_fields(one) for one in material.scored if "votes" in one.frames]
    if fields:
        head = ["Bộ dữ liệu", "Hệ số alpha [95 %]", "Chuyên gia chọn đúng lĩnh vực đã chốt"]
        blocks.append(Table(head, list({row[0]: row for row in fields}.values()), "Khi chọn lĩnh vực chính"))
    else:
        blocks.append(gap("votes"))
    return Section("Nhãn của chuyên gia và giới hạn của con người", blocks)


@cache
def dataset_of(one: Scored) -> Dataset | None:
    """Return the dataset a run was scored on if it still lies there unchanged."""
    try:
        data = Dataset.load(one.run.path) if one.run.path else None
    except InputError:
        return None
    return data if data is not None and data.fingerprint == one.run.data else None


def _facts(data: Dataset) -> list[str]:
    """Return licence, sizes, newest day, faults, leaks and conflicts of a dataset."""
    found = facts(data)
    labels: dict[str, set[str]] = {}
    groups = question_groups(data.questions)
    for question in data.questions:
        if question.fields:
            labels.setdefault(groups[question.question_id], set()).add(question.fields[0])
    torn = {group for group, fields in labels.items() if len(fields) > 1}
    days = [found["dates"][name]["last"] for name in ("asked_on", "documents_effective_from")]
    newest = max((date.fromisoformat(day) for day in days if day), default=None)
    rows = found["rows"]
    return [
        str(found["licence"] or "không ghi"),
        str(rows["questions"]),
        str(rows["passages"]),
        f"{rows['documents']} ({rows['documents'] - found['documents_unchecked']})",
        f"{newest:%d/%m/%Y}" if newest else "không ghi",
        str(found["faults"]),
        str(found["leaks"]),
        str(sum(groups[q.question_id] in torn for q in data.questions)),
    ]


def _agreement(one: Scored) -> Iterator[list[Cell]]:
    """Yield agreement between raters, and of raters with the adjudicated grade."""
    if "judgments" not in one.frames:
        return
    votes = one.frames["judgments"].assign(
        item=lambda frame: frame["question_id"] + "\t" + frame["passage_id"],
        group=lambda frame: frame["question_id"],
        value=lambda frame: frame["relevance"],
    )
    experts = votes[votes["rater"] != ADJUDICATED]
    settled = votes[votes["rater"] == ADJUDICATED]
    if experts.groupby("item")["rater"].nunique().max() == 1 and not len(settled):
        return
    if experts.groupby("item")["rater"].nunique().gt(1).any():
        alpha = krippendorff_alpha(experts, "ordinal", resamples=200)
        yield [one.run.dataset, "giữa các chuyên gia", one.figure("alpha raters", alpha)]
    if len(settled) and len(experts):
        rows = experts[["question_id", "passage_id", "relevance"]].itertuples(index=False)
        median = merge_raters([Judgment(q, p, int(r), "experts") for q, p, r in rows])
        joined = median.assign(
            rater="experts", item=median["question_id"] + "\t" + median["passage_id"],
            group=median["question_id"], value=median["relevance"],
        )  # fmt: skip
        import pandas as pd

        alpha = krippendorff_alpha(pd.concat([joined, settled]), "ordinal", resamples=200)
        what = "chuyên gia so với kết quả thẩm định"
        yield [one.run.dataset, what, one.figure("alpha adjudicated", alpha)]


def _fields(one: Scored) -> list[Cell]:
    """Return how far experts agree on the main field, and how often one alone meets what stands: the human ceiling."""
    votes = one.frames["votes"]
    gold = one.frames["gold"].set_index("question_id")["label"]
    frame = votes.assign(item=votes["question_id"], group=votes["question_id"], value=votes["label"])
    pairs = votes.groupby("question_id").size().gt(1).any()
    alpha = krippendorff_alpha(frame, "nominal", resamples=200) if pairs else None
    right = [
        (q, float(label == gold[q])) for q, label in zip(votes["question_id"], votes["label"], strict=True)
    ]
    shown: Cell = one.figure("alpha fields", alpha) if alpha else "mỗi câu một người chọn"
    return [one.run.dataset, shown, one.figure("expert right", mean_over_votes(right))]

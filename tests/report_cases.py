"""Small data by which reports are tested: a release as experts might settle it, and criteria as leadership might."""

import json
import random
from pathlib import Path

import yaml
from conftest import write_dataset

TOPICS = {"09": "thuê nhà", "20": "nghỉ việc", "39": "ly hôn"}
CARD = "---\nname: {name}\nannotations_creators: [expert-adjudicated]\nillustrative: {illustrative}\n---\n"


def release(folder: Path, *, shuffled: bool = False, stale: bool = False, raters: bool = True) -> Path:
    """Write 60 questions of three topics, half of them to learn from, each answered by one passage of its own."""
    rng, topics = random.Random(0), list(TOPICS)
    words = [f"từ{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(120)]
    rows = []
    for i, word in enumerate(words):
        topic = topics[i % 3]
        rows.append(
            {"question_id": f"q{i:03}", "text": f"{TOPICS[topic]} {word} thì {TOPICS[topic]} thế nào",
             "fields": [topic], "source": "test", "split": "train" if i < 60 else "test", "asked_on": "2026-01-05",
             "audience": "người dân" if i % 2 else "doanh nghiệp"}
        )  # fmt: skip
    if shuffled:
        labels = [row["fields"] for row in rows if row["split"] == "train"]
        rng.shuffle(labels)
        for row, fields in zip(rows, labels, strict=False):
            row["fields"] = fields
    passages = [
        {"passage_id": f"p{i:03}", "kind": "answer", "title": "", "text": f"quy định về {word}",
         "document_id": "1/2015/QH13"}
        for i, word in enumerate(words)
    ]  # fmt: skip
    law = {"document_id": "1/2015/QH13", "kind": "Luật", "title": "Luật thử", "issuer": "Quốc hội",
           "effective_from": "2015-01-01", "effective_to": "2020-01-01" if stale else None,
           "checked": True}  # fmt: skip
    names = ["cg1", "cg2", "adjudicated"] if raters else ["adjudicated"]
    judgments = [
        {"question_id": f"q{i:03}", "passage_id": f"p{(i + step) % 120:03}", "relevance": 0 if step else 3,
         "stale": False, "rater": rater}
        for i in range(120) for step in (0, 7) for rater in names
    ]  # fmt: skip
    write_dataset(
        folder, {"documents": [law], "questions": rows, "passages": passages, "judgments": judgments}
    )
    votes = [
        {"question_id": row["question_id"], "rater": rater, "main": "05" if rater == "cg2" and i % 5 == 0 else field}
        for i, row in enumerate(rows) for rater in ("cg1", "cg2") for field in row["fields"][:1]
    ]  # fmt: skip
    if raters:
        lines = "".join(json.dumps(vote) + "\n" for vote in votes)
        (folder / "votes.jsonl").write_text(lines, encoding="utf-8")
    card = CARD.format(name=folder.name, illustrative="false")
    (folder / "README.md").write_text(card, encoding="utf-8")
    return folder


CRITERIA = [
    {"name": "hon-ngau-nhien", "text": "Tìm kiếm tốt hơn thứ tự ngẫu nhiên", "experiment": "rank/bm25",
     "measure": "nDCG@10", "against": "rank/random", "reason": "thử"},
    {"name": "tim-dung", "text": "Tìm đúng trong mười kết quả đầu", "experiment": "rank/bm25", "measure": "R@10",
     "at_least": 0.8, "reason": "thử"},
    {"name": "moi-doi-tuong", "text": "Đối tượng nào cũng được phục vụ", "experiment": "rank/bm25", "measure": "R@10",
     "at_least": 0.8, "slice": "audience", "reason": "thử"},
    {"name": "con-hieu-luc", "text": "Kết quả đứng đầu còn hiệu lực", "experiment": "rank/bm25", "measure": "Stale@1",
     "at_most": 0.1, "reason": "thử"},
    {"name": "phan-loai", "text": "Phân loại tốt hơn đoán bừa", "experiment": "classify/tfidf_svm",
     "measure": "Accuracy", "against": "classify/majority", "reason": "thử"},
]  # fmt: skip


def criteria_file(path: Path, rows: list[dict] = CRITERIA, **changes: object) -> Path:
    """Write approved criteria."""
    content = {
        "status": "approved", "approved_by": "Thứ trưởng phụ trách", "date": "2026-01-01", "comparator": "làm bằng tay",
        "smallest_effect": {"nDCG@10": 0.02, "Accuracy": 0.02, "R@10": 0.02}, "criteria": rows, **changes,
    }  # fmt: skip
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False).replace("'2026-01-01'", "2026-01-01")
    path.write_text(text, encoding="utf-8")
    return path

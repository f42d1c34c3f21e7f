"""What figures, systems and measures are called on the page leadership reads, and what it says in fixed words."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pilot.decide.blocks import Form, Listing, Missing, Text, percent
from pilot.decide.criteria import Criterion
from pilot.decide.currency import STALE
from pilot.evaluate import Estimate, parse_measure
from pilot.track import Run

TASKS = {"classify": "Phân loại câu hỏi theo lĩnh vực", "rank": "Tìm câu trả lời và điều luật"}
SYSTEMS = {
    "classify/majority": "Luôn đoán lĩnh vực phổ biến nhất",
    "classify/keywords": "Luật từ khóa",
    "classify/tfidf_svm": "TF-IDF và máy véc-tơ hỗ trợ",
    "classify/default": "Phương án đề xuất (phân loại)",
    "rank/random": "Thứ tự ngẫu nhiên",
    "rank/bm25": "Tra cứu từ khóa (BM25)",
    "rank/default": "Phương án đề xuất (tìm kiếm)",
}
MEASURES = {
    "macro-F1": "F1 (vừa đúng vừa không sót) trung bình trên các lĩnh vực, lĩnh vực ít câu hỏi được tính ngang "
    "lĩnh vực nhiều câu hỏi",
    "Accuracy": "tỷ lệ câu hỏi được xếp đúng lĩnh vực chính",
    "Top-3": "tỷ lệ câu hỏi có lĩnh vực đúng trong ba phương án đầu",
    "ECE": "độ lệch giữa xác suất máy đưa ra và tỷ lệ đúng thật (càng nhỏ càng tốt)",
    "AURC": "tỷ lệ sai trung bình khi máy chỉ trả lời phần nó chắc nhất (càng nhỏ càng tốt)",
    "Coverage@risk=0.05": "phần câu hỏi máy có thể tự xử lý mà tỷ lệ sai không quá 5 %",
    "nDCG@10": "chất lượng thứ tự của mười kết quả đầu, có tính mức độ phù hợp",
    "MRR@10": "nghịch đảo thứ hạng của kết quả đúng đầu tiên trong mười kết quả đầu",
    "R@10": "phần kết quả đúng tìm thấy trong mười kết quả đầu",
    "hit@1": "tỷ lệ câu hỏi có kết quả đứng đầu là kết quả đúng",
    "F2": "độ đúng của danh sách trả về, coi trọng việc không bỏ sót",
    "Judged@10": "phần của mười kết quả đầu đã có người chấm",
    STALE: "tỷ lệ câu hỏi có kết quả đứng đầu dựa trên văn bản đã hết hiệu lực (càng nhỏ càng tốt)",
}
ATTRIBUTES = {
    "field": "lĩnh vực",
    "group": "nhóm lĩnh vực",
    "audience": "đối tượng",
    "province": "địa phương",
    "channel": "kênh hỏi",
    "length": "độ dài câu hỏi",
    "cites_law": "tự nêu văn bản",
}
SUPERVISION = {
    "labels": "học từ nhãn của bộ dữ liệu",
    "folds": "học ngoài phần được chấm (chia phần theo nhóm)",
    "passages": "không dùng nhãn nào",
    "transfer": "học từ bộ dữ liệu khác",
}
PERTURBATIONS = {
    "no_accents": "gõ không dấu",
    "half_accents": "gõ thiếu dấu một nửa",
    "telex": "sót phím Telex",
    "teencode": "viết tắt kiểu tin nhắn",
    "typos": "gõ nhầm phím",
    "caps": "viết hoa toàn bộ",
    "polite": "mở đầu lịch sự",
    "filler": "thêm từ đệm",
    "instruction": "kèm câu ra lệnh cho máy",
}


@cache
def wording() -> Mapping[str, Any]:
    """Return what the report says in fixed words: kind -> key -> text, or texts; see ``loi_van.yaml``."""
    path = Path(__file__).parent / "templates" / "loi_van.yaml"
    found: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def note(key: str, **values: object) -> Text:
    """Return a paragraph in fixed words, its places filled in."""
    return Text(wording()["notes"][key].format(**values))


def listing(key: str) -> Listing:
    """Return a list in fixed words."""
    return Listing(wording()["lists"][key])


def form(key: str) -> Form:
    """Return a form that people fill in."""
    return Form(tuple(wording()["forms"][key].items()))


def gap(key: str, **values: object) -> Missing:
    """Return what is not there yet and what to do about it, in fixed words; a task names the gap without any run."""
    return Missing(*(text.format(**values) for text in wording()["gaps"][key]))


def system_name(run: Run) -> str:
    """Return what a system is called."""
    return SYSTEMS.get(run.experiment, run.about)


def on_dataset(run: Run) -> str:
    """Return what a system is called, and on which dataset it was scored."""
    return f"{system_name(run)}, bộ dữ liệu {run.dataset}"


def learnt(run: Run) -> str:
    """Return what a run learnt from."""
    return SUPERVISION[run.supervision.split(":")[0]]


def required(criterion: Criterion, smallest: float | None) -> str:
    """Return what a criterion asks, without a term of statistics where there is none in the measure."""
    where = f" ở mọi {ATTRIBUTES[criterion.slice]}" if criterion.slice else ""
    if criterion.against:
        name = SYSTEMS.get(criterion.against, criterion.against)
        over = name[0].lower() + name[1:].split(" (")[0]
        return f"hơn {over} ít nhất {points(smallest or 0.0)}"
    if criterion.at_least is not None:
        return f"ít nhất {percent(criterion.at_least)}{where}"
    return f"nhiều nhất {percent(criterion.at_most or 0.0)}{where}"


def observed(criterion: Criterion, estimate: Estimate) -> str:
    """Return what was measured, as people say it: the value, and what it lies between."""
    if criterion.against:
        sign = -1 if parse_measure(criterion.measure).lower_is_better else 1
        low, high = sorted((sign * estimate.low, sign * estimate.high))
        return f"{points(sign * estimate.value, True)} (từ {points(low, True)} đến {points(high, True)})"
    return f"{percent(estimate.value)} (từ {percent(estimate.low)} đến {percent(estimate.high)})"


def points(value: float, signed: bool = False) -> str:
    """Write a difference in points of a hundred: ``+5,3 điểm``."""
    sign = "+" if signed and value > 0 else ""
    return f"{sign}{100 * value:.{1 if signed else 0}f} điểm".replace(".", ",").replace("-", "−")

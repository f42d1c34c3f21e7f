"""The page leadership reads: what was measured, how sure it is, and what stands in the way of a decision."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pilot import project
from pilot.decide.tables import figure, interval
from pilot.evaluate import Estimate
from pilot.evaluate.plots import interval_plot
from pilot.records import InputError
from pilot.track import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TASKS = {"classify": "Phân loại câu hỏi theo lĩnh vực pháp luật", "rank": "Xếp hạng câu trả lời và điều luật"}
PLOTTED = {"classify": "macro-F1", "rank": "nDCG@10"}
BASELINES = {"classify/majority", "classify/keywords", "rank/random", "rank/bm25"}
SUPERVISION = {
    "labels": "học từ nhãn của bộ dữ liệu",
    "folds": "học ngoài phần được chấm (chia phần theo nhóm)",
    "passages": "không dùng nhãn nào",
    "transfer": "học từ bộ dữ liệu khác",
}
MEASURES = {
    "macro-F1": "F1 trung bình trên các lĩnh vực, lĩnh vực ít câu hỏi được tính ngang lĩnh vực nhiều câu hỏi",
    "Accuracy": "tỷ lệ câu hỏi được xếp đúng lĩnh vực chính",
    "Top-3": "tỷ lệ câu hỏi có lĩnh vực đúng trong ba phương án đầu",
    "ECE": "độ lệch giữa xác suất máy đưa ra và tỷ lệ đúng thật (càng nhỏ càng tốt)",
    "AURC": "tỷ lệ sai trung bình khi máy chỉ trả lời phần nó chắc nhất (càng nhỏ càng tốt)",
    "Coverage@risk=0.05": "phần câu hỏi máy có thể tự xử lý mà tỷ lệ sai không quá 5 %",
    "nDCG@10": "chất lượng thứ tự của mười kết quả đầu, có tính mức độ phù hợp",
    "MRR@10": "nghịch đảo thứ hạng của kết quả đúng đầu tiên trong mười kết quả đầu",
    "R@10": "phần kết quả đúng tìm thấy trong mười kết quả đầu",
    "Judged@10": "phần của mười kết quả đầu đã có người chấm",
}


@dataclass(frozen=True)
class Section:
    """All runs of one task on one dataset, with the plot of its leading measure."""

    task: str
    dataset: str
    illustrative: bool
    measures: list[str]
    runs: list[Run]
    plot: str
    plot_text: str


def write_report(runs: Sequence[Run], out: Path) -> Path:
    """Write ``bao_cao.html`` below ``out`` from completed runs, and return its path.

    Raises
    ------
    InputError
        If there are no runs.
    """
    if not runs:
        raise InputError("no completed run to report on; `make run` makes the first ones")
    import jinja2

    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"figure": figure, "interval": interval, "short": lambda text: text[:8]}
    page = templates.get_template("bao_cao.html").render(
        sections=sections(runs),
        obstacles=obstacles(runs),
        baselines=BASELINES,
        supervision=lambda run: SUPERVISION[run.supervision.split(":")[0]],
        measures=MEASURES,
        written=datetime.now().strftime("%d/%m/%Y %H:%M"),
        commits=sorted({run.commit for run in runs if run.commit}),
    )
    out.mkdir(parents=True, exist_ok=True)
    path = out / "bao_cao.html"
    project.write_whole(path, page)
    return path


def sections(runs: Sequence[Run]) -> list[Section]:
    """Group runs by task and data, baselines first, then by the leading measure."""
    grouped: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        grouped.setdefault((run.task, run.data), []).append(run)
    return [_section(task, found) for (task, _), found in sorted(grouped.items(), key=lambda item: item[0])]


def _section(task: str, runs: list[Run]) -> Section:
    main = PLOTTED[task]
    nothing = Estimate(0.0, 0.0, 0.0, 0)
    runs = sorted(runs, key=lambda r: (r.experiment not in BASELINES, r.metrics.get(main, nothing).value))
    shown = {run.experiment: {main: run.metrics[main]} for run in runs if main in run.metrics}
    n = max(run.metrics[main].n for run in runs if main in run.metrics) if shown else 0
    text = "; ".join(f"{name}: {figure(e[main])} {interval(e[main])}" for name, e in shown.items())
    return Section(
        task=TASKS[task],
        dataset=runs[0].dataset,
        illustrative=runs[0].illustrative,
        measures=list(dict.fromkeys(measure for run in runs for measure in run.metrics)),
        runs=runs,
        plot=_embedded(
            interval_plot(shown, title=f"{main} trên {runs[0].dataset}, {n} câu hỏi, khoảng tin cậy 95 %")
        ),
        plot_text=f"{main}, {n} câu hỏi. {text}",
    )


def obstacles(runs: Sequence[Run]) -> list[str]:
    """Return, in Vietnamese, everything that keeps these runs from supporting a decision."""
    found = ["Tiêu chí quyết định chưa được lãnh đạo phê duyệt."]
    if any(run.illustrative for run in runs):
        found.append("Có số liệu đo trên bộ dữ liệu minh họa; dữ liệu minh họa không phải là bằng chứng.")
    if drafts := sorted({run.experiment for run in runs if run.draft}):
        found.append(f"Có lượt chạy bản nháp, mã nguồn chưa được lưu thành phiên bản: {', '.join(drafts)}.")
    return found


def _embedded(plot: "Figure") -> str:
    buffer = io.BytesIO()
    plot.savefig(buffer, format="png", dpi=130, bbox_inches="tight")
    return base64.b64encode(buffer.getvalue()).decode()

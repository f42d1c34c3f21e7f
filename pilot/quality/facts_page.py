"""The datasheet as a Vietnamese page, after "Datasheets for Datasets" (Gebru et al. 2021), with plots."""

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilot.evaluate.plots import blank_figure
from pilot.taxonomy import taxonomy
from pilot.templates import rendered

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE = "bang_du_lieu.html"
MOST_LABELS = 20
SHADES = {"train": "0.35", "dev": "0.6", "test": "0.8"}
SPLITS = {"train": "huấn luyện", "dev": "hiệu chỉnh", "test": "kiểm tra"}


def facts_page(found: Mapping[str, Any]) -> str:
    """Return the page for what `pilot.quality.facts.facts` found, pictures inside it."""
    plots = [(title, _embedded(plot)) for title, plot in facts_plots(found).items()]
    template = Path(__file__).parent / "templates" / PAGE
    return rendered(template, {"count": _count, "percent": _percent}, facts=found, splits=SPLITS, plots=plots)


def facts_plots(found: Mapping[str, Any]) -> "dict[str, Figure]":
    """Return title -> figure for what there are figures of: fields by split, lengths, rows per year."""
    plots = {}
    if any(found["labels"].values()):
        plots["Số câu hỏi theo lĩnh vực chính"] = field_plot(found["labels"])
    if lengths := {name: found["lengths"][name] for name in _LENGTHS if found["lengths"][name]}:
        plots["Độ dài, tính bằng âm tiết"] = _length_plot(lengths)
    for name, title in (
        ("asked_on", "Câu hỏi theo năm hỏi"),
        ("documents_effective_from", "Văn bản theo năm có hiệu lực"),
    ):
        if years := found["dates"][name]["by_year"]:
            plots[title] = _year_plot(years)
    return plots


def field_plot(labels: Mapping[str, Mapping[str, int]]) -> "Figure":
    """Draw the questions of the most frequent fields, one bar each, divided by split.

    Parameters
    ----------
    labels
        Split -> main field -> number of questions.
    """
    totals: dict[str, int] = {}
    for counts in labels.values():
        for label, count in counts.items():
            totals[label] = totals.get(label, 0) + count
    shown = sorted(totals, key=lambda label: (-totals[label], label))[:MOST_LABELS]
    figure, axes = blank_figure(8, 1.2 + 0.28 * len(shown))
    left = [0] * len(shown)
    for split, counts in labels.items():
        widths = [counts.get(label, 0) for label in shown]
        axes.barh(range(len(shown)), widths, left=left, color=SHADES[split], label=SPLITS[split])
        left = [before + width for before, width in zip(left, widths, strict=True)]
    axes.set_yticks(range(len(shown)), [taxonomy().name(label)[:60] for label in shown])
    axes.invert_yaxis()
    rest = len(totals) - len(shown)
    axes.set_xlabel("Số câu hỏi" + (f" (còn {rest} lĩnh vực ít câu hỏi hơn không vẽ)" if rest else ""))
    axes.legend(frameon=False)
    return figure


_LENGTHS = {"questions": "câu hỏi", "answers": "câu trả lời", "passages": "điều luật, đoạn"}


def _length_plot(lengths: Mapping[str, Mapping[str, int]]) -> "Figure":
    figure, axes = blank_figure(8, 1 + 0.5 * len(lengths))
    for height, sizes in enumerate(lengths.values()):
        axes.plot([max(sizes["min"], 1), max(sizes["max"], 1)], [height, height], color="0.6", linewidth=1)
        axes.plot(
            [max(sizes["median"], 1), max(sizes["p90"], 1)], [height, height], color="0.35", linewidth=5
        )
        axes.plot([max(sizes["median"], 1)], [height], marker="o", color="black")
    axes.set_yticks(range(len(lengths)), [_LENGTHS[name] for name in lengths])
    axes.set_ylim(len(lengths) - 0.5, -0.5)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel(
        "Âm tiết (chấm: trung vị; nét dày: đến phần mười cao nhất; nét mảnh: ngắn nhất đến dài nhất)"
    )
    return figure


def _year_plot(years: Mapping[str, int]) -> "Figure":
    figure, axes = blank_figure(8, 2.4)
    numbers = [int(year) for year in years]
    axes.bar(numbers, list(years.values()), color="0.45")
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel("Năm")
    axes.set_ylabel("Số lượng")
    return figure


def _embedded(plot: "Figure") -> str:
    buffer = io.BytesIO()
    plot.savefig(buffer, format="png", dpi=120)
    return base64.b64encode(buffer.getvalue()).decode()


def _count(value: int | None) -> str:
    return "chưa đếm" if value is None else f"{value:,}".replace(",", ".")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %".replace(".", ",")

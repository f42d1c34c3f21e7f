"""Figures with Vietnamese labels, readable in grey. Every function returns a Figure and shows nothing."""

import io
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from pilot.evaluate.bootstrap import Estimate
from pilot.evaluate.calibration import Reference
from pilot.evaluate.comparison import Comparison
from pilot.evaluate.measures import parse_measure
from pilot.evaluate.slices import SliceTable

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLES = ("-", "--", ":", "-.")
VERDICTS = {
    "better": "tốt hơn",
    "worse": "kém hơn",
    "no relevant difference": "không khác đáng kể",
    "undecided": "chưa đủ cơ sở",
}


def interval_plot(shown: Mapping[str, Mapping[str, Estimate]], title: str = "") -> "Figure":
    """Draw values with their 95 % intervals, one line per run and measure, runs from top to bottom.

    Parameters
    ----------
    shown
        Run -> measure -> estimate.
    title
        Above the plot.
    """
    lines = [(name, measure, found) for name, metrics in shown.items() for measure, found in metrics.items()]
    single_measure = len({measure for _, measure, _ in lines}) == 1
    labels = [name if single_measure else f"{name} · {measure}" for name, measure, _ in lines]
    figure, axes = _lines(labels, [found for *_, found in lines], title)
    axes.set_xlim(0, 1.02)
    axes.set_xlabel("Giá trị và khoảng tin cậy 95 %")
    return figure


def difference_plot(comparison: Comparison, title: str = "") -> "Figure":
    """Draw differences to the baseline; the grey band holds what is too small to matter."""
    found = comparison.differences
    labels = [f"{one.system} · {_named(one.measure)}\n{VERDICTS[one.verdict]}" for one in found]
    estimates = [Estimate(one.value, one.low, one.high, comparison.questions) for one in found]
    figure, axes = _lines(labels, estimates, title, signed=True)
    for height, one in enumerate(found):
        band = [height - 0.5, height + 0.5]
        axes.fill_betweenx(band, -one.smallest, one.smallest, color="0.92", linewidth=0)
    axes.axvline(0, color="black", linewidth=1)
    axes.set_xlabel(
        f"Chênh lệch so với {comparison.baseline}, khoảng tin cậy 95 %\n"
        f"({comparison.questions} câu hỏi; dải xám: quá nhỏ để đáng kể)"
    )
    return figure


def slice_plot(slices: SliceTable, title: str = "") -> "Figure":
    """Draw one measure on every slice that has enough questions; the dashed line is the value over all."""
    judged = [(one, one.estimate) for one in slices.slices if one.estimate is not None]
    labels = [f"{one.attribute}: {one.value} (n = {one.questions})" for one, _ in judged]
    figure, axes = _lines(labels, [found for _, found in judged], title)
    axes.axvline(slices.overall.value, color="black", linewidth=1, linestyle="--")
    left_out = len(slices.slices) - len(judged)
    note = f"\n{left_out} nhóm có quá ít câu hỏi nên không đánh giá" if left_out else ""
    axes.set_xlabel(f"{_named(slices.measure)}, khoảng tin cậy 95 %; nét đứt: trên tất cả câu hỏi{note}")
    return figure


def reliability_plot(curve: "pd.DataFrame", ece: Reference, title: str = "") -> "Figure":
    """Draw how often answers are right at each stated probability, and how many answers there are.

    Parameters
    ----------
    curve
        From `pilot.evaluate.calibration.reliability`.
    ece
        From `pilot.evaluate.calibration.reference`.
    title
        Above the plot.
    """
    figure = _picture()(figsize=(6, 6.4), layout="constrained")
    upper, lower = figure.subplots(2, height_ratios=(4, 1), sharex=True)
    upper.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="xác suất khớp với thực tế")
    spread = [curve["accuracy"] - curve["accuracy_low"], curve["accuracy_high"] - curve["accuracy"]]
    upper.errorbar(
        curve["confidence"], curve["accuracy"], spread, color="black", ecolor="0.5", marker="o",
        label="đo được, khoảng tin cậy 95 %",
    )  # fmt: skip
    upper.set_ylabel("Tỷ lệ trả lời đúng")
    upper.set(xlim=(0, 1), ylim=(0, 1))
    upper.legend(loc="upper left", frameon=False)
    text = "ECE {} trên {} câu hỏi\n(nếu xác suất khớp hoàn toàn: trung bình {}, hiếm khi trên {})"
    said = text.format(_number(ece.ece), ece.n, _number(ece.mean), _number(ece.p95))
    widths = curve["high"] - curve["low"]
    lower.bar(curve["low"], curve["questions"], widths, align="edge", color="0.7", edgecolor="white")
    lower.set(xlabel="Xác suất máy đưa ra", ylabel="Số câu hỏi")
    for axes in (upper, lower):
        axes.spines[["top", "right"]].set_visible(False)
    _decimal_commas(upper)
    upper.set_title(f"{title}\n{said}" if title else said, fontsize=9, loc="left")
    return figure


def risk_coverage_plot(
    curves: Mapping[str, "pd.DataFrame"], risk: float | None = None, title: str = ""
) -> "Figure":
    """Draw the error rate against the share of questions answered by the machine.

    Parameters
    ----------
    curves
        System -> curve from `pilot.evaluate.abstention.risk_coverage`.
    risk
        The error rate to stay within, drawn as a line.
    title
        Above the plot.
    """
    figure, axes = blank_figure(7, 4.5)
    for place, (name, curve) in enumerate(curves.items()):
        shade = str(0.55 * (place // len(STYLES)) / max(1, (len(curves) - 1) // len(STYLES)))
        axes.plot(
            curve["coverage"], curve["risk"], drawstyle="steps-pre", label=name, color=shade,
            linestyle=STYLES[place % len(STYLES)],
        )  # fmt: skip
    if risk is not None:
        axes.axhline(risk, color="0.5", linewidth=1)
        axes.text(1, risk, f" {_number(100 * risk, 0)} %", va="center", fontsize=8)
    axes.set(xlim=(0, 1), xlabel="Phần câu hỏi máy tự trả lời", ylabel="Tỷ lệ trả lời sai")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    axes.grid(color="0.9")
    _decimal_commas(axes)
    axes.set_title(title, fontsize=10, loc="left")
    return figure


@cache
def _picture() -> type["Figure"]:
    from matplotlib.figure import Figure

    class Picture(Figure):
        """A figure that notebooks show without pyplot's global state."""

        def _repr_png_(self) -> bytes:
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", dpi=110)
            return buffer.getvalue()

    return Picture


def blank_figure(width: float, height: float) -> "tuple[Figure, Axes]":
    """Return a figure of this size in inches with one empty pair of axes, open above and to the right."""
    figure = _picture()(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _lines(
    labels: list[str], estimates: list[Estimate], title: str, *, signed: bool = False
) -> tuple["Figure", "Axes"]:
    """Draw one interval per label, from top to bottom, with its value in figures."""
    deep = 0.36 if all("\n" not in label for label in labels) else 0.48
    figure, axes = blank_figure(8, 1.3 + deep * len(labels))
    for height, found in enumerate(estimates):
        axes.plot([found.low, found.high], [height, height], color="0.35", linewidth=2, solid_capstyle="butt")
        axes.plot([found.value], [height], marker="o", color="black", markersize=6)
        text = ("+" if signed and found.value > 0 else "") + _number(found.value)
        axes.annotate(
            text, (found.value, height), (0, 6), textcoords="offset points", ha="center", fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.7)
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(_comma)
    axes.set_title(title, fontsize=10, loc="left")
    return figure, axes


def _decimal_commas(axes: "Axes") -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(_comma)


def _comma(value: float, _: float) -> str:
    return _number(value, 2)


def _named(measure: str) -> str:
    return f"{measure} (nhỏ là tốt)" if parse_measure(measure).lower_is_better else measure


def _number(value: float, digits: int = 3) -> str:
    """Write a number the Vietnamese way, with a decimal comma and a true minus sign."""
    return f"{value:.{digits}f}".replace(".", ",").replace("-", "−")

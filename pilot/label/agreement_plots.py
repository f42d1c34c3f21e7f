"""Pictures of agreement for the page and the notebook, Vietnamese, readable in grey."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pilot.evaluate.plots import blank_figure, interval_plot
from pilot.taxonomy import taxonomy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WORDS = {
    "main": "Lĩnh vực chính", "second": "Lĩnh vực phụ", "none_right": "Không có phương án đúng",
    "grades": "Mức phù hợp (0–3)", "stale": "Căn cứ hết hiệu lực",
}  # fmt: skip
MOST = 12


def agreement_plots(one: Mapping[str, Any]) -> "dict[str, Figure]":
    """Return name -> figure for one label-set version of `pilot.label.agreement.agreement`; those there is data for."""
    plots = {}
    if alphas := {WORDS[what]: {"alpha": figure} for what, figure in one["alpha"].items() if figure}:
        plots["he-so"] = interval_plot(
            alphas, "Hệ số alpha (Krippendorff) giữa các chuyên gia, khoảng tin cậy 95 %"
        )
        lowest = min(figure["alpha"].low for figure in alphas.values())
        plots["he-so"].axes[0].set_xlim(min(0.0, lowest - 0.05), 1.05)
        plots["he-so"].axes[0].set_xlabel(
            "0: như ngẫu nhiên; 1: hoàn toàn thống nhất; từ 0,8 thường coi là đáng tin"
        )
    if any(map(any, one["confusion"]["grades"])):
        plots["muc"] = _grades(one["confusion"]["grades"])
    if one["confusion"]["main"]:
        plots["linh-vuc"] = _fields(one["confusion"]["main"][:MOST])
    if len(one["seconds"]) > 1:
        plots["thoi-gian"] = _seconds(one["seconds"])
    return plots


def _grades(table: list[list[int]]) -> "Figure":
    figure, axes = blank_figure(4.6, 3.8)
    most = max(map(max, table))
    axes.imshow(table, cmap="Greys", vmin=0, vmax=1.4 * most)
    for row, counts in enumerate(table):
        for column, count in enumerate(counts):
            axes.text(
                column, row, str(count), ha="center", va="center", color="white" if count > 0.8 * most else "black"
            )  # fmt: skip
    axes.set_xticks(range(4))
    axes.set_yticks(range(4))
    axes.set_xlabel("Mức của một chuyên gia")
    axes.set_ylabel("Mức của chuyên gia kia")
    axes.set_title("Hai chuyên gia chấm cùng một đoạn", fontsize=10, loc="left")
    return figure


def _fields(confused: list[tuple[str, str, int]]) -> "Figure":
    figure, axes = blank_figure(8, 1.2 + 0.5 * len(confused))
    axes.barh(range(len(confused)), [count for *_, count in confused], color="0.45", height=0.6)
    names = [f"{taxonomy().name(one)[:44]}\n↔ {taxonomy().name(other)[:44]}" for one, other, _ in confused]
    axes.set_yticks(range(len(confused)), names, fontsize=8)
    axes.invert_yaxis()
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel("Số lần hai chuyên gia chọn hai lĩnh vực này cho cùng một câu")
    return figure


def _seconds(seconds: Mapping[str, Mapping[str, float]]) -> "Figure":
    people = [who for who in seconds if who != "all"]
    figure, axes = blank_figure(8, 1.2 + 0.4 * len(people))
    for height, who in enumerate(people):
        middle, high = seconds[who]["median"], seconds[who]["p90"]
        axes.plot([middle, high], [height, height], color="0.4", linewidth=4, solid_capstyle="butt")
        axes.plot([middle], [height], marker="o", color="black")
    axes.set_yticks(range(len(people)), [f"{who} (n = {seconds[who]['n']})" for who in people])
    axes.set_ylim(len(people) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel("Giây cho một câu (chấm: trung vị; nét: đến phần mười cao nhất)")
    return figure

"""The assistant as a form in a notebook, and pictures of how sure it is."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilot.assist.asking import Exchange, ask
from pilot.assist.ready import load_settings
from pilot.assist.reply import Reply
from pilot.assist.usage import Outcome, log_feedback
from pilot.records import InputError
from pilot.taxonomy import taxonomy

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.figure import Figure

NOTEBOOK = "sổ tay"
UNBROKEN = 10**6
"""The page breaks the lines."""
BUTTONS: Mapping[Outcome, str] = {
    "accepted": "Dùng được",
    "edited": "Dùng được sau khi sửa",
    "rejected": "Không dùng được",
}


def form(dataset: Path | None = None) -> "VBox":
    """Return the form: question, day, province, audience; the reply; three buttons for what became of it."""
    import ipywidgets as w

    wide = w.Layout(width="95%")
    question = w.Textarea(placeholder="Gõ câu hỏi, có dấu hay không dấu đều được", layout=wide)
    day = w.DatePicker(description="Hỏi về ngày")
    province = w.Text(description="Tỉnh, thành")
    audience = w.Dropdown(description="Người hỏi", options=["", *taxonomy().audiences])
    go = w.Button(description="Hỏi", button_style="primary")
    shown, thanks = w.HTML(layout=wide), w.HTML()
    outcomes = {w.Button(description=text, disabled=True, layout=w.Layout(width="auto")): name
                for name, text in BUTTONS.items()}  # fmt: skip
    last: list[Exchange] = []

    def answer(_: Any) -> None:
        thanks.value = ""
        try:
            place, who = province.value or None, audience.value or None
            last[:] = [ask(question.value, day.value, place, who, dataset, channel=NOTEBOOK)]
            shown.value = as_html(last[0].reply)
        except InputError:
            last.clear()
            shown.value = "<p>Hãy gõ câu hỏi trước.</p>"
        for button in outcomes:
            button.disabled = not (last and last[0].ask_id)

    def tell(button: Any) -> None:
        log_feedback(last[0].ask_id, outcomes[button])
        thanks.value = "<p>Đã ghi nhận, xin cảm ơn.</p>"

    go.on_click(answer)
    for button in outcomes:
        button.on_click(tell)
    return w.VBox([question, w.HBox([day, province, audience]), go, shown, w.HBox(list(outcomes)), thanks])


def as_html(reply: Reply) -> str:
    """Return the text of a reply for a page, every sign of it shown as it is."""
    style = "white-space: pre-wrap; line-height: 1.5; max-width: 60em"
    return f"<div style='{style}'>{escape(reply.text(width=UNBROKEN))}</div>"


def sureness_plot(replies: Sequence[Reply]) -> "Figure":
    """Draw how sure the machine was of each question beside the threshold; those out of reach have no bar."""
    from pilot.evaluate.plots import blank_figure

    least = load_settings().confidence.least
    figure, axes = blank_figure(8, 1.1 + 0.4 * len(replies))
    names = [reply.question if len(reply.question) <= 60 else reply.question[:59] + "…" for reply in replies]
    shades = ["0.3" if reply.status == "answered" else "0.75" for reply in replies]
    axes.barh(range(len(replies)), [reply.confidence or 0.0 for reply in replies], color=shades)
    axes.axvline(least, color="0", linestyle="--")
    axes.set_yticks(range(len(replies)), names, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    percent = f"{100 * least:.0f} %"
    axes.set_xlabel(f"Máy chắc đến đâu; dưới {percent} thì chuyển chuyên gia\n(đậm: trả lời, nhạt: chuyển)")
    return figure

"""The form of the notebook: asks, shows, and takes feedback."""

from datetime import date
from pathlib import Path

from pilot.assist.form import as_html, form, sureness_plot
from pilot.assist.kept import restore
from pilot.assist.reply import Reply
from pilot.assist.usage import usage

DAY = date(2026, 11, 24)


def test_form_asks_and_takes_feedback(state: Path, kept_assistant: Path) -> None:
    page = form()
    question, _, go, shown, outcomes, thanks = page.children
    go.click()
    assert "gõ câu hỏi" in shown.value
    assert all(button.disabled for button in outcomes.children)
    question.value = "Chó nhà hàng xóm cắn con tôi thì ai đền tiền?"
    go.click()
    assert "Điều 603" in shown.value
    outcomes.children[0].click()
    last = usage()[-1]
    assert (last.channel, last.feedback and last.feedback.outcome) == ("sổ tay", "accepted")
    assert "ghi nhận" in thanks.value


def test_what_a_question_holds_is_shown_as_it_is() -> None:
    reply = Reply("handed_over", "<script>alert(1)</script>", (), None, (), (), "x", DAY, None)
    assert "<script>" not in as_html(reply)


def test_picture_shows_every_question(kept_assistant: Path) -> None:
    assistant = restore(kept_assistant)
    replies = [
        assistant.ask(text, DAY) for text in ("Chó cắn người thì ai đền?", "Nấu phở bò thì ninh mấy tiếng?")
    ]
    figure = sureness_plot(replies)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [
        reply.question for reply in replies
    ]

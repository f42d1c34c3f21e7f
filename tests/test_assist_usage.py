"""What became of the answers is kept, without personal data, and can be labelled."""

from datetime import date
from pathlib import Path

import pytest

from pilot.assist.reply import Reply, Shown
from pilot.assist.usage import as_dataset, log_asked, log_feedback, summary, usage, usage_file
from pilot.records import InputError, Passage
from pilot.sources import Dataset

DAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILOT_STATE", str(tmp_path))


def reply(status: str, *passages: str) -> Reply:
    shown = tuple(
        Shown(Passage(name, "answer", "", "Nghỉ việc phải báo trước."), None, "chưa rõ", 0.9, None, (), DAY)
        for name in passages
    )
    return Reply(status, "vì", (), None, shown, (), "Nghỉ việc báo trước mấy ngày?", DAY, 0.8)  # type: ignore[arg-type]


def test_the_last_feedback_counts_and_texts_are_redacted() -> None:
    ask_id = log_asked(reply("answered", "p2", "p1"), 0.1, "thử")
    log_feedback(ask_id, "rejected")
    log_feedback(ask_id, "edited", "p1", "Gọi chị Lan số 0912345678.", 40.0)
    use = usage()[0]
    assert use.answers == ("p2", "p1")
    assert use.feedback is not None
    assert (use.feedback.outcome, use.feedback.passage_id, use.feedback.seconds) == ("edited", "p1", 40.0)
    assert "0912345678" not in usage_file().read_text(encoding="utf-8")


def test_summary_counts() -> None:
    first, second = (
        log_asked(reply("answered", "p1"), 0.1, "thử"),
        log_asked(reply("handed_over"), 0.1, "thử"),
    )
    log_feedback(first, "accepted", seconds=10)
    log_feedback(second, "rejected", seconds=30)
    found = summary(usage())
    assert found["status"] == {"answered": 1, "handed_over": 1}
    assert found["outcome"] == {"accepted": 1, "rejected": 1}
    assert found["median_seconds_of_people"] == 20


def test_a_line_cut_short_is_left_out() -> None:
    log_asked(reply("answered", "p1"), 0.1, "thử")
    with usage_file().open("a", encoding="utf-8") as file:
        file.write('{"event": "asked", "ask_id": "ab')
    assert len(usage()) == 1


def test_usage_becomes_a_dataset_to_label(tiny: Path) -> None:
    first = log_asked(reply("answered", "p2"), 0.1, "thử")
    log_asked(reply("handed_over"), 0.1, "thử")
    log_feedback(first, "accepted")
    data = as_dataset(usage(), Dataset.load(tiny))
    assert [question.channel for question in data.questions] == ["thử", "thử"]
    assert [(one.question_id, one.passage_id, one.relevance) for one in data.judgments] == [(first, "p2", 3)]


def test_feedback_on_nothing_says_so() -> None:
    with pytest.raises(InputError, match="no question 'zz'"):
        log_feedback("zz", "accepted")
    ask_id = log_asked(reply("answered", "p1"), 0.1, "thử")
    with pytest.raises(InputError, match="expected one of accepted, edited, rejected"):
        log_feedback(ask_id, "fine")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="was no answer"):
        log_feedback(ask_id, "accepted", "p9")

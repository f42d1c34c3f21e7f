"""Whoever waits sees that work goes on."""

import io
import time

import pytest

from pilot import progress
from pilot.progress import at_work, one_by_one


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def waited(stream: io.StringIO, words: str) -> None:
    """Wait until words stand in a stream; a slow machine takes longer, none takes a minute."""
    end = time.monotonic() + 60
    while words not in stream.getvalue():
        assert time.monotonic() < end, stream.getvalue()
        time.sleep(0.01)


def test_short_work_shows_nothing() -> None:
    stream = Terminal()
    with at_work("nothing long", stream):
        pass
    assert stream.getvalue() == ""


def test_a_log_gets_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "AFTER", 0.01)
    stream = io.StringIO()
    with at_work("reading", stream) as tell:
        waited(stream, "pilot: reading, 0 s so far\n")
        tell("one is done", now="writing")
    assert stream.getvalue().splitlines()[-1] == "one is done"
    assert "\r" not in stream.getvalue()


def test_a_terminal_gets_one_line_that_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "AFTER", 0.01)
    stream = Terminal()
    with at_work("reading", stream) as tell:
        waited(stream, "reading, 0 s")
        tell("one is done")
    said = stream.getvalue()
    assert "one is done\n" in said
    assert said.endswith("\r")
    assert said.split("\r")[-2].strip() == ""


def test_what_goes_wrong_within_comes_out() -> None:
    with pytest.raises(ZeroDivisionError), at_work("dividing", Terminal()):
        raise ZeroDivisionError


@pytest.mark.parametrize(("stream", "size", "seen"), [
    (Terminal(), 5, True), (Terminal(), 4, False), (io.StringIO(), 5, False),
])  # fmt: skip
def test_many_items_show_how_far_one_is_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, size: int, seen: bool
) -> None:
    monkeypatch.setattr(progress, "MANY", 5)
    monkeypatch.setattr("sys.stderr", stream)
    passed = []
    for item in one_by_one("abc", "letters", size):
        passed.append(item)
        time.sleep(0.6)
    assert passed == ["a", "b", "c"]
    assert ("letters" in stream.getvalue()) == seen

"""One question asked, from the choice of the models to the line in the usage log."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pilot.assist.ready import ready
from pilot.assist.reply import Reply
from pilot.assist.usage import log_asked
from pilot.records import InputError

CHANNEL = "dòng lệnh"


class Exchange(NamedTuple):
    """A reply, the seconds the models took for it, and its id in the usage log (empty if it could not be kept)."""

    reply: Reply
    seconds: float
    ask_id: str


def ask(  # noqa: PLR0913 - as many as the command line has
    question: str,
    as_of: date | None = None,
    province: str | None = None,
    audience: str | None = None,
    dataset: Path | None = None,
    model: str | None = None,
    *,
    channel: str = CHANNEL,
    say: Callable[[str], Any] = lambda line: None,
) -> Exchange:
    """Ask the assistant of a dataset, or a frozen one, and log it.

    Parameters
    ----------
    question, as_of, province, audience
        As `pilot.assist.assistant.Assistant.ask` takes them.
    dataset
        Whose passages answer; the sample if none is given.
    model
        A frozen assistant of the registry: an alias or a version.
    channel
        Where the question came from, for the log.
    say
        Hears, in one line, what takes time.

    Raises
    ------
    InputError
        If question, dataset or model are wrong.
    """
    if dataset and model:
        raise InputError("both --dataset and --model are given; a frozen assistant brings its own passages")
    if model:
        from pilot.assist.frozen import frozen

        assistant = frozen(model)
    else:
        assistant = ready(dataset, say)
    began = time.perf_counter()
    reply = assistant.ask(question, as_of, province, audience)
    seconds = time.perf_counter() - began
    try:
        ask_id = log_asked(reply, seconds, channel)
    except OSError as error:
        say(f"the usage log could not be written ({error}); the answer stands")
        ask_id = ""
    return Exchange(reply, seconds, ask_id)

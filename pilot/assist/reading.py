"""A question as it arrives: made safe to handle, and asked whether it can be read at all."""

import re
from dataclasses import dataclass

from pilot.quality import redact
from pilot.records import InputError
from pilot.text import normalise
from pilot.text.habits import prepare_question
from pilot.text.keyboards import is_syllable

HEAD, TAIL = 2_000, 1_000
"""Characters read of a longer text: its beginning and its end, where people say what they want to know."""
LEAST_VIETNAMESE = 0.5
"""Share of words that must be Vietnamese syllables."""
FEWEST_WORDS = 3
_PLACEHOLDER = re.compile(r"\[[A-ZĐ\u00C0-\u1EF9 ]+ \d+\]")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Asked:
    """A question without personal data.

    Parameters
    ----------
    shown
        For people and logs: personal data replaced by typed placeholders.
    text
        What is classified and searched: the same without the placeholders.
    hidden
        How many values were replaced.
    shortened
        Whether only its beginning and end are read.
    refusal
        One Vietnamese sentence why it cannot be read; None if it can.
    """

    shown: str
    text: str
    hidden: int
    shortened: bool
    refusal: str | None


def read_question(question: str) -> Asked:
    """Return the question ready to be answered.

    Raises
    ------
    InputError
        If there is no text in it.
    """
    text = normalise(question)
    if not any(letter.isalnum() for letter in text):
        raise InputError(
            'the question is empty; expected a sentence, as in: pilot ask "Thử việc tối đa bao lâu?"'
        )
    shortened = len(text) > HEAD + TAIL
    if shortened:
        text = f"{text[:HEAD].rsplit(maxsplit=1)[0]} … {text[-TAIL:].split(maxsplit=1)[-1]}"
    shown, findings = redact(text)
    plain = " ".join(_PLACEHOLDER.sub(" ", shown).split())
    return Asked(shown, plain, len(findings), shortened, _refusal(plain))


def _refusal(text: str) -> str | None:
    words = _WORD.findall(prepare_question(text)[0].lower())
    known = sum(map(is_syllable, words))
    if words and known < LEAST_VIETNAMESE * len(words):
        return "Câu hỏi không viết bằng tiếng Việt hoặc không đọc được."
    if known < FEWEST_WORDS:
        return "Câu hỏi quá ngắn, chưa rõ cần hỏi điều gì."
    return None

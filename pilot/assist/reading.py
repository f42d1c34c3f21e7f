"""A question as it arrives: made safe to handle, and asked whether it can be read at all."""

import re
from dataclasses import dataclass

from pilot.quality import redact
from pilot.records import InputError
from pilot.text import normalise
from pilot.text.habits import prepare_question
from pilot.text.letters import is_syllable

HEAD, TAIL = 2_000, 1_000
"""Characters read of a longer text: its beginning and its end, where people say what they want to know."""
LEAST_VIETNAMESE = 0.5
"""Share of words that must be Vietnamese syllables."""
FEWEST_WORDS = 2
"""Vietnamese syllables that must be left when those that say nothing of the matter are taken away."""
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "ạ ai anh ơi ấy bà bác bạn bị biết cách cần câu chị cho chú có cô của dạ đây đó được em gì giờ giúp hả hay hỏi "
        "hộ không là làm mấy mình muốn nào này nên nếu nhé như nhờ nữa ông ở phải rồi sao thế thì thủ trình trường tục "
        "tôi tư tình vậy vấn với về vì việc vụ xin xem",
    )
)
"""Syllables of address, of asking, and of matters in general (thủ tục, trường hợp, vụ việc)."""
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
    text = normalise(
        question.encode(errors="replace").decode()
    )  # bytes that are no text come as lone surrogates
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
    known = [word for word in words if is_syllable(word)]
    if words and len(known) < LEAST_VIETNAMESE * len(words):
        return "Câu hỏi không viết bằng tiếng Việt hoặc không đọc được."
    if len(set(known) - _EMPTY) < FEWEST_WORDS:
        return "Câu hỏi chưa nói rõ cần hỏi điều gì."
    return None

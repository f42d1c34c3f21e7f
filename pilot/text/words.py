"""Word lists: names of laws, abbreviations of law and office, shorthand of chat, everyday wording."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def word_lists() -> dict[str, Any]:
    """Return the lists of ``data/words.yaml`` by name; those of wordings and what they mean are dictionaries."""
    lists: dict[str, Any] = yaml.safe_load(
        (Path(__file__).parent / "data" / "words.yaml").read_text(encoding="utf-8")
    )
    return lists


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression for words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))

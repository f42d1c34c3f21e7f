"""Validity of a passage on a date, in the three states shown to experts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

VALID, EXPIRED, UNKNOWN = "còn hiệu lực", "hết hiệu lực", "chưa rõ"


def validity(passage: Mapping[str, Any], on: date) -> str:
    """Return the state of a passage on a date; what is not known is never shown as valid.

    Parameters
    ----------
    passage
        A frozen passage: a row of passages.jsonl with its document's row, or null, under ``document``.
    on
        The date the question asks about.
    """
    document = passage.get("document") or {}
    starts, ends = (passage.get(name) or document.get(name) for name in ("effective_from", "effective_to"))
    if ends and date.fromisoformat(ends) < on:
        return EXPIRED
    if not starts or date.fromisoformat(starts) > on or (document.get("replaced_by") and not ends):
        return UNKNOWN
    return VALID

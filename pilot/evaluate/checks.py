"""What can be wrong with frames of predictions and gold. Each function returns faults as sentences."""

from typing import TYPE_CHECKING

import numpy as np

from pilot.records import InputError

if TYPE_CHECKING:
    import pandas as pd


def frame_faults(frame: "pd.DataFrame", name: str, key: tuple[str, ...], value: str) -> list[str]:
    """Return what is wrong with the rows of a frame; raise `InputError` if a column or an id is missing."""
    needed = (*key, *({value} - set(key)))
    if missing := [column for column in needed if column not in frame.columns]:
        raise InputError(f"{name}: no column {', '.join(missing)}; expected {', '.join(needed)}")
    if len(lost := frame.index[frame[list(key)].isna().any(axis=1)]):
        raise InputError(f"{name}: {len(lost)} rows without {' or '.join(key)}, first at index {lost[0]}")
    faults = [
        f"{name}: {', '.join(map(str, row))} occurs more than once; expected one row per {', '.join(key)}"
        for row in frame.loc[frame.duplicated(list(key)), list(key)].head(5).itertuples(index=False)
    ]
    empty = frame["question_id"][frame[value].isna()]
    if len(empty):
        faults.append(f"{name}: {value} is empty for question {empty.iloc[0]}; expected a value in every row")
    return faults


def gold_faults(gold: "pd.DataFrame", key: tuple[str, ...], value: str) -> list[str]:
    """Return what is wrong with the rows of the gold; raise `InputError` if a column or an id is missing."""
    faults = frame_faults(gold, "gold", key, value)
    if not len(gold):
        faults.append("gold: no rows; nothing can be measured without them")
    if value != "relevance":
        return faults
    if text := _text_faults(gold, "gold", value):
        return faults + text
    if (low := gold["question_id"][gold["relevance"] < 0]).size:
        faults.append(f"gold: relevance below 0 for question {low.iloc[0]}; expected 0, 1, 2 or 3")
    return faults


def number_faults(predictions: "pd.DataFrame", value: str) -> list[str]:
    """Return the first score that is infinite or no number, or the first probability not within 0 and 1."""
    if faults := _text_faults(predictions, "predictions", value):
        return faults
    values = predictions[value].to_numpy(float, na_value=np.nan)
    bad = np.isinf(values)
    if value == "probability":
        # Sums of 32-bit floats overshoot 1 by about this much.
        bad |= (values < -1e-6) | (values > 1 + 1e-6)
    if not bad.any():
        return []
    wanted = "a probability from 0 to 1" if value == "probability" else "a finite number"
    where = predictions["question_id"][bad].iloc[0]
    return [f"predictions: {value} {values[bad][0]} for question {where}; expected {wanted}"]


def _text_faults(frame: "pd.DataFrame", name: str, value: str) -> list[str]:
    import pandas as pd

    if pd.api.types.is_numeric_dtype(frame[value]) or not len(frame):
        return []
    return [f"{name}: {value} holds {str(frame[value].iloc[0])[:40]!r}; expected numbers"]

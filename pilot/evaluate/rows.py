"""From frames joined by id to aligned arrays, one entry per judged question; all faults said at once."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from pilot.evaluate.checks import frame_faults, gold_faults, number_faults
from pilot.records import InputError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RankRows:
    """Rankings against judgments; every judged question is a row, in order of its id.

    Parameters
    ----------
    question_ids
        Shape (n,).
    groups
        Shape (n,): which questions belong together, numbered from 0.
    gains
        Shape (n, depth): relevance at each rank, 0 where unjudged or nothing was returned.
    judged
        Shape (n, depth): whether the passage at that rank was judged for the question.
    returned
        Shape (n,): length of the returned list.
    ideal
        Shape (n, most): the judged relevances of the question, best first, padded with 0.
    """

    question_ids: np.ndarray
    groups: np.ndarray
    gains: np.ndarray
    judged: np.ndarray
    returned: np.ndarray
    ideal: np.ndarray


@dataclass(frozen=True)
class ClassifyRows:
    """Predicted labels against gold; every question with a gold label is a row, in order of its id.

    Parameters
    ----------
    question_ids
        Shape (n,).
    groups
        Shape (n,): which questions belong together, numbered from 0.
    gold, predicted
        Shape (n,): places in the sorted labels of the gold; ``predicted`` is -1 where nothing was predicted,
        or a label that no gold bears.
    confidence
        Shape (n,): probability of the predicted label, 0 where nothing was predicted.
    place
        Shape (n,): rank of the gold label among the predicted ones, 0 where it is not among them.
    """

    question_ids: np.ndarray
    groups: np.ndarray
    gold: np.ndarray
    predicted: np.ndarray
    confidence: np.ndarray
    place: np.ndarray


Rows: TypeAlias = RankRows | ClassifyRows
R = TypeVar("R", bound=Rows)


def rank_rows(predictions: "pd.DataFrame", gold: "pd.DataFrame", groups: "pd.Series") -> RankRows:
    """Align rankings with judgments.

    Parameters
    ----------
    predictions
        Columns ``question_id, passage_id, score``. The rank is made anew: score descending, ties by
        ``passage_id`` ascending. Questions may be missing; their list is empty.
    gold
        Columns ``question_id, passage_id, relevance``, one row per pair.
    groups
        question_id -> group.

    Raises
    ------
    InputError
        If a column is missing, a pair occurs twice, a score is no finite number, a relevance is negative, or
        a question has no gold or no group.
    """
    faults = gold_faults(gold, ("question_id", "passage_id"), "relevance")
    question_ids, codes = _questions(gold, groups, faults)
    ranked = _ranked(predictions, ("passage_id", "score"), question_ids, faults)
    known = gold.set_index(["question_id", "passage_id"])["relevance"]
    relevance = known.reindex(ranked.set_index(["question_id", "passage_id"]).index).to_numpy(float)
    rows, columns = ranked["row"].to_numpy(), ranked["column"].to_numpy()
    shape = (len(question_ids), int(columns.max(initial=0)) + 1)
    gains, judged = np.zeros(shape), np.zeros(shape, dtype=bool)
    gains[rows, columns] = np.nan_to_num(relevance)
    judged[rows, columns] = ~np.isnan(relevance)
    return RankRows(
        question_ids=question_ids,
        groups=codes,
        gains=gains,
        judged=judged,
        returned=np.bincount(rows, minlength=len(question_ids)),
        ideal=_ideal(gold, question_ids),
    )


def classify_rows(predictions: "pd.DataFrame", gold: "pd.DataFrame", groups: "pd.Series") -> ClassifyRows:
    """Align predicted labels with gold ones.

    Parameters
    ----------
    predictions
        Columns ``question_id, label, probability``. The rank is made anew: probability descending, ties by
        ``label`` ascending. A question that is missing counts as wrong, with confidence 0.
    gold
        Columns ``question_id, label``: the main field, one row per question.
    groups
        question_id -> group.

    Raises
    ------
    InputError
        If a column is missing, a row occurs twice, a probability is not within 0 and 1, or a question has no
        gold or no group.
    """
    import pandas as pd

    faults = gold_faults(gold, ("question_id",), "label")
    question_ids, codes = _questions(gold, groups, faults)
    ranked = _ranked(predictions, ("label", "probability"), question_ids, faults)
    truth = gold.set_index("question_id")["label"].loc[question_ids]
    first = ranked[ranked["column"] == 0].set_index("question_id")
    top = first["label"].reindex(question_ids)
    labels = pd.Index(np.unique(truth.to_numpy(object)))
    right = ranked[ranked["label"].to_numpy(object) == truth.reindex(ranked["question_id"]).to_numpy(object)]
    place = np.zeros(len(question_ids), dtype=int)
    place[right["row"].to_numpy()] = right["column"].to_numpy() + 1
    return ClassifyRows(
        question_ids=question_ids,
        groups=codes,
        gold=labels.get_indexer(pd.Index(truth)),
        predicted=labels.get_indexer(pd.Index(top)),
        confidence=np.clip(first["probability"].reindex(question_ids).fillna(0.0).to_numpy(float), 0.0, 1.0),
        place=place,
    )


BUILDERS: dict[str, Callable[["pd.DataFrame", "pd.DataFrame", "pd.Series"], Rows]] = {
    "rank": rank_rows,
    "classify": classify_rows,
}


def subset(rows: R, chosen: np.ndarray) -> R:
    """Return the chosen questions (boolean mask or positions, shape (n,)), groups numbered anew."""
    parts = {field.name: getattr(rows, field.name)[chosen] for field in dataclasses.fields(rows)}
    parts["groups"] = np.unique(parts["groups"], return_inverse=True)[1]
    return type(rows)(**parts)


def stacked(first: ClassifyRows, second: ClassifyRows) -> ClassifyRows:
    """Return two systems' rows on the same questions one below the other, each column of shape (2n,)."""
    names = [field.name for field in dataclasses.fields(first)]
    return ClassifyRows(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in names))


def _questions(gold: "pd.DataFrame", groups: "pd.Series", faults: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the sorted ids of the judged questions and the number of each one's group."""
    question_ids = np.unique(gold["question_id"].to_numpy(object))
    if not groups.index.is_unique:
        faults.append(f"groups: question {groups.index[groups.index.duplicated()][0]} occurs more than once")
        groups = groups[~groups.index.duplicated()]
    own = groups.reindex(question_ids)
    if own.isna().any():
        lost = own[own.isna()].index
        faults.append(
            f"groups: no group for {len(lost)} of {len(own)} questions, first {lost[0]}; every one needs one"
        )
    return question_ids, np.unique([str(group) for group in own], return_inverse=True)[1]


def _ranked(
    predictions: "pd.DataFrame", columns: tuple[str, str], question_ids: np.ndarray, faults: list[str]
) -> "pd.DataFrame":
    """Return the predictions in rank order with ``row`` (position of the question) and ``column`` (rank - 1).

    Raises `InputError` with ``faults`` and everything wrong with the predictions.
    """
    import pandas as pd

    item, value = columns
    faults = [*faults, *frame_faults(predictions, "predictions", ("question_id", item), value)]
    row = pd.Index(question_ids).get_indexer(pd.Index(predictions["question_id"]))
    if (row < 0).any():
        unknown = sorted(set(predictions["question_id"][row < 0].astype(str)))
        faults.append(
            f"predictions: {len(unknown)} questions without gold, first {unknown[0]}; "
            "score the questions that were judged, and check that both files are of the same dataset"
        )
    faults += number_faults(predictions, value)
    if faults:
        raise InputError(*faults)
    values = predictions[value].to_numpy(float)
    order = np.lexsort((pd.factorize(predictions[item], sort=True)[0], -values, row))
    ranked = predictions.iloc[order].assign(row=row[order])
    return ranked.assign(column=ranked.groupby("row").cumcount())


def _ideal(gold: "pd.DataFrame", question_ids: np.ndarray) -> np.ndarray:
    """Return each question's judged relevances, best first, padded with 0; shape (n, most)."""
    import pandas as pd

    row = pd.Index(question_ids).get_indexer(pd.Index(gold["question_id"]))
    relevance = gold["relevance"].to_numpy(float)
    order = np.lexsort((-relevance, row))
    row, relevance = row[order], relevance[order]
    column = np.arange(len(row)) - np.searchsorted(row, row)
    ideal = np.zeros((len(question_ids), int(column.max(initial=-1)) + 1))
    ideal[row, column] = relevance
    return ideal

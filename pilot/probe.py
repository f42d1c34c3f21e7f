"""What a run records beside its predictions: the same questions typed as people type, and whether answers are law."""

import dataclasses
import json
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from pilot.quality.currency import stated_ends, validity
from pilot.records import ADJUDICATED, InputError, Question
from pilot.text.perturb import PERTURBATIONS

if TYPE_CHECKING:
    import pandas as pd

    from pilot.sources import Dataset

VOTES = "votes.jsonl"
"""Of a release of labels: one row per question and rater, what each of them said."""
MOST_PERTURBED = 150
"""Questions asked again in every manner of typing; more would only take longer."""
DEEPEST = 10
"""Ranks that are kept of what is looked at here: people read no further."""


def perturbed_questions(
    questions: Sequence[Question], seed: int, most: int
) -> Iterator[tuple[str, list[Question], list[bool]]]:
    """Yield each manner of typing with at most ``most`` of the questions, and which of them it changed."""
    rng = random.Random(seed)
    chosen = sorted(questions, key=lambda question: question.question_id)
    if len(chosen) > most:
        chosen = rng.sample(chosen, most)
    for name, perturb in PERTURBATIONS.items():
        typed = [perturb(question.text, rng) for question in chosen]
        yield (
            name,
            [dataclasses.replace(q, text=text) for q, text in zip(chosen, typed, strict=True)],
            [q.text != text for q, text in zip(chosen, typed, strict=True)],
        )


def perturbed_predictions(
    answer: "Callable[[Sequence[Question]], pd.DataFrame]",
    questions: Sequence[Question],
    seed: int,
    most: int = MOST_PERTURBED,
) -> "dict[str, pd.DataFrame]":
    """Return what was asked again and what came out.

    Returns
    -------
    dict
        ``asked``: ``question_id, perturbation, changed``, one row per question and manner of typing. ``perturbed``:
        the predictions down to rank `DEEPEST`, with ``perturbation``; a question may have none.
    """
    import pandas as pd

    asked, predicted = [], []
    for name, typed, changed in perturbed_questions(questions, seed, most):
        ids = [question.question_id for question in typed]
        asked.append(pd.DataFrame({"question_id": ids, "perturbation": name, "changed": changed}))
        frame = answer(typed)
        predicted.append(frame[frame["rank"] <= DEEPEST].assign(perturbation=name))
    return {
        "asked": pd.concat(asked, ignore_index=True),
        "perturbed": pd.concat(predicted, ignore_index=True),
    }


def returned_passages(
    predictions: "pd.DataFrame", questions: Sequence[Question], dataset: "Dataset", today: date
) -> "pd.DataFrame":
    """Return ``question_id, passage_id, rank, kind, validity`` of what was returned down to rank `DEEPEST`.

    Validity is on the day the question was asked, or on ``today`` where that is not known.
    """
    passages = {passage.passage_id: passage for passage in dataset.passages}
    documents = stated_ends(dataset.documents)
    asked = {question.question_id: question.asked_on or today for question in questions}
    top = predictions.loc[predictions["rank"] <= DEEPEST, ["question_id", "passage_id", "rank"]]
    found = [passages[passage_id] for passage_id in top["passage_id"]]
    states = [
        validity(passage, asked[question_id], documents.get(passage.document_id or ""))
        for passage, question_id in zip(found, top["question_id"], strict=True)
    ]
    return top.assign(kind=[passage.kind for passage in found], validity=states)


def raw_judgments(questions: Sequence[Question], dataset: "Dataset") -> "pd.DataFrame":
    """Return every rater's grade of the questions: ``question_id, passage_id, relevance, stale, rater``."""
    import pandas as pd

    ids = {question.question_id for question in questions}
    columns = ["question_id", "passage_id", "relevance", "stale", "rater"]
    rows = [[getattr(j, name) for name in columns] for j in dataset.judgments if j.question_id in ids]
    return pd.DataFrame(rows, columns=columns)


def field_votes(questions: Sequence[Question], dataset: "Dataset") -> "pd.DataFrame":
    """Return the main field each expert gave the questions: ``question_id, rater, label``; none outside releases.

    Raises
    ------
    InputError
        If the votes of a release cannot be read.
    """
    import pandas as pd

    path, ids = dataset.path / VOTES, {question.question_id for question in questions}
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    try:
        cast = [(row["question_id"], row["rater"], row["main"]) for row in map(json.loads, lines)]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: not the votes of a release ({error}); `pilot label export` writes them anew"
        ) from None
    rows = [vote for vote in cast if vote[0] in ids and vote[1] != ADJUDICATED and vote[2]]
    return pd.DataFrame(rows, columns=["question_id", "rater", "label"])

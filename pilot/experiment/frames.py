"""The frames a run leaves beside its predictions and scores: gold, questions, and what only some runs have."""

import dataclasses
import json
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from pilot.evaluate import merge_raters
from pilot.experiment.plan import Plan, judged_of
from pilot.quality.currency import stated_ends, validity
from pilot.records import ADJUDICATED, InputError, Question
from pilot.text.citations import find_citations
from pilot.text.perturb import PERTURBATIONS

if TYPE_CHECKING:
    import pandas as pd
VOTES = "votes.jsonl"
"""Of a release of labels: one row per question and rater, what each of them said."""
MOST_PERTURBED = 150
"""Questions asked again in every manner of typing; more would only take longer."""
DEEPEST = 10
"""Ranks that are kept of what is looked at here: people read no further."""


def gold_of(plan: Plan) -> "pd.DataFrame":
    """Return what predictions are held against: main fields, or merged grades."""
    import pandas as pd

    if plan.config.task == "classify":
        rows = [(question.question_id, question.fields[0]) for question in plan.scored]
        return pd.DataFrame(rows, columns=["question_id", "label"])
    return merge_raters(judged_of(plan.dataset, plan.scored).judgments)


def attributes_of(plan: Plan) -> "pd.DataFrame":
    """Return what slices and intervals need to know of each question, without its words."""
    import pandas as pd

    questions = plan.scored
    return pd.DataFrame(
        {
            "question_id": [question.question_id for question in questions],
            "group": [
                sha256(plan.groups[question.question_id].encode()).hexdigest()[:12] for question in questions
            ],
            "field": [question.fields[0] if question.fields else None for question in questions],
            "audience": [question.audience for question in questions],
            "province": [question.province for question in questions],
            "channel": [question.channel for question in questions],
            "words": [len(question.text.split()) for question in questions],
            "cites_law": ["có" if find_citations(question.text) else "không" for question in questions],
        }
    )


def perturbed_predictions(
    answer: "Callable[[Sequence[Question]], pd.DataFrame]",
    questions: Sequence[Question],
    seed: int,
    most: int = MOST_PERTURBED,
) -> "dict[str, pd.DataFrame]":
    """Ask at most ``most`` of the questions again in every manner of typing.

    Returns
    -------
    dict
        ``asked``: ``question_id, perturbation, changed``, one row per question and manner of typing. ``perturbed``:
        the predictions down to rank `DEEPEST`, with ``perturbation``; a question may have none.
    """
    import pandas as pd

    rng = random.Random(seed)
    chosen = sorted(questions, key=lambda question: question.question_id)
    if len(chosen) > most:
        chosen = rng.sample(chosen, most)
    asked, predicted = [], []
    for name, perturb in PERTURBATIONS.items():
        typed = [dataclasses.replace(question, text=perturb(question.text, rng)) for question in chosen]
        changed = [new.text != old.text for new, old in zip(typed, chosen, strict=True)]
        ids = [question.question_id for question in chosen]
        asked.append(pd.DataFrame({"question_id": ids, "perturbation": name, "changed": changed}))
        frame = answer(typed)
        predicted.append(frame[frame["rank"] <= DEEPEST].assign(perturbation=name))
    return {"asked": pooled(asked), "perturbed": pooled(predicted)}


def further(
    plan: Plan, predictions: "pd.DataFrame", perturbed: "Sequence[dict[str, pd.DataFrame]]"
) -> "dict[str, pd.DataFrame]":
    """Return the frames that only some runs have: see `perturbed_predictions` and the functions below.

    Parameters
    ----------
    plan
        What was carried out.
    predictions
        Of all its questions.
    perturbed
        What `perturbed_predictions` returned for each part; empty if it was not asked for.
    """
    found = {name: pooled(one[name] for one in perturbed) for name in (perturbed[0] if perturbed else ())}
    if plan.config.task == "rank":
        found["judgments"] = raw_judgments(plan)
        found["returned"] = returned_passages(plan, predictions, date.today())
    elif len(votes := field_votes(plan)):
        found["votes"] = votes
    return found


def pooled(frames: "Iterable[pd.DataFrame]") -> "pd.DataFrame":
    """Return the rows of all frames, numbered anew."""
    import pandas as pd

    return pd.concat(frames, ignore_index=True)


def returned_passages(plan: Plan, predictions: "pd.DataFrame", today: date) -> "pd.DataFrame":
    """Return ``question_id, passage_id, rank, kind, validity`` of what was returned down to rank `DEEPEST`.

    Validity is on the day the question was asked, or on ``today`` where that is not known.
    """
    passages = {passage.passage_id: passage for passage in plan.dataset.passages}
    documents = stated_ends(plan.dataset.documents)
    asked = {question.question_id: question.asked_on or today for question in plan.scored}
    top = predictions.loc[predictions["rank"] <= DEEPEST, ["question_id", "passage_id", "rank"]]
    found = [passages[passage_id] for passage_id in top["passage_id"]]
    states = [
        validity(passage, asked[question_id], documents.get(passage.document_id or ""))
        for passage, question_id in zip(found, top["question_id"], strict=True)
    ]
    return top.assign(kind=[passage.kind for passage in found], validity=states)


def raw_judgments(plan: Plan) -> "pd.DataFrame":
    """Return every rater's grade of the questions: ``question_id, passage_id, relevance, stale, rater``."""
    import pandas as pd

    columns = ["question_id", "passage_id", "relevance", "stale", "rater"]
    rows = [
        [getattr(judgment, name) for name in columns]
        for judgment in judged_of(plan.dataset, plan.scored).judgments
    ]
    return pd.DataFrame(rows, columns=columns)


def field_votes(plan: Plan) -> "pd.DataFrame":
    """Return the main field each expert gave the questions: ``question_id, rater, label``; none outside releases.

    Raises
    ------
    InputError
        If the votes of a release cannot be read.
    """
    import pandas as pd

    path, ids = plan.dataset.path / VOTES, {question.question_id for question in plan.scored}
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    try:
        cast = [(row["question_id"], row["rater"], row["main"]) for row in map(json.loads, lines)]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: not the votes of a release ({error}); `pilot label export` writes them anew"
        ) from None
    rows = [vote for vote in cast if vote[0] in ids and vote[1] != ADJUDICATED and vote[2]]
    return pd.DataFrame(rows, columns=["question_id", "rater", "label"])

"""What speaks against believing a run: it learnt what it is scored on, or is no better than chance."""

from collections.abc import Iterable, Mapping, Sequence

from pilot.evaluate import System
from pilot.evaluate.audit import Finding, no_better_than_chance
from pilot.quality.duplicates import holders
from pilot.records import Question

FLOORS = ("majority", "random")
"""Models that are chance itself: baselines of every table, run first."""
TOLD_BY = {"classify": "Accuracy", "rank": "nDCG@10"}
"""Task -> measure by which a run is told from chance."""
MOST_TOLD = 2000
"""Questions by which a run is told from chance; more would only take longer."""


def alarms_of(
    model: str, system: System, taught: Iterable[tuple[Sequence[Question], Iterable[Question]]], seed: int
) -> tuple[str, ...]:
    """Return the alarms of a scored run, in words; ids may stand in them, texts never do.

    Parameters
    ----------
    model
        Name of the model; the floors are chance by design, and no alarm is told of them.
    system
        What was predicted, and the gold.
    taught
        For each part that was fitted: the questions it was scored on, and those it learnt from.
    seed
        Of the dealing by which chance is judged.
    """
    if model in FLOORS:
        return ()
    found = [
        finding
        for scored, training in taught
        for finding in contamination(
            {question.question_id: question.text for question in scored},
            ((question.question_id, question.text) for question in training),
        )
    ]
    found += no_better_than_chance(_thinned(system, seed), [TOLD_BY[system.task]], seed=seed)
    return tuple(finding.message for finding in found)


def contamination(questions: Mapping[str, str], training: Iterable[tuple[str, str]]) -> list[Finding]:
    """Find test questions, or near duplicates of them, in the texts a system learnt from; see `holders`.

    Parameters
    ----------
    questions
        question_id -> text of what is scored.
    training
        (id, text) of everything learnt from: questions, passages, answers.

    Returns
    -------
    list of Finding
        Empty, or one finding with all ids, in order; the message shows ids, never texts.
    """
    asked = {name: text for name, text in questions.items() if any(map(str.isalnum, text))}
    names, taught = list(asked), list(training)
    found: dict[str, str] = {}
    for number, other in holders(list(asked.values()), [text for _, text in taught]):
        found.setdefault(names[number], taught[other][0])
    if not found:
        return []
    first = min(found)
    message = (
        f"{len(found)} of {len(questions)} test questions occur in the training texts, word for word or "
        f"nearly (first {first}, in {found[first]}); take them out of the training texts and run again"
    )
    return [Finding("test_in_training", message, tuple(sorted(found)))]


def _thinned(system: System, seed: int) -> System:
    """Return the system on at most `MOST_TOLD` questions, drawn at random."""
    import numpy as np

    ids = np.unique(system.gold["question_id"].to_numpy(str))
    if len(ids) <= MOST_TOLD:
        return system
    drawn = set(np.random.default_rng(seed).choice(ids, MOST_TOLD, replace=False))
    predictions, gold = (
        frame[frame["question_id"].isin(drawn)] for frame in (system.predictions, system.gold)
    )
    return System(system.task, predictions, gold, system.groups)

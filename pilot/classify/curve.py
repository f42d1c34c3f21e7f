"""How much labelling is worth: the same model with none, some and all of the labels."""

import random
from collections.abc import Callable, Sequence

from pilot.classify.base import Classifier, Examples, predictions_frame
from pilot.evaluate import Estimate, evaluate


def learning_curve(
    build: Callable[[], Classifier],
    parts: tuple[Examples, Examples, Examples],
    sizes: Sequence[int],
    *,
    base: Examples | None = None,
    measure: str = "macro-F1",
    seed: int = 0,
) -> list[tuple[int, Estimate]]:
    """Return the measure on test for growing shares of train.

    Parameters
    ----------
    build
        Makes an untrained model.
    parts
        Train, dev and test.
    sizes
        Numbers of labelled examples, taken group by group in one random order, so that smaller sets lie within
        larger ones. 0 needs ``base``.
    base
        Examples labelled at a distance, such as articles with their topic, learnt from at every size.
    measure
        Any measure of classification.
    seed
        Of the order of groups and of the intervals.

    Returns
    -------
    list of tuple
        Number of labels really used, estimate on test.
    """
    import pandas as pd

    train, dev, test = parts
    ids = [f"{place:06d}" for place in range(len(test.texts))]
    gold = pd.DataFrame({"question_id": ids, "label": test.labels})
    groups = pd.Series(test.groups, index=ids)
    order = sorted(set(train.groups))
    random.Random(seed).shuffle(order)
    curve = []
    for size in sizes:
        taken = _first(train, order, size)
        learnt = taken.joined(base) if base else taken
        model = build()
        model.fit(learnt, dev)
        predictions = predictions_frame(ids, model.labels_, model.predict_proba(test.texts))
        found = evaluate("classify", predictions, gold, groups, [measure], seed=seed, resamples=1000)
        curve.append((len(taken.texts), found.metrics[measure]))
    return curve


def _first(examples: Examples, order: Sequence[str], size: int) -> Examples:
    """Return the first ``size`` examples, those of one group together, groups as ordered."""
    rank = {group: place for place, group in enumerate(order)}
    places = sorted(range(len(examples.texts)), key=lambda place: rank[examples.groups[place]])[:size]
    return examples.chosen(places)

"""Labels that deserve a second look, by confident learning (Northcutt, Jiang & Chuang 2021)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def suspicious_labels(predictions: "pd.DataFrame", gold: "pd.DataFrame") -> "pd.DataFrame":
    """Return the questions whose label a model that never saw them confidently contradicts, the surest first.

    Parameters
    ----------
    predictions
        ``question_id, label, probability``, out of fold.
    gold
        ``question_id, label`` as given by people.

    Returns
    -------
    pandas.DataFrame
        ``question_id, label, suggested, p_label, p_suggested``. A label is confident where its probability reaches
        its mean over the questions that bear it; a question is listed if the likeliest of its confident labels is
        not its own. Sorted by ``p_label - p_suggested``.
    """
    import numpy as np
    import pandas as pd

    table = predictions.pivot(index="question_id", columns="label", values="probability").fillna(0.0)
    given = gold.set_index("question_id")["label"].reindex(table.index)
    known = given.isin(table.columns)
    table, given = table[known], given[known]
    own = table.to_numpy()[np.arange(len(table)), table.columns.get_indexer(pd.Index(given))]
    least = {label: own[(given == label).to_numpy()].mean() for label in given.unique()}
    sure = table[list(least)].where(table[list(least)].ge(pd.Series(least)))
    named = sure.notna().any(axis=1)
    best = sure[named].idxmax(axis=1)
    found = (
        given[named]
        .to_frame("label")
        .assign(suggested=best, p_label=own[named.to_numpy()], p_suggested=sure[named].max(axis=1))
    )
    found = found[found["label"] != found["suggested"]]
    order = (found["p_label"] - found["p_suggested"]).sort_values(kind="stable").index
    return found.loc[order].reset_index()

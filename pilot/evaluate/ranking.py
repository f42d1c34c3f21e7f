"""Per-question values of a ranking. Each function maps rows to shape (n,), values from 0 to 1.

A question without a passage of relevance >= 1 scores 0, as in trec_eval; so does one for which nothing was
returned. Neither leaves the denominator.
"""

import numpy as np

from pilot.evaluate.rows import RankRows


def ndcg(rows: RankRows, k: int) -> np.ndarray:
    """Return normalised discounted cumulative gain with linear gain.

    Järvelin & Kekäläinen (2002) in the form of trec_eval's ``ndcg_cut``: relevance / log2(rank + 1), divided
    by the same sum over the judged passages in ideal order.
    """
    return _share(_discounted(rows.gains[:, :k]), _discounted(rows.ideal[:, :k]))


def reciprocal_rank(rows: RankRows, k: int) -> np.ndarray:
    """Return 1 / rank of the first passage of relevance >= 1 among the first ``k``; 0 if there is none."""
    hits = _hits(rows, k)
    return np.where(hits.any(axis=1), 1.0 / (1 + hits.argmax(axis=1)), 0.0)


def recall(rows: RankRows, k: int) -> np.ndarray:
    """Return the share of the passages of relevance >= 1 that are among the first ``k``."""
    return _share(_hits(rows, k).sum(axis=1), (rows.ideal >= 1).sum(axis=1))


def precision(rows: RankRows, k: int) -> np.ndarray:
    """Return passages of relevance >= 1 among the first ``k``, divided by ``k`` however few were returned."""
    return _hits(rows, k).sum(axis=1) / k


def hit(rows: RankRows, k: int) -> np.ndarray:
    """Return 1 where a passage of relevance >= 1 is among the first ``k``, else 0 (trec_eval's success)."""
    return _hits(rows, k).any(axis=1).astype(float)


def f2(rows: RankRows, k: int | None = None) -> np.ndarray:
    """Return F with recall weighing twice as much as precision, over the list returned or its first ``k``.

    (1 + 2²) P R / (2² P + R) = 5 hits / (4 relevant + returned), per question, as in ALQAC.
    """
    returned = rows.returned if k is None else np.minimum(rows.returned, k)
    hits = _hits(rows, rows.gains.shape[1] if k is None else k).sum(axis=1)
    return _share(5.0 * hits, 4.0 * (rows.ideal >= 1).sum(axis=1) + returned)


def judged(rows: RankRows, k: int) -> np.ndarray:
    """Return the share of the first ``k`` returned passages that somebody judged, whatever the grade.

    The denominator is what was returned if that is less than ``k``, as in ir_measures.
    """
    return _share(rows.judged[:, :k].sum(axis=1), np.minimum(rows.returned, k))


def _hits(rows: RankRows, k: int) -> np.ndarray:
    return rows.gains[:, :k] >= 1


def _discounted(gains: np.ndarray) -> np.ndarray:
    return gains @ (1.0 / np.log2(np.arange(2, gains.shape[1] + 2)))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)

"""Answer ranking: which approved answers and articles of law come first for a question.

Every model is a dataclass whose fields are its settings, with ``fit(passages, train, dev)``,
``rank(questions, depth)``, ``save(folder)`` and ``restore(folder, passages)``. A new model is one module and one
line in ``MODELS``.
"""

from pilot.rank.base import Judged, Ranker, rankings_frame
from pilot.rank.bm25 import BM25
from pilot.rank.chance import Chance
from pilot.rank.combined import Combined
from pilot.rank.reranked import Reranked

MODELS: dict[str, type[Ranker]] = {
    "random": Chance,
    "bm25": BM25,
    "combined": Combined,
    "reranked": Reranked,
}

__all__ = ["MODELS", "Judged", "Ranker", "rankings_frame"]

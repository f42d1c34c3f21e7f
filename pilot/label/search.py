"""Searching the corpus for a passage that the candidates lack; typing without diacritics is understood."""

import threading
from typing import Any

from sqlalchemy import func, select

from pilot.label.cards import passages_of
from pilot.label.store import Store
from pilot.label.tables import passages
from pilot.rank import MODELS
from pilot.records import Passage, Question
from pilot.text import normalise, restore_accents
from pilot.text.letters import has_accent

SHOWN = 10


class Search:
    """An index over the current passages of a store, built when first asked and again when passages came in.

    Parameters
    ----------
    store
        Where the passages are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._built_for: tuple[int, int] | None = None
        self._model: Any = None

    def find(self, words: str) -> list[dict[str, Any]]:
        """Return the best passages with their key, best first, at most ten."""
        words = normalise(words)
        if not words:
            return []
        if not has_accent(words):
            words = restore_accents(words)
        self._refresh()
        if self._model is None:
            return []
        question = Question(question_id="search", text=words, source="search", split="test")
        keys = list(self._model.rank([question], SHOWN)["passage_id"])
        with self._store.reading() as connection:
            return [{"key": key, **row} for key, row in passages_of(connection, keys).items()]

    def _refresh(self) -> None:
        with self._lock, self._store.reading() as connection:
            state = connection.execute(
                select(func.count(), func.count().filter(passages.c.current)).select_from(passages)
            ).tuples().one()  # fmt: skip
            if state == self._built_for:
                return
            rows = connection.execute(select(passages).where(passages.c.current)).all()
            model: Any = MODELS["bm25"](terms=("syllables", "pairs"))
            if rows:
                model.fit([_searchable(row.passage_key, row.content) for row in rows], (), ())
            self._model, self._built_for = (model if rows else None), state


def _searchable(key: str, content: dict[str, Any]) -> Passage:
    """Return a passage found by number and name of its document too; its id is the key."""
    document = content["document"] or {}
    names = (
        content["article"] and f"Điều {content['article']}",
        document.get("title"),
        content["document_id"],
    )
    title = ". ".join(part for part in (*names, content["title"]) if part)
    return Passage(passage_id=key, kind="article", title=title, text=content["text"])

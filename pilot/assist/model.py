"""Models as MLflow serves them. MLflow runs this file to build them (models-from-code): no pickles."""

import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModel, PythonModelContext

from pilot import project
from pilot.classify import predictions_frame
from pilot.records import InputError, Passage, Question
from pilot.text import normalise

DEPTH = 10
COLUMNS = ("status", "reason", "fields", "body", "answers")


class Tracked:
    """The classifier or ranker of one run: labels with probabilities, or passages with scores."""

    def __init__(self, folder: Path) -> None:
        from pilot.assist.kept import read_rows, restored_model

        self.task = json.loads((folder / "model.json").read_text(encoding="utf-8"))["task"]
        extra = [read_rows(folder / "passages.jsonl", Passage)] if self.task == "rank" else []
        self.model = restored_model(folder, lambda model: model.restore(folder, *extra))

    def predict(self, asked: pd.DataFrame) -> pd.DataFrame:
        """Return up to ten rows per question, best first: ``question`` and label or passage with its score."""
        texts = [normalise(text) for text in asked["question"]]
        numbers = [str(i) for i in range(len(texts))]
        if self.task == "classify":
            frame = predictions_frame(numbers, self.model.labels_, self.model.predict_proba(texts))
            frame = frame[frame["rank"] <= DEPTH]
        else:
            questions = [
                Question(number, text, "", "test") for number, text in zip(numbers, texts, strict=True)
            ]
            frame = self.model.rank(questions, DEPTH)
        answer = ["label", "probability"] if self.task == "classify" else ["passage_id", "score"]
        question = [asked["question"].iloc[int(number)] for number in frame["question_id"]]
        return frame.assign(question=question)[["question", *answer]]


class Frozen:
    """The assistant: one row per question with the columns of `pilot ask --json`, lists as JSON text.

    Without a competent body ``body`` is empty, not null, of which Spark would make the word None.
    """

    def __init__(self, folder: Path) -> None:
        from pilot.assist.kept import restore

        _use_knowledge(folder / "project")
        self.assistant = restore(folder)

    def predict(self, asked: pd.DataFrame) -> pd.DataFrame:
        """Return ``status, reason, fields, body, answers`` for each question, in order."""
        rows = [self._row(row) for row in asked.to_dict("records")]
        return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)

    def _row(self, row: Mapping[Any, Any]) -> dict[str, Any]:
        given = {name: str(value) for name, value in row.items() if isinstance(value, str) and value}
        day = given.get("as_of")
        try:
            reply = self.assistant.ask(
                given.get("question", ""), date.fromisoformat(day) if day else None, given.get("province"),
                given.get("audience"),
            ).row()  # fmt: skip
        except (InputError, ValueError) as error:  # one wrong row of a batch must not lose the others
            reply = {"status": "handed_over", "reason": f"Không đọc được: {error}", "fields": [], "body": None,
                     "answers": []}  # fmt: skip
        lists = {name: json.dumps(reply[name], ensure_ascii=False) for name in ("fields", "answers")}
        return {**reply, **lists, "body": reply["body"] or ""}


class Served(PythonModel):
    """What the artifacts hold: a frozen assistant, or the model of a run."""

    def load_context(self, context: PythonModelContext) -> None:
        """Rebuild the model from the files that were logged with it."""
        kinds: dict[str, type[Frozen] | type[Tracked]] = {"assistant": Frozen, "model": Tracked}
        kind = next(kind for kind in kinds if kind in context.artifacts)
        self.inner = kinds[kind](Path(context.artifacts[kind]))

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Answer a frame with the column ``question``."""
        return self.inner.predict(model_input)


def _use_knowledge(frozen: Path) -> None:
    """Read taxonomy and keywords as they were frozen, unless the project at hand has the same."""
    from pilot.classify import keywords
    from pilot.taxonomy import taxonomy

    try:
        here = project.root()
        same = all(
            (here / p.relative_to(frozen)).read_bytes() == p.read_bytes() for p in (frozen / "data").iterdir()
        )
    except (InputError, OSError):
        same = False
    if not same:
        os.environ["PILOT_ROOT"] = str(frozen)
        for known in (taxonomy, keywords.keywords, keywords._starts):
            known.cache_clear()


mlflow.models.set_model(Served())

"""A trained model as MLflow serves it. MLflow runs this file to build the model (models-from-code): no pickles."""

import json
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModel, PythonModelContext

from pilot.classify import MODELS as CLASSIFIERS
from pilot.classify import predictions_frame
from pilot.rank import MODELS as RANKERS
from pilot.records import Passage, Question, parse_rows
from pilot.text import normalise

DEPTH = 10


class TrackedModel(PythonModel):
    """Answer a frame with the column ``question``: labels with probabilities, or passages with scores."""

    def load_context(self, context: PythonModelContext) -> None:
        """Rebuild the model from the files that the run logged."""
        folder = Path(context.artifacts["model"])
        state = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        self.task = state["task"]
        models: dict[str, Any] = {**CLASSIFIERS} if self.task == "classify" else {**RANKERS}
        self.model = models[state["model"]](seed=state["seed"], **state["params"])
        if self.task == "classify":
            self.model.restore(folder)
            return
        lines = (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines()
        self.model.restore(
            folder, parse_rows(Passage, (("passages.jsonl", json.loads(line)) for line in lines), [])
        )

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Return up to ten rows per question, best first: ``question`` and label or passage with its score."""
        texts = [normalise(text) for text in model_input["question"]]
        numbers = [str(i) for i in range(len(texts))]
        if self.task == "classify":
            frame = predictions_frame(numbers, self.model.labels_, self.model.predict_proba(texts))
            frame = frame[frame["rank"] <= DEPTH]
        else:
            asked = [Question(number, text, "", "test") for number, text in zip(numbers, texts, strict=True)]
            frame = self.model.rank(asked, DEPTH)
        answer = ["label", "probability"] if self.task == "classify" else ["passage_id", "score"]
        question = [model_input["question"].iloc[int(number)] for number in frame["question_id"]]
        return frame.assign(question=question)[["question", *answer]]


mlflow.models.set_model(TrackedModel())

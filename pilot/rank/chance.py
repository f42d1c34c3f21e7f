"""The floor under every ranker: passages in random order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pilot.rank.base import Judged, rankings_frame
from pilot.records import Passage, Question

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass
class Chance:
    """Order passages at random; a question's order depends on the seed and its id alone."""

    learns: ClassVar[bool] = False
    seed: int = 0
    ids_: "np.ndarray" = field(default=None, init=False, repr=False)  # type: ignore[arg-type]

    def fit(self, passages: Sequence[Passage], train: Sequence[Judged], dev: Sequence[Judged]) -> None:
        """Remember which passages there are."""
        import numpy as np

        self.ids_ = np.array(sorted(passage.passage_id for passage in passages), dtype=object)

    def rank(self, questions: Sequence[Question], depth: int) -> "pd.DataFrame":
        """Return ``depth`` passages per question, drawn without replacement."""
        return rankings_frame(self._drawn(question, depth) for question in questions)

    def save(self, folder: Path) -> None:
        """Write nothing: seed and passages are all there is."""

    def restore(self, folder: Path, passages: Sequence[Passage]) -> None:
        """Remember which passages there are."""
        self.fit(passages, (), ())

    def _drawn(self, question: Question, depth: int) -> tuple[str, "np.ndarray", "np.ndarray"]:
        import numpy as np

        generator = np.random.default_rng([self.seed, *question.question_id.encode()])
        count = min(depth, len(self.ids_))
        drawn = generator.choice(self.ids_, size=count, replace=False, shuffle=True)
        return question.question_id, drawn, 1.0 - np.arange(count) / max(count, 1)

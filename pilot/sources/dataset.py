"""A dataset: typed rows with their identity, read from wherever they lie and written as a folder."""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from pilot.records import ADJUDICATED, Document, Judgment, Passage, Question, Row, to_row
from pilot.sources.spool import Spool

KINDS: dict[str, type] = {
    "documents": Document,
    "passages": Passage,
    "questions": Question,
    "judgments": Judgment,
}
"""Table -> record; the order in which tables are written."""
SETTLED = "expert-adjudicated"
"""What ``annotations_creators`` of the card says where experts settled the fields of the questions."""


@dataclass(frozen=True)
class Dataset:
    """Rows that belong together.

    Parameters
    ----------
    name
        How tables and reports call it.
    path
        Where it was read from.
    documents, passages, questions, judgments
        The rows, in the order of the source: tuples, or while a large source is read a `Spool`.
    illustrative
        Whether the card says that nothing measured here is evidence.
    settled
        Whether the card says that the fields of the questions were adjudicated by experts (`SETTLED`).
    """

    name: str
    path: Path
    documents: Sequence[Document] = ()
    passages: Sequence[Passage] = ()
    questions: Sequence[Question] = ()
    judgments: Sequence[Judgment] = ()
    illustrative: bool = False
    settled: bool = False

    @staticmethod
    def load(path: str | Path) -> "Dataset":
        """Read a dataset folder, a BEIR folder, or a table with ``text`` and ``label``.

        Raises
        ------
        InputError
            If there is no such dataset or its rows are faulty; all faults at once.
        """
        from pilot.sources.load import load

        return load(Path(path))

    @cached_property
    def fingerprint(self) -> str:
        """Return the sha256 of all rows, whatever file form or row order they came in."""
        digest = sha256()
        for name in KINDS:
            lines = sorted(line(row) for row in getattr(self, name))
            digest.update(f"{name} {len(lines)}\n".encode())
            digest.update("".join(lines).encode())
        return digest.hexdigest()

    def adjudicated(self, task: str) -> bool:
        """Say whether experts settled what this task is scored against.

        For ``classify`` the card must say so. For ``rank`` every judged pair of question and passage must bear a
        grade of the rater ``adjudicated``; where experts agreed, that is the grade they agreed on.
        """
        if task == "classify":
            return self.settled
        pairs = {(judgment.question_id, judgment.passage_id) for judgment in self.judgments}
        return bool(pairs) and pairs == {
            (judgment.question_id, judgment.passage_id)
            for judgment in self.judgments
            if judgment.rater == ADJUDICATED
        }

    def questions_of(self, *splits: str) -> list[Question]:
        """Return the questions of the named splits."""
        return [question for question in self.questions if question.split in splits]

    def thinned(self, questions: int = 24, passages: int = 80) -> "Dataset":
        """Return a small part for trials: so many questions of each split, judged passages first."""
        judged = {judgment.question_id for judgment in self.judgments}
        kept = [
            question
            for split in ("train", "dev", "test")
            for question in sorted(self.questions_of(split), key=lambda q: q.question_id not in judged)[
                :questions
            ]
        ]
        ids = {question.question_id for question in kept}
        needed = {
            judgment.passage_id
            for judgment in self.judgments
            if judgment.question_id in ids and judgment.relevance
        }
        chosen = sorted(self.passages, key=lambda p: p.passage_id not in needed)[:passages]
        found = {passage.passage_id for passage in chosen}
        grades = [j for j in self.judgments if j.question_id in ids and j.passage_id in found]
        return self.replaced(questions=kept, passages=chosen, judgments=grades)

    def replaced(self, **changes: Iterable[Row]) -> "Dataset":
        """Return the dataset with other rows in the named tables."""
        kept = {name: rows if isinstance(rows, Spool) else tuple(rows) for name, rows in changes.items()}
        return dataclasses.replace(self, **kept)  # type: ignore[arg-type]


def line(row: Row) -> str:
    """Return a row as one line of JSON."""
    return json.dumps(to_row(row), ensure_ascii=False) + "\n"

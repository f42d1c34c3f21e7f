"""The ranker that weighs all evidence: by equal weights without labels, by what it learnt with them."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pilot.quality.split import assign_folds, question_groups
from pilot.rank.answered import Answered
from pilot.rank.base import Judged, rankings_frame
from pilot.rank.collection import ANALYSES, NEEDED, Collection
from pilot.rank.cutoff import Cutoff, Trial, learn_cutoff
from pilot.rank.evidence import Candidates, Searcher
from pilot.rank.learning import Learned, Learner, Lesson, learn, standard
from pilot.rank.spelling import Speller
from pilot.records import InputError, Passage, Question
from pilot.text.habits import STEPS, prepare_question
from pilot.text.letters import has_accent

if TYPE_CHECKING:
    import pandas as pd

INNER_FOLDS = 5
_log = logging.getLogger(__name__)


class Case(NamedTuple):
    """A judged question, looked up.

    Attributes
    ----------
    question
        As asked.
    text
        As prepared.
    candidates
        The evidence on its candidates.
    grades
        Passage place -> grade 0 to 3; not judged counts as 0.
    own
        Whether its passages are those that are ranked.
    """

    question: Question
    text: str
    candidates: Candidates
    grades: dict[int, int]
    own: bool

    @property
    def relevant(self) -> np.ndarray:
        """Return the places of passages of relevance >= 1."""
        return np.array([place for place, grade in self.grades.items() if grade > 0], dtype=np.int64)

    @property
    def grades_of_candidates(self) -> np.ndarray:
        """Return the grade of each candidate."""
        return np.array([self.grades.get(int(place), 0) for place in self.candidates.places])


@dataclass
class Combined:
    """Candidates by several analyses, then an order by all evidence on them.

    Parameters
    ----------
    steps
        What is done to a question first, in order (see ``pilot.text.habits.STEPS``).
    respell
        Whether accents missing altogether are chosen by the wording of the passages too.
    analyses
        Names from ``pilot.rank.collection.ANALYSES``; ``syllables`` and ``pairs`` are always needed.
    candidates
        How many passages per question are looked at closely.
    citations
        Whether passages the question cites are preferred.
    votes
        Whether answered questions of the training data speak for what answered them.
    learner
        What weighs the evidence when there are labels; ``none`` keeps to equal weights.
    cut
        Whether lists end where the probability of relevance falls below what served F2 best on dev.
    currency
        Whether passages out of force on the day asked about go last (where the dates are known).
    seed
        For folds and boosting.
    """

    steps: tuple[str, ...] = ()
    respell: bool = False
    analyses: tuple[str, ...] = NEEDED
    candidates: int = 200
    citations: bool = True
    votes: bool = True
    learner: Learner = "both"
    cut: bool = False
    currency: bool = True
    seed: int = 0
    searcher_: Searcher = field(default=None, init=False, repr=False)  # type: ignore[assignment]
    learned_: Learned = field(default_factory=Learned, init=False, repr=False)
    answered_: Answered | None = field(default=None, init=False, repr=False)
    cutoff_: Cutoff | None = field(default=None, init=False, repr=False)
    speller_: Speller = field(default=None, init=False, repr=False)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        named = (("steps", self.steps, STEPS), ("analyses", self.analyses, ANALYSES))
        faults = [
            f"unknown {what} {', '.join(unknown)}; expected some of {', '.join(known)}"
            for what, chosen, known in named
            if (unknown := [name for name in chosen if name not in known])
        ]
        faults += [
            f"analyses lack {name!r}, which is always needed" for name in NEEDED if name not in self.analyses
        ]
        if faults:
            raise InputError(*faults)

    @property
    def learns(self) -> bool:
        """Say whether judgments change the model."""
        return self.learner != "none"

    def fit(self, passages: Sequence[Passage], train: Sequence[Judged], dev: Sequence[Judged]) -> None:
        """Index the passages; learn to weigh from ``train``, where lists end from ``dev``, then from both."""
        self._search(passages, Collection.build(passages, self.analyses))
        self.learned_, self.answered_, self.cutoff_ = Learned(), None, None
        if not self.learns:
            return
        learnt, tuned = ([case for judged in side for case in self._cases(judged)] for side in (train, dev))
        if tuned:
            self._learn(learnt)
            self.cutoff_ = learn_cutoff([self._trial(case) for case in tuned])
        self._learn([*learnt, *tuned])

    def rank(self, questions: Sequence[Question], depth: int) -> "pd.DataFrame":
        """Return at most ``depth`` passages per question; after learning with dev, scores are probabilities."""
        return rankings_frame(self._ranked(question, depth) for question in questions)

    def prepared(self, text: str) -> tuple[str, list[str]]:
        """Return the question as it is searched, and the names of the steps that changed it."""
        prepared, log = prepare_question(text, self.steps)
        if (
            self.respell
            and not has_accent(text)
            and (respelt := self.speller_.respell(prepared)) != prepared.lower()
        ):
            return respelt, [*log, "respell"]
        return prepared, log

    def save(self, folder: Path) -> None:
        """Write indexes, what was learnt, the answered questions and the cut-off."""
        self.searcher_.collection.save(folder / "collection")
        self.learned_.save(folder)
        if self.answered_:
            self.answered_.save(folder / "answered.npz")
        state = {
            "cutoff": asdict(self.cutoff_) if self.cutoff_ else None,
            "answered": self.answered_ is not None,
        }
        (folder / "combined.json").write_text(json.dumps(state), encoding="utf-8")

    def restore(self, folder: Path, passages: Sequence[Passage]) -> None:
        """Read what ``save`` wrote, the indexes memory-mapped."""
        state = json.loads((folder / "combined.json").read_text(encoding="utf-8"))
        self._search(passages, Collection.load(folder / "collection", passages))
        self.learned_ = Learned.load(folder)
        self.answered_ = Answered.load(folder / "answered.npz") if state["answered"] else None
        self.cutoff_ = Cutoff(**state["cutoff"]) if state["cutoff"] else None

    def _search(self, passages: Sequence[Passage], collection: Collection) -> None:
        self.searcher_ = Searcher.over(passages, collection, self.citations)
        self.speller_ = Speller(collection)

    def _cases(self, judged: Judged) -> Iterator[Case]:
        """Look up judged questions among their own passages."""
        searcher = self.searcher_
        own = [passage.passage_id for passage in judged.passages] == searcher.collection.ids.tolist()
        if not own:
            searcher = Searcher.over(
                judged.passages, Collection.build(judged.passages, self.analyses), self.citations
            )
        places = {passage_id: place for place, passage_id in enumerate(searcher.collection.ids)}
        grades: dict[str, dict[int, int]] = {}
        for judgment in judged.judgments:
            if judgment.passage_id in places:
                own_grades = grades.setdefault(judgment.question_id, {})
                place = places[judgment.passage_id]
                own_grades[place] = max(judgment.relevance, own_grades.get(place, 0))
        for question in judged.questions:
            text = self.prepared(question.text)[0]
            yield Case(
                question,
                text,
                searcher.candidates(text, self.candidates),
                grades.get(question.question_id, {}),
                own,
            )

    def _learn(self, cases: Sequence[Case]) -> None:
        """Learn to weigh; a question's own group is no witness for it while learning."""
        own = [case for case in cases if case.own]
        self.answered_ = self._answered(own) if self.votes and own else None
        witnesses: dict[str, Answered | None] = {}
        questions = [case.question for case in own]
        groups = question_groups(questions)
        if self.answered_ and (count := min(INNER_FOLDS, len(set(groups.values())))) > 1:
            fold_of = assign_folds(questions, groups, count, self.seed)
            for fold in range(count):
                others = self._answered([case for case in own if fold_of[case.question.question_id] != fold])
                witnesses |= {name: others for name, number in fold_of.items() if number == fold}
        self.learned_ = learn(
            [Lesson(self._features(case.text, case.candidates, witnesses.get(case.question.question_id) if case.own else None),
                    case.grades_of_candidates) for case in cases],
            self.learner, self.seed,
        )  # fmt: skip

    def _answered(self, cases: Sequence[Case]) -> Answered:
        return Answered.build(
            [c.text for c in cases], [c.relevant for c in cases], len(self.searcher_.collection.ids)
        )

    def _features(self, text: str, candidates: Candidates, answered: Answered | None) -> np.ndarray:
        return candidates.with_votes(text, answered) if self.votes else candidates.features

    def _scores(self, text: str, candidates: Candidates) -> np.ndarray:
        learned = self.learned_.scores(self._features(text, candidates, self.answered_))
        return standard(sum(learned)) if learned else candidates.prior

    def _trial(self, case: Case) -> Trial:
        scores = self._scores(case.text, case.candidates)
        order = np.argsort(-scores, kind="stable")
        hits = case.grades_of_candidates[order] > 0
        return Trial(scores[order], case.candidates.coverage, hits, len(case.relevant))

    def _ranked(self, question: Question, depth: int) -> tuple[str, np.ndarray, np.ndarray]:
        searcher = self.searcher_
        text, log = self.prepared(question.text)
        _log.debug("%s: steps that changed it: %s", question.question_id, ", ".join(log) or "none")
        candidates = searcher.candidates(text, self.candidates)
        scores, ids = self._scores(text, candidates), searcher.collection.ids[candidates.places]
        order = np.lexsort((ids, -scores))
        scores, kept = scores[order], depth
        if self.cutoff_:
            scores = self.cutoff_.probabilities(scores, candidates.coverage)
            kept = self.cutoff_.kept(scores) if self.cut else depth
        if self.currency and question.asked_on:
            out = searcher.calendar.out_of_force(question.asked_on)[candidates.places[order]]
            order, scores = _demoted(order, scores, out)
        return question.question_id, ids[order][: min(depth, kept)], scores[: min(depth, kept)]


def _demoted(order: np.ndarray, scores: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return order and scores with what is out of force moved to the end, each part in its own order.

    Scores out of force are shifted below the lowest in force, or below zero where they would stay above it.
    """
    if not out.any():
        return order, scores
    floor = min(float(scores[~out].min(initial=np.inf)), 0.0)
    moved = scores[out] - scores[out].max() + floor - 1.0
    return np.concatenate([order[~out], order[out]]), np.concatenate([scores[~out], moved])

"""The ranker that weighs all evidence: by equal weights without labels, by what it learnt with them."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pilot.rank.answered import Answered
from pilot.rank.base import Judged, rankings_frame
from pilot.rank.cases import Case, answered_of, places_of_grades, witnesses_for
from pilot.rank.collection import ANALYSES, NEEDED, Collection
from pilot.rank.currency import demoted, out_of_force
from pilot.rank.cutoff import Cutoff, Trial, learn_cutoff
from pilot.rank.dense import Dense, answered_pairs, make_encoder
from pilot.rank.evidence import Candidates, Searcher
from pilot.rank.learning import COPIES, Learned, Learner, Lesson, learn, standard
from pilot.rank.spelling import Speller
from pilot.records import InputError, Passage, Question
from pilot.text.habits import STEPS, prepare_question
from pilot.text.letters import has_accent

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger(__name__)


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
    encoder
        What embeds questions and passages: ``none``, ``static`` (learnt from the passages), or the folder or hub name
        of a sentence-transformers checkpoint.
    encoder_epochs
        Of training: a static one on the passages, a checkpoint on the questions of the training data.
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

    steps: tuple[str, ...] = tuple(STEPS)
    respell: bool = True
    analyses: tuple[str, ...] = ("syllables", "pairs", "bare", "words", "title", "title_pairs")
    candidates: int = 200
    encoder: str = "none"
    encoder_epochs: int = 1
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
        if self.encoder != "none":
            pairs = [pair for judged in train for pair in answered_pairs(judged, self.prepared)]
            encoder = make_encoder(self.encoder, passages, pairs, self.encoder_epochs, self.seed)
            self.searcher_ = replace(self.searcher_, dense=Dense.build(passages, encoder))
        self.learned_, self.answered_, self.cutoff_ = Learned(), None, None
        if not self.learns:
            return
        learnt, tuned = ([case for judged in side for case in self._cases(judged)] for side in (train, dev))
        if tuned:
            self._learn(learnt, copies=1)
            self.cutoff_ = learn_cutoff([self._trial(case) for case in tuned])
        self._learn([*learnt, *tuned])

    def rank(self, questions: Sequence[Question], depth: int) -> "pd.DataFrame":
        """Return at most ``depth`` passages per question; after learning with dev, scores are probabilities."""
        return rankings_frame(self.ranked(question, depth) for question in questions)

    def ranked(self, question: Question, depth: int) -> tuple[str, np.ndarray, np.ndarray]:
        """Return a question's id, and ids and scores of its passages as `rank` has them, without a table."""
        searcher = self.searcher_
        text, log = self.prepared(question.text)
        _log.debug("%s: steps that changed it: %s", question.question_id, ", ".join(log) or "none")
        candidates = searcher.candidates(text, self.candidates)
        scores, ids = self._scores(text, candidates), searcher.collection.ids[candidates.places]
        order = np.lexsort((ids, -scores))
        scores = scores[order]
        if self.cutoff_:
            scores = self.cutoff_.probabilities(scores, candidates.coverage)
        if self.currency and question.asked_on:
            found = [searcher.passages[place] for place in candidates.places[order]]
            order, scores = demoted(order, scores, out_of_force(found, question.asked_on))
        kept = min(depth, self.cutoff_.kept(scores)) if self.cutoff_ and self.cut else depth
        return question.question_id, ids[order][:kept], scores[:kept]

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
        if self.searcher_.dense:
            self.searcher_.dense.save(folder)
        if self.answered_:
            self.answered_.save(folder / "answered.npz")
        cutoff = asdict(self.cutoff_) if self.cutoff_ else None
        (folder / "cutoff.json").write_text(json.dumps(cutoff), encoding="utf-8")

    def restore(self, folder: Path, passages: Sequence[Passage]) -> None:
        """Read what ``save`` wrote, the indexes memory-mapped."""
        self._search(passages, Collection.load(folder / "collection", passages))
        if self.encoder != "none":
            self.searcher_ = replace(self.searcher_, dense=Dense.load(folder))
        self.learned_ = Learned.load(folder)
        kept = folder / "answered.npz"
        self.answered_ = Answered.load(kept) if kept.exists() else None
        cutoff = json.loads((folder / "cutoff.json").read_text(encoding="utf-8"))
        self.cutoff_ = Cutoff(**cutoff) if cutoff else None

    def _search(self, passages: Sequence[Passage], collection: Collection) -> None:
        self.searcher_ = Searcher.over(passages, collection, self.citations)
        self.speller_ = Speller(collection)

    def _cases(self, judged: Judged) -> Iterator[Case]:
        ids = [passage.passage_id for passage in judged.passages]
        own = ids == self.searcher_.collection.ids.tolist()
        searcher, grades = (
            self.searcher_ if own else self._searcher(judged.passages),
            places_of_grades(judged),
        )
        for question in judged.questions:
            text = self.prepared(question.text)[0]
            candidates = searcher.candidates(text, self.candidates)
            yield Case(question, text, candidates, grades.get(question.question_id, {}), own)

    def _searcher(self, passages: Sequence[Passage]) -> Searcher:
        """Return the searcher of other passages than those that are ranked, embedded by the same encoder."""
        searcher = Searcher.over(passages, Collection.build(passages, self.analyses), self.citations)
        dense = self.searcher_.dense
        return replace(searcher, dense=Dense.build(passages, dense.encoder)) if dense else searcher

    def _learn(self, cases: Sequence[Case], copies: int = COPIES) -> None:
        """Learn to weigh; a question's own group is no witness for it while learning.

        One thread: threads of linear algebra that wait for a busy core cost many times what they gain here.
        """
        from threadpoolctl import threadpool_limits

        own = [case for case in cases if case.own]
        self.answered_ = answered_of(own, len(self.searcher_.collection.ids)) if self.votes and own else None
        witnesses = witnesses_for(own, len(self.searcher_.collection.ids), self.seed) if self.votes else {}
        with threadpool_limits(1):
            lessons = [self._lesson(case, witnesses.get(case.question.question_id)) for case in cases]
            self.learned_ = learn(lessons, self.learner, self.seed, copies)

    def _lesson(self, case: Case, witnesses: Answered | None) -> Lesson:
        evidence = self._features(case.text, case.candidates, witnesses if case.own else None)
        return Lesson(evidence, case.candidate_grades)

    def _features(self, text: str, candidates: Candidates, answered: Answered | None) -> np.ndarray:
        return candidates.with_votes(text, answered) if self.votes else candidates.features

    def _scores(self, text: str, candidates: Candidates) -> np.ndarray:
        learned = self.learned_.scores(self._features(text, candidates, self.answered_))
        return standard(np.sum(learned, axis=0)) if learned else candidates.prior

    def _trial(self, case: Case) -> Trial:
        scores = self._scores(case.text, case.candidates)
        order = np.argsort(-scores, kind="stable")
        hits = case.candidate_grades[order] > 0
        return Trial(scores[order], case.candidates.coverage, hits, len(case.relevant))

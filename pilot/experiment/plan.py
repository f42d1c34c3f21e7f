"""An experiment with its data: what is learnt from, what is scored, and what stands in the way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from pilot import checkout
from pilot.classify import Translation
from pilot.classify.distant import taught_by_passages
from pilot.config import Config
from pilot.quality.split import assign_folds, cut_dev, question_groups
from pilot.rank import Judged
from pilot.records import Passage, Question
from pilot.taxonomy import ABSTENTION

if TYPE_CHECKING:
    from pilot.sources import Dataset

DEV_SHARE = 0.15


class Part(NamedTuple):
    """What one model learns from and is tuned on, per dataset, and the questions it then answers."""

    train: "list[tuple[Dataset, list[Question]]]"
    dev: "list[tuple[Dataset, list[Question]]]"
    scored: list[Question]


@dataclass(frozen=True)
class Plan:
    """An experiment with its data: what is scored, what is learnt from, and under which suite it counts."""

    config: Config
    dataset: "Dataset"
    train_on: "tuple[Dataset, ...]" = ()
    folds: int | None = None
    suite: str = "quick"

    @property
    def supervision(self) -> str:
        """Say what the run learns from: ``labels``, ``folds``, ``transfer:<fingerprints>`` or ``passages``."""
        if not self.config.build().learns:
            return "passages"
        if self.train_on:
            return "transfer:" + ",".join(sorted(data.fingerprint[:12] for data in self.train_on))
        if self.folds:
            return "folds"
        return "labels" if _learnable(self.dataset, self.config.task, "train") else "passages"

    @property
    def identity(self) -> str:
        """Return what two runs share exactly when they must give the same result; code and data included."""
        same = (self.config.hash, self.dataset.fingerprint, self.supervision, self.folds, self.suite)
        return sha256(repr((*same, *checkout.source_state())).encode()).hexdigest()[:16]

    @cached_property
    def scored(self) -> list[Question]:
        """Return what is scored: the test split, or everything when out of fold."""
        return _learnable(self.dataset, self.config.task, *(() if self.folds else ("test",)))

    @cached_property
    def translation(self) -> Translation:
        """Return how labels of other schemes are said in the scored one."""
        return Translation(frozenset(label for question in self.scored for label in question.fields))

    @cached_property
    def taught(self) -> "list[tuple[Dataset, list[Question], list[Question]]]":
        """Return each set that is learnt from with its train and dev questions, dev cut from train if there is none."""
        return [(data, *self._teaching(data)) for data in self.train_on or (self.dataset,)]

    def _teaching(self, data: "Dataset") -> tuple[list[Question], list[Question]]:
        """Return what of a dataset may be learnt from and tuned on, labels said as the scored ones.

        Its train and dev splits; another dataset than the scored one gives all it has if it has no train split. Where
        no question is labelled, its passages teach.
        """
        task = self.config.task
        rows = _learnable(data, task, labels=self.translation)
        train, dev = (
            [question for question in rows if question.split == split] for split in ("train", "dev")
        )
        if not train and self.train_on:
            train, dev = rows, []
        if not train and task == "classify":
            train = taught_by_passages(data, self.translation)
        if train and not dev:
            groups = question_groups(train, by_citation=task == "classify")
            train, dev = cut_dev(train, groups, DEV_SHARE, self.config.seed)
        return train, dev

    @cached_property
    def groups(self) -> dict[str, str]:
        """Return question_id -> group of what is scored: near duplicates share one, and never straddle folds."""
        return question_groups(self.scored, by_citation=self.config.task == "classify")

    def faults(self) -> list[str]:
        """Return everything that would stop this experiment, before any training."""
        name, task, faults = self.dataset.name, self.config.task, []
        if not self.scored:
            what = "judged questions" if task == "rank" else "questions with a field"
            hint = "" if self.folds else "; `--folds 5` would score every split out of fold"
            faults.append(f"{name}: no {what} in split 'test', nothing to score{hint}")
        if task == "rank" and not self.dataset.passages:
            faults.append(f"{name}: no passages to rank; a ranking experiment needs passages")
        if self.folds and self.train_on:
            faults.append(
                "--folds and --train-on exclude each other: name what is trained on, or cut it from what is scored"
            )
        groups = len(set(self.groups.values()))
        if self.folds and not 2 <= self.folds <= groups:
            faults.append(f"{name}: {self.folds} folds over {groups} groups; give --folds from 2 to {groups}")
        if task == "classify" and not self.folds:
            remedy = "choose another --train-on" if self.train_on else "use --folds 5, or --train-on DIR"
            faults += [
                f"{data.name}: no labelled questions or passages to train on; {remedy}"
                for data, train, _ in self.taught
                if not train
            ]  # fmt: skip
            faults += [] if faults else self._label_faults()
        return faults

    def _label_faults(self) -> list[str]:
        """Return a fault for each set whose labels have nothing to do with those that are scored."""
        faults = []
        for data, *sides in self.taught if self.train_on else ():
            taught = {label for side in sides for question in side for label in question.fields}
            if not self.translation.scored & taught:
                named = [", ".join(sorted(labels)[:3]) for labels in (self.translation.scored, taught)]
                faults.append(
                    f"{data.name}: teaches {named[1]} …, while {self.dataset.name} is scored on {named[0]} …, and no "
                    "crosswalk joins them; train on a set with the same labels"
                )
        return faults

    def parts(self) -> Iterator[Part]:
        """Yield one part per model to fit: a single one, or one per fold with its dev cut from the other folds."""
        if self.folds:
            fold_of = assign_folds(self.scored, self.groups, self.folds, self.config.seed)
            for fold in range(self.folds):
                rest = [question for question in self.scored if fold_of[question.question_id] != fold]
                held = [question for question in self.scored if fold_of[question.question_id] == fold]
                train, dev = cut_dev(rest, self.groups, DEV_SHARE, self.config.seed)
                yield Part([(self.dataset, train)], [(self.dataset, dev)], held)
            return
        train_sets = [(data, train) for data, train, _ in self.taught]
        yield Part(train_sets, [(data, dev) for data, _, dev in self.taught], self.scored)


def judged_of(data: "Dataset", questions: Sequence[Question]) -> Judged:
    """Return the questions of a dataset with their judgments and the passages these refer to."""
    ids = {question.question_id for question in questions}
    return Judged(data.passages, questions, [j for j in data.judgments if j.question_id in ids])


def _learnable(
    dataset: "Dataset", task: str, *splits: str, labels: Translation | None = None
) -> list[Question]:
    """Return the questions of the splits (none named = all) that have gold for the task.

    A dataset without questions offers its passages for classification. Fields are said as ``labels`` says them.
    """
    if task == "rank":
        judged = {judgment.question_id for judgment in dataset.judgments}
        rows = [question for question in dataset.questions if question.question_id in judged]
    else:
        tell = labels.passage if labels else Passage.as_question
        questions = list(dataset.questions) or [tell(passage) for passage in dataset.passages]
        rows = [question for question in questions if question.fields and question.fields[0] != ABSTENTION]
        rows = [labels.question(question) for question in rows] if labels else rows
    return [question for question in rows if not splits or question.split in splits]

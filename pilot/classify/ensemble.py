"""The default classifier: what is learnt from texts and what is known about words, weighed by what the text is like."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilot.classify.base import Examples
from pilot.classify.features import readable
from pilot.classify.fitted import Fitted
from pilot.classify.keywords import evidence, hits
from pilot.classify.members import LONGEST, READS, Members
from pilot.classify.pool import (
    best_odds,
    best_temperature,
    best_weights,
    known_columns,
    log_probabilities,
    with_odds,
)
from pilot.classify.rollup import best_share, fields_of

if TYPE_CHECKING:
    import numpy as np

UNUSUAL = (0.98, 0.998)
"""A text that knows fewer of the training words than this share of held-out ones begins to count as another kind."""
CROSSED = 20_000
"""Up to so many examples every one of them is held out once; of more, dev alone is."""
FOLDS = 5


@dataclass
class Ensemble(Fitted):
    """Linear models over words and pairs, pooled with the words of ``data/keywords.yaml``.

    Members are an SVM and a complement naive Bayes over the whole text, an SVM over its first words (where
    articles have their title, and questions all they have), and the evidence of the words. The logarithms of the
    models' probabilities and the evidence are added with weights that minimise the log loss of held-out examples,
    and the log-odds of the top probability are fitted to how often it was right. Held out means by members that saw
    nothing of an example's group: as questions to come are of other laws and documents, so are these. The members
    that answer then learn from all examples, train and dev. What is asked may differ from what was learnt: statutes
    and stories share few words. So where a text's share of known words and pairs is unusually low, the weights glide
    to ``elsewhere``.

    Parameters
    ----------
    C
        Of the SVMs: cost of errors.
    smoothing
        Of naive Bayes.
    elsewhere
        Weights of SVM, naive Bayes, SVM of the first words, and words for texts unlike the training texts.
    further
        Weight of an example for its further labels; its main label has 1.
    """

    C: float = 1.0
    smoothing: float = 0.3
    elsewhere: tuple[float, float, float, float] = (0.1, 0.7, 0.2, 2.0)
    further: float = 0.1

    def fit(self, train: Examples, dev: Examples) -> None:
        """Weigh the members on examples they have not seen, then let them learn from all."""
        import numpy as np
        from scipy.special import softmax

        everything = train.joined(dev)
        everything = everything._replace(texts=[readable(text) for text in everything.texts])
        self.labels_ = everything.known_labels
        cuts = list(_held_out(everything, len(train.texts), self.seed))
        sides = [everything.chosen(learnt) for learnt, _ in cuts]
        # one after the other: liblinear draws from one random state per process, so threads would not be reproducible
        *parts, members = [
            self.members_.fit(side, (self.C, self.smoothing, self.further), self.seed)
            for side in (*sides, everything)
        ]
        held = [everything.chosen(asked) for _, asked in cuts]
        told = [part.answers(one.texts) for part, one in zip(parts, held, strict=True)]
        texts = [text for one in held for text in one.texts]
        columns = known_columns([label for one in held for label in one.labels], self.labels_)[1]
        scores = [np.concatenate(each) for each in zip(*(scores for scores, _ in told), strict=True)] or [
            np.empty((0, len(self.labels_))) for _ in READS
        ]
        shares = np.concatenate([*(shares for _, shares in told), np.empty(0)])
        self.state_ = {**members.state, "usual": np.sort(shares)}
        self.state_["temperatures"] = np.array([best_temperature(score, columns) for score in scores])
        pooled = self._pooled(scores, texts)
        self.state_["weights"] = best_weights(pooled, columns, np.array(self.elsewhere))
        said = softmax(self._summed(pooled, shares), axis=1)
        self.state_["odds"] = best_odds(said, columns)
        given = [[main, *more] for one in held for main, more in zip(one.labels, one.others, strict=True)]
        self.state_["share"] = np.array(best_share(with_odds(said, self.state_["odds"]), self.labels_, given))

    @property
    def members_(self) -> Members:
        """Return the members, which read what they have learnt from ``state_``."""
        return Members(self.labels_, self.state_)

    def predict_proba(self, texts: Sequence[str]) -> "np.ndarray":
        """Return probabilities of shape (texts, labels_)."""
        from scipy.special import softmax

        texts = [readable(text) for text in texts]
        scores, shares = self.members_.answers(texts)
        summed = self._summed(self._pooled(scores, texts), shares)
        return with_odds(softmax(summed, axis=1), self.state_["odds"])

    def fields(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the fields of each text, the main one first: how near a further one must come is fitted as well."""
        return fields_of(self.predict_proba(texts), self.labels_, float(self.state_["share"]))

    def known_share(self, texts: Sequence[str]) -> "np.ndarray":
        """Return which share of each text's words and pairs the training texts hold, shape (texts,)."""
        return self.members_.answers([readable(text) for text in texts])[1]

    def moved(self, text: str, most: int = 8) -> list[tuple[str, float]]:
        """Return the words and pairs that spoke most for the predicted label against the mean of all labels.

        Log-odds as the pool weighs them, largest first; those that spoke against it are left out.
        """
        label = int(self.predict_proba([text])[0].argmax())
        text = readable(text)
        weights = self._weights(self.members_.answers([text])[1])[0]
        moved: dict[str, float] = {}
        for member, name in enumerate(READS):
            scale = weights[member] / self.state_["temperatures"][member]
            for term, gain in self.members_.gains(name, text, label):
                moved[term] = moved.get(term, 0.0) + float(scale * gain)
        for phrase in hits(text, LONGEST):
            name = " ".join(phrase)
            said = float(weights[-1] * evidence([name], self.labels_)[0, label])
            moved[name] = moved.get(name, 0.0) + said
        best = sorted(moved.items(), key=lambda item: (-item[1], item[0]))
        return [(name, gain) for name, gain in best if gain > 0][:most]

    def _pooled(self, scores: "Sequence[np.ndarray]", texts: Sequence[str]) -> "np.ndarray":
        """Return what is pooled, shape (members, texts, labels_)."""
        import numpy as np

        pairs = zip(scores, self.state_["temperatures"], strict=True)
        logs = [log_probabilities(score, temperature) for score, temperature in pairs]
        return np.stack([*logs, evidence(texts, self.labels_, LONGEST)])

    def _summed(self, pooled: "np.ndarray", shares: "np.ndarray") -> "np.ndarray":
        """Return the weighted sum over members, shape (texts, labels_)."""
        import numpy as np

        return np.einsum("nm,mnk->nk", self._weights(shares), pooled)

    def _weights(self, shares: "np.ndarray") -> "np.ndarray":
        """Return the weights of the pool for each text by its share of known words, shape (texts, members).

        Without held-out examples nothing is known of what is usual, and every text counts as another kind of text.
        """
        import numpy as np

        usual, elsewhere = self.state_["usual"], np.array(self.elsewhere)
        if not len(usual):
            return np.tile(elsewhere, (len(shares), 1))
        rarer = 1 - np.searchsorted(usual, shares, side="right") / len(usual)
        low, high = UNUSUAL
        away = np.clip((rarer - low) / (high - low), 0, 1)[:, None]
        return (1 - away) * self.state_["weights"] + away * elsewhere


def _held_out(examples: Examples, given: int, seed: int) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """Yield (places learnt from, places held out), whole groups; held-out labels occur among those learnt from.

    The first ``given`` examples are train, the others dev.
    """
    from sklearn.model_selection import GroupKFold

    count, folds = len(examples.texts), min(FOLDS, len(set(examples.groups)))
    cuts: list[tuple[Sequence[int], Sequence[int]]] = [(range(given), range(given, count))]
    if count <= CROSSED or given == count:
        splitter = GroupKFold(folds, shuffle=True, random_state=seed) if folds > 1 else None
        cuts = list(splitter.split(examples.texts, groups=examples.groups)) if splitter else []
    for learnt, asked in cuts:
        known = {examples.labels[place] for place in learnt}
        yield learnt, [place for place in asked if examples.labels[place] in known]

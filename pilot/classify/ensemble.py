"""The default classifier: what is learnt from texts and what is known about words, weighed by what the text is like."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pilot.classify.base import Examples
from pilot.classify.features import Terms, readable
from pilot.classify.keywords import evidence, hits
from pilot.classify.pool import best_temperature, best_weights, known_columns, log_probabilities

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

UNUSUAL = (0.9, 0.98)
"""A text that knows less of the training vocabulary than this share of dev begins to count as another kind of text."""
LINEAR = {"svm": 0, "bayes": 0, "first": 1}
"""Linear members in the order of the weights -> what they read: 0 the whole text, 1 its first words."""
FILE = "ensemble.npz"


@dataclass
class Ensemble:
    """Linear models over words and pairs, pooled with the words of ``data/keywords.yaml``.

    Members are an SVM and a complement naive Bayes over the whole text, an SVM over its first words (where
    articles have their title, and questions all they have), and the evidence of the words. The logarithms of the
    models' probabilities and the evidence are added with weights that minimise dev's log loss; one temperature
    stands over all. Dev resembles train, questions may not: statutes and stories share few words. So where a
    text's share of known words and pairs is unusually low for dev, the weights glide to ``elsewhere``.

    Parameters
    ----------
    C, balanced
        Of the SVMs: cost of errors; whether rare labels weigh as much as common ones.
    smoothing
        Of naive Bayes.
    elsewhere
        Weights of SVM, naive Bayes, SVM of the first words, and words for texts unlike the training texts.
    further
        Weight of an example for its further labels; its main label has 1.
    longest, lead, min_df
        Words read per text; how many are its first words; training texts a word or pair must occur in.
    """

    learns: ClassVar[bool] = True
    C: float = 1.0
    balanced: bool = False
    smoothing: float = 0.3
    elsewhere: tuple[float, float, float, float] = (0.1, 0.7, 0.2, 2.0)
    further: float = 0.1
    longest: int = 1000
    lead: int = 40
    min_df: int = 2
    seed: int = 0
    labels_: list[str] = field(default_factory=list, init=False)
    terms_: tuple[Terms, Terms] = field(default=None, init=False, repr=False)  # type: ignore[assignment]
    state_: "dict[str, np.ndarray]" = field(default_factory=dict, init=False, repr=False)

    def fit(self, train: Examples, dev: Examples) -> None:
        """Learn from ``train``; temperatures, weights and what counts as unusual come from ``dev``."""
        import numpy as np

        self.labels_ = train.known_labels
        self.terms_ = Terms(self.longest, self.min_df), Terms(self.lead, self.min_df)
        texts = [readable(text) for text in train.texts]
        self.state_ = self._learnt([terms.fit(texts) for terms in self.terms_], train)
        known, columns = known_columns(dev.labels, self.labels_)
        texts = [readable(dev.texts[row]) for row in known]
        rows, shares = self._rows(texts)
        scores = self._scores(rows)
        self.state_["temperatures"] = np.array([best_temperature(score, columns) for score in scores])
        self.state_["usual"] = np.sort(shares)
        members = self._members(rows, texts)
        self.state_["weights"] = best_weights(members, columns, np.array(self.elsewhere))
        pooled = np.einsum("nm,mnk->nk", self._weights(shares), members)
        self.state_["sharpness"] = np.array(1 / best_temperature(pooled, columns))

    def predict_proba(self, texts: Sequence[str]) -> "np.ndarray":
        """Return probabilities of shape (texts, labels_)."""
        import numpy as np
        from scipy.special import softmax

        texts = [readable(text) for text in texts]
        rows, shares = self._rows(texts)
        pooled = np.einsum("nm,mnk->nk", self._weights(shares), self._members(rows, texts))
        return softmax(pooled * self.state_["sharpness"], axis=1)

    def known_share(self, texts: Sequence[str]) -> "np.ndarray":
        """Return which share of each text's words and pairs the training texts hold, shape (texts,)."""
        return self._rows([readable(text) for text in texts])[1]

    def moved(self, text: str, most: int = 8) -> list[tuple[str, float]]:
        """Return the words and pairs that spoke most for the predicted label against the mean of all labels.

        Log-odds as the pool weighs them, largest first; those that spoke against it are left out.
        """
        label = int(self.predict_proba([text])[0].argmax())
        text = readable(text)
        rows, shares = self._rows([text])
        weights, moved = self._weights(shares)[0], dict[str, float]()
        for member, (name, view) in enumerate(LINEAR.items()):
            values = dict(zip(rows[view].indices.tolist(), rows[view].data.tolist(), strict=True))
            scale = weights[member] / self.state_["temperatures"][member]
            gains = self.state_[name][:, label] - self.state_[name].mean(axis=1)
            for term, place in self.terms_[view].named(text):
                moved[term] = moved.get(term, 0.0) + float(scale * gains[place]) * values[place]
        for phrase in hits(text, self.longest):
            name = " ".join(phrase)
            said = float(weights[-1] * evidence([name], self.labels_)[0, label])
            moved[name] = moved.get(name, 0.0) + said
        best = sorted(moved.items(), key=lambda item: (-item[1], item[0]))
        return [(name, gain) for name, gain in best if gain > 0][:most]

    def save(self, folder: Path) -> None:
        """Write ``ensemble.npz``: arrays alone."""
        import numpy as np

        arrays = {"labels": np.array(self.labels_)}
        for view, terms in enumerate(self.terms_):
            arrays |= {f"columns{view}": terms.columns, f"idf{view}": terms.idf}
        np.savez(folder / FILE, **arrays, **self.state_)  # type: ignore[arg-type]

    def restore(self, folder: Path) -> None:
        """Read ``ensemble.npz``, pickles refused."""
        import numpy as np

        with np.load(folder / FILE, allow_pickle=False) as arrays:
            state = {name: arrays[name] for name in arrays.files}
        self.labels_ = [str(label) for label in state.pop("labels")]
        whole, first = ((state.pop(f"columns{view}"), state.pop(f"idf{view}")) for view in (0, 1))
        self.terms_ = Terms(self.longest, self.min_df, *whole), Terms(self.lead, self.min_df, *first)
        self.state_ = state

    def _learnt(self, views: "list[csr_array]", train: Examples) -> "dict[str, np.ndarray]":
        """Return the weights of the linear members, shape (columns, labels_), and the SVMs' intercepts."""
        import numpy as np
        from sklearn.naive_bayes import ComplementNB

        pairs = [(row, label, 1.0) for row, label in enumerate(train.labels)]
        pairs += [(row, label, self.further) for row, more in enumerate(train.others) for label in more]
        places = np.array([row for row, _, _ in pairs], np.int32)
        labels, weights = [label for _, label, _ in pairs], [weight for _, _, weight in pairs]
        whole, first = (rows[places] for rows in views)
        bayes = ComplementNB(alpha=self.smoothing).fit(whole, labels, sample_weight=weights)
        state = {"bayes": bayes.feature_log_prob_.T.astype(np.float32)}
        for name, rows in (("svm", whole), ("first", first)):
            state[name], state[f"{name}_intercepts"] = self._separated(rows, labels, weights)
        return state

    def _separated(
        self, rows: "csr_array", labels: list[str], weights: list[float]
    ) -> "tuple[np.ndarray, np.ndarray]":
        """Return weights and intercepts of an SVM, one column per label; zeros where there is a single label."""
        import numpy as np
        from sklearn.svm import LinearSVC

        if len(self.labels_) == 1:
            return np.zeros((rows.shape[1], 1), np.float32), np.zeros(1, np.float32)
        weight = "balanced" if self.balanced else None
        model = LinearSVC(C=self.C, class_weight=weight, tol=0.01, max_iter=100, random_state=self.seed)
        model.fit(rows, labels, sample_weight=weights)
        sides, intercepts = model.coef_, model.intercept_
        if len(self.labels_) == 2:
            sides, intercepts = np.vstack([-sides, sides]) / 2, np.concatenate([-intercepts, intercepts]) / 2
        return sides.T.astype(np.float32), intercepts.astype(np.float32)

    def _rows(self, texts: Sequence[str]) -> "tuple[list[csr_array], np.ndarray]":
        """Return the features of whole texts and of first words, and the known share of the whole texts."""
        (whole, shares), (first, _) = (terms.transform(texts) for terms in self.terms_)
        return [whole, first], shares

    def _scores(self, rows: "list[csr_array]") -> "list[np.ndarray]":
        """Return the scores of the linear members, shape (texts, labels_) each."""
        return [
            rows[view] @ self.state_[name] + self.state_.get(f"{name}_intercepts", 0.0)
            for name, view in LINEAR.items()
        ]

    def _members(self, rows: "list[csr_array]", texts: Sequence[str]) -> "np.ndarray":
        """Return what is pooled, shape (members, texts, labels_)."""
        import numpy as np

        scores = zip(self._scores(rows), self.state_["temperatures"], strict=True)
        logs = [log_probabilities(score, temperature) for score, temperature in scores]
        return np.stack([*logs, evidence(texts, self.labels_, self.longest)])

    def _weights(self, shares: "np.ndarray") -> "np.ndarray":
        """Return the weights of the pool for each text by its share of known words, shape (texts, members).

        Without dev nothing is known of what is usual, and every text counts as another kind of text.
        """
        import numpy as np

        usual, elsewhere = self.state_["usual"], np.array(self.elsewhere)
        if not len(usual):
            return np.tile(elsewhere, (len(shares), 1))
        rarer = 1 - np.searchsorted(usual, shares, side="right") / len(usual)
        low, high = UNUSUAL
        away = np.clip((rarer - low) / (high - low), 0, 1)[:, None]
        return (1 - away) * self.state_["weights"] + away * elsewhere

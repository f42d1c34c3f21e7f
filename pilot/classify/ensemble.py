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

UNUSUAL = (0.75, 0.95)
"""A text that knows less of the training vocabulary than this share of dev begins to count as another kind of text."""
FILE = "ensemble.npz"


@dataclass
class Ensemble:
    """Linear SVM and complement naive Bayes over words and pairs, pooled with the words of ``data/keywords.yaml``.

    The logarithms of the two models' probabilities and the evidence of the words are added with weights that
    minimise dev's log loss. Dev resembles train, questions may not: statutes and stories share few words. So
    where a text's share of known words and pairs is unusually low for dev, the weights glide to ``elsewhere``.

    Parameters
    ----------
    C, balanced
        Of the SVM: cost of errors; whether rare labels weigh as much as common ones.
    smoothing
        Of naive Bayes.
    elsewhere
        Weights of SVM, naive Bayes and words for texts unlike the training texts.
    further
        Weight of an example for its further labels; its main label has 1.
    longest, min_df
        Words read per text; training texts a word or pair must occur in.
    """

    learns: ClassVar[bool] = True
    C: float = 1.0
    balanced: bool = False
    smoothing: float = 0.3
    elsewhere: tuple[float, float, float] = (0.1, 0.7, 2.0)
    further: float = 0.1
    longest: int = 400
    min_df: int = 2
    seed: int = 0
    labels_: list[str] = field(default_factory=list, init=False)
    terms_: Terms = field(default_factory=Terms, init=False, repr=False)
    state_: "dict[str, np.ndarray]" = field(default_factory=dict, init=False, repr=False)

    def fit(self, train: Examples, dev: Examples) -> None:
        """Learn from ``train``; temperatures, weights and what counts as unusual come from ``dev``."""
        import numpy as np

        self.labels_ = train.known_labels
        self.terms_ = Terms(self.longest, self.min_df)
        rows = self.terms_.fit([readable(text) for text in train.texts])
        self.state_ = self._learnt(rows, train)
        known, columns = known_columns(dev.labels, self.labels_)
        texts = [readable(dev.texts[row]) for row in known]
        dev_rows, shares = self.terms_.transform(texts)
        scores = self._scores(dev_rows)
        self.state_["temperatures"] = np.array([best_temperature(score, columns) for score in scores])
        self.state_["usual"] = np.sort(shares)
        members = self._members(dev_rows, texts)
        self.state_["weights"] = best_weights(members, columns, np.array(self.elsewhere))

    def predict_proba(self, texts: Sequence[str]) -> "np.ndarray":
        """Return probabilities of shape (texts, labels_)."""
        import numpy as np
        from scipy.special import softmax

        texts = [readable(text) for text in texts]
        rows, shares = self.terms_.transform(texts)
        return softmax(np.einsum("nm,mnk->nk", self._weights(shares), self._members(rows, texts)), axis=1)

    def known_share(self, texts: Sequence[str]) -> "np.ndarray":
        """Return which share of each text's words and pairs the training texts hold, shape (texts,)."""
        return self.terms_.transform([readable(text) for text in texts])[1]

    def moved(self, text: str, most: int = 8) -> list[tuple[str, float]]:
        """Return the words and pairs that spoke most for the predicted label against the mean of all labels.

        Log-odds as the pool weighs them, largest first; those that spoke against it are left out.
        """
        label = int(self.predict_proba([text])[0].argmax())
        text = readable(text)
        rows, shares = self.terms_.transform([text])
        weights = self._weights(shares)[0]
        values = dict(zip(rows.indices.tolist(), rows.data.tolist(), strict=True))
        moved: dict[str, float] = {}
        for member, name in enumerate(("svm", "bayes")):
            scale = weights[member] / self.state_["temperatures"][member]
            gains = self.state_[name][:, label] - self.state_[name].mean(axis=1)
            for term, place in self.terms_.named(text):
                moved[term] = moved.get(term, 0.0) + float(scale * gains[place]) * values[place]
        for phrase in hits(text, self.longest):
            name = " ".join(phrase)
            said = float(weights[2] * evidence([name], self.labels_)[0, label])
            moved[name] = moved.get(name, 0.0) + said
        best = sorted(moved.items(), key=lambda item: (-item[1], item[0]))
        return [(name, gain) for name, gain in best if gain > 0][:most]

    def save(self, folder: Path) -> None:
        """Write ``ensemble.npz``: arrays alone."""
        import numpy as np

        arrays = {"labels": np.array(self.labels_), "columns": self.terms_.columns, "idf": self.terms_.idf}
        np.savez(folder / FILE, **arrays, **self.state_)  # type: ignore[arg-type]

    def restore(self, folder: Path) -> None:
        """Read ``ensemble.npz``, pickles refused."""
        import numpy as np

        with np.load(folder / FILE, allow_pickle=False) as arrays:
            state = {name: arrays[name] for name in arrays.files}
        self.labels_ = [str(label) for label in state.pop("labels")]
        self.terms_ = Terms(self.longest, self.min_df, state.pop("columns"), state.pop("idf"))
        self.state_ = state

    def _learnt(self, rows: "csr_array", train: Examples) -> "dict[str, np.ndarray]":
        """Return the weights of both models, shape (m, labels_), and the SVM's intercepts."""
        import numpy as np
        from sklearn.naive_bayes import ComplementNB
        from sklearn.svm import LinearSVC

        pairs = [(row, label, 1.0) for row, label in enumerate(train.labels)]
        pairs += [(row, label, self.further) for row, more in enumerate(train.others) for label in more]
        rows = rows[np.array([row for row, _, _ in pairs], np.int32)]
        labels, weights = [label for _, label, _ in pairs], [weight for _, _, weight in pairs]
        svm = np.zeros((rows.shape[1], len(self.labels_)), np.float32)
        intercepts = np.zeros(len(self.labels_), np.float32)
        if len(self.labels_) > 1:
            weight = "balanced" if self.balanced else None
            model = LinearSVC(C=self.C, class_weight=weight, tol=0.01, max_iter=100, random_state=self.seed)
            model.fit(rows, labels, sample_weight=weights)
            both = len(self.labels_) == 2
            svm[:] = np.vstack([-model.coef_, model.coef_]).T / 2 if both else model.coef_.T
            intercepts[:] = (
                np.concatenate([-model.intercept_, model.intercept_]) / 2 if both else model.intercept_
            )
        bayes = ComplementNB(alpha=self.smoothing).fit(rows, labels, sample_weight=weights)
        return {"svm": svm, "intercepts": intercepts, "bayes": bayes.feature_log_prob_.T.astype(np.float32)}

    def _scores(self, rows: "csr_array") -> "list[np.ndarray]":
        return [rows @ self.state_["svm"] + self.state_["intercepts"], rows @ self.state_["bayes"]]

    def _members(self, rows: "csr_array", texts: Sequence[str]) -> "np.ndarray":
        """Return what is pooled, shape (3, texts, labels_)."""
        import numpy as np

        scores = zip(self._scores(rows), self.state_["temperatures"], strict=True)
        logs = [log_probabilities(score, temperature) for score, temperature in scores]
        return np.stack([*logs, evidence(texts, self.labels_, self.longest)])

    def _weights(self, shares: "np.ndarray") -> "np.ndarray":
        """Return the weights of the pool for each text by its share of known words, shape (texts, 3).

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

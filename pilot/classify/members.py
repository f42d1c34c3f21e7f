"""The linear members of the ensemble: two SVMs and a complement naive Bayes over words and pairs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pilot.classify.base import Examples
from pilot.classify.features import Terms
from pilot.classify.pool import sides_of

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

READS = {"svm": 0, "bayes": 0, "first": 1}
"""Member -> what it reads: 0 the whole text, 1 its first words."""
LONGEST, LEAD = 1000, 40
"""Words read per text, and how many are its first words."""
NEVER = (-1.0,)
"""What an SVM says of a label it has not met."""


@dataclass
class Members:
    """An SVM and naive Bayes over whole texts, and an SVM over their first words.

    Parameters
    ----------
    labels
        Columns of all scores, sorted; examples may lack some of them.
    state
        What was learnt: arrays by name.
    """

    labels: list[str]
    state: "dict[str, np.ndarray]" = field(default_factory=dict, repr=False)

    def fit(self, train: Examples, costs: tuple[float, float, float], seed: int) -> "Members":
        """Learn from examples whose texts are readable.

        Parameters
        ----------
        train
            What is learnt from.
        costs
            Cost of errors of the SVMs, smoothing of naive Bayes, and the weight of an example for its further
            labels, its main label having 1.
        seed
            Of the SVMs' order.
        """
        import numpy as np
        from sklearn.naive_bayes import ComplementNB

        cost, smoothing, further = costs
        terms = Terms(LONGEST), Terms(LEAD)
        pairs = [(row, label, 1.0) for row, label in enumerate(train.labels)]
        pairs += [(row, label, further) for row, more in enumerate(train.others) for label in more]
        places = np.array([row for row, _, _ in pairs], np.int32)
        labels, weights = [label for _, label, _ in pairs], [weight for _, _, weight in pairs]
        whole, first = (own.fit(train.texts)[places] for own in terms)
        bayes = ComplementNB(alpha=smoothing).fit(whole, labels, sample_weight=weights)
        heard = bayes.feature_log_prob_
        self.state = {"bayes": self._columns(heard, bayes.classes_, heard.min(axis=0))}
        for view, own in enumerate(terms):
            self.state |= {f"columns{view}": own.columns, f"idf{view}": own.idf}
        self.state["bayes_intercepts"] = np.zeros(len(self.labels), np.float32)
        for name, rows in (("svm", whole), ("first", first)):
            sides, intercepts, known = _separated(rows, labels, weights, cost, seed)
            self.state[name] = self._columns(sides, known, np.zeros(sides.shape[1]))
            self.state[f"{name}_intercepts"] = self._columns(intercepts[:, None], known, NEVER)[0]
        return self

    def answers(self, texts: Sequence[str]) -> "tuple[list[np.ndarray], np.ndarray]":
        """Return each member's scores, shape (texts, labels), and each text's share of known words, shape (texts,)."""
        rows, shares = self._rows(texts)
        scores = [
            rows[view] @ self.state[name] + self.state[f"{name}_intercepts"] for name, view in READS.items()
        ]
        return scores, shares

    def gains(self, name: str, text: str, label: int) -> Iterator[tuple[str, float]]:
        """Yield the known words and pairs of a text and what they add to a member's score of a label above the mean."""
        row = self._rows([text])[0][READS[name]]
        values = dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
        sides = self.state[name]
        for term, place in self._terms(READS[name]).named(text):
            yield term, float(sides[place, label] - sides[place].mean()) * values[place]

    def _rows(self, texts: Sequence[str]) -> "tuple[list[csr_array], np.ndarray]":
        """Return the features of whole texts and of first words, and the known share of the whole texts."""
        (whole, shares), (first, _) = (self._terms(view).transform(texts) for view in (0, 1))
        return [whole, first], shares

    def _terms(self, view: int) -> Terms:
        columns, idf = self.state[f"columns{view}"], self.state[f"idf{view}"]
        return Terms((LONGEST, LEAD)[view], columns=columns, idf=idf)

    def _columns(
        self, rows: "np.ndarray", known: Sequence[str], missing: "Sequence[float] | np.ndarray"
    ) -> "np.ndarray":
        """Return one row per known label as one column per label; labels without examples get ``missing``."""
        import numpy as np

        table = np.tile(np.asarray(missing, np.float32)[:, None], len(self.labels))
        table[:, np.searchsorted(self.labels, known)] = rows.T
        return table


def _separated(
    rows: "csr_array", labels: list[str], weights: list[float], cost: float, seed: int
) -> "tuple[np.ndarray, np.ndarray, list[str]]":
    """Return an SVM's weights (labels, columns), intercepts and labels; zeros where there is a single label."""
    import numpy as np
    from sklearn.svm import LinearSVC

    known = sorted(set(labels))
    if len(known) == 1:
        return np.zeros((1, rows.shape[1]), np.float32), np.zeros(1, np.float32), known
    model = LinearSVC(C=cost, tol=0.01, max_iter=100, random_state=seed)
    model.fit(rows, labels, sample_weight=weights)
    return *sides_of(model), known

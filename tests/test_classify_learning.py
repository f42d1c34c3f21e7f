"""What labels are worth, and which of them look wrong."""

from pathlib import Path

import pandas as pd
import pytest

from pilot.bench.classify import tables
from pilot.classify import MODELS, Examples
from pilot.classify.curve import learning_curve
from pilot.classify.suspicious import suspicious_labels


def examples(rows: list[tuple[str, str]]) -> Examples:
    texts, labels = zip(*rows, strict=True)
    return Examples(list(texts), list(labels), [str(i) for i in range(len(rows))], [()] * len(rows))


def test_curve_from_no_label_to_all() -> None:
    train = examples([("thuê nhà", "09"), ("nợ lương", "20")] * 4)
    test = examples([("thuê nhà ở đâu", "09"), ("nợ lương ai trả", "20")])
    base = examples([("điều khoản thuê", "09"), ("điều khoản lương", "20")])
    curve = learning_curve(
        lambda: MODELS["bayes"](min_df=1), (train, test, test), [0, 8, 99], base=base, measure="Accuracy"
    )
    assert [size for size, _ in curve] == [0, 8, 8]
    assert curve[-1][1].value == 1


def test_the_swapped_label_is_found_and_the_doubtful_one_is_not() -> None:
    """Mean probability of its own label: a (.9 + .8 + .1) / 3 = .6, b (.9 + .7) / 2 = .8; only q2 passes b's."""
    given = {"q0": ("a", 0.9), "q1": ("a", 0.8), "q2": ("a", 0.1), "q3": ("b", 0.1), "q4": ("b", 0.3)}
    gold = pd.DataFrame([(q, label) for q, (label, _) in given.items()], columns=["question_id", "label"])
    rows = [(q, name, p if name == "a" else 1 - p) for q, (_, p) in given.items() for name in "ab"]
    found = suspicious_labels(pd.DataFrame(rows, columns=["question_id", "label", "probability"]), gold)
    assert found.to_dict("records") == [
        {
            "question_id": "q2",
            "label": "a",
            "suggested": "b",
            "p_label": pytest.approx(0.1),
            "p_suggested": 0.9,
        }
    ]


def test_bench_measures_default_and_svm_on_the_sets_own_questions(tiny: Path) -> None:
    ((title, rows),) = tables([tiny])
    assert title.startswith("classify: 8 examples of ")
    assert [row.name for row in rows] == ["tfidf_svm", "default"]
    assert rows[0].ratio is None
    assert rows[1].ratio == rows[0].figures["train_seconds"] / rows[1].figures["train_seconds"]
    assert all(row.figures["questions_per_second"] > 0 for row in rows)

"""Published results stand apart from ours, each with what it may be compared with."""

from pilot.decide.board import Published, board, read_published
from pilot.decide.results import Record
from pilot.evaluate import Estimate

OURS = Record("rank/default", "rank", "alqac", "folds", "r1", "c1", "d1", "h1", 0, False, 1.0,
              {"nDCG@10": Estimate(0.9, 0.88, 0.92, 728)})  # fmt: skip
OTHER = Published("Zalo", "n = 788", {"nDCG@10": 0.89}, "BM25 + véc-tơ", "bộ khác")


def test_published_results_stand_apart() -> None:
    ours, published = board([OURS], [OTHER]).split("## 2.")
    assert "| rank/default | folds | 0.900 [0.880, 0.920] | – | – | – | 728 |" in ours
    assert "Zalo" not in ours
    assert "| Zalo | n = 788 | nDCG@10 0.890 | BM25 + véc-tơ | bộ khác |" in published


def test_without_results_it_says_so() -> None:
    assert "Chưa có kết quả" in board([], [OTHER])


def test_the_committed_table_is_sound() -> None:
    rows = read_published()
    assert all(0 < value < 1 for row in rows for value in row.measures.values())
    assert all(row.note for row in rows)

"""Indexes, windows, accents by the passages, citations, validity: each against values worked by hand."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilot.rank import index as index_module
from pilot.rank.bm25 import BM25
from pilot.rank.cited import Citable
from pilot.rank.collection import ANALYSES, Collection
from pilot.rank.currency import demoted, out_of_force
from pilot.rank.index import Index
from pilot.rank.spelling import Speller
from pilot.rank.texts import heading
from pilot.rank.tokens import Tokens, Vocabulary, both, pairs, singles, spread
from pilot.rank.windows import BLOCK, Asked, evidence
from pilot.records import InputError, Passage


def passage(number: int, text: str, title: str = "", **more: object) -> Passage:
    return Passage(f"p{number}", "article", title, text, **more)  # type: ignore[arg-type]


LEASE = [
    passage(0, "Bên thuê trả tiền thuê nhà đúng hạn.", "Trả tiền thuê"),
    passage(1, "Bên cho thuê giao nhà cho bên thuê.", "Giao nhà"),
    passage(2, "Tòa án giải quyết ly hôn.", "Ly hôn"),
]


def test_pairs_stay_within_a_text_and_skip_unknown_terms() -> None:
    vocabulary = Vocabulary({})
    learnt = vocabulary.learn([["a", "b", "a"], ["b"]])
    assert learnt.ids.tolist() == [0, 1, 0, 1]
    assert [text.tolist() for text in singles(learnt)] == [[0, 0, 0, 1], [0, 1, 0, 1]]
    width = 1 << 31
    assert [part.tolist() for part in pairs(learnt)] == [[0, 0], [1, width]]
    assert len(both(learnt)[1]) == 6
    assert pairs(vocabulary.read([["a", "x", "b"]]))[1].tolist() == []
    assert learnt.taken(np.array([1, 0])).ids.tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("analysis", ["syllables", "pairs"])
def test_index_scores_as_bm25s_does(analysis: str) -> None:
    other = BM25(terms=(analysis,))
    other.fit(LEASE, (), ())
    collection = Collection.build(LEASE, ("syllables", "pairs"))
    for text in ("Thuê nhà trả tiền thế nào?", "ly hôn", "bên cho thuê giao nhà", "chưa hề có"):
        found = collection.indexes[analysis].scores(collection.places(text)[analysis])
        np.testing.assert_allclose(found, other.scores(text), rtol=1e-5)


def numbered(*texts: list[int]) -> Tokens:
    starts = np.cumsum([0, *map(len, texts)])
    return Tokens(np.array([term for text in texts for term in text], dtype=np.int32), starts)


def test_an_index_of_two_parts_worked_by_hand() -> None:
    # Lengths 4, 0, 1, 3, mean 2, so k1 (1 - b + b length / mean) is 2.1, 0.3, 0.75, 1.65 with k1 1.2, b 0.75.
    first, second = numbered([5, 7, 5, 5], []), numbered([7], [5, 9, 9])
    index = Index.build([first, second], singles, k1=1.2, b=0.75)
    assert index.size == 4
    assert index.keys.tolist() == [5, 7, 9]
    assert index.starts.tolist() == [0, 2, 4, 5]
    assert index.texts.tolist() == [0, 3, 0, 2, 3]
    in_two, in_one = np.log(1 + 2.5 / 2.5), np.log(1 + 3.5 / 1.5)
    np.testing.assert_allclose(index.idf, [in_two, in_two, in_one])
    hand = [in_two * 3 / 5.1, in_two / 2.65, in_two / 3.1, in_two / 1.75, in_one * 2 / 3.65]
    np.testing.assert_allclose(index.weights, hand, rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), max_size=9), min_size=1, max_size=20), st.integers(1, 12))
def test_building_in_parts_changes_nothing(texts: list[list[int]], most: int) -> None:
    tokens = numbered(*texts)
    whole, parted = (Index.build(parts, both) for parts in ([tokens], tokens.parts(most)))
    for name, array in whole.arrays("index").items():
        other = parted.arrays("index")[name]
        assert (array.dtype, array.tobytes()) == (other.dtype, other.tobytes())


def test_parts_hold_all_texts_in_order_and_never_more_tokens_than_one_text_too_many() -> None:
    tokens = numbered([1, 2], [], [3, 4, 5, 6, 7], [8], [], [9])
    parts = [np.split(part.ids, part.starts[1:-1]) for part in tokens.parts(3)]
    assert [text.tolist() for part in parts for text in part if len(text)] == [
        [1, 2],
        [3, 4, 5, 6, 7],
        [8],
        [9],
    ]
    assert sum(len(part.starts) - 1 for part in tokens.parts(3)) == 6
    assert max(len(part.ids) for part in tokens.parts(3)) < 3 + 5
    assert [len(part.ids) for part in numbered([1], [2]).parts()] == [2]


def test_counts_beyond_a_byte_are_kept() -> None:
    few, many = (Index.build([numbered([1] * count, [2])], singles) for count in (256, 300))
    share = 300 / 256 * (256 + 1.2 * (0.25 + 0.75 * 256 / 128.5)) / (300 + 1.2 * (0.25 + 0.75 * 300 / 150.5))
    np.testing.assert_allclose(many.weights[0] / few.weights[0], share, rtol=1e-6)


def test_a_key_of_very_many_texts_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index.build([numbered([5, 6], [5], [5])], singles)
    assert index.scores(np.array([0, 1]))[1] > 0
    monkeypatch.setattr(index_module, "COMMON", 2)
    assert index.scores(np.array([0, 1])).nonzero()[0].tolist() == [0]


def test_windows_see_what_stands_together() -> None:
    near = [7, 8] + [0] * 3 * BLOCK
    far = [7] + [0] * 6 * BLOCK + [8]
    tokens = Tokens(
        np.array(near + far + [9], dtype=np.int32),
        np.array([0, len(near), len(near) + len(far), len(near + far) + 1]),
    )
    asked = Asked(
        np.array([7, 8]),
        np.array([7 * (1 << 31) + 8]),
        np.array([1.0, 3.0]),
        np.array([2.0]),
        np.array([0.0, 1.0]),
    )
    found = evidence(tokens, asked)
    assert found["coverage"].tolist() == [1, 1, 0]
    assert found["pair_coverage"].tolist() == [1, 0, 0]
    assert found["figures"].tolist() == [1, 1, 0]
    assert found["run"].tolist() == [2, 0, 0]
    np.testing.assert_allclose(found["window_80"], [4 / 2.2, 3 / 2.2, 0], rtol=1e-6)
    np.testing.assert_allclose(found["pairs_40"], [2 / 2.2, 0, 0], rtol=1e-6)


def test_the_window_adds_up_over_blocks() -> None:
    tokens = Tokens(
        np.array([7] + [0] * (BLOCK - 1) + [7] + [0] * (2 * BLOCK - 1) + [7], dtype=np.int32),
        np.array([0, 3 * BLOCK + 1]),
    )
    none = np.empty(0)
    found = evidence(tokens, Asked(np.array([7]), none, np.array([1.0]), none, np.array([0.0])))
    np.testing.assert_allclose(found["window_40"], [2 / 3.2], rtol=1e-6)
    np.testing.assert_allclose(found["window_80"], [3 / 4.2], rtol=1e-6)


def test_a_heading_is_the_title_and_the_first_line_that_heads() -> None:
    assert (
        heading(passage(1, "Bảo lãnh\n1. Bên bảo lãnh phải trả.", "Bộ luật Dân sự"))
        == "Bộ luật Dân sự. Bảo lãnh"
    )
    assert heading(passage(1, "Chương II\nĐiều 5. Phạm vi\n1. Luật này…")) == ". Phạm vi"
    assert heading(passage(1, "1. Một\n2. Hai", "Tên")) == "Tên"
    assert heading(passage(1, "Chỉ một dòng", "Tên")) == "Tên"


def test_importance_rises_with_titles_and_is_one_without_them() -> None:
    collection = Collection.build(LEASE, tuple(ANALYSES))
    numbers = collection.vocabularies["syllables"].numbers
    assert collection.importance[numbers["nhà"]] > collection.importance[numbers["bên"]]
    heads, found = spread(collection.titles, len(numbers)), spread(collection.tokens, len(numbers))
    mean = heads.sum() / found.sum()
    np.testing.assert_allclose(collection.importance, ((heads + 2 * mean) / (found + 2) / mean) ** 0.25)
    assert [found[numbers[term]] for term in ("thuê", "tiền", "hôn")] == [2, 1, 1]
    untitled = Collection.build([passage(1, "a b"), passage(2, "b c")], ("syllables", "pairs"))
    assert set(untitled.importance) == {1.0}


def test_a_saved_collection_is_the_same_and_refuses_other_passages(tmp_path: Path) -> None:
    built = Collection.build(LEASE, tuple(ANALYSES))
    built.save(tmp_path)
    read = Collection.load(tmp_path, LEASE)
    assert isinstance(read.indexes["pairs"].weights, np.memmap)
    for name, places in built.places("Thuê nhà của ai?").items():
        np.testing.assert_array_equal(places, read.places("Thuê nhà của ai?")[name])
        np.testing.assert_array_equal(built.indexes[name].scores(places), read.indexes[name].scores(places))
    with pytest.raises(InputError, match="other passages"):
        Collection.load(tmp_path, LEASE[:2])


def test_the_passages_choose_among_accents() -> None:
    speller = Speller(
        Collection.build([passage(n, "dừng xe trên cầu") for n in range(9)], ("syllables", "pairs"))
    )
    assert speller.respell("dùng xe tren cau, 12") == "dừng xe trên cầu, 12"
    assert speller.respell("") == ""
    assert speller.likeliest(["lạ", "xe"]) == ["lạ", "xe"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Điều 47 Luật Doanh nghiệp", [1, 0.5, 0]),
        ("Điều 47 thế nào?", [1, 0, 1]),
        ("Nghị định 168/2024/NĐ-CP", [0, 0, 0.5]),
        ("Luật Hải quan nói gì?", [0, 0, 0]),
        ("không trích dẫn", [0, 0, 0]),
    ],
)
def test_cited_passages(text: str, expected: list[float]) -> None:
    citable = Citable([
        passage(0, "", "Luật Doanh nghiệp. Góp vốn", article="47"),
        passage(1, "", "Luật Doanh nghiệp. Vốn", article="48"),
        passage(2, "", "Xử phạt", article="47", document_id="168/2024/NĐ-CP"),
    ])  # fmt: skip
    assert citable.scores(text).tolist() == expected


@pytest.mark.parametrize(
    ("first", "end", "out"),
    [
        (None, None, False),
        (date(2024, 6, 1), None, False),
        (date(2024, 6, 2), None, True),
        (None, date(2024, 5, 31), True),
        (date(2020, 1, 1), date(2024, 6, 1), False),
    ],
)
def test_out_of_force_is_what_ended_before_or_begins_after(
    first: date | None, end: date | None, out: bool
) -> None:
    one = passage(1, "x", effective_from=first, effective_to=end)
    assert out_of_force([one], date(2024, 6, 1)).tolist() == [out]


@pytest.mark.parametrize("scores", [[0.9, 0.5, 0.2], [1.5, -0.5, -2.0]])
def test_what_is_out_of_force_goes_last_in_its_own_order(scores: list[float]) -> None:
    order, moved = demoted(np.array([4, 2, 7]), np.array(scores), np.array([True, False, True]))
    assert order.tolist() == [2, 4, 7]
    assert (np.diff(moved) < 0).all()
    assert demoted(order, moved, np.zeros(3, bool))[0] is order

"""Citations are found, read and kept whole."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilot.text import segment
from pilot.text.citations import FoundCitation, find_citations, official_number, segment_keeping_numbers
from pilot.text.letters import strip_accents


def read(text: str) -> list[tuple]:
    """Citations as (text, document_id, law, year, article, clause, point)."""
    return [(text[found.start : found.end], *found[2:]) for found in find_citations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Theo 45/2019/QH14 thì", [("45/2019/QH14", "45/2019/QH14", None, None, None, None, None)]),
        (
            "Nghị định 168/2024/NĐ-CP quy định",
            [("Nghị định 168/2024/NĐ-CP", "168/2024/NĐ-CP", None, None, None, None, None)],
        ),
        (
            "xem khoản 2 Điều 5 Luật Đất đai.",
            [("khoản 2 Điều 5 Luật Đất đai", None, "Luật Đất đai", None, "5", "2", None)],
        ),
        ("điểm a khoản 1 Điều 12", [("điểm a khoản 1 Điều 12", None, None, None, "12", "1", "a")]),
        ("điểm đ khoản 1 Điều 12a", [("điểm đ khoản 1 Điều 12a", None, None, None, "12a", "1", "đ")]),
        ("BLLĐ 2019", [("BLLĐ 2019", None, "Bộ luật Lao động", 2019, None, None, None)]),
        (
            "Điều 12, khoản 3, điểm b của Luật số 45/2019/QH14",
            [
                (
                    "Điều 12, khoản 3, điểm b của Luật số 45/2019/QH14",
                    "45/2019/QH14",
                    None,
                    None,
                    "12",
                    "3",
                    "b",
                )
            ],
        ),
        (
            "khoan 2 dieu 5 nghi dinh 100/2019/nd-cp",
            [("khoan 2 dieu 5 nghi dinh 100/2019/nd-cp", "100/2019/NĐ-CP", None, None, "5", "2", None)],
        ),
        (
            "Bộ luật Lao động năm 2019 số 45/2019/QH14",
            [
                (
                    "Bộ luật Lao động năm 2019 số 45/2019/QH14",
                    "45/2019/QH14",
                    "Bộ luật Lao động",
                    2019,
                    None,
                    None,
                    None,
                )
            ],
        ),
        (
            "Điều 5 và Điều 6 Luật Cư trú",
            [
                ("Điều 5", None, None, None, "5", None, None),
                ("Điều 6 Luật Cư trú", None, "Luật Cư trú", None, "6", None, None),
            ],
        ),
        (
            "Luật Thuế thu nhập cá nhân",
            [("Luật Thuế thu nhập cá nhân", None, "Luật Thuế thu nhập cá nhân", None, None, None, None)],
        ),
        ("điều này, ngày 1/2/2024, số 12/3, và/hoặc", []),
    ],
)
def test_found_and_read(text: str, expected: list[tuple]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("typed", "official"),
    [
        ("168/2024/nd-cp", "168/2024/NĐ-CP"),
        ("1234/qđ-ttg", "1234/QĐ-TTg"),
        ("01/2021/tt-btnmt", "01/2021/TT-BTNMT"),
        ("05/2022/nq-hdnd", "05/2022/NQ-HĐND"),
        ("45/2019/QH14", "45/2019/QH14"),
    ],
)
def test_official_numbers(typed: str, official: str) -> None:
    assert official_number(typed) == official == official_number(official)


def test_segmentation_keeps_numbers_whole() -> None:
    text = "Nghị định 168/2024/nd-cp và 45/2019/QH14 quy định"
    assert segment_keeping_numbers(text) == "Nghị_định 168/2024/NĐ-CP và 45/2019/QH14 quy_định"
    assert segment_keeping_numbers("45/2019/QH14") == "45/2019/QH14"


@given(st.text(st.sampled_from("Điềukhoản đểm 0123456789/QHNĐCP-.,\n"), max_size=60))
def test_spans_lie_in_order_and_text_without_numbers_is_segmented_plainly(text: str) -> None:
    found = find_citations(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    if not any(one.document_id for one in found):
        assert segment_keeping_numbers(text) == segment(text)


def test_accents_do_not_matter_for_place_and_number() -> None:
    text = "theo khoản 2 Điều 5 Luật Đất đai 2013, Nghị định 168/2024/NĐ-CP"
    assert find_citations(strip_accents(text)) == find_citations(text)
    assert find_citations("") == []
    assert FoundCitation(0, 1).article is None


@pytest.mark.parametrize(
    ("text", "laws"),
    [
        ("làm trái luật được không, sửa luật được chưa", []),
        ("lam trai luat duoc khong", []),
        ("Điều 5 luật được sửa", [None]),
        ("theo luật dược và LUẬT DƯỢC", ["Luật Dược", "Luật Dược"]),
        ("Luat Duoc, luat duoc 2016, luat duoc so 105/2016/QH13", ["Luật Dược"] * 3),
        ("luat dat đai, luật đất đại, luat cu tru", ["Luật Đất đai", "Luật Cư trú"]),
        ("Luật Thuỷ sản, hien phap, bldS", ["Luật Thủy sản", "Hiến pháp", "Bộ luật Dân sự"]),
    ],
)
def test_accents_of_a_name_count_where_there_are_any(text: str, laws: list[str | None]) -> None:
    assert [found.law for found in find_citations(text)] == laws


def test_decomposed_text_is_refused() -> None:
    with pytest.raises(ValueError, match="call normalise first"):
        find_citations("Luâ\u0323t")

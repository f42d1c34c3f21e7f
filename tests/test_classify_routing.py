"""Where a question goes, what a wrong way costs, what lies outside, and several fields at once."""

from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from pilot.classify.rollup import best_share, fields_of, mean_f1, rolled_up
from pilot.classify.routing import cost_of, days_lost, route, route_texts
from pilot.classify.scope import outside
from pilot.taxonomy import NOT_LEGAL, OUT_OF_SCOPE, taxonomy

BODIES = {code: topic.body.name for code, topic in taxonomy().topics.items()}


def test_a_sure_field_goes_to_the_province_if_the_body_has_one() -> None:
    found = route({"20": 0.97, "02": 0.03}, province="Đà Nẵng")
    assert (found.body, found.field, found.checked) == ("Sở Nội vụ (Đà Nẵng)", "20", False)
    assert "Lao động (97%)" in found.reason
    assert "chưa kiểm tra" in found.reason
    assert route({"22": 0.97}, province="Đà Nẵng").body == "Ngân hàng Nhà nước Việt Nam"
    assert route({"20": 0.97}).body == "Bộ Nội vụ"


def test_doubt_between_bodies_is_handed_over_but_not_between_fields_of_one_body() -> None:
    """Wrong by 0.4 x 14 days beats no hand-over of one day; two fields of the Ministry of Justice cost nothing."""
    unsure = route({"14": 0.6, "45": 0.4})
    assert (unsure.body, unsure.cost) == (None, 1)
    assert "Giao thông, vận tải: 60%" in unsure.reason
    assert route({"09": 0.6, "16": 0.4}).body == "Bộ Tư pháp"


def test_special_foreign_and_27_labels() -> None:
    assert route({OUT_OF_SCOPE: 0.9, "09": 0.1}).body is None
    assert route({"nhãn lạ": 1.0}).reason == "Không rõ lĩnh vực: chuyển chuyên gia."
    assert route({}).body is None
    assert route({"Giáo dục": 1.0}).body == "Bộ Giáo dục và Đào tạo"


def test_mediators_are_served_by_justice_whatever_the_field() -> None:
    assert route({"14": 0.5, "45": 0.5}, "Huế", "hòa giải viên").body == "Sở Tư pháp (Huế)"


def test_costs_by_hand() -> None:
    assert cost_of("20", BODIES["20"]) == 0
    assert cost_of("20", BODIES["02"]) == 7  # the same group: labour and insurance
    assert cost_of("20", BODIES["45"]) == 14
    assert cost_of("20", None) == 1
    assert cost_of("can_chuyen_gia", None) == 0
    assert cost_of(NOT_LEGAL, BODIES["20"]) == 14
    probabilities = np.array([[0.96, 0.04], [0.6, 0.4]])
    assert days_lost(["20", "45"], probabilities, ["20", "45"]) == {"always": 7, "doubts": 0.5, "never": 1}


def test_texts_are_routed_and_what_lies_outside_is_not() -> None:
    class Sure:
        labels_: ClassVar[list[str]] = ["20"]

        def predict_proba(self, texts: list[str]) -> np.ndarray:
            return np.ones((len(texts), 1))

        def known_share(self, texts: list[str]) -> np.ndarray:
            return np.ones(len(texts))

    ways = route_texts(Sure(), ["Công ty nợ lương", "Theo luật Đức thì ly hôn thế nào?"], "Huế")  # type: ignore[arg-type]
    assert [way.body for way in ways] == ["Sở Nội vụ (Huế)", None]


def test_outside_needs_no_label() -> None:
    texts = [
        "Theo luật Đức thì ly hôn chia tài sản thế nào?",
        "Máy in nhà em cứ ra giấy trắng",
        "abc xyz qwerty",
        "Công ty nợ lương ba tháng, đòi thế nào?",
    ]
    assert outside(texts, [0.9, 0.5, 0.0, 0.9]) == [OUT_OF_SCOPE, NOT_LEGAL, NOT_LEGAL, None]


def test_rolled_up_probabilities_add_within_a_group() -> None:
    rows = [("q", "20", 0.4), ("q", "02", 0.3), ("q", "45", 0.3)]
    found = rolled_up(pd.DataFrame(rows, columns=["question_id", "label", "probability"]))
    assert dict(zip(found["label"], found["probability"].round(3), strict=True)) == {
        "lao-dong-bao-hiem": 0.7,
        "giao-duc-y-te": 0.3,
    }
    gold = rolled_up(pd.DataFrame([("q", "20"), ("r", "ngoai_pham_vi")], columns=["question_id", "label"]))
    assert list(gold["label"]) == ["lao-dong-bao-hiem", "ngoai_pham_vi"]


def test_several_fields_above_a_share_of_the_first() -> None:
    probabilities = np.array([[0.5, 0.4, 0.1], [0.1, 0.1, 0.8]])
    assert fields_of(probabilities, ["a", "b", "c"], 0.5) == [["a", "b"], ["c"]]
    assert mean_f1([["a", "b"], ["c"]], [["a"], ["c", "d"]]) == pytest.approx(2 / 3)
    assert best_share(probabilities, ["a", "b", "c"], [["a", "b"], ["c"]]) == 0.8
    assert best_share(probabilities, ["a", "b", "c"], [["a"], ["c"]]) == 1.0

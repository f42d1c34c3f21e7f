"""Labels of different sets meet: spelling aside, topics and fields translated, articles teaching questions."""

import dataclasses
from pathlib import Path

import pytest
from conftest import ROOT, TINY, write_dataset

from pilot import Dataset, load_experiment, run, track
from pilot.classify.distant import taught_by_passages
from pilot.classify.labels import Translation
from pilot.experiment.plan import Plan
from pilot.records import Citation, InputError, Passage, Question
from pilot.taxonomy import taxonomy

BAYES = ROOT / "experiments" / "classify" / "bayes.yaml"
FIELDS = Translation(frozenset({"quyền dân sự", "BẤT ĐỘNG SẢN"}))
TOPICS = Translation(frozenset({"08", "ngoai_pham_vi"}))


@pytest.mark.parametrize(
    ("labels", "heading", "expected"),
    [
        (["09"], "", ("quyền dân sự",)),
        (["34"], "", ("Thương mại",)),
        (["34"], "Chứng khoán", ("Chứng khoán",)),
        (["19"], "Sở hữu trí tuệ", ("Sở hữu trí tuệ",)),
        (["33"], "Thuế xuất khẩu, thuế nhập khẩu", ("Xuất nhập khẩu",)),
        (["08", "09"], "", ("quyền dân sự",)),
        (["Bất động sản", "Thuế - Phí - Lệ phí"], "", ("BẤT ĐỘNG SẢN", "Thuế - Phí - Lệ Phí")),
        (["ngoai_pham_vi"], "", ("ngoai_pham_vi",)),
        (["của ai khác"], "", ("của ai khác",)),
    ],
)
def test_into_the_fields_as_the_scored_set_spells_them(
    labels: list[str], heading: str, expected: tuple
) -> None:
    assert FIELDS.scheme == "fields"
    assert FIELDS.labels(labels, heading) == expected


def test_into_topics_and_between_foreign_spellings() -> None:
    assert TOPICS.scheme == "topics"
    assert TOPICS.labels(["giao thông vận tải", "Xuất nhập khẩu", "08"]) == ("14", "33", "08")
    foreign = Translation(frozenset({"Tort Law", "hợp đồng"}))
    assert foreign.scheme == "foreign"
    assert foreign.labels(["tort-law", "HỢP ĐỒNG", "08"]) == ("Tort Law", "hợp đồng", "08")


def test_every_topic_and_heading_has_a_field() -> None:
    scheme = taxonomy()
    assert {topic.field for topic in scheme.topics.values()} <= set(scheme.crosswalk)
    assert scheme.headings["Kinh doanh bất động sản"] == ("43", "Bất động sản")
    assert scheme.headings["Bảo hiểm xã hội"] == ("02", "Bảo hiểm")
    assert {field for _, field in scheme.headings.values()} == set(scheme.crosswalk)


def labelled(folder: Path, name: str, split: str, labels: dict[str, str]) -> Dataset:
    """The tiny questions under other labels."""
    rows = [
        {
            **row,
            "question_id": f"{name}{row['question_id']}",
            "fields": [labels[row["fields"][0]]],
            "split": split,
        }
        for row in TINY["questions"]
    ]
    return Dataset.load(write_dataset(folder / name, {"questions": rows}))


def test_training_sets_of_other_schemes_are_translated(state: Path, tmp_path: Path) -> None:
    scored = labelled(tmp_path, "scored", "test", {"09": "QUYỀN DÂN SỰ", "20": "lao động tiền lương"})
    one = labelled(tmp_path, "one", "test", {"09": "Quyền dân sự", "20": "Lao động - Tiền lương"})
    other = labelled(tmp_path, "other", "test", {"09": "09", "20": "20"})
    result = run(load_experiment(BAYES), scored, train_on=[one, other])
    assert set(track.frames(result.run_id)["predictions"]["label"]) == {"QUYỀN DÂN SỰ", "lao động tiền lương"}
    assert result.supervision.count(",") == 1


def test_sets_without_a_common_label_are_refused_by_name(tmp_path: Path) -> None:
    scored = labelled(tmp_path, "scored", "test", {"09": "09", "20": "20"})
    other = labelled(tmp_path, "other", "train", {"09": "tort", "20": "tax"})
    with pytest.raises(InputError, match=r"other: teaches tax, tort …, while scored is scored on 09, 20 …"):
        run(load_experiment(BAYES), scored, train_on=[other])


ARTICLE = Passage(
    "p1", "article", "Thuê", "Thuê nhà", document_id="91/2015/QH13", article="472", fields=("09",)
)
UNFILED = Question("q1", "Thuê nhà?", "s", "train", citations=(Citation("91/2015/QH13", "472"),))


def test_articles_and_cited_articles_teach_where_nobody_labelled() -> None:
    kept = dataclasses.replace(ARTICLE, passage_id="p2", split="test", fields=("20",))
    tested = dataclasses.replace(UNFILED, question_id="q2", split="test")
    data = Dataset("d", Path(), passages=(ARTICLE, kept), questions=(UNFILED, tested))
    found = taught_by_passages(data, Translation(frozenset({"Quyền dân sự"})))
    assert [(row.question_id, row.fields, row.split) for row in found] == [
        ("p1", ("Quyền dân sự",), "train"),
        ("q1", ("Quyền dân sự",), "train"),
    ]


def test_a_run_taught_by_its_passages_says_so(state: Path, tmp_path: Path) -> None:
    passages = [
        {**row, "fields": [field]} for row, field in zip(TINY["passages"], ("09", "20", "08"), strict=True)
    ]
    questions = [row for row in TINY["questions"] if row["split"] == "test"]
    data = Dataset.load(write_dataset(tmp_path / "bare", {"passages": passages, "questions": questions}))
    plan = Plan(load_experiment(BAYES), data)
    assert not plan.faults()
    assert plan.supervision == "passages"
    assert sum(len(rows) for part in plan.parts() for _, rows in (*part.train, *part.dev)) == 3

"""Models of one shape: what they learn, that they come back as they were saved, and what their features hold."""

from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, TINY
from mlflow import MlflowClient

from pilot import Dataset, load_experiment, run
from pilot.classify import MODELS, Examples, examples_from
from pilot.classify.ensemble import Ensemble
from pilot.classify.features import Terms, readable
from pilot.classify.keywords import evidence, hits, keywords
from pilot.classify.pool import best_odds, best_temperature, best_weights, known_columns, with_odds
from pilot.classify.scratch import untrained
from pilot.records import InputError
from pilot.taxonomy import label_key, taxonomy

TEXTS = [
    "Thuê nhà có cần hợp đồng?",
    "Cho vay tiền có giấy tờ",
    "Nghỉ việc báo trước mấy ngày?",
    "Công ty nợ lương công nhân",
]


def examples(texts: list[str], labels: list[str]) -> Examples:
    return Examples(texts, labels, [str(i) for i in range(len(texts))], [()] * len(texts))


TRAIN = examples(TEXTS, ["09", "09", "20", "20"])
DEV = examples(["Thuê nhà phải đặt cọc không?", "Công ty bắt làm thêm giờ?"], ["09", "20"])
NEITHER = examples([], [])


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random encoder of two layers with a vocabulary of the test's words, as a hub folder looks."""
    import torch

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("checkpoint")
    for part in untrained(
        [row["text"] for row in TINY["questions"]], labels=2, length=16, layers=2, width=16
    ):
        part.save_pretrained(folder)
    return folder


@pytest.fixture
def build(checkpoint: Path):
    """Build any model of the table; encoders from the tiny checkpoint, few epochs."""
    settings = {
        "bayes": {"min_df": 1},
        "embeddings": {"checkpoint": str(checkpoint), "length": 8},
        "transformer": {"checkpoint": str(checkpoint), "length": 8, "epochs": 2, "rate": 1e-3, "batch": 2},
    }
    return lambda name: MODELS[name](seed=0, **settings.get(name, {}))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_model_has_one_shape_and_comes_back_as_saved(name: str, build, tmp_path: Path) -> None:
    model = build(name)
    model.fit(TRAIN, DEV)
    assert model.labels_ == ["09", "20"]
    asked = [*DEV.texts, "", "một câu dài hơn tám âm tiết để phải cắt thành nhiều đoạn khác nhau"]
    found = model.predict_proba(asked)
    assert found.shape == (4, 2)
    np.testing.assert_allclose(found.sum(1), 1, rtol=1e-5)
    model.save(tmp_path)
    again = build(name)
    again.restore(tmp_path)
    assert again.labels_ == model.labels_
    np.testing.assert_allclose(again.predict_proba(asked), found, rtol=1e-6)
    assert not [path for path in tmp_path.rglob("*") if path.suffix in {".pkl", ".pickle", ".joblib", ".bin"}]


@pytest.mark.parametrize("name", sorted(set(MODELS) - {"embeddings", "transformer", "majority"}))
def test_models_tell_the_two_fields_apart_with_and_without_dev(name: str, build) -> None:
    for dev in (DEV, NEITHER):
        model = build(name)
        model.fit(TRAIN, dev)
        predicted = [model.labels_[i] for i in model.predict_proba(DEV.texts).argmax(1)]
        assert predicted == DEV.labels


def test_fine_tuning_keeps_the_best_epoch_and_its_history(build) -> None:
    model = build("transformer")
    model.fit(TRAIN, DEV)
    assert len(model.history_) == 2
    assert all(set(epoch) == {"train_loss", "dev_loss"} for epoch in model.history_)
    again = build("transformer")
    again.fit(TRAIN, DEV)
    np.testing.assert_array_equal(again.predict_proba(DEV.texts), model.predict_proba(DEV.texts))


def test_an_encoder_from_nothing_is_tracked_by_epoch(state: Path, tiny: Path) -> None:
    yaml = (ROOT / "experiments" / "classify" / "transformer.yaml").read_text(encoding="utf-8")
    small = tiny.parent / "small.yaml"
    small.write_text(yaml.replace("epochs: 10", "epochs: 2\n  width: 16"), encoding="utf-8")
    found = run(load_experiment(small), Dataset.load(tiny))
    history = MlflowClient().get_metric_history(found.run_id, "dev_loss")
    assert [row.step for row in history] == [0, 1]


def test_a_checkpoint_that_is_not_there_says_what_to_do() -> None:
    model = MODELS["transformer"](checkpoint="/nowhere/model")
    with pytest.raises(InputError, match="name a folder with a transformers model"):
        model.fit(TRAIN, DEV)


def test_terms_are_tf_idf_as_scikit_learn_has_it() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    terms = Terms(min_df=1)
    ours = terms.fit(TEXTS)
    theirs = TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, 2), sublinear_tf=True).fit_transform(TEXTS)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose((ours @ ours.T).toarray(), (theirs @ theirs.T).toarray(), atol=1e-6)


def test_terms_know_what_share_of_a_text_they_have_seen() -> None:
    terms = Terms(min_df=1)
    terms.fit(["thuê nhà"])
    shares = terms.transform(["thuê nhà", "nhà thuê", "xe máy", ""])[1]
    assert shares.tolist() == pytest.approx([1, 2 / 3, 0, 0])
    assert sorted(name for name, _ in terms.named("thuê nhà đất")) == ["nhà", "thuê", "thuê nhà"]


def test_shorthand_and_lost_accents_are_read_but_long_texts_left() -> None:
    assert readable("ko dc nghi viec") == "không được nghỉ việc"
    assert readable("BHXH là gì").startswith("BHXH là gì (bảo hiểm xã hội")
    assert readable("ko " * 600) == "ko " * 600


def test_keywords_cover_every_topic_and_field() -> None:
    said = {label for phrase in keywords().values() for label in phrase.labels}
    assert said >= {label_key(label) for label in [*taxonomy().topics, *taxonomy().crosswalk]}


def test_evidence_prefers_the_longest_phrase_and_discounts_actors() -> None:
    assert hits("Công ty nợ lương tôi") == {("công", "ty"): 1, ("nợ", "lương"): 1}
    assert hits("hợp đồng lao động") == {("hợp", "đồng", "lao", "động"): 1}
    found = evidence(["nợ lương, nợ lương", ""], ["20", "09"])
    assert found[0, 0] == pytest.approx(np.log1p(2 * (1 + np.log(2)) / 0.5))
    assert found[1].tolist() == [0, 0]
    weak, strong = evidence(["nhân viên", "thử việc"], ["20"])[:, 0]
    assert 0 < weak < strong


def test_a_question_unlike_the_training_texts_is_judged_by_words() -> None:
    """Statutes of two fields are learnt; a citizen's story shares no word with them but the keywords."""
    laws = [
        f"Điều khoản {field} thứ {i} quy định chung"
        for i in range(20)
        for field in ("thuế suất", "hôn nhân gia đình")
    ]
    labels = ["33", "08"] * 20
    model = Ensemble()
    model.fit(examples(laws[:30], labels[:30]), examples(laws[30:], labels[30:]))
    story = "Chồng cũ bỏ đi, em muốn giành quyền nuôi con và ly hôn"
    assert model.labels_[model.predict_proba([story])[0].argmax()] == "08"
    moved = [name for name, _ in model.moved(story)]
    assert "ly hôn" in moved
    assert not {"em", "muốn"} & set(moved)


def test_further_labels_are_learnt_too() -> None:
    train = Examples(TEXTS, ["09", "09", "20", "20"], list("abcd"), [(), (), (), ("12",)])
    model = Ensemble()
    model.fit(train, DEV)
    assert model.labels_ == ["09", "12", "20"]


def test_a_question_gets_the_further_fields_that_held_out_ones_had() -> None:
    """Questions of both fields, half of them with the one first; and questions that belong to one each."""
    mixed = Examples(
        [f"Thuê nhà, nợ lương {i}" for i in range(20)],
        ["09", "20"] * 10,
        [*map(str, range(20))],
        [("20",), ("09",)] * 10,
    )
    for train, count in ((mixed, 2), (examples(TEXTS * 5, TRAIN.labels * 5), 1)):
        model = Ensemble()
        model.fit(train, NEITHER)
        assert len(model.fields(train.texts[:1])[0]) == count


def test_pool_weights_follow_the_better_member_and_stay_put_without_examples() -> None:
    rows, columns = known_columns(["a", "x", "b"], ["a", "b"])
    assert (rows, columns.tolist()) == ([0, 2], [0, 1])
    right = np.log([[0.9, 0.1], [0.1, 0.9]] * 50)
    columns = np.array([0, 1] * 50)
    start = np.array([0.5, 0.5])
    weights = best_weights(np.stack([right, right[:, ::-1]]), columns, start)
    assert weights[0] > 0.9
    assert weights[1] == 0
    assert best_weights(np.empty((2, 0, 2)), np.empty(0, int), start).tolist() == [0.5, 0.5]
    assert best_temperature(np.empty((0, 2)), np.empty(0, int)) == 1.0


def test_top_probabilities_become_how_often_they_are_right_and_the_order_stays() -> None:
    """Said .9 of three: right in 3 of 4, so odds 9 must become 3; 4,000 examples leave the start no say."""
    said = np.array([[0.9, 0.06, 0.04]] * 4000)
    line = best_odds(said, np.array([0, 0, 0, 1] * 1000))
    assert line[0] * np.log(9) + line[1] == pytest.approx(np.log(3), abs=0.02)
    assert with_odds(said[:1], np.array([0.0, np.log(3)])) == pytest.approx(np.array([[0.75, 0.15, 0.1]]))
    close = with_odds(np.array([[0.4, 0.35, 0.25]]), np.array([1.0, -2.0]))[0]
    assert close.argsort().tolist() == [2, 1, 0]
    assert close.sum() == pytest.approx(1)
    assert best_odds(np.empty((0, 2)), np.empty(0, int)).tolist() == [1, 0]


def test_the_default_is_the_same_each_time_to_the_last_bit() -> None:
    """Liblinear has one random state per process: members fitted in threads came out different every time."""
    questions = [one for one in Dataset.load(ROOT / "data" / "sample").questions if one.fields]
    taught, tuned = (
        examples_from([one for one in questions if one.split == split][:160]) for split in ("train", "dev")
    )
    said = []
    for _ in range(2):
        model = Ensemble(seed=7)
        model.fit(taught, tuned)
        said.append(model.predict_proba(tuned.texts).tobytes())
    assert said[0] == said[1]

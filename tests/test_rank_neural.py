"""The neural paths, offline, on tiny models made on the spot."""

from pathlib import Path

import numpy as np
import pytest
from test_rank_combined import PASSAGES, SETTINGS, asked

from pilot.rank import Combined, Judged, Reranked
from pilot.rank.chunks import best, chunks, cut
from pilot.rank.cross_encoder import small_cross_encoder
from pilot.rank.dense import Dense, learn_static, load_encoder, related_texts, tune_encoder
from pilot.rank.reranked import _merged
from pilot.records import InputError, Passage, Question

ASKED = [Question("q", "Tôi hỏi về thừa kế", "", "test")]


def test_pieces_overlap_and_the_best_counts() -> None:
    long = Passage("p", "article", "Tên", " ".join(map(str, range(10))))
    assert chunks(long, 4, 3) == ["Tên. 0 1 2 3", "Tên. 3 4 5 6", "Tên. 6 7 8 9"]
    assert chunks(Passage("p", "answer", "", "")) == [""]
    pieces, starts = cut([long, Passage("x", "answer", "", "một")])
    assert (len(pieces), starts.tolist()) == (2, [0, 1, 2])
    assert best(np.array([1.0, 5.0, 2.0]), np.array([0, 2, 3])).tolist() == [5, 2]


def test_related_texts_come_from_the_passages_alone() -> None:
    first = Passage("a", "article", "Tên", " ".join(["chữ"] * 100), related=("b", "nowhere"))
    pairs = related_texts([first, Passage("b", "article", "", "khác")])
    assert ("Tên", " ".join(["chữ"] * 100)) in pairs
    assert [right for left, right in pairs if right == "khác"] == ["khác"]
    assert len(pairs) == 3


def test_a_static_encoder_is_learnt_saved_and_read(tmp_path: Path) -> None:
    model = Combined(**SETTINGS, encoder="static", learner="linear")
    model.fit(PASSAGES, [asked(16)], [])
    model.save(tmp_path)
    other = Combined(**SETTINGS, encoder="static", learner="linear")
    other.restore(tmp_path, PASSAGES)
    assert other.searcher_.dense is not None
    assert isinstance(other.searcher_.dense.vectors, np.memmap)
    expected, found = model.rank(ASKED, 5), other.rank(ASKED, 5)
    assert expected["passage_id"].tolist() == found["passage_id"].tolist()


def test_a_checkpoint_is_tuned_on_the_training_questions(tmp_path: Path) -> None:
    learn_static(PASSAGES, seed=0).save(str(tmp_path / "tiny"))
    untouched = Dense.build(PASSAGES, load_encoder(str(tmp_path / "tiny")))
    text = asked(1).questions[0].text
    before = untouched.scores(text)
    encoder = tune_encoder(
        load_encoder(str(tmp_path / "tiny")), [(text, chunks(PASSAGES[5])[0])] * 8, 3, seed=0
    )
    after = Dense.build(PASSAGES, encoder).scores(text)
    assert after.shape == (len(PASSAGES),)
    assert not np.allclose(before, after)
    model = Combined(**SETTINGS, encoder=str(tmp_path / "tiny"), learner="none")
    model.fit(PASSAGES, [asked(8)], [])
    assert len(model.rank(ASKED, 5)) == 5


def test_a_cross_encoder_is_trained_saved_and_read(tmp_path: Path) -> None:
    settings = {
        "first": {**SETTINGS, "learner": "linear", "candidates": 8},
        "top": 4,
        "hard": (1, 6),
        "negatives": 2,
    }
    model = Reranked(**settings)  # type: ignore[arg-type]
    assert model.learns
    model.fit(PASSAGES, [asked(8)], [asked(4, 1)])
    frame = model.rank(ASKED, 6)
    assert frame["rank"].tolist() == [1, 2, 3, 4, 5, 6]
    assert frame["score"].is_monotonic_decreasing
    model.save(tmp_path)
    other = Reranked(**settings)  # type: ignore[arg-type]
    other.restore(tmp_path, PASSAGES)
    assert other.rank(ASKED, 6)["passage_id"].tolist() == frame["passage_id"].tolist()


def test_negatives_are_semi_hard_and_never_relevant() -> None:
    model = Reranked(first={**SETTINGS, "learner": "none", "candidates": 8}, hard=(2, 8), negatives=3)
    judged = asked(8)
    model.first_.fit(PASSAGES, (), ())
    examples = model._examples([judged])
    ranked = model.first_.rank(judged.questions[:1], 8)["passage_id"].tolist()
    wrong = [piece for text, piece, grade in examples if text == judged.questions[0].text and grade == 0]
    allowed = [chunks(p)[0] for p in PASSAGES if p.passage_id in ranked[2:] and p.passage_id != "p1"]
    assert len(wrong) == 3
    assert set(wrong) <= set(allowed)
    assert sum(grade for *_, grade in examples) == 8


def test_untrained_weights_have_no_say_without_labels() -> None:
    model = Reranked(first={**SETTINGS, "learner": "none"}, top=3)
    model.fit(PASSAGES, (), ())
    plain = Combined(**SETTINGS, learner="none")
    plain.fit(PASSAGES, (), ())
    assert model.rank(ASKED, 5)["passage_id"].tolist() == plain.rank(ASKED, 5)["passage_id"].tolist()


def test_scores_are_merged_as_standardised() -> None:
    ids = np.array(["a", "b", "c"], dtype=object)
    merged, scores = _merged(ids, np.array([3.0, 1.0, 0.5]), np.array([0.0, 10.0]), 2.0)
    assert merged.tolist() == ["b", "a", "c"]
    assert scores == pytest.approx([1, -1, -2])


def test_what_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="checkpoint 'nowhere/none' cannot be loaded"):
        load_encoder("nowhere/none")
    with pytest.raises(InputError, match="settings of `first`"):
        Reranked(first={"term": 1})
    with pytest.raises(InputError, match="nothing to read with"):
        Reranked(epochs=0)
    small_cross_encoder(["một hai ba"], 0).save_pretrained(str(tmp_path))
    assert (tmp_path / "model.safetensors").exists()
    assert Judged(PASSAGES, [], []).questions == []

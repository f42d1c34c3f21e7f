"""Accents come back where they are missing, and nothing else moves."""

import json
import random
import re
import unicodedata
from math import log
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilot.text import restore_accents
from pilot.text.accent_corpus import read_texts, train_files
from pilot.text.accent_model import AccentModel
from pilot.text.accent_train import train
from pilot.text.accents import SHIPPED, restore_with
from pilot.text.letters import has_accent, marks, place_tones, strip_accents

SENTENCES = [
    "Người lao động có quyền đơn phương chấm dứt hợp đồng lao động.",
    "Ủy ban nhân dân cấp xã nơi cư trú xác nhận đơn đề nghị.",
    "Tôi muốn hỏi thủ tục đăng ký kết hôn ở đâu?",
    "Cho em hỏi em đóng bảo hiểm xã hội được ba năm thì có được hưởng lương hưu không ạ?",
    "Tổ chức, cá nhân vi phạm quy định thì bị xử phạt vi phạm hành chính.",
]
TEXT = st.text(
    st.sampled_from("aăâđeêioôơuưyáàảãạấềữợ bcdghklmnpqrstvxABĐƠ  .,?12/-_😀\u0301\n"), max_size=60
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_bare_sentences_are_restored(sentence: str) -> None:
    assert restore_accents(strip_accents(sentence)) == sentence


@pytest.mark.parametrize("sentence", SENTENCES)
def test_accented_sentences_stay(sentence: str) -> None:
    assert restore_accents(sentence) == sentence
    assert restore_accents(unicodedata.normalize("NFD", sentence)) == sentence


@pytest.mark.parametrize("sentence", SENTENCES)
def test_half_accented_sentences_are_completed(sentence: str) -> None:
    words = sentence.split()
    half = " ".join(strip_accents(word) if i % 2 else word for i, word in enumerate(words))
    assert restore_accents(half) == sentence


def test_unfinished_marks_are_completed() -> None:
    assert restore_accents("Người lao động đươc nghỉ phép theo quyết đinh") == (
        "Người lao động được nghỉ phép theo quyết định"
    )


def test_case_numbers_and_names_of_documents_stay() -> None:
    typed = "NGHI DINH so 168/2024/ND-CP, muc 1.500.000 dong, gui a.b@moj.gov.vn hoac www.moj.gov.vn/van-ban?"
    restored = restore_accents(typed)
    for kept in ("168/2024/ND-CP", "1.500.000", "a.b@moj.gov.vn", "www.moj.gov.vn/van-ban?"):
        assert kept in restored
    assert restore_accents("HOP DONG LAO DONG") == "HỢP ĐỒNG LAO ĐỘNG"
    assert restore_accents("Hop dong voi UBND va VPBank") == "Hợp đồng với UBND và VPBank"


@settings(max_examples=300, deadline=None)
@given(TEXT)
def test_only_marks_change(text: str) -> None:
    restored = restore_accents(text)
    assert strip_accents(restored) == strip_accents(text)
    assert unicodedata.is_normalized("NFC", restored)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(" ".join(SENTENCES).split()), max_size=25).map(" ".join), st.booleans())
def test_nfc_equals_nfd(text: str, bare: bool) -> None:
    text = strip_accents(text) if bare else text
    assert restore_accents(unicodedata.normalize("NFD", text)) == restore_accents(
        unicodedata.normalize("NFC", text)
    )


@pytest.mark.parametrize("sentence", [*SENTENCES, *map(strip_accents, SENTENCES)])
def test_restoring_twice_changes_nothing_more(sentence: str) -> None:
    assert restore_accents(restore_accents(sentence)) == restore_accents(sentence)


def test_letters_that_others_drop_survive() -> None:
    assert restore_accents("ở ý đ") == "ở ý đ"
    assert "ở" in restore_accents("toi thuong tru o tinh khac")
    assert has_accent("đ")


def test_training_learns_the_commoner_neighbour() -> None:
    """By hand: after 'bị', 'phạt' 6 times of 6; after 'đã', 'phát' 6 of 6; alone, neither is preferred."""
    model = train(["bị phạt"] * 6 + ["đã phát"] * 6, least=(1, 1, 1))
    assert restore_with(model, "bi phat") == "bị phạt"
    assert restore_with(model, "da phat") == "đã phát"
    assert restore_with(model, "DA PHAT!") == "ĐÃ PHÁT!"
    assert restore_with(model, "xe phat") in {"xe phạt", "xe phát"}


def test_probabilities_sum_to_one_where_the_counts_are_known() -> None:
    """After 'bị' (8 times): phạt 6, bắt 2. Discounted by .75: (6 - .75) / 8 + back * p1."""
    model = train(["bị phạt"] * 6 + ["bị bắt"] * 2, least=(1, 1, 1))
    bi, phat = (model.base_numbers[base] for base in ("bi", "phat"))
    cost, back = model.pair_costs(model.pair(bi, phat))[0][0]
    # 24 tokens with the gaps, 5 kinds (gap, unknown, three syllables): p1(phạt) = 7 / 29; left over: 1.5 / 8.
    assert cost == round(-16 * log(5.25 / 8 + 1.5 / 8 * 7 / 29))
    assert back == round(-16 * log((0.75 / 6) ** 0.5))


def test_training_refuses_too_little() -> None:
    with pytest.raises(ValueError, match="give more text"):
        train(["một lần"], least=(3, 1, 1))
    with pytest.raises(ValueError, match="give more text"):
        train([])


def test_model_survives_the_disk(tmp_path: Path) -> None:
    model = train(SENTENCES * 3, least=(1, 1, 1))
    model.save(tmp_path / "new" / "model.bin")
    loaded = AccentModel.load(tmp_path / "new" / "model.bin")
    assert (loaded.bases, loaded.syllables) == (model.bases, model.syllables)
    assert loaded.triple_rows == model.triple_rows
    assert restore_with(loaded, "nguoi lao dong") == restore_with(model, "nguoi lao dong") == "người lao động"


def test_damaged_and_foreign_files_are_refused(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "model.bin"
    raw = SHIPPED.read_bytes()
    path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(ValueError, match="damaged"):
        AccentModel.load(path)
    path.write_bytes(b"\x80\x04pickle")
    with pytest.raises(ValueError, match="no accent model"):
        AccentModel.load(path)
    monkeypatch.setenv("PILOT_ACCENTS", str(tmp_path / "none.bin"))
    with pytest.raises(ValueError, match="does not exist"):
        restore_accents("a")


def test_a_local_model_is_used(tmp_path: Path, monkeypatch) -> None:
    corpus = tmp_path / "law.txt"
    corpus.write_text("xe lằm\n" * 5, encoding="utf-8")
    train_files([corpus], tmp_path / "model.bin", phrases=False)
    assert restore_accents("xe lam") == "xe làm"
    monkeypatch.setenv("PILOT_ACCENTS", str(tmp_path / "model.bin"))
    assert restore_accents("xe lam") == "xe lằm"


def test_corpora_are_read(tmp_path: Path) -> None:
    (tmp_path / "passages.jsonl").write_text('{"title": "Điều 1", "text": "Phạm vi"}\n', encoding="utf-8")
    assert list(read_texts(tmp_path)) == ["Điều 1\nPhạm vi"]
    (tmp_path / "x.csv").write_text("a")
    with pytest.raises(ValueError, match=re.escape("x.csv is neither")) as caught:
        train_files([tmp_path / "x.csv", tmp_path / "none.txt"], tmp_path / "out.bin")
    assert "none.txt does not exist" in str(caught.value)


def test_shipped_model_is_small() -> None:
    assert SHIPPED.stat().st_size < 8_000_000


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("hoà", "hòa"), ("khoẻ", "khỏe"), ("thuỷ", "thủy"), ("Uỷ", "Ủy"), ("oà", "òa"), ("toà án", "tòa án"),
        ("thuý", "thúy"), ("HOÀ", "HÒA"), ("quý", "quý"), ("quỹ", "quỹ"), ("hoàn", "hoàn"),
    ],
)  # fmt: skip
def test_tones_move_to_the_older_place(newer: str, older: str) -> None:
    assert place_tones(newer) == older == place_tones(older)


def test_marks_of_letters() -> None:
    assert marks("o") == frozenset()
    assert marks("Đ") == {"đ"}
    assert marks("ơ") < marks("ở")


def test_accuracy_on_real_questions(real_data) -> None:
    """Restoration of real questions, stripped; their texts are read, never shown."""
    rows = json.loads((real_data / "alqac/questions.json").read_text(encoding="utf-8"))
    texts = [unicodedata.normalize("NFC", row["text"]) for row in random.Random(0).sample(rows, 200)]
    gold = [word.lower() for text in texts for word in text.split()]
    got = [word.lower() for text in texts for word in restore_accents(strip_accents(text)).split()]
    assert sum(a == b for a, b in zip(gold, got, strict=True)) / len(gold) > 0.98
    assert sum(restore_accents(text) != text for text in texts) <= 3

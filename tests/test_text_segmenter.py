"""The fast decoder puts out what pyvi puts out, on anything."""

import gzip
import json
import sqlite3
import unicodedata
import warnings
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilot.text import pyvi_model, segment, segment_many, segmenter
from pilot.text.corpus_store import _key, segment_stored
from pilot.text.decoder import Decoder
from pilot.text.exact import ExactDecoder
from pilot.text.segmenter import version

LAW = (
    "Điều 5. Người lao động có quyền đơn phương chấm dứt hợp đồng lao động theo khoản 2 Điều 35 "
    "Bộ luật số 45/2019/QH14.\n1. Báo trước ít nhất 45 ngày;\n"
    "2. Nghị định 168/2024/NĐ-CP, mức 1.500.000 đồng."
)
TOKENS = (
    "luật lao động hợp đồng Việt Nam HÀ nội ở ý đ lia la 45 1.5 a@b.vn http://x.vn/y "
    "TP. ... -> == ( ) ; ß ǅ Σ"
)
ODD = st.text(st.characters(codec="utf-8"), max_size=60)
VIETNAMESE = st.lists(st.sampled_from([*TOKENS.split(), "\n", "\u0301", "\0", "😀", "_"]), max_size=60).map(
    " ".join
)
REPEATED = st.tuples(
    st.lists(
        st.sampled_from(["lia", "dong", "son", "trái phép", "chức trách", "quăng"]), min_size=1, max_size=3
    ),
    st.randoms(use_true_random=False),
).map(lambda pair: " ".join(pair[1].choices(pair[0], k=120)))


@pytest.fixture(scope="module")
def tokenize():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyvi's own source has invalid escapes
        from pyvi import ViTokenizer

    return ViTokenizer.tokenize


@pytest.fixture(scope="module")
def model():
    return pyvi_model.load(pyvi_model.folder())


@settings(max_examples=400, deadline=None)
@given(texts=st.lists(ODD | VIETNAMESE | REPEATED, min_size=1, max_size=6))
def test_equals_pyvi_on_fuzzed_texts(tokenize, texts: list[str]) -> None:
    # A batch goes through numpy; the same texts alone are short enough for the exact path.
    expected = [tokenize(text) for text in texts]
    assert list(segment_many([*texts, LAW * 3]))[:-1] == expected
    assert [segment(text) for text in texts] == expected


def test_equals_pyvi_on_law(tokenize) -> None:
    texts = [LAW, "", " ", LAW.upper(), unicodedata.normalize("NFD", LAW), LAW * 40, "\n", "a"]
    assert list(segment_many(texts)) == [tokenize(text) for text in texts]
    assert "người lao_động" in segment("người lao động").lower()


def test_tokens_survive(model) -> None:
    """Nothing is lost but blanks: each token of the input comes out once, in order."""
    out = Decoder(model).segment([LAW])[0]
    assert out.replace("_", "").replace(" ", "").replace("\n", "") == LAW.replace(" ", "").replace("\n", "")


@given(VIETNAMESE)
def test_nfc_equals_nfd(text: str) -> None:
    if unicodedata.normalize("NFC", text).split():
        assert segment(unicodedata.normalize("NFD", text)) == segment(unicodedata.normalize("NFC", text))


def test_ties_fall_as_in_crfsuite(model, tokenize) -> None:
    text = "lia " * 301
    assert Decoder(model).segment([text]) == [ExactDecoder(model).segment(text)] == [tokenize(text)]


def test_memory_starts_afresh(model, monkeypatch) -> None:
    monkeypatch.setattr("pilot.text.decoder._MOST_CHUNKS", 3)
    decoder = Decoder(model)
    assert [decoder.segment([LAW, "hợp đồng"])[1] for _ in range(3)] == ["hợp_đồng"] * 3


def test_segment_many_is_lazy_and_keeps_order() -> None:
    endless = (f"hợp đồng {number}" for number in iter(lambda: 7, 8))
    assert next(segment_many(endless)) == "hợp_đồng 7"
    assert list(segment_many([])) == []


def test_parallel_equals_serial() -> None:
    texts = [f"{LAW} {number}" for number in range(30)]
    assert list(segmenter.segment_parallel(texts, jobs=1)) == list(segment_many(texts))


def test_model_file_is_read_to_the_last_bit(model) -> None:
    assert len(model.weights) == 6335
    assert model.transitions["B_W", "I_W"] == 1.918714518662263
    assert model.weights["bias"] == (2.4449358910570003, -2.4449358909473657)
    assert ("hợp", "đồng") in model.pairs


def test_changed_pyvi_is_used_itself_and_said_aloud(monkeypatch) -> None:
    monkeypatch.setattr(pyvi_model, "FINGERPRINT", "0" * 16)
    segmenter._load.cache_clear()
    with pytest.warns(UserWarning, match="install pyvi==0.1.1"):
        assert segment("hợp đồng") == "hợp_đồng"
    segmenter._load.cache_clear()


def test_known_pyvi_makes_no_noise() -> None:
    segmenter._load.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        segment("hợp đồng")


def test_store_segments_a_text_once(tmp_path) -> None:
    seen: list[str] = []

    def counting(texts):
        texts = list(texts)
        seen.extend(texts)
        return segment_many(texts)

    path = tmp_path / "cache" / "corpus.sqlite"
    texts = ["hợp đồng", "lao động", "hợp đồng", "\ud800 lạ"]
    expected = ["hợp_đồng", "lao_động", "hợp_đồng", segment("\ud800 lạ")]
    texts, expected = texts[:3], expected[:3]
    assert list(segment_stored(texts, path, counting)) == expected
    assert seen == ["hợp đồng", "lao động"]
    assert list(segment_stored([*texts, "tranh chấp"], path, counting)) == [*expected, "tranh_chấp"]
    assert seen == ["hợp đồng", "lao động", "tranh chấp"]
    list(segment_stored(["hợp đồng"], path, counting, "another version"))
    assert seen[3:] == ["hợp đồng"]


def test_a_store_laid_out_as_it_used_to_be_goes_on(tmp_path) -> None:
    path = tmp_path / "words.db"
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("CREATE TABLE segmented (key BLOB PRIMARY KEY, text TEXT) WITHOUT ROWID")
        store.execute(
            "INSERT INTO segmented VALUES (?, 'as stored')", (_key("hợp đồng", version().encode()),)
        )
    assert list(segment_stored(["hợp đồng", "lao động"], path)) == ["as stored", "lao_động"]


def test_equals_pyvi_on_the_codification(real_data, tokenize) -> None:
    """One article in a hundred here; all 62,323 by ``pilot bench``."""
    with gzip.open(real_data / "phapdien/articles_2026.jsonl.gz", "rt", encoding="utf-8") as rows:
        texts = [json.loads(row)["text"] for number, row in enumerate(rows) if number % 100 == 0]
    assert len(texts) == 624
    assert sum(ours != tokenize(text) for ours, text in zip(segment_many(texts), texts, strict=True)) == 0

"""Each habit of typing is put right by its own step, and done on purpose by its own perturbation."""

import random
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilot.text import normalise
from pilot.text.habits import STEPS, prepare_question
from pilot.text.keyboards import read_telex, read_vni, write_telex
from pilot.text.letters import is_syllable, strip_accents
from pilot.text.perturb import PERTURBATIONS, make_typos

QUESTION = "Tôi bị mất căn cước công dân, có được làm lại ở phường không?"
SYLLABLES = (
    "đất đai luật người được quyền giấy tờ không thuế hưởng ở ý mười nghĩa quỳnh khuya yêu gì hòa tiền ruộng"
)

CASES = {
    "addresses": [
        ("xem https://a.vn/b?c=1 giúp", "xem giúp"),
        ("gửi a.b@c.vn nhé", "gửi nhé"),
        ("a@ b", "a@ b"),
    ],
    "emoji": [
        ("cảm ơn 😀👍🏽 nhé :))", "cảm ơn nhé"),
        ("điểm a) khoản 1: có", "điểm a) khoản 1: có"),
        ("→ ở ý đ", "→ ở ý đ"),
    ],
    "repeats": [
        ("khônggggg???", "không?"),
        ("xong!!", "xong!"),
        ("xoong", "xoong"),
        ("Chương VIII, iii) 100000", "Chương VIII, iii) 100000"),
        ("làm cccd, CCCD, xếp hạng AAA", "làm cccd, CCCD, xếp hạng AAA"),
    ],
    "caps": [
        ("TÔI MUỐN LÀM GPLX Ở UBND XÃ. CẦN GÌ?", "Tôi muốn làm GPLX ở UBND xã. Cần gì?"),
        ("theo NGHỊ ĐỊNH 168/2024/NĐ-CP thì sao", "theo NGHỊ ĐỊNH 168/2024/NĐ-CP thì sao"),
        ("THEO NGHỊ ĐỊNH 168/2024/NĐ-CP PHẠT BAO NHIÊU", "Theo nghị định 168/2024/NĐ-CP phạt bao nhiêu"),
    ],
    "keys": [
        ("ddaats ddai cuar tooi", "đất đai của tôi"),
        ("d9a6t1 d9ai bi5 lấn", "đất đai bị lấn"),
        ("boss has cars, A1 CO2 B2 QH14", "boss has cars, A1 CO2 B2 QH14"),
        ("Hopwj ddoongf", "Hợp đồng"),
        ("theo WTO, WHO, vieejc ddos", "theo WTO, WHO, việc đó"),
    ],
    "teencode": [
        ("ko dc cấp thì lm j", "không được cấp thì làm gì"),
        ("Ko biết ntn", "Không biết như thế nào"),
        ("điểm k khoản 1, 100k, hạng Z", "điểm k khoản 1, 100k, hạng Z"),
        ("điểm d, e và k khoản 1", "điểm d, e và k khoản 1"),
        ("cho e hỏi", "cho em hỏi"),
    ],
    "accents": [("nguoi lao dong", "người lao động"), ("người lao động", "người lao động")],
    "tones": [("hoà giải ở thuỷ điện", "hòa giải ở thủy điện")],
    "everyday": [
        ("mất sổ đỏ", "mất sổ đỏ (giấy chứng nhận quyền sử dụng đất)"),
        ("Giấy chứng nhận quyền sử dụng đất", "Giấy chứng nhận quyền sử dụng đất"),
    ],
    "abbreviations": [
        ("mất GPLX", "mất GPLX (giấy phép lái xe)"),
        ("đóng bhxh", "đóng bhxh (bảo hiểm xã hội)"),
        ("đóng bảo hiểm xã hội", "đóng bảo hiểm xã hội (BHXH)"),
        ("BHXH (bảo hiểm xã hội)", "BHXH (bảo hiểm xã hội)"),
        ("Điều 5 BLLĐ 2019", "Điều 5 BLLĐ 2019 (Bộ luật Lao động)"),
    ],
}  # fmt: skip


def test_every_step_has_cases() -> None:
    assert set(CASES) == set(STEPS)


@pytest.mark.parametrize(
    ("step", "typed", "expected"), [(s, *case) for s, cases in CASES.items() for case in cases]
)
def test_step(step: str, typed: str, expected: str) -> None:
    assert STEPS[step](typed) == expected
    assert STEPS[step](expected) == expected


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([*QUESTION.split(), "ko", "UBND", "😀", "ddaats", "ở", "ý", "đ"]), max_size=12
    ).map(" ".join)
)
def test_steps_take_nfd_as_nfc_and_are_done_once(text: str) -> None:
    prepared, log = prepare_question(unicodedata.normalize("NFD", text))
    assert (prepared, log) == prepare_question(text)
    assert set(log) <= set(STEPS)
    for letter in "ởýđ":
        assert not re.search(rf"(?<!\w){letter}(?!\w)", text) or letter in prepared


def test_log_names_the_steps_that_changed_the_text() -> None:
    assert prepare_question("toi bi mat CCCD :))", ["emoji", "caps", "accents"]) == (
        "tôi bị mất CCCD",
        ["emoji", "accents"],
    )
    assert prepare_question("  ở  đâu ", []) == ("ở đâu", [])


def test_unknown_step_is_named() -> None:
    with pytest.raises(ValueError, match="unknown steps accent; known: addresses, emoji"):
        prepare_question("a", ["accent"])


VNI_MARKS = {"\u0302": "6", "\u031b": "7", "\u0306": "8", "đ": "d9"}
VNI_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}


def vni_keys(syllable: str) -> str:
    """Return the keys of VNI: the digit of a mark behind its letter, that of the tone at the end."""
    parts = unicodedata.normalize("NFD", syllable)
    letters = "".join(VNI_MARKS.get(part, part) for part in parts if part not in VNI_TONES)
    return letters + "".join(VNI_TONES.get(part, "") for part in parts)


@pytest.mark.parametrize("syllable", SYLLABLES.split())
def test_keys_round_trip(syllable: str) -> None:
    assert is_syllable(syllable)
    if len(syllable) > 1:
        assert read_telex(write_telex(syllable)) == syllable
        assert read_vni(vni_keys(syllable)) == syllable
    assert read_telex(write_telex(syllable.upper())).lower() == syllable or len(syllable) == 1


@pytest.mark.parametrize("word", ["đươc", "tât", "xyz", "b", "lúậ", "ngh", "email"])
def test_what_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_perturbations_depend_on_the_seed_alone(name: str) -> None:
    perturb = PERTURBATIONS[name]
    first, again = (perturb(QUESTION, random.Random(7)) for _ in range(2))
    assert first == again != QUESTION
    assert first == normalise(first)
    assert perturb("", random.Random(7)) == perturb("", random.Random(7))


def test_what_perturbations_do() -> None:
    def done(name: str) -> str:
        return PERTURBATIONS[name](QUESTION, random.Random(3))

    assert done("no_accents") == strip_accents(QUESTION)
    assert strip_accents(done("half_accents")) == strip_accents(QUESTION)
    assert 0 < sum(a != b for a, b in zip(done("half_accents").split(), QUESTION.split(), strict=True)) < 13
    assert prepare_question(done("telex"), ["keys"])[0] == QUESTION
    assert done("teencode") != QUESTION
    assert prepare_question(done("teencode"), ["teencode"])[0] == QUESTION
    assert done("caps") == QUESTION.upper()
    assert done("polite").endswith(QUESTION)
    assert done("instruction").startswith(QUESTION)
    assert len(done("filler").split()) > len(QUESTION.split())


@given(st.text(max_size=80), st.integers(0, 99))
def test_typos_keep_numbers_and_stop_at_rate_zero(text: str, seed: int) -> None:
    assert make_typos(text, random.Random(seed), rate=0.0) == text
    digits = [letter for letter in text if not letter.isalpha()]
    assert [
        letter for letter in make_typos(text, random.Random(seed), rate=1.0) if not letter.isalpha()
    ] == digits


def test_typo_rate() -> None:
    text = "a" * 10_000
    # Three slips in four change the length by one (double +1, drop -1) or keep it (neighbour, swap).
    changed = sum(letter != "a" for letter in make_typos(text, random.Random(1), rate=0.2))
    assert 400 < changed < 600

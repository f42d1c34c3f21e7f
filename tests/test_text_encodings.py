"""Legacy encodings: every letter through every table, and nothing that is Unicode is touched."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilot.text import normalise
from pilot.text.encodings import TCVN3_LETTERS, VNI_ALONE, VNI_MARKS, repair, vietnamese_share
from pilot.text.letters import MARKED_LETTERS

SENTENCE = "Cộng hòa xã hội chủ nghĩa Việt Nam: người sử dụng đất được bồi thường khi thu hồi"
TCVN3 = "Céng hßa x· héi chñ nghÜa ViÖt Nam: ng\u00adêi sö dông ®Êt ®\u00adîc båi th\u00adêng khi thu håi"
VNI = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam: ngöôøi söû duïng ñaát ñöôïc boài thöôøng khi thu hoài"


@pytest.mark.parametrize(("old", "name"), [(TCVN3, "TCVN3"), (VNI, "VNI")])
def test_sentences_seen_in_old_files(old: str, name: str) -> None:
    assert repair(old) == (SENTENCE, name)


def test_windows_1258_and_utf8_read_as_western() -> None:
    import unicodedata

    # Windows-1258 has ă â ê ô ơ ư whole and the tones as marks of their own.
    apart = "".join(
        char if char in "ăâêôơưđ" else "".join(_tone_apart(char, unicodedata)) for char in SENTENCE
    )
    assert repair(apart.encode("cp1258").decode("latin-1")) == (SENTENCE, "Windows-1258")
    assert repair(SENTENCE.encode().decode("latin-1")) == (SENTENCE, "UTF-8")


def _tone_apart(char: str, unicodedata) -> str:
    parts = unicodedata.normalize("NFD", char)
    tone = [mark for mark in parts[1:] if mark in "\u0300\u0301\u0303\u0309\u0323"]
    base = unicodedata.normalize("NFC", parts.replace(tone[0], "") if tone else parts)
    return base + "".join(tone)


def test_capitals_of_tcvn3_follow_their_word() -> None:
    assert repair("QuyÕt ®Þnh cña Bé T\u00ad ph¸p")[0] == "Quyết định của Bộ Tư pháp"
    assert repair("CéNG HßA X· HéI CHñ NGHÜA")[0] == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA"
    assert repair("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA")[0] == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA"


def test_tables_hold_every_marked_letter() -> None:
    small = {letter for letter in MARKED_LETTERS if letter.islower()}
    assert small <= set("".join(TCVN3_LETTERS.values()))
    assert small == {letter for pairs in VNI_MARKS.values() for letter in pairs[1::2]} | set(
        VNI_ALONE.values()
    )


def test_tcvn3_agrees_with_iconv() -> None:
    letters = "".join(TCVN3_LETTERS.values())
    raw = bytes(first + place for first, run in TCVN3_LETTERS.items() for place in range(len(run)))
    try:
        done = subprocess.run(
            ["iconv", "-f", "TCVN5712-1", "-t", "UTF-8"], input=raw, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no iconv with TCVN5712-1 here")
    assert normalise(done.stdout.decode()) == letters


@pytest.mark.parametrize(
    "text", [SENTENCE, "", "abc", "Café résumé", "naïve 5 § 12", "“Điều 5” – khoản 2…", "São Paulo", "già cả"]
)
def test_unicode_stays(text: str) -> None:
    assert repair(text) == (text, None)


def test_the_text_around_decides_for_short_cells() -> None:
    assert repair("tµi s¶n") == ("tài sản", "TCVN3")
    assert vietnamese_share("Đất đai nghĩa trang xyz") == 1.0
    assert vietnamese_share("Çå") == 0.0


@given(st.text(max_size=30), st.sampled_from([None, "VNI", "TCVN3"]))
def test_any_text_is_survived_and_marked_unicode_is_never_touched(text: str, hint: str | None) -> None:
    repaired, name = repair(text, hint)
    assert name is not None or repaired == text
    assert repair(text + " được", hint) == (text + " được", None)

"""The parts of the assistant, with values worked out by hand."""

from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT

from pilot import Dataset
from pilot.assist.changes import changes_since
from pilot.assist.clauses import deciding, share_held
from pilot.assist.confidence import Confidence, Trial, in_words, learn_confidence
from pilot.assist.reading import HEAD, TAIL, read_question
from pilot.assist.ready import SETTINGS, load_settings
from pilot.assist.tuning import tune, write_settings
from pilot.records import Document, InputError, Passage

ARTICLE = (
    "Thử việc:\n1. Quản lý: tối đa 180 ngày.\n2. Trình độ cao đẳng: tối đa 60 ngày.\n3. Còn lại: 6 ngày."
)


def test_the_clause_that_holds_the_question_decides() -> None:
    found = deciding(ARTICLE, "tôi có bằng cao đẳng thì thử việc mấy ngày", lambda syllable: 1.0)
    assert found is not None
    assert found.number == "2"


def test_no_clause_decides_when_none_leads() -> None:
    assert deciding(ARTICLE, "thử việc tối đa mấy ngày", lambda syllable: 1.0) is None
    assert deciding("1. Một khoản duy nhất.", "khoản duy nhất", lambda syllable: 1.0) is None
    assert deciding(ARTICLE, "trình độ cao đẳng", lambda syllable: 0.0) is None


def test_share_held_weighs_syllables() -> None:
    weights = {"cao": 3.0, "đẳng": 1.0}
    assert share_held("Trình độ CAO", "bằng cao đẳng, cao", lambda s: weights.get(s, 0.0)) == 0.75
    assert share_held("Trình độ", "bằng cấp", lambda s: weights.get(s, 0.0)) == 0.0


def test_confidence_is_logistic_in_the_log_odds() -> None:
    assert Confidence((1.0, 0.0, 0.0, 0.0), 0.5).of(0.8, 0.1, 0.3) == pytest.approx(0.8)
    assert Confidence((0.0, 1.0, 0.0, 0.0), 0.5).of(0.8, 0.1, 0.3) == pytest.approx(0.1)
    assert Confidence((0.0, 0.0, 10.0, -3.0), 0.5).of(0.8, 0.1, 0.3) == pytest.approx(0.5)
    assert Confidence((0.0, 0.0, 0.0, 0.0), 0.5).of(-3.0, 0.0, 0.0) == pytest.approx(0.5)


def test_threshold_is_the_lowest_within_the_risk() -> None:
    served = [True] * 6 + [False] + [True] * 2 + [False] * 6
    trials = [Trial(0.95 - 0.06 * place, 0.5, 0.5, good) for place, good in enumerate(served)]
    confidence = learn_confidence(trials, 0.125)
    above = [trial for trial in trials if confidence.of(*trial[:3]) >= confidence.least]
    assert len(above) == 9  # 1 wrong of 9 is within 12.5 %, 2 of 10 is not


def test_tuning_tells_how_often_an_emptied_store_would_answer(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trial(score: float, served: bool) -> Trial:
        return Trial(score, 0.5, 0.5, served)

    stored = [trial(0.9, served=True)] * 6 + [trial(0.2, served=False)] * 2
    without = [trial(0.9, served=False), *[trial(0.1, served=False)] * 3, *[None] * 4]
    monkeypatch.setattr("pilot.assist.tuning.held_out", lambda *_: zip(stored, without, strict=True))
    (found,) = tune(Dataset.load(tiny), [0.1])
    assert (found.answered, found.wrong, found.n) == (0.75, 0.0, 8)
    assert (found.groundless, found.emptied) == (0.25, 4)


def test_a_new_threshold_goes_into_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "experiments").mkdir()
    for name in ("mlflow.yaml", "experiments/assistant.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("PILOT_ROOT", str(tmp_path))
    before = load_settings()
    path = write_settings(Confidence((1.23456, -0.5, 2.0, 0.0), 0.65432))
    assert load_settings().confidence == Confidence((1.2346, -0.5, 2.0, 0.0), 0.6543)
    assert load_settings().rank == before.rank
    kept = [
        line.split("#")[1]
        for line in (ROOT / SETTINGS).read_text(encoding="utf-8").splitlines()
        if "#" in line
    ]
    assert kept == [
        line.split("#")[1] for line in path.read_text(encoding="utf-8").splitlines() if "#" in line
    ]


def test_faulty_settings_are_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "experiments").mkdir()
    (tmp_path / "mlflow.yaml").touch()
    monkeypatch.setenv("PILOT_ROOT", str(tmp_path))
    text = "classify: c.yaml\nrank: 1\nshwn: 5\nweights: [1, 2, x, 4]\nleast: 0.5\n"
    (tmp_path / SETTINGS).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_settings()
    for part in (
        "'shwn'; did you mean 'shown'",
        "'shown' is missing",
        "'rank' is 1",
        "'weights' is [1, 2, 'x', 4]",
    ):
        assert part in str(caught.value), str(caught.value)


def test_words_for_a_probability() -> None:
    assert in_words(0.9) == "rất chắc chắn"
    assert in_words(0.75) == "khá chắc chắn"
    assert "đọc kỹ" in in_words(0.63)


def test_personal_data_is_hidden_and_not_searched() -> None:
    asked = read_question("Tôi là Nguyễn Văn Minh, số điện thoại 0912345678, bị chó cắn thì ai đền tiền?")
    assert "0912345678" not in asked.shown
    assert "SỐ ĐIỆN THOẠI" in asked.shown
    assert "[" not in asked.text
    assert asked.hidden >= 1


@pytest.mark.parametrize("text", ["", "   \n", "?!…", "\u200b"])
def test_an_empty_question_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="question is empty"):
        read_question(text)


def test_bytes_that_are_no_text_do_no_harm() -> None:
    read_question("Thử việc \udcff tối đa bao lâu?").text.encode()


def test_a_long_question_keeps_beginning_and_end() -> None:
    asked = read_question("Đầu câu. " + "tôi kể chuyện " * 4000 + "Vậy ai phải bồi thường?")
    assert asked.shortened
    assert len(asked.text) <= HEAD + TAIL + 10
    assert asked.text.startswith("Đầu câu.")
    assert asked.text.endswith("Vậy ai phải bồi thường?")


@pytest.mark.parametrize(
    "text",
    [
        "How many days of leave may a worker take each year?",
        "Combien de jours de congé par an pour un salarié?",
        "一年有多少天假期？",
        "asdkjh qweuy zxcmn wqeoi",
        "alo alo",
        "Em muốn hỏi việc này thì phải làm thế nào ạ?",
    ],
)
def test_what_is_not_vietnamese_or_says_nothing_is_handed_over(text: str) -> None:
    assert read_question(text).refusal


@pytest.mark.parametrize(
    "text", ["toi muon nghi viec thi bao truoc may ngay", "ck e k đưa tiền nuôi con", "THỬ VIỆC MẤY THÁNG"]
)
def test_vietnamese_is_read_however_it_is_typed(text: str) -> None:
    assert read_question(text).refusal is None


def test_changes_name_successors_and_amendments_with_their_day() -> None:
    new = Document("45/2019/QH14", "Bộ luật", "Bộ luật Lao động", "Quốc hội", effective_from=date(2021, 1, 1))
    old = Document(
        "10/2012/QH13", "Bộ luật", "", "Quốc hội", replaced_by=("45/2019/QH14",), amended_by=("1/2015/QH13",)
    )
    documents = {document.document_id: document for document in (new, old)}
    passage = Passage("p", "answer", "", "Nghỉ việc.", document_id="10/2012/QH13")
    assert changes_since(passage, documents, date(2020, 6, 1)) == (
        "10/2012/QH13 được thay thế bởi 45/2019/QH14 (Bộ luật Lao động), sẽ có hiệu lực từ 01/01/2021.",
        "10/2012/QH13 được sửa đổi, bổ sung bởi 1/2015/QH13; cần đối chiếu trước khi dùng.",
    )
    assert changes_since(Passage("q", "answer", "", "Không dẫn luật."), documents, date(2020, 6, 1)) == ()

"""The combined ranker: what it learns, where lists end, what it keeps when saved."""

import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

from pilot.config import load_experiment
from pilot.rank import MODELS, Combined, Judged
from pilot.rank.answered import COLUMNS, Answered
from pilot.rank.cases import Case, places_of_grades, witnesses_for
from pilot.rank.clauses import clauses
from pilot.rank.cutoff import Cutoff, Trial, learn_cutoff
from pilot.rank.evidence import Candidates, _prior
from pilot.rank.learning import Lesson, learn, standard
from pilot.records import InputError, Judgment, Passage, Question

TOPICS = ["thuê nhà", "ly hôn", "thừa kế", "đặt cọc", "khai sinh", "nghỉ việc", "vay tiền", "đăng ký xe"]
PASSAGES = [
    Passage(
        f"p{n}",
        "article",
        f"Quy định về {topic}",
        f"Việc {topic} theo khoản {n} của luật.\n1. Hồ sơ {topic}.",
        article=str(n),
    )
    for n, topic in enumerate(TOPICS)
]
SETTINGS = {"analyses": ("syllables", "pairs", "bare", "title"), "candidates": 5}


def asked(count: int, shift: int = 0) -> Judged:
    """Questions whose words point to one passage while another one is right: only labels tell."""
    questions = [
        Question(f"q{n}-{shift}", f"Tôi muốn hỏi lần {n} số {n * 37 + shift} về {TOPICS[n % 8]}", "", "train")
        for n in range(count)
    ]
    judgments = [Judgment(q.question_id, f"p{(n + 1) % 8}", 1, "a") for n, q in enumerate(questions)]
    return Judged(PASSAGES, questions, judgments)


def first(model: Combined, text: str, **more: object) -> str:
    return str(model.rank([Question("q", text, "", "test", **more)], 3)["passage_id"].iloc[0])  # type: ignore[arg-type]


def test_without_labels_all_evidence_counts_alike() -> None:
    model = Combined(**SETTINGS)
    model.fit(PASSAGES, (), ())
    frame = model.rank([Question("q", "Muốn ly hôn thì làm gì?", "", "test")], 3)
    assert frame["passage_id"].iloc[0] == "p1"
    assert frame["rank"].tolist() == [1, 2, 3]
    assert frame["score"].is_monotonic_decreasing


@pytest.mark.parametrize("learner", ["linear", "trees", "both"])
def test_labels_teach_what_words_do_not(learner: str) -> None:
    model = Combined(**SETTINGS, learner=learner)  # type: ignore[arg-type]
    model.fit(PASSAGES, [asked(64)], [])
    assert first(model, "Tôi muốn hỏi về ly hôn") == "p2"
    unmoved = Combined(**SETTINGS, learner="none")
    unmoved.fit(PASSAGES, [asked(64)], [])
    assert first(unmoved, "Tôi muốn hỏi về ly hôn") == "p1"
    assert (model.learns, unmoved.learns) == (True, False)


def test_labels_of_other_passages_teach_weights_but_bear_no_witness() -> None:
    elsewhere = [dataclasses.replace(passage, passage_id=f"x{passage.passage_id}") for passage in PASSAGES]
    judged = asked(32)
    judgments = [Judgment(q.question_id, f"xp{n % 8}", 1, "a") for n, q in enumerate(judged.questions)]
    model = Combined(**SETTINGS, learner="linear")
    model.fit(PASSAGES, [Judged(elsewhere, judged.questions, judgments)], [])
    assert model.answered_ is None
    assert first(model, "Tôi muốn hỏi về ly hôn") == "p1"


def test_saved_and_restored_it_ranks_the_same(tmp_path: Path) -> None:
    model = Combined(**SETTINGS, cut=True)
    model.fit(PASSAGES, [asked(48)], [asked(24, 1)])
    assert model.cutoff_ is not None
    model.save(tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".pkl", ".pickle")]
    other = Combined(**SETTINGS, cut=True)
    other.restore(tmp_path, PASSAGES)
    questions = [Question("q", "Tôi hỏi về thừa kế", "", "test")]
    expected, found = model.rank(questions, 5), other.rank(questions, 5)
    assert expected["passage_id"].tolist() == found["passage_id"].tolist()
    np.testing.assert_allclose(expected["score"], found["score"])


def test_the_same_seed_gives_the_same_model() -> None:
    frames = []
    for _ in range(2):
        model = Combined(**SETTINGS, seed=3)
        model.fit(PASSAGES, [asked(32)], [])
        frames.append(model.rank([Question("q", "Hỏi về vay tiền", "", "test")], 5))
    assert frames[0].equals(frames[1])


def test_passages_out_of_force_go_last_where_dates_are_known() -> None:
    ended = dataclasses.replace(PASSAGES[1], effective_from=date(2000, 1, 1), effective_to=date(2015, 1, 1))
    passages = [PASSAGES[0], ended, *PASSAGES[2:]]
    model = Combined(**SETTINGS)
    model.fit(passages, (), ())
    assert first(model, "Muốn ly hôn") == "p1"
    assert first(model, "Muốn ly hôn", asked_on=date(2014, 5, 5)) == "p1"
    assert first(model, "Muốn ly hôn", asked_on=date(2020, 5, 5)) != "p1"
    unaware = Combined(**SETTINGS, currency=False)
    unaware.fit(passages, (), ())
    assert first(unaware, "Muốn ly hôn", asked_on=date(2020, 5, 5)) == "p1"


def test_steps_and_accents_are_told() -> None:
    model = Combined(**SETTINGS, steps=("teencode", "accents"), respell=True)
    model.fit(PASSAGES, (), ())
    assert model.prepared("ko ly hôn") == ("không ly hôn", ["teencode"])
    assert model.prepared("muon ly hon")[1][-1:] != []
    assert first(model, "dang ky xe") == "p7"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": ("accent",)}, "unknown steps accent"),
        ({"analyses": ("syllables",)}, "analyses lack 'pairs'"),
        ({"analyses": ("syllables", "pairs", "tri")}, "unknown analyses tri"),
    ],
)
def test_wrong_settings_say_what_to_do(settings: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Combined(**settings)


def test_witnesses_come_from_other_groups() -> None:
    empty = Candidates(np.arange(1), np.zeros((1, 1), np.float32), np.zeros(1), 1.0)
    questions = [
        Question(
            f"q{n}",
            f"câu hỏi số {n // 2} {TOPICS[n // 2]} {TOPICS[-n // 2]}",
            "",
            "train",
            group_id=str(n // 2),
        )
        for n in range(8)
    ]
    cases = [
        Case(question, f"{question.question_id} riêng", empty, {0: 1}, own=True) for question in questions
    ]
    witnesses = witnesses_for(cases, 1, 0)
    assert len(witnesses) == 8
    for place, question in enumerate(questions):
        similar = witnesses[question.question_id].votes(cases[place].text)
        assert similar[0, -2] < 0.99, "its own text testified"


def test_votes_favour_what_answered_the_similar_question() -> None:
    answered = Answered.build(["thuê nhà đặt cọc", "ly hôn con nhỏ"], [np.array([2]), np.array([0, 1])], 3)
    votes = answered.votes("đặt cọc thuê nhà ở")
    assert votes.shape == (3, COLUMNS)
    assert (votes[:, :-1].argmax(axis=0) == 2).all()
    np.testing.assert_allclose(votes[:, -1], np.log([2, 2, 2]), rtol=1e-6)


def test_grades_are_the_highest_given() -> None:
    question = Question("q", "x", "", "train")
    judgments = [Judgment("q", "p1", 1, "a"), Judgment("q", "p1", 3, "b"), Judgment("q", "nowhere", 3, "a")]
    assert places_of_grades(Judged(PASSAGES, [question], judgments)) == {"q": {1: 3}}


def test_nothing_is_learnt_from_lessons_without_contrast() -> None:
    evidence = np.ones((2, 3))
    lessons = [Lesson(evidence, np.array([0, 0])), Lesson(evidence, np.array([1, 1]))]
    assert learn(lessons, "both", 0).scores(evidence) == []
    assert standard(np.array([2.0, 2.0])).tolist() == [0, 0]
    assert standard(np.array([1.0, 3.0])).tolist() == pytest.approx([-1, 1])


def test_the_cutoff_keeps_what_serves_f2() -> None:
    sure = Trial(np.array([3.0, -1.0, -2.0]), 1.0, np.array([True, False, False]), 1)
    wide = Trial(np.array([1.0, 0.9, -2.0]), 1.0, np.array([True, True, False]), 2)
    cutoff = learn_cutoff([sure, wide] * 10)
    assert cutoff is not None
    for trial, kept in ((sure, 1), (wide, 2)):
        found = cutoff.probabilities(trial.scores, trial.coverage)
        assert (np.diff(found) < 0).all()
        assert cutoff.kept(found) == kept
    assert learn_cutoff([sure] * 9) is None
    assert learn_cutoff([Trial(sure.scores, 1.0, np.zeros(3, bool), 1)] * 20) is None
    upside_down = Trial(sure.scores, 1.0, np.array([False, False, True]), 1)
    assert learn_cutoff([upside_down] * 20) is None


def test_a_cut_list_holds_one_at_least_and_ten_at_most() -> None:
    assert Cutoff([1.0, 0, 0, 0], 1.1).kept(np.array([0.5, 0.4])) == 1
    assert Cutoff([1.0, 0, 0, 0], 0.0).kept(np.full(30, 0.5)) == 10


def test_clauses_are_read_in_lines_and_inline() -> None:
    text = "Chủ tịch quyết định như sau: 1. Gửi phiếu trong 15 ngày. 2. Kiểm phiếu theo khoản 1. 3. Lập biên bản."
    assert [clause.number for clause in clauses(text)] == ["1", "2", "3"]
    assert clauses("Không có khoản nào. Năm 2020. 5. Lạc.") == []


def test_the_default_experiment_is_the_model_as_it_comes() -> None:
    assert set(MODELS) == {"random", "bm25", "combined", "reranked"}
    written = load_experiment(ROOT / "experiments" / "rank" / "default.yaml").build()
    assert dataclasses.asdict(written) == dataclasses.asdict(
        Combined(steps=list(written.steps), analyses=list(written.analyses))  # type: ignore[arg-type]
    )
    assert (tuple(written.steps), tuple(written.analyses)) == (Combined().steps, Combined().analyses)


def test_without_a_title_titles_neither_help_nor_harm() -> None:
    found = {"syllables": np.array([1.0, 2, 3]), "title": np.array([2.0, 0, 1])}
    titled = _prior(found, np.array([True, True, True]))
    assert titled.argmax() == 2
    untitled = _prior(found, np.array([True, False, True]))
    np.testing.assert_allclose(untitled, standard(standard(found["syllables"]) + np.array([1, 0, -1])))
    np.testing.assert_allclose(_prior(found, np.zeros(3, bool)), standard(found["syllables"]))

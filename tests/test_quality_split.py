"""Groups and their dealing into parts, on questions small enough to check by hand."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pilot.quality.duplicates import contained, joined, near_duplicates
from pilot.quality.split import assign_folds, cut_dev, deal, question_groups
from pilot.records import Citation, Question


def asked(number: int, text: str, field: str = "09", **more) -> Question:
    return Question(f"q{number}", text, "test", "train", (field,), **more)


LEASE = "hợp đồng thuê nhà của tôi với chủ trọ có bắt buộc phải công chứng hay không, xin cho biết"


def test_copies_and_near_copies_are_found_whatever_accents_and_case() -> None:
    texts = [LEASE, "ly hôn thì con nhỏ do ai nuôi", LEASE.upper(), LEASE + " ạ", "", "x"]
    found = near_duplicates(texts)
    assert [(i, j) for i, j, _ in found] == [(0, 2), (0, 3), (2, 3)]
    assert found[0][2] == 1.0
    assert 0.8 < found[1][2] < 1
    assert near_duplicates([]) == []


def test_overlap_is_jaccard_of_runs_of_three() -> None:
    found = near_duplicates(
        ["một hai ba bốn năm sáu bảy tám chín mười " * 3, "một hai ba bốn năm sáu bảy tám chín mười " * 2]
    )
    assert found == [(0, 1, 1.0)]


def test_a_question_inside_a_longer_one_is_found_but_not_in_an_article() -> None:
    short = "công ty nợ lương ba tháng thì tôi phải làm gì"
    texts = [
        short,
        "dạ em chào, " + short + " bây giờ ạ",
        short + "".join(f" điều{i}" for i in range(40)),
        "ly hôn",
        "ly hôn",
    ]
    assert contained(texts) == [(0, 1), (3, 4)]
    assert contained([]) == []


def test_joined_numbers_connected_items() -> None:
    assert joined(4, [(0, 2), (2, 3)]) == [0, 1, 0, 0]
    assert joined(2, []) == [0, 1]


def test_questions_share_a_group_by_id_by_likeness_and_by_citation() -> None:
    article, other = Citation("91/2015/QH13", "472"), Citation("91/2015/QH13", "473")
    questions = [
        asked(0, LEASE, citations=(article,)),
        asked(1, LEASE + " ạ"),
        asked(2, "thuê xe máy không giấy tờ", citations=(article, other)),
        asked(3, "mượn tiền bạn không trả", group_id="g"),
        asked(4, "cho bạn mượn tiền rồi bạn trốn", group_id="g"),
        asked(5, "tiền cọc nhà trọ", citations=(other,)),
    ]
    plain = question_groups(questions)
    assert plain["q0"] == plain["q1"] != plain["q2"]
    assert plain["q3"] == plain["q4"] == "g"
    strict = question_groups(questions, by_citation=True)
    assert strict["q0"] == strict["q1"] == strict["q2"] != strict["q5"]


@given(st.integers(0, 5), st.integers(2, 6), st.lists(st.integers(0, 8), min_size=12, max_size=60))
def test_parts_hold_whole_groups_and_every_question(seed: int, folds: int, numbers: list[int]) -> None:
    questions = [asked(i, f"câu {i}", field=str(n % 3)) for i, n in enumerate(numbers)]
    groups = {question.question_id: str(n) for question, n in zip(questions, numbers, strict=True)}
    part = assign_folds(questions, groups, folds, seed)
    assert part.keys() == groups.keys()
    assert all(len({part[q] for q in groups if groups[q] == g}) == 1 for g in set(groups.values()))
    if len(set(groups.values())) >= folds:
        assert set(part.values()) == set(range(folds))


def test_parts_keep_their_share_of_every_field() -> None:
    questions = [asked(i, f"câu {i}", field=random.Random(i).choice(["09", "20", "43"])) for i in range(300)]
    groups = {question.question_id: question.question_id for question in questions}
    part = deal(questions, groups, [0.7, 0.1, 0.2], seed=3)
    for field, total in Counter(question.fields[0] for question in questions).items():
        counts = Counter(part[q.question_id] for q in questions if q.fields[0] == field)
        assert abs(counts[0] - 0.7 * total) <= 2
        assert abs(counts[2] - 0.2 * total) <= 2
    assert part == deal(list(questions), groups, [0.7, 0.1, 0.2], seed=3)
    assert part != deal(questions, groups, [0.7, 0.1, 0.2], seed=4)


def test_dev_is_cut_by_group_and_train_is_never_empty() -> None:
    questions = [asked(i, f"câu {i}", group_id=str(i // 2)) for i in range(20)]
    groups = {question.question_id: question.group for question in questions}
    train, dev = cut_dev(questions, groups, 0.2, 0)
    assert len(dev) == 4
    assert not {q.group for q in train} & {q.group for q in dev}
    train, dev = cut_dev(questions[:2], groups, 0.2, 0)
    assert (len(train), len(dev)) == (2, 0)

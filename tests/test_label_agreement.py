"""Agreement as computed from votes: equal to scikit-learn and to cases worked by hand; the quiz; the pages."""

import json
from pathlib import Path

import pytest
from label_help import Expert, client_of, fill, opened, rows
from sklearn.metrics import cohen_kappa_score
from test_label_release import AGREED, label
from typer.testing import CliRunner

from pilot.cli import app
from pilot.label.agreement import agreement, as_text
from pilot.label.agreement_plots import agreement_plots
from pilot.label.quiz import quiz_html, score, shipped
from pilot.label.tables import events
from pilot.label.votes import Item, Vote
from pilot.taxonomy import taxonomy

MAINS = [("09", "09"), ("09", "20"), ("20", "20"), ("20", "20")]
GRADES = [(3, 3), (2, 3), (0, 0), (0, 2)]
# scikit-learn weighs by the place among the labels it is given, so it gets all four grades.


def items() -> list[Item]:
    """Four questions of two experts with one passage each; the second and the fourth were decided."""
    found = []
    for number, (mains, grades) in enumerate(zip(MAINS, GRADES, strict=True)):
        task = {"question": {"question_id": f"q{number}"}, "candidates": [{"key": "p"}]}
        cast = [
            Vote(
                f"cg{who}",
                10 * number + who,
                1,
                {"main": main, "grade:p": grade},
                10.0 * (number + 1),
                True,
                "x",
                "g",
            )
            for who, (main, grade) in enumerate(zip(mains, grades, strict=True), 1)
        ]
        decision = {"revision": 1, "content": {"main": "20", "grade:p": grades[1]}} if number % 2 else None
        found.append(Item(number, "v1", "lo-a" if number < 2 else "lo-b", 2, False, task, cast, {}, decision))
    return found


def test_figures_worked_by_hand_and_by_scikit_learn() -> None:
    found = agreement(items(), resamples=50)["v1"]
    (pair,) = found["kappa"]
    assert pair["experts"] == ["cg1", "cg2"]
    # observed 3/4, by chance 1/2 * 1/4 + 1/2 * 3/4 = 1/2
    assert pair["main"].value == pytest.approx(0.5)
    assert pair["main"].value == pytest.approx(cohen_kappa_score(*zip(*MAINS, strict=True)))
    assert pair["grades"].value == pytest.approx(
        cohen_kappa_score(*zip(*GRADES, strict=True), weights="quadratic", labels=range(4))
    )
    # nominal alpha: 2 of 8 values disagree; by chance 2 * 3 * 5 / (8 * 7)
    assert found["alpha"]["main"].value == pytest.approx(1 - (2 / 8) / (30 / 56))
    # ordinal alpha: grades 0, 2, 3 occur 3, 2, 3 times; distances 2.5, 5, 2.5 squared
    observed, expected = 2 * 2.5**2 + 2 * 2.5**2, 2 * (3 * 2 * 2.5**2 + 3 * 3 * 5**2 + 2 * 3 * 2.5**2)
    assert found["alpha"]["grades"].value == pytest.approx(1 - (observed / 8) / (expected / (8 * 7)))
    for figure in (pair["main"], found["alpha"]["main"]):
        assert figure.low <= figure.value <= figure.high
        assert figure.n == 4
    assert found["by_batch"]["lo-b"]["main"] is None  # one value throughout
    assert found["by_batch"]["lo-a"]["main"].value == pytest.approx(
        0.0
    )  # 1 - (2 / 4) / (2 * 3 * 1 / (4 * 3))


def test_confusion_ceiling_time_and_progress() -> None:
    found = agreement(items(), resamples=50)["v1"]
    assert found["confusion"] == {
        "main": [("09", "20", 1)], "grades": [[1, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 1], [0, 0, 1, 1]],
    }  # fmt: skip
    ceiling = found["ceiling"]
    assert (ceiling["all"]["questions"], ceiling["all"]["main"].value) == (4, 7 / 8)
    assert (ceiling["decided"]["questions"], ceiling["decided"]["main"].value) == (2, 3 / 4)
    given, gold = [3, 3, 2, 3, 0, 0, 0, 2], [3, 3, 3, 3, 0, 0, 2, 2]
    assert ceiling["all"]["grades"].value == pytest.approx(
        cohen_kappa_score(given, gold, weights="quadratic", labels=range(4))
    )
    assert found["seconds"]["all"] == {"n": 8, "median": 25.0, "p90": 40.0}
    assert found["progress"]["lo-a"] == {"begun": 2, "whole": 2, "waiting": 0, "settled": 2}
    assert "Cohen kappa, cg1 and cg2, main    0.500" in as_text({"v1": found})
    assert agreement_plots(found).keys() == {"he-so", "muc", "linh-vuc", "thoi-gian"}


def test_one_expert_alone_agrees_with_nobody() -> None:
    (one,) = items()[:1]
    alone = agreement([Item(**{**vars(one), "votes": one.votes[:1]})], resamples=50)["v1"]
    assert alone["alpha"]["main"] is None
    assert alone["kappa"] == []
    assert "not measurable" in as_text({"v1": alone})
    assert agreement_plots(alone).keys() == {"thoi-gian"}


def test_pages_and_command(tmp_path: Path) -> None:
    store = opened(tmp_path)
    fill(store)
    url = ("--database", f"sqlite:///{tmp_path / 'label.db'}")
    assert "nobody has submitted" in str(CliRunner().invoke(app, ["label", "agreement", *url]).exception)
    with client_of(store, tmp_path) as client:
        assert "Chưa có bài nào" in Expert(client, "lanh").get("/thong-nhat").text
        label(
            client, ("an", "09", AGREED), ("binh", "20", AGREED), ("an", "09", AGREED), ("binh", "09", AGREED)
        )
        lanh = Expert(client, "lanh")
        page = lanh.get("/thong-nhat").text
        assert "cg001 – cg002" in page
        assert "Người an" not in page
        pictures = [
            part.partition('"')[0] for part in page.split('src="')[1:] if part.startswith("/thong-nhat")
        ]
        assert len(pictures) == 3
        assert all(lanh.get(picture).content.startswith(b"\x89PNG") for picture in pictures)
        assert lanh.get("/thong-nhat/0/khac.png").status_code == 404
    done = CliRunner().invoke(app, ["label", "agreement", "--json", *url])
    assert json.loads(done.stdout)[taxonomy().version]["kappa"][0]["main"]["n"] == 2
    store.close()


def right_answers() -> dict[str, str]:
    cards = [card for item in shipped() for card in item.cards]
    return {
        **{f"main:{item.quiz_id}": item.main for item in shipped()},
        **{f"grade:{card['key']}": str(card["grade"]) for card in cards},
        **{f"stale:{card['key']}": "on" for card in cards if card["stale"]},
    }


def test_the_quiz_scores_and_explains(tmp_path: Path) -> None:
    names = taxonomy().topics.keys() | taxonomy().special.keys()
    assert all(item.main in names and item.why for item in shipped())
    passages = sum(len(item.cards) for item in shipped())
    assert score(shipped(), right_answers()) == (
        len(shipped()),
        len(shipped()),
        passages,
        passages,
        passages,
        passages,
    )
    wrong = {
        **right_answers(),
        "main:thu-viec": "09",
        "grade:thu-viec.a-p001": "0",
        "grade:thu-viec.a-p002": "2",
    }
    assert score(shipped(), wrong)[:4] == (len(shipped()) - 1, len(shipped()), passages - 2, passages - 1)
    assert quiz_html(shipped()).count("<details>") == len(shipped())
    store = opened(tmp_path)
    fill(store)
    with client_of(store, tmp_path) as client:
        an = Expert(client, "an")
        assert "bài hiệu chuẩn" in an.get("/viec").text
        page = an.get("/hieu-chuan").text
        assert shipped()[0].why not in page
        done = client.post("/hieu-chuan", data={"csrf": an.token, **right_answers()})
        assert shipped()[0].why[:40] in done.text
        assert "bài hiệu chuẩn" not in an.get("/viec").text
    (kept,) = [row for row in rows(store, events) if row["kind"] == "quiz"]
    assert kept["content"]["exact"] == passages
    store.close()


def test_decided_questions_join_the_quiz_of_others(tmp_path: Path) -> None:
    store = opened(tmp_path)
    fill(store, 1)
    with client_of(store, tmp_path) as client:
        label(client, ("an", "09", AGREED), ("binh", "20", (3, 2, 1, 3, 3)))
        decided = {"main": "20", **{f"grade:p{i:015d}": str(grade) for i, grade in enumerate(AGREED)}}
        Expert(client, "chi").decide(1, decided, reason="Vì điều này.")
        assert "main:t1" in Expert(client, "cuong").get("/hieu-chuan").text
        assert "main:t1" not in Expert(client, "an").get("/hieu-chuan").text
    store.close()

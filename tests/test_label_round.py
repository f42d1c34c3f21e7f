"""A whole round: two experts label in a browser, differ, an adjudicator decides, the release trains a model."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, Tab
from conftest import ROOT, TINY, write_dataset
from label_help import Expert, client_of, fill, opened, rows
from label_server import Server
from test_label_browser import READY, begin, log_in, picture
from typer.testing import CliRunner

from pilot import track
from pilot.cli import app
from pilot.label.flags import read_list
from pilot.label.importing import import_tasks
from pilot.label.store import Store
from pilot.label.tables import claims, decisions, tasks
from pilot.sources import Dataset

pytestmark = pytest.mark.system
BROWSER = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="chromium is not installed; sh .ci/packages installs it"
)
DECIDING = (
    "location.pathname.startsWith('/tham-dinh/') && document.querySelector('#decision .current') !== null"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened(tmp_path)
    fill(found, 2)
    yield found
    found.close()


def log_out(tab: Tab) -> None:
    tab.js("document.querySelector('#log-out button').click()")
    tab.until("location.pathname === '/dang-nhap' && document.readyState === 'complete'")


def label_by_keyboard(tab: Tab, field: str, grades: dict[str, str]) -> None:
    """Choose a field by typing, grade each passage as named by its last digit, submit."""
    tab.type(field)
    tab.press("Enter")
    keys = tab.js("[...document.querySelectorAll('#cards .candidate')].map(c => c.dataset.key)")
    for key in keys:
        tab.press(grades[key[-1]])
    old = tab.js("location.pathname")
    tab.press("Enter", modifiers=2)
    tab.until(f"location.pathname !== {json.dumps(old)}")


@BROWSER
def test_two_experts_differ_and_an_adjudicator_decides(
    browser: Browser, server: Server, store: Store, tmp_path: Path
) -> None:
    for name, field, last in (("an", "dan su", "0"), ("binh", "lao dong", "3")):
        tab = log_in(browser, server, name)
        begin(tab)
        label_by_keyboard(tab, field, dict(zip("01234", f"321{last}3", strict=True)))
        tab.until(READY)
        log_out(tab)
    tab = log_in(browser, server, "chi")
    tab.go(f"{server.address}/tham-dinh")
    picture(tab, "waiting")
    tab.until("document.activeElement.matches('a.lead')")
    tab.press("Enter")
    tab.until(DECIDING)
    picture(tab, "adjudicate")
    tab.press("b")  # the second expert's field
    tab.press("a")  # the first expert's grade of the only passage they differ on
    tab.type("Can cu Dieu 1")
    tab.size(390, 844, phone=True)
    assert tab.js("document.documentElement.scrollWidth") <= 390
    tab.js("scrollTo(0, 0)")
    picture(tab, "adjudicate-phone")
    tab.go(f"{server.address}/tham-dinh/1")  # closed by mistake: nothing typed is lost
    tab.until("document.getElementById('reason').value === 'Can cu Dieu 1'")
    tab.press("Enter", modifiers=2)
    tab.until("location.pathname === '/tham-dinh'")
    (kept,) = rows(store, decisions)
    grades = {key[-1]: value for key, value in kept["content"].items() if key.startswith("grade:")}
    assert grades == {"0": 3, "1": 2, "2": 1, "3": 0, "4": 3}
    assert (kept["content"]["main"], kept["content"]["reason"]) == ("20", "Can cu Dieu 1")
    assert tab.js("Object.keys(localStorage).filter(key => key.includes('tham-dinh')).length") in (0, 1)
    for path, name in (("/thong-nhat", "agreement"), ("/hieu-chuan", "quiz"), ("/viec", "desk")):
        for width, suffix in ((1366, ""), (390, "-phone")):
            tab.size(width, 768 if width > 400 else 844, phone=width < 400)
            tab.go(f"{server.address}{path}")
            assert tab.js("document.documentElement.scrollWidth") <= width
            picture(tab, f"{name}{suffix}")
    assert tab.errors == []
    assert {url.split("/")[2] for url in tab.requests} == {server.address.split("/")[2]}
    out = tmp_path / "release"
    done = CliRunner().invoke(
        app, ["label", "export", "--out", str(out), "--database", str(store.engine.url)]
    )
    assert done.exit_code == 0, done.output
    released = Dataset.load(out)
    assert [question.fields for question in released.questions] == [("20",)]
    assert released.adjudicated("classify")
    assert released.adjudicated("rank")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, shared_state: Path) -> Path:
    """Every question labelled by two experts, one of them decided, and exported by command."""
    folder = tmp_path_factory.mktemp("release")
    store, told = opened(folder), Dataset.load(write_dataset(folder / "tiny", TINY))
    fill(store, 0)
    import_tasks(store, told, 0.0)
    made = {row["task_id"]: row for row in rows(store, tasks)}
    right = {question.question_id: question.fields[0] for question in told.questions}
    with client_of(store, folder) as client:
        for name in ("an", "binh"):
            expert = Expert(client, name)
            while (claim := expert.next()) is not None:
                task = made[next(row["task_id"] for row in rows(store, claims) if row["claim_id"] == claim)]
                keys = [each["key"] for each in task["content"]["candidates"]]
                content: dict = {f"grade:{key}": place % 4 for place, key in enumerate(keys)}
                content["main"] = (
                    right[task["question_id"]] if (name, task["question_id"]) != ("binh", "q6") else "11"
                )
                expert.do("save", claim, content)
                assert expert.do("submit", claim, content)["status"] == "ok"
        disputed = next(row for row in made.values() if row["question_id"] == "q6")
        grades = {f"grade:{each['key']}": "3" for each in disputed["content"]["candidates"]}
        decided = Expert(client, "chi").decide(disputed["task_id"], {"main": "09", **grades})
        assert decided.headers["location"].startswith("/tham-dinh?xong=")  # nothing else waits
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOT_STATE", str(shared_state))
        export = ["label", "export", "--out", str(folder / "out"), "--database", str(store.engine.url)]
        done = CliRunner().invoke(app, export)
    assert done.exit_code == 0, done.output
    assert "8 questions (8 settled)" in done.output
    store.close()
    return folder / "out"


@pytest.mark.parametrize("name", ["classify/tfidf_svm", "rank/linear"])
def test_a_release_runs_without_manual_steps(release: Path, state: Path, name: str) -> None:
    command = ["run", str(ROOT / "experiments" / f"{name}.yaml"), "--dataset", str(release), "--json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    (result,) = (json.loads(line) for line in done.stdout.splitlines())
    assert result["supervision"] == "labels"
    run = track.find(result["run_id"])
    assert run.adjudicated
    assert not run.illustrative
    if run.task == "classify":
        assert all(
            {"question_id", "label", "suggested"} <= row.keys() for row in read_list("suspicious", run.run_id)
        )
    assert result["metrics"]["Accuracy" if run.task == "classify" else "nDCG@10"]["n"] == 2

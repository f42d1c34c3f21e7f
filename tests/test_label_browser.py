"""Experts at a real browser: by keyboard, with the server killed, with the tab closed, two at once, on a phone."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Browser, Tab
from label_help import EVIL, KEYS, PASSWORD, fill, opened, rows
from label_server import Server

from pilot.label.store import Store
from pilot.label.tables import answers, claims, tasks

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="chromium is not installed; sh .ci/packages installs it"
    ),
]
READY = "document.querySelector('#graded')?.textContent.startsWith('đã chấm')"
PICTURES = os.environ.get("PILOT_PICTURES")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened(tmp_path)
    fill(found, 6)
    yield found
    found.close()


def log_in(browser: Browser, server: Server, name: str) -> Tab:
    tab = browser.tab()
    tab.go(f"{server.address}/dang-nhap")
    tab.type(name)
    tab.press("Tab")
    tab.type(PASSWORD)
    tab.press("Enter")
    tab.until("location.pathname === '/viec' && document.readyState === 'complete'")
    return tab


def begin(tab: Tab) -> None:
    tab.until("document.activeElement.matches('button.big')")
    tab.press("Enter")
    tab.until(f"/viec.\\d/.test(location.pathname) && {READY}")


def shown(tab: Tab) -> dict[str, Any]:
    """What the page shows as chosen: every checked input by name."""
    return tab.js(
        "Object.fromEntries([...document.querySelectorAll('#answer input:checked')]"
        ".map(i => [i.name, i.type === 'checkbox' ? true : i.name.startsWith('grade:') ? Number(i.value) : i.value]))"
    )


def order(tab: Tab) -> list[str]:
    return tab.js("[...document.querySelectorAll('#cards .candidate')].map(c => c.dataset.key)")


def choose_field(tab: Tab) -> int:
    """Choose the main field by keyboard; return how many keys it took."""
    if tab.js("document.querySelectorAll('.suggestions button').length"):
        tab.press("1")
        return 1
    tab.type("ds")
    tab.press("Enter")
    return 3


def saved(tab: Tab) -> None:
    tab.until("document.getElementById('saved').textContent.startsWith('Đã lưu lúc')")


def picture(tab: Tab, name: str) -> None:
    if PICTURES:
        tab.picture(Path(PICTURES) / f"{name}.png")


def test_a_whole_item_by_keyboard_is_stored_exactly_as_shown(
    browser: Browser, server: Server, store: Store
) -> None:
    tab = log_in(browser, server, "an")
    begin(tab)
    assert shown(tab) == {}
    pressed = choose_field(tab)
    for digit in "32103":
        tab.press(digit)
    before, keys = shown(tab), order(tab)
    assert [before[f"grade:{key}"] for key in keys] == [3, 2, 1, 0, 3]
    picture(tab, "item")
    old = tab.js("location.pathname")
    tab.press("Enter", modifiers=2)
    assert pressed + 5 + 1 <= 10
    tab.until(f"location.pathname !== {json.dumps(old)} && {READY}")
    (answer,) = rows(store, answers)
    assert answer["content"] == before
    assert answer["seconds"] is not None
    assert tab.errors == []
    assert {url.split("/")[2] for url in tab.requests} == {server.address.split("/")[2]}


@pytest.mark.parametrize(
    ("typed", "code"),
    [("dat dai", "11"), ("ho tich", "15"), ("cong chung", "04"), ("hon nhan", "08"), ("hình sự", "16")],
)
def test_a_field_is_found_by_what_is_filed_under_it(
    browser: Browser, server: Server, store: Store, typed: str, code: str
) -> None:
    tab = log_in(browser, server, "an")
    begin(tab)
    tab.type(typed)
    tab.press("Enter")
    assert shown(tab) == {"main": code}


def test_several_items_in_a_row_keep_their_own_grades(browser: Browser, server: Server, store: Store) -> None:
    tab, expected = log_in(browser, server, "an"), []
    begin(tab)
    for digits in ("32103", "00120", "33333", "10230"):
        choose_field(tab)
        for digit in digits:
            tab.press(digit)
        expected.append(dict(zip((f"grade:{key}" for key in order(tab)), map(int, digits), strict=True)))
        old = tab.js("location.pathname")
        tab.press("Enter", modifiers=2)
        tab.until(f"location.pathname !== {json.dumps(old)} && {READY}")
    stored = [
        {k: v for k, v in row["content"].items() if k.startswith("grade:")} for row in rows(store, answers)
    ]
    assert stored == expected


def test_the_server_is_killed_in_the_middle_and_comes_back(
    browser: Browser, server: Server, store: Store
) -> None:
    tab = log_in(browser, server, "an")
    begin(tab)
    choose_field(tab)
    tab.press("3")
    saved(tab)
    server.kill()
    for digit in "2103":
        tab.press(digit)
    tab.press("n")
    tab.type("Viet khi may chu tat")
    tab.press("Escape")
    tab.until("!document.getElementById('banner').hidden")
    assert "Mất kết nối máy chủ" in tab.js("document.getElementById('banner').textContent")
    kept = tab.js("JSON.stringify(Object.entries(localStorage))")
    assert "grade:" in kept
    assert "Câu hỏi số" not in kept
    assert EVIL not in kept
    picture(tab, "server-away")
    before = shown(tab)
    server.start()
    tab.until("document.getElementById('banner').hidden")
    saved(tab)
    (claim,) = rows(store, claims)
    assert claim["draft"] == {**before, "note": "Viet khi may chu tat"}
    tab.press("Enter", modifiers=2)
    tab.until("location.pathname !== '/viec/1'")
    assert rows(store, answers)[0]["content"] == claim["draft"]


def test_server_and_tab_die_and_nothing_is_lost(browser: Browser, server: Server, store: Store) -> None:
    tab = log_in(browser, server, "an")
    begin(tab)
    choose_field(tab)
    saved(tab)
    server.kill()
    for digit in "32103":
        tab.press(digit)
    tab.press("Enter", modifiers=2)
    before = shown(tab)
    tab.close()
    assert rows(store, answers) == []
    server.start()
    again = browser.tab()
    again.go(f"{server.address}/viec")
    again.until("Object.keys(localStorage).filter(k => /^gan-nhan:\\d/.test(k)).length === 0")
    (answer,) = rows(store, answers)
    assert answer["content"] == before


def test_two_tabs_of_one_expert_agree(browser: Browser, server: Server, store: Store) -> None:
    tab = log_in(browser, server, "an")
    begin(tab)
    choose_field(tab)
    other = browser.tab()
    other.go(f"{server.address}/viec/1")
    other.until(READY)
    other.press("3")
    tab.press("2")
    saved(tab)
    first = order(tab)[0]
    for each in (tab, other):
        each.until(f'document.querySelector(\'input[name="grade:{first}"][value="2"]\').checked')
    for each in (tab, other):
        assert shown(each) == rows(store, claims)[0]["draft"]


def test_two_experts_race_for_one_task(
    browser: Browser, server: Server, store: Store, tmp_path: Path
) -> None:
    with store.writing() as connection:
        connection.execute(tasks.update().values(wanted=1))
    (tmp_path / "second").mkdir()
    second = Browser(tmp_path / "second")
    try:
        tabs = [log_in(browser, server, "an"), log_in(second, server, "binh")]
        for tab in tabs:
            tab.js("document.querySelector('button.big').click()")
        for tab in tabs:
            tab.until(READY)
        found = rows(store, claims)
        assert len({row["task_id"] for row in found}) == 2
        foreign = next(row["claim_id"] for row in found if row["user_id"] == 2)
        tabs[0].go(f"{server.address}/viec/{foreign}")
        assert "không nằm trong phần việc" in tabs[0].js("document.body.innerText")
    finally:
        second.close()


def test_no_candidate_fits_so_a_passage_is_searched_and_added(
    browser: Browser, server: Server, store: Store
) -> None:
    tab = log_in(browser, server, "an")
    begin(tab)
    choose_field(tab)
    for digit in "10010":
        tab.press(digit)
    tab.press("k")
    tab.until("document.getElementById('search-box').open")
    tab.type("dieu ten noi dung")
    tab.press("Enter")
    tab.until("document.querySelectorAll('#results button:not(:disabled)').length > 0")
    picture(tab, "search")
    tab.click("#results button:not(:disabled)")
    tab.until("document.querySelectorAll('#cards .candidate').length === 6")
    tab.press("3")
    assert tab.js("document.querySelector('.candidate:last-child').dataset.key").startswith("x")
    before = shown(tab)
    saved(tab)
    tab.go(f"{server.address}/viec/1")
    tab.until(READY)
    assert shown(tab) == before
    tab.press("Enter", modifiers=2)
    tab.until("location.pathname !== '/viec/1'")
    content = rows(store, answers)[0]["content"]
    added = next(key for key in content if key.startswith("added:"))
    assert content == {**before, added: True}
    assert content["none_right"] is True
    assert content[f"grade:{added[6:]}"] == 3


def test_injected_markup_stays_text(browser: Browser, server: Server) -> None:
    tab = log_in(browser, server, "an")
    begin(tab)
    assert "<script>" in tab.js("document.querySelector('.asked').textContent")
    assert "<script>" in tab.js(f"document.getElementById('x-{KEYS[0]}').textContent")
    assert tab.js("window.hacked === undefined")
    assert tab.js("document.images.length") == 0


def test_what_an_input_method_composes_and_a_held_key_grade_nothing(browser: Browser, server: Server) -> None:
    tab = log_in(browser, server, "an")
    begin(tab)
    choose_field(tab)
    event = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {code: 'Digit3', bubbles: true, %s}))"
    tab.js(event % "isComposing: true")
    tab.js(event % "repeat: true")
    assert not any(name.startswith("grade:") for name in shown(tab))
    tab.js(event % "isComposing: false")
    assert [value for name, value in shown(tab).items() if name.startswith("grade:")] == [3]


def test_log_out_leaves_nothing_in_the_browser(browser: Browser, server: Server) -> None:
    tab = log_in(browser, server, "an")
    begin(tab)
    choose_field(tab)
    server.kill()
    tab.press("3")
    tab.until("Object.keys(localStorage).length > 0")
    server.start()
    tab.js("document.querySelector('#log-out button').click()")
    tab.until("location.pathname === '/dang-nhap'")
    assert tab.js("Object.keys(localStorage).length") == 0
    tab.go(f"{server.address}/viec")
    assert tab.js("location.pathname") == "/dang-nhap"


def test_a_phone_shows_everything_in_its_width(browser: Browser, server: Server, store: Store) -> None:
    tab = log_in(browser, server, "an")
    tab.size(390, 844, phone=True)
    tab.js("document.querySelector('button.big').click()")
    tab.until(READY)
    assert tab.js("document.documentElement.scrollWidth") <= 390
    picture(tab, "phone")
    tab.js("document.querySelector('#fields input[value=\"09\"]').click()")
    for key in order(tab):
        tab.click(f"article[data-key='{key}'] .grades label:nth-of-type(3)")
    tab.js("window.scrollTo(0, 600)")
    time.sleep(0.3)
    assert 0 <= tab.js("document.querySelector('.question').getBoundingClientRect().top") < 60
    picture(tab, "phone-cards")
    tab.js("document.getElementById('submit').click()")
    tab.until("location.pathname !== '/viec/1'")
    assert rows(store, answers)[0]["content"] == {"main": "09", **{f"grade:{key}": 1 for key in KEYS}}

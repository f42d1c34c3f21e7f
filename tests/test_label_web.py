"""At the door: who gets in, what each role may do, and what a browser is told."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from label_help import EVIL, KEYS, PASSWORD, PEOPLE, Clock, Expert, client_of, fill, opened, rows, sign_in
from starlette.routing import Route
from starlette.testclient import TestClient

from pilot.label.accounts import SESSION_SECONDS
from pilot.label.store import Store
from pilot.label.tables import events, sessions, users

LABEL, ALL = {"expert", "adjudicator"}, {"expert", "adjudicator", "administrator", "viewer"}
ADMIN, SENIOR, REPORTS = {"administrator"}, {"adjudicator"}, {"viewer", "administrator", "adjudicator"}
SYNC = {"operations": [{"save_id": "abcdefgh", "kind": "save", "claim_id": 1, "content": {"main": "09"}}]}
ROUTES = {
    ("GET", "/"): ALL, ("POST", "/dang-xuat"): ALL, ("GET", "/mat-khau"): ALL, ("POST", "/mat-khau"): ALL,
    ("GET", "/viec"): LABEL, ("POST", "/viec/tiep"): LABEL, ("GET", "/viec/{claim_id}"): LABEL,
    ("GET", "/da-lam"): LABEL,
    ("GET", "/huong-dan"): ALL, ("GET", "/tien-do"): ALL, ("GET", "/bao-cao"): REPORTS,
    ("GET", "/bao-cao/{name}"): REPORTS,
    ("POST", "/api/sync"): LABEL, ("POST", "/api/next"): LABEL, ("GET", "/api/claims/{claim_id}"): LABEL,
    ("GET", "/api/search"): LABEL, ("GET", "/quan-tri"): ADMIN, ("POST", "/quan-tri/them"): ADMIN,
    ("POST", "/quan-tri/{user_id}"): ADMIN, ("GET", "/hieu-chuan"): LABEL, ("POST", "/hieu-chuan"): LABEL,
    ("GET", "/tham-dinh"): SENIOR, ("GET", "/tham-dinh/{task_id}"): SENIOR, ("POST", "/tham-dinh/{task_id}"): SENIOR,
    ("GET", "/thong-nhat"): REPORTS, ("GET", "/thong-nhat/{place}/{name}.png"): REPORTS,
}  # fmt: skip
OPEN = {("GET", "/healthz"), ("GET", "/dang-nhap"), ("POST", "/dang-nhap")}
BODIES = {"/api/sync": SYNC, "/api/next": {"batch": None}}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = opened(tmp_path)
    fill(found)
    return found


@pytest.fixture
def client(store: Store, tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    (tmp_path / "bao_cao.html").write_text("<h1>Báo cáo</h1>", encoding="utf-8")
    with client_of(store, tmp_path, clock) as found:
        yield found


def call(client: TestClient, method: str, path: str, token: str = ""):
    path = path.format(claim_id=1, name="bao_cao.html", user_id=99, task_id=1, place=0)
    headers = {"x-csrf-token": token} if token else {}
    if method == "GET":
        return client.get(path + ("?q=x&on=2025-01-01" if path == "/api/search" else ""))
    if path in BODIES:
        return client.post(path, json=BODIES[path], headers=headers)
    return client.post(path, data={"x": "1"}, headers=headers)


def test_every_route_is_in_the_table(client: TestClient) -> None:
    found = set()
    stack = list(client.app.routes)
    while stack:
        route = stack.pop()
        if isinstance(route, Route):
            found |= {(method, route.path) for method in route.methods - {"HEAD"}}
        else:
            inner = getattr(route, "original_router", None) or getattr(route, "app", None)
            stack += getattr(inner, "routes", [])
    assert found == ROUTES.keys() | OPEN


@pytest.mark.parametrize("name", [*PEOPLE, None])
def test_each_role_tries_every_route(client: TestClient, store: Store, name: str | None) -> None:
    role = PEOPLE.get(name or "")
    token = sign_in(client, name) if name else ""
    for (method, path), allowed in sorted(ROUTES.items(), key=lambda item: item[0][1] == "/dang-xuat"):
        answer = call(client, method, path, token)
        where = f"{role} {method} {path}: {answer.status_code}"
        if role is None:
            assert answer.status_code in (401, 303), where
            assert answer.headers.get("location", "/dang-nhap") == "/dang-nhap", where
        elif role in allowed:
            assert answer.status_code in (200, 303, 404, 422), where
        else:
            assert answer.status_code == 403, where


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] == "POST"])
def test_changes_without_the_token_are_refused(client: TestClient, method: str, path: str) -> None:
    for name in ("an", "quan"):
        sign_in(client, name)
        for token in ("", "0" * 64):
            assert call(client, method, path, token).status_code == 403


def test_other_sites_and_large_bodies_are_refused(client: TestClient) -> None:
    token = sign_in(client, "an")
    headers = {"x-csrf-token": token, "sec-fetch-site": "cross-site"}
    assert client.post("/api/next", json={}, headers=headers).status_code == 403
    assert (
        client.post("/api/sync", content=b"x" * 600_000, headers={"x-csrf-token": token}).status_code == 413
    )
    assert client.post("/api/sync", content=iter([b"{}"]), headers={"x-csrf-token": token}).status_code == 411


def test_forged_cookies_and_roles_are_refused(client: TestClient, store: Store) -> None:
    sign_in(client, "an")
    good = client.cookies["gan_nhan"]
    for forged in (good[:-3] + "abc", good.split(".")[0], "quan", ""):
        client.cookies.clear()
        client.cookies.set("gan_nhan", forged)
        assert client.get("/viec").status_code == 303
    token = sign_in(client, "an")
    data = {"csrf": token, "name": "ma", "display": "Ma", "role": "administrator"}
    assert client.post("/quan-tri/them", data=data).status_code == 403
    token = sign_in(client, "quan")
    data = {"csrf": token, "name": "moi", "display": "Mới", "role": "boss"}
    assert client.post("/quan-tri/them", data=data).status_code == 422
    assert {row["name"] for row in rows(store, users)} == set(PEOPLE)


@pytest.mark.parametrize("secure", [False, True])
def test_cookies_and_headers(store: Store, tmp_path: Path, secure: bool) -> None:
    with client_of(store, tmp_path, secure=secure) as client:
        page = client.get("/dang-nhap")
        token = re.search(r'name="csrf" value="(\w+)"', page.text)[1]
        done = client.post("/dang-nhap", data={"csrf": token, "name": "an", "password": PASSWORD})
        cookie = done.headers.get_list("set-cookie")[0].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert ("secure" in cookie) is secure
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["cache-control"] == "no-store"
        assert ("strict-transport-security" in page.headers) is secure
        assert "style=" not in page.text
        assert not re.search(r"<script(?![^>]*src=)(?![^>]*application/json)", page.text)


def test_guessing_is_slowed_down(client: TestClient, clock: Clock) -> None:
    def guess(password: str, name: str = "an") -> int:
        token = re.search(r'name="csrf" value="(\w+)"', client.get("/dang-nhap").text)[1]
        return client.post("/dang-nhap", data={"csrf": token, "name": name, "password": password}).status_code

    assert [guess("sai") for _ in range(5)] == [401] * 5
    assert guess(PASSWORD) == 429
    assert guess(PASSWORD, "binh") == 303
    clock.now += 901
    assert guess(PASSWORD) == 303
    assert guess("sai", "không có ai") == 401


def test_log_out_and_expiry_end_the_session(client: TestClient, store: Store, clock: Clock) -> None:
    token = sign_in(client, "an")
    cookie = client.cookies["gan_nhan"]
    done = client.post("/dang-xuat", data={"csrf": token})
    assert done.headers["clear-site-data"] == '"storage"'
    client.cookies.set("gan_nhan", cookie)
    assert client.get("/viec").status_code == 303
    sign_in(client, "an")
    assert client.get("/viec").status_code == 200
    clock.now += SESSION_SECONDS + 1
    assert client.get("/viec").status_code == 303
    assert client.post("/api/next", json={}).status_code == 401


def test_a_changed_password_ends_other_sessions(client: TestClient, store: Store) -> None:
    sign_in(client, "an")
    old = client.cookies["gan_nhan"]
    token = sign_in(client, "an")
    data = {"csrf": token, "old": PASSWORD, "new": "câu mới dễ nhớ 7", "again": "câu mới dễ nhớ 7"}
    for wrong in ({"old": "sai"}, {"again": "khác"}, {"new": "ngắn", "again": "ngắn"}):
        assert client.post("/mat-khau", data={**data, **wrong}).status_code == 422
    assert client.post("/mat-khau", data=data).status_code == 303
    assert client.get("/viec").status_code == 200
    client.cookies.clear()
    client.cookies.set("gan_nhan", old)
    assert client.get("/viec").status_code == 303
    sign_in(client, "an", "câu mới dễ nhớ 7")
    assert all(PASSWORD not in row["password"] for row in rows(store, users))
    assert all(row["token"] not in old for row in rows(store, sessions))


def test_a_first_password_must_be_changed(client: TestClient) -> None:
    token = sign_in(client, "quan")
    page = client.post(
        "/quan-tri/them", data={"csrf": token, "name": "Moi.1", "display": "Người Mới", "role": "expert"}
    )
    issued = re.search(r'class="secret">([\w-]+)<', page.text)[1]
    token = sign_in(client, "moi.1", issued)
    assert client.get("/viec").headers["location"] == "/mat-khau"
    assert client.post("/api/next", json={}, headers={"x-csrf-token": token}).status_code == 409
    new = {"csrf": token, "old": issued, "new": "rất dài và riêng", "again": "rất dài và riêng"}
    assert client.post("/mat-khau", data=new).status_code == 303
    assert client.get("/viec").status_code == 200


def test_the_administrator_runs_accounts(client: TestClient, store: Store) -> None:
    expert = Expert(client, "an")
    expert.answer(expert.next())
    token, ids = sign_in(client, "quan"), {row["name"]: row["user_id"] for row in rows(store, users)}

    def act(name: str, **data: str):
        return client.post(f"/quan-tri/{ids[name]}", data={"csrf": token, **data})

    assert act("quan", action="role", role="viewer").status_code == 422
    assert act("binh", action="role", role="boss").status_code == 422
    assert act("binh", action="role", role="viewer").status_code == 303
    assert act("an", action="shut").status_code == 303
    assert act("an", action="delete").status_code == 303
    after = {row["user_id"]: row for row in rows(store, users)}
    assert after[ids["binh"]]["role"] == "viewer"
    gone = after[ids["an"]]
    assert (gone["display"], gone["password"], gone["active"]) == ("(đã xóa)", "", False)
    assert "Người an" not in client.get("/quan-tri").text
    assert [row["kind"] for row in rows(store, events)].count("submit") == 1


def test_injected_markup_is_inert_and_origins_stay_hidden(client: TestClient) -> None:
    expert = Expert(client, "an")
    claim = expert.next()
    expert.do("save", claim, {"note": f"</script>{EVIL}"})
    for path in (f"/viec/{claim}", "/viec", f"/api/claims/{claim}"):
        page = expert.get(path)
        assert page.status_code == 200
        if path.startswith("/viec"):
            assert "<script>window" not in page.text
            assert "<img" not in page.text
        assert "bm25" not in page.text
        assert "origin" not in page.text


def test_suggestions_are_never_chosen_beforehand(client: TestClient) -> None:
    expert = Expert(client, "an")
    page = expert.get(f"/viec/{expert.next()}").text
    assert not re.search(r"<input[^>]*name=[^>]*\bchecked", page)
    assert page.count('class="candidate"') == len(KEYS) + 1  # and the template for added ones


def test_the_order_of_candidates_differs_between_experts_and_stays(client: TestClient, store: Store) -> None:
    orders = set()
    for name in ("an", "binh", "cuong", "chi"):
        expert = Expert(client, name)
        claim = expert.next()
        seen = [
            re.findall(r'class="candidate" data-key="(\w+)"', expert.get(f"/viec/{claim}").text)
            for _ in range(2)
        ]
        assert seen[0] == seen[1]
        assert sorted(seen[0]) == KEYS
        orders.add(tuple(seen[0]))
    assert len(orders) > 1


def test_reports_are_handed_out_and_nothing_else_is(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "bi_mat.txt").write_text("x")
    sign_in(client, "lanh")
    assert "bao_cao.html" in client.get("/bao-cao").text
    report = client.get("/bao-cao/bao_cao.html")
    assert report.text == "<h1>Báo cáo</h1>"
    assert "sandbox" in report.headers["content-security-policy"]
    for name in ("bi_mat.txt", "..%2Flabel.db", "label.db", "%2e%2e/label.db"):
        assert client.get(f"/bao-cao/{name}").status_code == 404


def test_leadership_sees_progress_without_names(client: TestClient) -> None:
    expert = Expert(client, "an")
    expert.answer(expert.next())
    sign_in(client, "lanh")
    page = client.get("/tien-do").text
    assert "1 / 6" in page
    assert "Người an" not in page
    sign_in(client, "quan")
    assert "Người an" in client.get("/tien-do").text


def test_documentation_of_the_api_is_not_served(client: TestClient) -> None:
    sign_in(client, "quan")
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404

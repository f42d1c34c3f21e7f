"""Sixteen experts write at once while the service is killed again and again: nothing lost, doubled, or too many."""

import http.client
import importlib.util
import json
import os
import random
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from label_help import KEYS, PASSWORD, fill, rows
from label_postgres import Postgres, binaries
from label_server import Server

from pilot.label.store import Store, open_store
from pilot.label.tables import answers, claims, events, tasks

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        not os.environ.get("PILOT_LONG"), reason="PILOT_LONG=1 runs the kill harness; it takes minutes"
    ),
]
WRITERS, ITEMS = 16, int(os.environ.get("PILOT_KILL_ITEMS", "60"))
"""The promise was tried with 200 items; fewer keep the system tests within their time."""
PAUSE = (3.0, 6.0)
"""Seconds the service runs before it is killed."""
POSTGRES = pytest.mark.skipif(
    binaries() is None or importlib.util.find_spec("psycopg") is None,
    reason="PostgreSQL or psycopg is not installed; sh .ci/packages and make setup install them",
)


class Writer(threading.Thread):
    """An expert who repeats whatever was not confirmed, under the same name, until it is."""

    def __init__(self, server: Server, name: str, done: threading.Event) -> None:
        super().__init__(name=name)
        self.server, self.done = server, done
        self.random = random.Random(name)
        self.confirmed: dict[int, dict[str, Any]] = {}
        self.names: list[str] = []
        self.cookie = self.token = ""
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.done.is_set():
                claim = self.ask("/api/next", {"batch": None})["claim_id"]
                if claim is None:
                    time.sleep(0.2)
                    continue
                self.work(claim)
        except BaseException as error:
            self.failure = error

    def work(self, claim: int) -> None:
        content = {"main": "09", **{f"grade:{key}": self.random.randrange(4) for key in KEYS}}
        content["note"] = f"{self.name} {claim}"
        assert self.sync("save", claim, {key: content[key] for key in content if key != "note"}) == "ok"
        assert self.sync("save", claim, {"note": content["note"]}) == "ok"
        assert self.sync("submit", claim, content) == "ok"
        self.confirmed[claim] = content

    def sync(self, kind: str, claim: int, content: dict[str, Any]) -> str:
        operation = {"save_id": uuid.uuid4().hex, "kind": kind, "claim_id": claim, "content": content}
        self.names.append(operation["save_id"])
        return self.ask("/api/sync", {"operations": [operation]})["outcomes"][0]["status"]

    def ask(self, path: str, body: Any) -> Any:
        """Ask until there is an answer; once the run is called over the service stays up, so it comes soon."""
        patience = 600
        while patience:
            patience -= self.done.is_set()
            try:
                status, answer = self.send(path, json.dumps(body), "application/json")[:2]
                if status == 200:
                    return json.loads(answer)
                assert status >= 500, answer
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        raise AssertionError(f"{self.name}: the run ended before {path} was answered")

    def send(self, path: str, body: str | None, kind: str = "") -> tuple[int, str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            headers = {"Cookie": self.cookie, "X-CSRF-Token": self.token, "Content-Type": kind}
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        finally:
            connection.close()

    def log_in(self) -> None:
        _, page, headers = self.send("/dang-nhap", None)
        self.cookie = self.cookies(headers)
        form = {
            "csrf": re.search(r'name="csrf" value="(\w+)"', page)[1],
            "name": self.name,
            "password": PASSWORD,
        }
        status, page, headers = self.send("/dang-nhap", urlencode(form), "application/x-www-form-urlencoded")
        assert status == 303, page
        self.cookie = self.cookies(headers)
        self.token = re.search(r'csrf-token" content="(\w+)"', self.send("/viec", None)[1])[1]

    def cookies(self, headers: Any) -> str:
        jar = SimpleCookie()
        for line in headers.get_all("Set-Cookie"):
            jar.load(line)
        return "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items() if morsel.value)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=POSTGRES)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Postgres | None]]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'label.db'}", None
        return
    server = Postgres()
    yield server.url, server
    server.remove()


def submitted(store: Store) -> int:
    with store.reading() as connection:
        return sum(connection.execute(tasks.select().with_only_columns(tasks.c.submitted)).scalars())


def test_sixteen_writers_and_kill_minus_nine(database: tuple[str, Postgres | None], tmp_path: Path) -> None:
    url, postgres = database
    store = open_store(url)
    fill(store, WRITERS * ITEMS // 2, people={f"e{i:02d}": "expert" for i in range(WRITERS)})
    server, done, chance, kills = Server(url, tmp_path), threading.Event(), random.Random(1), 0
    server.start()
    writers = [Writer(server, f"e{i:02d}", done) for i in range(WRITERS)]
    for writer in writers:
        writer.log_in()
        writer.start()
    end = time.monotonic() + 1200
    try:
        while submitted(store) < WRITERS * ITEMS and time.monotonic() < end:
            time.sleep(chance.uniform(*PAUSE))
            kills += 1
            if postgres is not None and kills % 5 == 0:
                store.engine.dispose()
                postgres.crash()
                postgres.start()
            else:
                server.kill()
                server.start()
    finally:
        done.set()
        for writer in writers:
            writer.join()
        server.kill()
    assert [writer.failure for writer in writers if writer.failure] == []
    assert kills >= 5
    print(f"{url.split(':')[0]}: {WRITERS * ITEMS} answers, {kills} kills")  # noqa: T201
    check(store, writers)
    store.close()


def check(store: Store, writers: list[Writer]) -> None:
    """Nothing confirmed is missing or changed, nothing is there twice, no task has a third expert."""
    stored = {row["claim_id"]: row["content"] for row in rows(store, answers)}
    assert len(rows(store, answers)) == len(stored) == WRITERS * ITEMS
    confirmed = {claim: content for writer in writers for claim, content in writer.confirmed.items()}
    assert stored == confirmed
    names = Counter(row["save_id"] for row in rows(store, events) if row["save_id"])
    assert set(names) == {name for writer in writers for name in writer.names}
    assert max(names.values()) == 1
    found = rows(store, claims)
    experts = Counter(row["task_id"] for row in found if row["slot"] is not None)
    assert set(experts.values()) == {2}
    assert len({(row["task_id"], row["user_id"]) for row in found}) == len(found)
    assert {row["draft"]["note"] for row in found} == {content["note"] for content in confirmed.values()}

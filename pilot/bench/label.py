"""How fast the labelling service takes saves in: one disk sync for many experts at once."""

import json
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from pilot.bench.rows import BenchRow
from pilot.label import answers, queue
from pilot.label.app import create_app
from pilot.label.content import label_set
from pilot.label.security import Keys
from pilot.label.store import Store, open_store
from pilot.label.tables import FRESH, label_sets, sessions, tasks, users
from pilot.label.visit import COOKIE, Settings
from pilot.taxonomy import taxonomy

WARM_UP = 5
"""Saves of each writer before the clock starts."""


def saves(url: str | None = None, writers: int = 16, each: int = 100) -> list[BenchRow]:
    """Return saves per second and their latency with many experts saving at once.

    Parameters
    ----------
    url
        An empty database; None for SQLite in a temporary folder on this disk.
    writers
        Experts at once, each saving as fast as answers come.
    each
        Saves per expert.

    Returns
    -------
    list of BenchRow
        ``store``: straight into the store; ``service``: through the whole web service in this process, clients
        included. Times are wall-clock, since disk syncs are what is waited for; milliseconds.
    """
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(url or f"sqlite:///{Path(folder) / 'label.db'}")
        try:
            claims = _prepared(store, writers)
            rows = [BenchRow("store", None, _timed(partial(_into_store, store), claims, each))]
            rows.append(BenchRow("service", None, _through_service(store, Path(folder), claims, each)))
        finally:
            store.close()
    return rows


def _prepared(store: Store, writers: int) -> dict[int, int]:
    """Fill an empty store; return user id -> the claim the user writes to."""
    scheme = taxonomy()
    labels = label_set(scheme.version, scheme.topics, scheme.groups, scheme.special)
    content: dict[str, Any] = {"question": {"text": ""}, "on": "2026-01-01", "suggestions": []}
    content["candidates"] = [{"key": f"{i:016d}", "origin": [], "validity": ""} for i in range(10)]
    shared = {
        "label_set": scheme.version, "dataset": "bench", "batch": "bench", "content": content, "wanted": 2, "taken": 0,
        "submitted": 0, "state": FRESH, "in_slice": False, "priority": 0.5, "created_at": 0.0,
    }  # fmt: skip
    person = {
        "display": "",
        "role": "expert",
        "password": "",
        "active": True,
        "must_change": False,
        "created_at": 0.0,
    }
    with store.writing() as connection:
        connection.execute(insert(label_sets).values(version=scheme.version, content=labels, created_at=0.0))
        connection.execute(insert(tasks), [{**shared, "question_id": f"bench{i}"} for i in range(writers)])
        connection.execute(insert(users), [{**person, "name": f"bench{i}"} for i in range(writers)])
        people = connection.execute(select(users.c.user_id)).scalars().all()
        return {user: queue.next_claim(connection, user, time.time()) or 0 for user in people}


def _timed(save: Callable[[int, int, int], None], claims: dict[int, int], each: int) -> dict[str, float]:
    """Return rate and latency of ``save(user, claim, number)`` called by all users at once."""
    taken: list[float] = []
    begin = threading.Barrier(len(claims) + 1)

    def write(user: int, claim: int) -> None:
        for number in range(WARM_UP):
            save(user, claim, number)
        begin.wait()
        for number in range(WARM_UP, WARM_UP + each):
            start = time.perf_counter()
            save(user, claim, number)
            taken.append(time.perf_counter() - start)

    threads = [threading.Thread(target=write, args=item) for item in claims.items()]
    for thread in threads:
        thread.start()
    begin.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds, ordered = time.perf_counter() - start, sorted(taken)
    return {
        "saves/s": len(taken) / seconds,
        "median ms": 1000 * ordered[len(ordered) // 2],
        "p95 ms": 1000 * ordered[int(0.95 * len(ordered))],
    }


def _into_store(store: Store, user: int, claim: int, number: int) -> None:
    content = {f"grade:{number % 10:016d}": number % 4}
    operation = answers.Operation(f"store-{user}-{number}", "save", claim, content)
    outcome = store.writer.run(lambda connection: answers.take(connection, user, operation, time.time()))
    if outcome.status != answers.OK:
        raise RuntimeError(f"a save was {outcome.status}: {outcome.messages}")


def _through_service(store: Store, folder: Path, claims: dict[int, int], each: int) -> dict[str, float]:
    import uvicorn

    keys = Keys(b"bench" * 8)
    config = uvicorn.Config(
        create_app(store, Settings(b"bench" * 8, False, folder)), port=0, log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        clients = {user: _Client(port, keys, store, user) for user in claims}
        figures = _timed(lambda user, claim, number: clients[user].save(claim, number), claims, each)
        for client in clients.values():
            client.connection.close()
        return figures
    finally:
        server.should_exit = True
        thread.join()


class _Client:
    """A signed-in expert over one kept connection."""

    def __init__(self, port: int, keys: Keys, store: Store, user: int) -> None:
        import hashlib
        import http.client

        session = f"bench-session-{user}"
        digest = hashlib.sha256(session.encode()).hexdigest()
        with store.writing() as connection:
            connection.execute(
                insert(sessions).values(token=digest, user_id=user, expires_at=time.time() + 3600)
            )
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        cookie = f"{COOKIE}={keys.sign(session)}"
        self.headers = {
            "Cookie": cookie,
            "X-CSRF-Token": keys.form_token(session),
            "Content-Type": "application/json",
        }
        self.user = user

    def save(self, claim: int, number: int) -> None:
        content = {f"grade:{number % 10:016d}": number % 4}
        operation = {
            "save_id": f"service-{self.user}-{number}",
            "kind": "save",
            "claim_id": claim,
            "content": content,
        }
        self.connection.request("POST", "/api/sync", json.dumps({"operations": [operation]}), self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200 or json.loads(body)["outcomes"][0]["status"] != answers.OK:
            raise RuntimeError(f"a save was answered {answer.status}: {body[:200]!r}")

"""What the tests of the labelling service share: a small store and somebody signed in."""

import html
import re
import time
import uuid
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import insert, text
from starlette.testclient import TestClient

from pilot.label.app import create_app
from pilot.label.content import label_set
from pilot.label.store import Store, open_store
from pilot.label.tables import FRESH, label_sets, passages, tasks, users
from pilot.label.visit import Settings
from pilot.taxonomy import taxonomy

PASSWORD = "mat-khau-dai-1"
EVIL = "<script>window.hacked = 1</script><img src=x onerror=window.hacked=1>"
PEOPLE = {
    "an": "expert", "binh": "expert", "cuong": "expert", "chi": "adjudicator",
    "quan": "administrator", "lanh": "viewer",
}  # fmt: skip
KEYS = [f"p{i:015d}" for i in range(5)]


def passage(i: int, text: str = "") -> dict[str, Any]:
    return {
        "passage_id": f"dieu-{i}", "kind": "article", "title": f"Tên điều {i}",
        "text": text or f"Nội dung của điều {i}.",
        "document_id": "91/2015/QH13", "article": str(i), "clause": None, "path": None, "fields": ["09"], "related": [],
        "effective_from": "2017-01-01", "effective_to": None, "split": None, "url": None, "document": None,
    }  # fmt: skip


def question(i: int, text: str) -> dict[str, Any]:
    return {
        "question_id": f"q{i}", "text": text, "source": "test", "split": "test", "fields": [], "audience": "người dân",
        "province": None, "channel": None, "asked_on": "2025-03-01", "answer": None, "citations": [], "group_id": None,
    }  # fmt: skip


def made_older(store: Store) -> None:
    """Take a database back to the first tables, as the program of those days left it."""
    with store.writing() as connection:
        for statement in (
            "DROP TABLE decisions", "DROP TABLE flags", "ALTER TABLE answers DROP COLUMN guideline",
            "UPDATE alembic_version SET version_num = 'first_tables'",
        ):  # fmt: skip
            connection.execute(text(statement))


def fill(
    store: Store, count: int = 3, wanted: int = 2, people: dict[str, str] | None = None
) -> dict[str, int]:
    """Write tasks of five candidates, six more passages and the people; return name -> user id."""
    scheme = taxonomy()
    labels = label_set(scheme.version, scheme.topics, scheme.groups, scheme.special)
    content = {
        "on": "2025-03-01",
        "candidates": [{"key": key, "origin": ["bm25:1"], "validity": "còn hiệu lực"} for key in KEYS],
        "suggestions": [{"label": code, "p": 0.2} for code in ("09", "08", "20", "11", "16")],
    }
    rows = [
        {"question_id": f"q{i}", "label_set": scheme.version, "dataset": "test", "batch": "lo-a" if i % 2 else "lo-b",
         "content": {**content, "question": question(i, f"Câu hỏi số {i} {EVIL}")}, "wanted": wanted, "taken": 0,
         "submitted": 0, "state": FRESH, "in_slice": False, "priority": 1 - i / (count + 1), "created_at": 0.0}
        for i in range(count)
    ]  # fmt: skip
    with store.writing() as connection:
        connection.execute(insert(label_sets).values(version=scheme.version, content=labels, created_at=0.0))
        connection.execute(
            insert(passages),
            [
                {
                    "passage_key": key,
                    "passage_id": f"dieu-{i}",
                    "content": passage(i, EVIL if i == 0 else ""),
                    "current": True,
                }
                for i, key in enumerate([*KEYS, *(f"x{i:015d}" for i in range(6))])
            ],
        )
        if rows:
            connection.execute(insert(tasks), rows)
        for name, role in (people or PEOPLE).items():
            connection.execute(
                insert(users).values(
                    name=name, display=f"Người {name}", role=role, password=hashed(), active=True,
                    must_change=False, created_at=0.0,
                )
            )  # fmt: skip
    return {name: number for number, name in enumerate(people or PEOPLE, 1)}


@cache
def hashed() -> str:
    """The hash of everybody's password: slow on purpose, so made once."""
    return PasswordHasher().hash(PASSWORD)


class Clock:
    """A clock that tests move by hand."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


def client_of(store: Store, folder: Path, clock: Clock | None = None, secure: bool = False) -> TestClient:
    settings = Settings(b"k" * 32, secure, folder, clock or Clock())
    base = "https://testserver" if secure else "http://testserver"
    return TestClient(create_app(store, settings), base_url=base, follow_redirects=False)


def sign_in(client: TestClient, name: str, password: str = PASSWORD) -> str:
    """Log in through the form; return the token that changes must carry."""
    client.cookies.clear()
    token = re.search(r'name="csrf" value="(\w+)"', client.get("/dang-nhap").text)[1]
    done = client.post("/dang-nhap", data={"csrf": token, "name": name, "password": password})
    assert done.status_code == 303, done.text
    return re.search(r'csrf-token" content="(\w+)"', client.get("/mat-khau").text)[1]


class Expert:
    """Somebody labelling over the API; each of several in one test has an own client over the same store."""

    def __init__(self, client: TestClient, name: str) -> None:
        self.client, self.token = client, sign_in(client, name)
        self.cookies = dict(client.cookies)

    def post(self, path: str, body: Any) -> Any:
        self.client.cookies.clear()
        self.client.cookies.update(self.cookies)
        return self.client.post(path, json=body, headers={"x-csrf-token": self.token})

    def get(self, path: str) -> Any:
        self.client.cookies.clear()
        self.client.cookies.update(self.cookies)
        return self.client.get(path)

    def next(self, batch: str | None = None) -> int | None:
        return self.post("/api/next", {"batch": batch}).json()["claim_id"]

    def do(
        self, kind: str, claim: int, content: dict[str, Any], save_id: str | None = None
    ) -> dict[str, Any]:
        operation = {
            "save_id": save_id or uuid.uuid4().hex,
            "kind": kind,
            "claim_id": claim,
            "content": content,
        }
        answer = self.post("/api/sync", {"operations": [operation]})
        assert answer.status_code == 200, answer.text
        return answer.json()["outcomes"][0]

    def answer(
        self, claim: int, main: str = "09", grades: tuple[int, ...] = (3, 2, 1, 0, 3)
    ) -> dict[str, Any]:
        content = {"main": main, **{f"grade:{key}": grade for key, grade in zip(KEYS, grades, strict=True)}}
        assert self.do("save", claim, content)["status"] == "ok"
        return self.do("submit", claim, content)

    def decide(
        self, task: int, content: dict[str, Any], reason: str = "Theo hướng dẫn.", seen: str = ""
    ) -> Any:
        """Decide a question as an adjudicator who has its page open, or had it as ``seen`` says."""
        token = seen or html.unescape(
            re.search(r'name="seen" value="([^"]*)"', self.get(f"/tham-dinh/{task}").text)[1]
        )
        data = {"csrf": self.token, "seen": token, "reason": reason, **content}
        return self.client.post(f"/tham-dinh/{task}", data=data)


def rows(store: Store, table: Any) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return [dict(row) for row in connection.execute(table.select()).mappings()]


def opened(folder: Path) -> Store:
    return open_store(f"sqlite:///{folder / 'label.db'}")

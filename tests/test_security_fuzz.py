"""Every route of the labelling service and the served model, given nonsense: an answer, never a crash.

What the service says of itself (its OpenAPI document) is taken literally by schemathesis: the JSON interface must keep
to it, whatever is sent; the pages must not fail.
"""

import json
import logging
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis.engine
from conftest import ROOT, TINY, write_dataset
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from label_help import EVIL, KEYS, Expert, fill, opened
from label_postgres import Postgres
from schemathesis.engine import events
from starlette.testclient import TestClient
from test_label_kill import POSTGRES

from pilot import Dataset, load_experiment, run
from pilot.label.app import create_app
from pilot.label.store import Store, open_store
from pilot.label.visit import COOKIE, Settings

TOTAL = int(os.environ.get("PILOT_FUZZ", "0"))
PLACES = {
    "api": ("an", "^/api/"),
    "labelling": ("an", "^/(viec|da-lam|huong-dan|hieu-chuan)|^/$"),
    "adjudication": ("chi", "^/tham-dinh"),
    "accounts": ("quan", "^/quan-tri"),
    "reports": ("lanh", "^/(tien-do|bao-cao|thong-nhat|healthz|dang-nhap)"),
}
"""Who is signed in where; leaving and changing the own password would end the session, and are left to other tests."""
ODD = [
    EVIL,
    "x\x00y",
    "9" * 30,
    "../x",
    "' OR 1=1 --",
    "x" * 5000,
    "09",
    "2025-03-01",
    "role",
    "delete",
    "expert",
]
FIELDS = ("name", "password", "display", "role", "action", "batch", "main", "main_other", "second", "reason", "seen",
          *(f"grade:{key}" for key in KEYS))  # fmt: skip


@schemathesis.check
def shielded(ctx: Any, response: Any, case: schemathesis.Case) -> None:
    """Every answer has the headers that protect, and nothing of a question's text runs in a page."""
    assert response.headers["x-content-type-options"] == ["nosniff"]
    assert "default-src 'none'" in response.headers["content-security-policy"][0]
    assert "Traceback" not in response.text
    assert "<script>window" not in response.text or "json" in response.headers["content-type"][0]


def described(document: dict[str, Any]) -> dict[str, Any]:
    """Add what the document leaves out: the cookie that lets in, and what the pages' forms send."""
    document["components"]["securitySchemes"] = {"cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE}}
    form = {"type": "object", "properties": {name: {"type": "string"} for name in FIELDS}}
    body = {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    document["security"] = [{"cookie": []}]
    for operations in document["paths"].values():
        if "post" in operations:
            operations["post"].setdefault("requestBody", body)
    return document


def settings_of(person: Expert, api: bool) -> dict[str, Any]:
    """As in ``schemathesis.toml``; strict types refuse 1.0 for an integer, which JSON Schema allows."""
    strict = {"positive_data_acceptance": {"enabled": False}}
    lenient = {"enabled": False, "not_a_server_error": {"enabled": True}, "shielded": {"enabled": True}}
    return {
        "headers": {"x-csrf-token": person.token},
        "auth": {"openapi": {"cookie": {"api_key": person.cookies[COOKIE]}}},
        "max-redirects": 0,
        "cache": {"enabled": False},
        "dictionaries": {"odd": {"values": ODD}, "known": {"values": [1, 2, 3, 4, 10**30]}},
        "generation": {
            "max-examples": max(8, TOTAL // 1000), "deterministic": not TOTAL,
            "dictionaries": {
                "string": {"dictionary": "odd", "probability": 0.5},
                "integer": {"dictionary": "known", "probability": 0.5},
            },
        },
        "checks": strict if api else lenient,
        "phases": {"coverage": {"enabled": api}, "stateful": {"enabled": bool(TOTAL)}},
    }  # fmt: skip


@pytest.fixture
def postgres() -> Iterator[Store]:
    running = Postgres()
    found = open_store(running.url)
    yield found
    found.close()
    running.remove()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    found = opened(tmp_path)
    yield found
    found.close()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=[pytest.mark.system, POSTGRES])]
)
def test_the_labelling_service_answers_nonsense(
    place: str, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    store: Store = request.getfixturevalue(database)
    fill(store, 6)
    app = create_app(store, Settings(b"k" * 32, False, tmp_path))
    client = TestClient(app, follow_redirects=False)
    for name, field in (("binh", "09"), ("cuong", "20")):
        rival = Expert(client, name)
        for _ in range(3):
            rival.answer(rival.next(), field)
    name, paths = PLACES[place]
    person = Expert(client, name)
    config = schemathesis.Config.from_dict(settings_of(person, place == "api"))
    schema = schemathesis.openapi.from_dict(described(app.openapi()), config=config)
    schema.app = app
    faults, answers = [], Counter()
    for event in schemathesis.engine.from_schema(schema.include(path_regex=paths)).execute():
        if isinstance(event, events.NonFatalError):
            faults.append(str(event.value))
        if isinstance(event, events.ScenarioFinished):
            answers.update(
                one.response.status_code for one in event.recorder.interactions.values() if one.response
            )
            checks = [
                check for found in event.recorder.checks.values() for check in found if check.failure_info
            ]
            faults += [f"{one.failure_info.failure}\n{one.failure_info.code_sample}" for one in checks]
    logging.getLogger(__name__).info("%s %s: %d cases, %s", place, database, answers.total(), dict(answers))
    assert not faults, "\n\n".join(faults)
    assert answers[200] > 0
    assert answers[401] < answers.total() / 2, "nobody was signed in"


@pytest.mark.system
@POSTGRES
def test_postgresql_gets_no_zero_byte_and_no_half_character(postgres: Store, tmp_path: Path) -> None:
    fill(postgres, 1)
    client = TestClient(create_app(postgres, Settings(b"k" * 32, False, tmp_path)), follow_redirects=False)
    expert = Expert(client, "an")
    assert client.post("/viec/tiep", data={"batch": "x\x00y", "csrf": expert.token}).status_code == 303
    assert expert.post("/api/next", {"batch": "x\x00y"}).json() == {"claim_id": None}
    assert expert.do("save", expert.next(), {"note": "x\x00y"})["status"] == "ok"


def test_every_route_is_fuzzed_but_those_that_end_a_session(tmp_path: Path) -> None:
    store = opened(tmp_path)
    paths = create_app(store, Settings(b"k" * 32, False, tmp_path)).openapi()["paths"]
    store.close()
    left = {path for path in paths if not any(re.search(wanted, path) for _, wanted in PLACES.values())}
    assert left == {"/dang-xuat", "/mat-khau"}


@pytest.fixture(scope="module")
def served(shared_state: Path, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    import mlflow
    from mlflow.pyfunc import scoring_server

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOT_STATE", str(shared_state))
        for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
            patch.delenv(name, raising=False)
        tiny = write_dataset(tmp_path_factory.mktemp("data") / "tiny", TINY)
        done = run(load_experiment(ROOT / "experiments" / "rank" / "bm25.yaml"), Dataset.load(tiny))
        model = mlflow.pyfunc.load_model(f"runs:/{done.run_id}/model")
        return TestClient(scoring_server.init(model), raise_server_exceptions=False)


text = st.one_of(st.text(max_size=40), st.sampled_from(ODD))
value = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(text, inner, max_size=4)),
    max_leaves=12,
)
records = st.lists(st.fixed_dictionaries({"question": value}), max_size=3)
split = st.fixed_dictionaries({"columns": st.just(["question"]), "data": value})
asked = st.one_of(
    value,
    st.fixed_dictionaries({"dataframe_records": records}),
    st.fixed_dictionaries({"inputs": st.lists(text, max_size=3)}),
    st.fixed_dictionaries({"dataframe_split": split}),
)
"""MLflow's server has a document of its own pages, none of what a model takes; so this is drawn by hand."""


@settings(max_examples=max(50, TOTAL // 100), deadline=None, derandomize=not TOTAL, database=None,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(body=asked, kind=st.sampled_from(["application/json", "text/csv", "x/y"]))
def test_the_served_model_answers_nonsense(served: TestClient, body: object, kind: str) -> None:
    content = json.dumps(body).encode("utf-8", "surrogatepass")
    answer = served.post("/invocations", content=content, headers={"content-type": kind})
    assert answer.status_code < 500, (body, answer.text[:2000])

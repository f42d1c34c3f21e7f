"""Every route of the labelling service and the served model, given nonsense: an answer, never a crash."""

import os
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from label_help import EVIL, KEYS, Expert, fill, opened
from starlette.testclient import TestClient

from pilot import Dataset, load_experiment, run
from pilot.label.app import Settings, create_app

EXAMPLES = int(os.environ.get("PILOT_FUZZ", "150"))
ROLES = ("an", "chi", "quan", "lanh", "")
QUICK = settings(
    max_examples=EXAMPLES, deadline=None, derandomize="PILOT_FUZZ" not in os.environ,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
text = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [EVIL, "", "0", "1", "-1", "9" * 30, "2025-03-01", "../x", "x\x00y", "' OR 1=1 --", "09", *KEYS]
    ),
)
NAMES = ("csrf", "name", "password", "display", "role", "action", "old", "new", "again", "batch", "q", "on", "trang",
         "lo", "operations", "claim_id", "content", "save_id", "kind", "seconds", "page", "user_id")  # fmt: skip
value = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), text),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES) | text, inner, max_size=4)
    ),
    max_leaves=12,
)
operation = st.fixed_dictionaries(
    {
        "save_id": st.text(string.ascii_letters, min_size=8, max_size=8),
        "kind": st.sampled_from(["save", "submit", "skip"]),
        "claim_id": st.integers(1, 5),
        "content": st.dictionaries(
            st.sampled_from(
                [
                    "main",
                    "second",
                    "note",
                    "reason",
                    *(f"{m}:{k}" for m in ("grade", "stale", "added") for k in KEYS),
                ]
            )
            | text,
            st.one_of(st.none(), st.booleans(), st.integers(), text),
            max_size=6,
        ),
    }
)
json_body = st.one_of(value, st.fixed_dictionaries({"operations": st.lists(operation, max_size=3)}))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, dict[str, Expert]]]:
    folder = tmp_path_factory.mktemp("label")
    store = opened(folder)
    fill(store, 6)
    app = create_app(store, Settings(b"k" * 32, False, folder))
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        people = {name: Expert(client, name) for name in ROLES if name}
        people["an"].next()
        yield client, people


def routes(client: TestClient) -> list[tuple[str, str]]:
    """Every method and path; what ends sessions or changes accounts is left out, that the fuzzing may go on."""
    found = [
        (method.upper(), path)
        for path, methods in client.app.openapi()["paths"].items()
        for method in methods
        if path not in ("/dang-xuat", "/mat-khau")
    ]
    assert len(found) > 12
    return found


@QUICK
@given(data=st.data())
def test_the_labelling_service_answers_nonsense(
    service: tuple[TestClient, dict[str, Expert]], data: st.DataObject
) -> None:
    client, people = service
    method, path = data.draw(st.sampled_from(routes(client)))
    while "{" in path:
        before, _, rest = path.partition("{")
        path = (
            before
            + data.draw(st.sampled_from(["1", "2", "0", "-5", "9" * 25, "x", "%00", "..%2f"]))
            + rest.partition("}")[2]
        )
    role = data.draw(st.sampled_from(ROLES))
    client.cookies.clear()
    headers = {}
    if role:
        client.cookies.update(people[role].cookies)
        headers["x-csrf-token"] = people[role].token if data.draw(st.booleans()) else "x"
    query = data.draw(st.dictionaries(st.sampled_from(NAMES), text, max_size=3))
    sent = {}
    if method not in ("GET", "HEAD"):
        form = data.draw(st.booleans())
        sent = {"data": data.draw(st.dictionaries(st.sampled_from(NAMES), text, max_size=4))} if form else {
            "content": _bytes(data.draw(json_body)), "headers": {"content-type": "application/json"}}  # fmt: skip
    headers |= sent.pop("headers", {})
    answer = client.request(method, path, params=query, headers=headers, **sent)
    assert answer.status_code < 500, (method, path, role, query, sent)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    if "html" in answer.headers.get("content-type", ""):
        assert "<script>window" not in answer.text
        assert "Traceback" not in answer.text


def _bytes(content: object) -> bytes:
    import json

    return json.dumps(content).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def served(shared_state: Path, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    import mlflow
    from conftest import TINY, write_dataset
    from mlflow.pyfunc import scoring_server

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOT_STATE", str(shared_state))
        for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
            patch.delenv(name, raising=False)
        tiny = write_dataset(tmp_path_factory.mktemp("data") / "tiny", TINY)
        done = run(load_experiment(ROOT / "experiments" / "rank" / "bm25.yaml"), Dataset.load(tiny))
        model = mlflow.pyfunc.load_model(f"runs:/{done.run_id}/model")
        return TestClient(scoring_server.init(model), raise_server_exceptions=False)


asked = st.one_of(
    value,
    st.fixed_dictionaries(
        {"dataframe_records": st.lists(st.fixed_dictionaries({"question": value}), max_size=3)}
    ),
    st.fixed_dictionaries({"inputs": st.lists(text, max_size=3)}),
    st.fixed_dictionaries(
        {"dataframe_split": st.fixed_dictionaries({"columns": st.just(["question"]), "data": value})}
    ),
)


@settings(QUICK, max_examples=max(20, EXAMPLES // 3))
@given(body=asked, kind=st.sampled_from(["application/json", "text/csv", "x/y"]))
def test_the_served_model_answers_nonsense(served: TestClient, body: object, kind: str) -> None:
    answer = served.post("/invocations", content=_bytes(body), headers={"content-type": kind})
    assert answer.status_code < 500, (body, answer.text[:2000])

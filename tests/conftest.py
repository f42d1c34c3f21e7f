import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pilot import project

if TYPE_CHECKING:
    from browser import Browser
    from label_server import Server

    from pilot.label.store import Store

project.stay_private()
os.environ.setdefault("MPLBACKEND", "Agg")
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real sets, or a skip."""
    folder = os.environ.get("PILOT_REAL_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("PILOT_REAL_DATA does not name the folder of real sets")
    return Path(folder)


@pytest.fixture(scope="session")
def shared_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One state folder for the session: a new MLflow database costs seconds."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture
def state(shared_state: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs go to a throw-away store instead of the checkout's."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "MLFLOW_HOST", "MLFLOW_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PILOT_STATE", str(shared_state))
    return shared_state


@pytest.fixture
def server(store: "Store", tmp_path: Path) -> "Iterator[Server]":
    """The labelling service on the ``store`` of the test, in a process of its own."""
    from label_server import Server

    running = Server(str(store.engine.url), tmp_path)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def browser(tmp_path: Path) -> "Iterator[Browser]":
    """Chromium without a window and with an empty profile."""
    from browser import Browser

    (tmp_path / "profile").mkdir()
    running = Browser(tmp_path / "profile")
    yield running
    running.close()


LEASE = "Hợp đồng thuê nhà có phải công chứng không?"
TINY = {
    "documents": [
        {"document_id": "91/2015/QH13", "kind": "Bộ luật", "title": "Bộ luật Dân sự", "issuer": "Quốc hội",
         "checked": True}
    ],
    "passages": [
        {"passage_id": "p1", "kind": "article", "title": "Hợp đồng thuê tài sản", "text": "Thuê nhà là thuê tài sản.",
         "document_id": "91/2015/QH13", "article": "472"},
        {"passage_id": "p2", "kind": "answer", "title": "", "text": "Nghỉ việc phải báo trước cho công ty."},
        {"passage_id": "p3", "kind": "answer", "title": "", "text": "Ly hôn do Tòa án giải quyết."},
    ],
    "questions": [
        {"question_id": f"q{i}", "text": text, "fields": [field], "source": "test", "split": split}
        for i, (text, field, split) in enumerate([
            ("Thuê nhà có cần hợp đồng?", "09", "train"),
            ("Cho vay tiền không giấy tờ đòi được không?", "09", "train"),
            ("Nghỉ việc báo trước mấy ngày?", "20", "train"),
            ("Công ty nợ lương thì làm gì?", "20", "train"),
            ("Thuê nhà phải đặt cọc không?", "09", "dev"),
            ("Công ty bắt làm thêm giờ?", "20", "dev"),
            (LEASE, "09", "test"),
            ("Muốn nghỉ việc thì báo công ty thế nào?", "20", "test"),
        ])
    ],
    "judgments": [
        {"question_id": "q6", "passage_id": "p1", "relevance": 3, "stale": False, "rater": "a"},
        {"question_id": "q6", "passage_id": "p3", "relevance": 0, "stale": False, "rater": "a"},
        {"question_id": "q7", "passage_id": "p2", "relevance": 3, "stale": False, "rater": "a"},
    ],
}  # fmt: skip


def write_dataset(folder: Path, tables: dict[str, list[dict]]) -> Path:
    """Write tables as a dataset folder, as a user might by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Eight questions, three passages, two fields."""
    return write_dataset(tmp_path / "tiny", TINY)


@pytest.fixture(scope="session")
def kept_assistant(shared_state: Path) -> Path:
    """The assistant of the sample, trained once a session, in the shared state folder."""
    from pilot.assist.ready import ready_folder

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOT_STATE", str(shared_state))
        return ready_folder()

"""The frozen assistant: exported to MLflow's registry as one model, promoted when the report says go."""

import json
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from pilot import project, track
from pilot.assist.assistant import Assistant
from pilot.assist.kept import Origin, is_whole, origin_of, restore
from pilot.decide.record import NAME as RECORD
from pilot.records import InputError

CANDIDATE, CHAMPION = "candidate", "champion"
REQUIRED = ("mlflow", "numpy", "scipy", "pandas", "pyvi", "pyyaml")
"""What the frozen assistant imports, pinned at the versions here."""


class Promotion(NamedTuple):
    """What speaks against making a version the champion; none, or overridden with a reason, and it was made."""

    version: str
    objections: tuple[str, ...]
    done: bool


def frozen(name: str) -> Assistant:
    """Return the assistant of the registry under an alias or a version number; `InputError` if there is none."""
    number = track.frozen_version(name)
    folder = project.state("frozen", number)
    if not is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
        track.fetch_frozen(number, folder)
    return restore(folder)


def export(folder: Path) -> str:
    """Register a kept assistant as a new version, alias ``candidate``, with its card, and return the version."""
    origin = origin_of(folder)
    package = Path(__file__).parent.parent
    with tempfile.TemporaryDirectory() as scratch:
        card = Path(scratch) / "README.md"
        card.write_text(model_card(origin), encoding="utf-8")
        requirements = [f"{name}=={version(name)}" for name in REQUIRED]
        number = track.log_frozen(folder, card, package, requirements)
    track.point(CANDIDATE, number)
    return number


def promote(name: str = CANDIDATE, record: Path | None = None, override: str | None = None) -> Promotion:
    """Make a version the champion if the report says go for what it is made of, or somebody takes it on himself.

    Parameters
    ----------
    name
        Alias or number of the version.
    record
        The report's ``bao_cao.json``; default that of ``state/reports``.
    override
        Why it is promoted all the same; kept with the version.

    Raises
    ------
    InputError
        If there is no such version or the record cannot be read.
    """
    number = track.frozen_version(name)
    path = record or project.state("reports", RECORD)
    objections = _objections(path, Origin(**track.frozen_origin(number)))
    if objections and not override:
        return Promotion(number, objections, False)
    tags = {"promoted_on": path.name, "objections": json.dumps(objections, ensure_ascii=False)}
    track.point(CHAMPION, number, tags | ({"override": override} if override else {}))
    return Promotion(number, objections, True)


def _objections(path: Path, origin: Origin) -> tuple[str, ...]:
    if not path.is_file():
        return (f"{path}: no report; `pilot report` writes one",)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        recommendation, runs = said["recommendation"], set(said["runs"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: no record of a report ({error}); write the report anew") from None
    found = [] if recommendation == "go" else [f"the report recommends {recommendation!r}, not 'go'"]
    measured = {run.config_hash for run in track.completed() if run.run_id in runs}
    found += [
        f"the report does not rest on a run of the frozen {part} ({config})"
        for part, config in (("classifier", origin.classify), ("ranker", origin.rank))
        if config not in measured
    ]
    if origin.illustrative:
        found.append(f"the passages of {origin.dataset} are illustrative")
    return tuple(found)


def model_card(origin: Origin) -> str:
    """Return the card of a frozen assistant."""
    illustrative = "\n\n**Dữ liệu minh họa: không dùng để trả lời người dân.**" if origin.illustrative else ""
    return f"""# Trợ lý hỏi đáp pháp luật (bản đóng gói)

Trả lời bằng câu trả lời, điều luật có sẵn trong kho, hoặc chuyển chuyên gia. Không sinh văn bản.{illustrative}

| | |
|---|---|
| Kho | {origin.dataset} ({origin.fingerprint[:12]}) |
| Học từ | {origin.taught_by} |
| Phân loại, xếp hạng | cấu hình {origin.classify}, {origin.rank} |
| Mã nguồn | {origin.commit or "không rõ"} |

* Dùng cho: cán bộ tra cứu, tuyên truyền, hòa giải; luôn có người đọc lại trước khi gửi người dân.
* Không dùng cho: quyết định thay người có thẩm quyền; lĩnh vực mà kho không có nội dung.
* Giới hạn: ngưỡng chuyển chuyên gia được chọn trên bộ mẫu; hiệu lực chỉ đúng như dữ kiện trong kho.
* Vào: `question`, và nếu có `as_of`, `province`, `audience`. Ra: `status, reason, fields, body, answers`, trong đó
  `fields`, `answers` là JSON, `body` để trống nếu chuyên gia phải xác định cơ quan.
"""

"""The pages of experts and leadership."""

from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, RedirectResponse
from starlette.responses import Response

from pilot.label import queue, views
from pilot.label.answers import NOT_YOURS
from pilot.label.content import GRADES, SKIP_REASONS
from pilot.label.security import REPORT_POLICY
from pilot.label.tables import SUBMITTED
from pilot.label.visit import Anybody, Form, Here, Id, Labeller, ReportReader

router = APIRouter()
PAGE = 50
REPORT_KINDS = {".html": "Xem", ".docx": "Tải bản Word", ".pdf": "Tải bản PDF"}


@router.get("/viec")
def desk(here: Here, user: Labeller) -> Response:
    """Show what an expert has open, and the batches to choose from."""
    mine, batches = here.read(views.desk, user.user_id), here.read(views.progress)
    return here.page("desk.html", desk=mine, batches=batches)


@router.post("/viec/tiep")
def next_task(here: Here, user: Labeller, form: Form) -> Response:
    """Claim the next task and go to it."""
    batch = form.get("batch") or None
    claim_id = here.write(queue.next_claim, user.user_id, here.now, batch)
    if claim_id is None:
        return RedirectResponse("/viec?het=1", 303)
    return RedirectResponse(f"/viec/{claim_id}" + (f"?lo={batch}" if batch else ""), 303)


@router.get("/viec/{claim_id}")
def task(here: Here, claim_id: Id, user: Labeller) -> Response:
    """Show the labelling page of an own claim."""
    found = here.read(views.own_claim, user.user_id, claim_id)
    if found is None:
        raise HTTPException(404, NOT_YOURS)
    return here.page("task.html", task=found, grades=GRADES, reasons=SKIP_REASONS)


@router.get("/da-lam")
def finished(here: Here, user: Labeller, trang: int = 1) -> Response:
    """List the own submitted answers, newest first."""
    before = PAGE * (max(1, min(trang, 10**6)) - 1)
    items = here.read(views.own_items, user.user_id, SUBMITTED, PAGE + 1, before)
    return here.page("finished.html", items=items[:PAGE], page=trang, more=len(items) > PAGE)


@router.get("/huong-dan")
def guide(here: Here, _: Anybody) -> Response:
    """Show the guideline with worked examples."""
    return here.page("guide.html", grades=GRADES)


@router.get("/tien-do")
def progress(here: Here, user: Anybody) -> Response:
    """Show how far the batches are; who did how much only to those who run the work."""
    batches = here.read(views.progress)
    experts = here.read(views.per_expert) if user.role in ("administrator", "adjudicator") else []
    total = {
        key: sum(row[key] for row in batches)
        for key in ("tasks", "whole", "answers", "wanted", "fresh", "lacking")
    }
    return here.page("progress.html", batches=batches, total=total, experts=experts)


@router.get("/bao-cao")
def reports(here: Here, _: ReportReader) -> Response:
    """List the finished reports."""
    folder = here.shared.settings.reports
    found: list[dict[str, Any]] = [
        {
            "name": path.name,
            "verb": REPORT_KINDS[path.suffix],
            "when": views.moment_words(path.stat().st_mtime),
        }
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if path.is_file() and path.suffix in REPORT_KINDS and not path.name.startswith(".")
    ]
    return here.page("reports.html", reports=found)


@router.get("/bao-cao/{name}")
def report(here: Here, name: str, _: ReportReader) -> Response:
    """Hand out one finished report."""
    path = here.shared.settings.reports / name
    if "/" in name or name.startswith(".") or path.suffix not in REPORT_KINDS or not path.is_file():
        raise HTTPException(404, "Không có báo cáo này.")
    kind = "inline" if path.suffix == ".html" else "attachment"
    headers = {"Content-Security-Policy": REPORT_POLICY}
    return FileResponse(path, filename=name, content_disposition_type=kind, headers=headers)

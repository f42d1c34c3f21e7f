"""The pages of experts and leadership."""

from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, RedirectResponse
from starlette.responses import Response

from pilot.label import queue, views
from pilot.label.answers import NOT_YOURS
from pilot.label.app import Anybody, Form, Id, Labeller, ReportReader, seen
from pilot.label.content import GRADES, SKIP_REASONS
from pilot.label.security import REPORT_POLICY
from pilot.label.tables import SUBMITTED

router = APIRouter()
PAGE = 50
REPORT_KINDS = {".html": "Xem", ".docx": "Tải bản Word", ".pdf": "Tải bản PDF"}


@router.get("/viec")
def desk(request: Request, user: Labeller) -> Response:
    """Show what an expert has open, and the batches to choose from."""
    with seen(request).store.reading() as connection:
        mine, batches = views.desk(connection, user.user_id), views.progress(connection)
    return seen(request).page(request, "desk.html", desk=mine, batches=batches)


@router.post("/viec/tiep")
def next_task(request: Request, user: Labeller, form: Form) -> Response:
    """Claim the next task and go to it."""
    shared, batch = seen(request), form.get("batch") or None
    work = partial(queue.next_claim, user_id=user.user_id, now=shared.settings.clock(), batch=batch)
    claim_id = shared.store.writer.run(work)
    if claim_id is None:
        return RedirectResponse("/viec?het=1", 303)
    return RedirectResponse(f"/viec/{claim_id}" + (f"?lo={batch}" if batch else ""), 303)


@router.get("/viec/{claim_id}")
def task(request: Request, claim_id: Id, user: Labeller) -> Response:
    """Show the labelling page of an own claim."""
    with seen(request).store.reading() as connection:
        found = views.own_claim(connection, user.user_id, claim_id)
    if found is None:
        raise HTTPException(404, NOT_YOURS)
    return seen(request).page(request, "task.html", task=found, grades=GRADES, reasons=SKIP_REASONS)


@router.get("/da-lam")
def finished(request: Request, user: Labeller, trang: int = 1) -> Response:
    """List the own submitted answers, newest first."""
    with seen(request).store.reading() as connection:
        items = views.own_items(
            connection, user.user_id, SUBMITTED, PAGE + 1, PAGE * (max(1, min(trang, 10**6)) - 1)
        )
    return seen(request).page(
        request, "finished.html", items=items[:PAGE], page=trang, more=len(items) > PAGE
    )


@router.get("/huong-dan")
def guide(request: Request, _: Anybody) -> Response:
    """Show the guideline with worked examples."""
    return seen(request).page(request, "guide.html", grades=GRADES)


@router.get("/tien-do")
def progress(request: Request, user: Anybody) -> Response:
    """Show how far the batches are; who did how much only to those who run the work."""
    with seen(request).store.reading() as connection:
        batches = views.progress(connection)
        experts = views.per_expert(connection) if user.role in ("administrator", "adjudicator") else []
    total = {
        key: sum(row[key] for row in batches)
        for key in ("tasks", "whole", "answers", "wanted", "fresh", "lacking")
    }
    return seen(request).page(request, "progress.html", batches=batches, total=total, experts=experts)


@router.get("/bao-cao")
def reports(request: Request, _: ReportReader) -> Response:
    """List the finished reports."""
    folder = seen(request).settings.reports
    found: list[dict[str, Any]] = [
        {
            "name": path.name,
            "verb": REPORT_KINDS[path.suffix],
            "when": views.moment_words(path.stat().st_mtime),
        }
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if path.is_file() and path.suffix in REPORT_KINDS and not path.name.startswith(".")
    ]
    return seen(request).page(request, "reports.html", reports=found)


@router.get("/bao-cao/{name}")
def report(request: Request, name: str, _: ReportReader) -> Response:
    """Hand out one finished report."""
    path = seen(request).settings.reports / name
    if "/" in name or name.startswith(".") or path.suffix not in REPORT_KINDS or not path.is_file():
        raise HTTPException(404, "Không có báo cáo này.")
    kind = "inline" if path.suffix == ".html" else "attachment"
    headers = {"Content-Security-Policy": REPORT_POLICY}
    return FileResponse(path, filename=name, content_disposition_type=kind, headers=headers)

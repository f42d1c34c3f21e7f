"""The web application: its routes, and what a refusal looks like."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response

from pilot.label import admin, api, entrance, pages, review
from pilot.label.security import SAFE_METHODS, Shield
from pilot.label.store import Store
from pilot.label.visit import HERE, REFUSALS, Settings, Shared, Visit


def create_app(store: Store, settings: Settings) -> FastAPI:
    """Return the application over an open store; it closes the store when it ends."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    app = FastAPI(
        title="Gán nhãn hỏi đáp pháp luật", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    app.state.shared = Shared(store, settings)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for module in (entrance, pages, review, api, admin):
        app.include_router(module.router)
    app.add_exception_handler(StarletteHTTPException, _refuse)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]
    app.add_middleware(Shield, secure=settings.secure)
    return app


def _refuse(request: Request, error: StarletteHTTPException) -> Response:
    code = error.status_code
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": error.detail}, code, error.headers)
    if code == 401 and request.method in SAFE_METHODS:
        return RedirectResponse("/dang-nhap", 303)
    if code == 409:
        return RedirectResponse("/mat-khau", 303)
    known = error.detail if isinstance(error.detail, str) and not error.detail.isascii() else None
    message = known or REFUSALS.get(code, "Yêu cầu không thực hiện được.")
    page = Visit(request).page("message.html", code, message=message)
    page.headers.update(error.headers or {})
    return page


def _invalid(request: Request, error: RequestValidationError) -> Response:
    if request.url.path.startswith("/api/"):
        places = sorted({".".join(map(str, fault["loc"])) for fault in error.errors()})
        return JSONResponse({"detail": f"Nội dung gửi lên không hợp lệ: {', '.join(places)[:300]}"}, 422)
    return Visit(request).page("message.html", 404, message=REFUSALS[404])

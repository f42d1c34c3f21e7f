"""Coming in and going out: log-in, log-out, own password."""

import secrets

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.responses import Response

from pilot.label import accounts
from pilot.label.app import COOKIE, LABELLERS, Anybody, Form, Newcomer, seen

router = APIRouter()
BEFORE = "gan_nhan_truoc"
"""Cookie of the log-in page: what its form must bring back."""
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."
WAIT = "Đăng nhập sai quá nhiều lần. Mời anh/chị đợi 15 phút rồi thử lại, hoặc nhờ quản trị cấp lại mật khẩu."


@router.get("/healthz")
def health() -> JSONResponse:
    """Say that the service runs."""
    return JSONResponse({"status": "ok"})


@router.get("/")
def start(user: Anybody) -> Response:
    """Go to where the role's work is."""
    if user.role in LABELLERS:
        return RedirectResponse("/viec", 303)
    return RedirectResponse("/quan-tri" if user.role == "administrator" else "/tien-do", 303)


@router.get("/dang-nhap")
def log_in_page(request: Request) -> Response:
    """Show the log-in form."""
    return _form(request, 200, "")


@router.post("/dang-nhap")
def log_in(request: Request, form: Form) -> Response:
    """Check name and password, limit guesses, start a session."""
    shared, name = seen(request), form.get("name", "")[:64]
    before = shared.keys.read(request.cookies.get(BEFORE))
    if not before or not shared.keys.fits(before, form.get("csrf", "")):
        return _form(request, 403, "Trang đăng nhập đã cũ. Mời anh/chị thử lại.", name)
    address, now = request.client.host if request.client else "", shared.settings.clock()
    if not shared.store.writer.run(lambda connection: accounts.may_guess(connection, name, address, now)):
        return _form(request, 429, WAIT, name)
    with shared.store.reading() as connection:
        user = accounts.check_password(connection, name, form.get("password", "")[:200])
    if user is None:
        return _form(request, 401, WRONG, name)
    user_id = user.user_id

    def begin(connection):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        accounts.forgive_guesses(connection, name, address)
        return accounts.start_session(connection, user_id, now)

    response = RedirectResponse("/mat-khau" if user.must_change else "/", 303)
    _set_cookie(request, response, COOKIE, shared.store.writer.run(begin), int(accounts.SESSION_SECONDS))
    response.delete_cookie(BEFORE, path="/dang-nhap")
    return response


@router.post("/dang-xuat")
def log_out(request: Request, _: Newcomer) -> Response:
    """End the session; the browser forgets the cookie, and everything stored by our pages."""
    shared, session = seen(request), request.state.session
    shared.store.writer.run(lambda connection: accounts.end_session(connection, session))
    response = RedirectResponse("/dang-nhap", 303)
    response.delete_cookie(COOKIE, path="/")
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@router.get("/mat-khau")
def password_page(request: Request, _: Newcomer) -> Response:
    """Show the form for an own password."""
    return seen(request).page(request, "password.html", faults=[])


@router.post("/mat-khau")
def change_password(
    request: Request,
    user: Newcomer,
    form: Form,
) -> Response:
    """Change the own password; all sessions end, this browser gets a new one."""
    shared, new, now = seen(request), form.get("new", ""), seen(request).settings.clock()
    address = request.client.host if request.client else ""
    if not shared.store.writer.run(
        lambda connection: accounts.may_guess(connection, user.name, address, now)
    ):
        raise HTTPException(429, WAIT)
    with shared.store.reading() as connection:
        known = accounts.check_password(connection, user.name, form.get("old", "")[:200])
    faults = accounts.password_faults(new, user.name)
    faults += ["Mật khẩu hiện tại không đúng."] if known is None else []
    faults += ["Hai lần nhập mật khẩu mới không giống nhau."] if new != form.get("again") else []
    faults += ["Mật khẩu mới phải khác mật khẩu cũ."] if new == form.get("old") else []
    if faults:
        return shared.page(request, "password.html", 422, faults=faults)

    def renew(connection):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        accounts.forgive_guesses(connection, user.name, address)
        accounts.set_password(connection, user.user_id, new, False, now)
        return accounts.start_session(connection, user.user_id, now)

    response = RedirectResponse("/", 303)
    _set_cookie(request, response, COOKIE, shared.store.writer.run(renew), int(accounts.SESSION_SECONDS))
    return response


def _form(request: Request, status: int, message: str, name: str = "") -> Response:
    shared, before = seen(request), secrets.token_urlsafe(16)
    token = shared.keys.form_token(before)
    response = shared.page(request, "login.html", status, message=message, name=name, csrf=token)
    _set_cookie(request, response, BEFORE, before, 3600, "/dang-nhap")
    return response


def _set_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int, path: str = "/"
) -> None:
    shared = seen(request)
    response.set_cookie(
        name, shared.keys.sign(value), max_age=seconds, path=path, httponly=True, samesite="strict",
        secure=shared.settings.secure,
    )  # fmt: skip

"""Coming in and going out: log-in, log-out, own password."""

import secrets

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy import Connection
from starlette.responses import Response

from pilot.label import accounts
from pilot.label.accounts import User
from pilot.label.visit import COOKIE, LABELLERS, Anybody, Form, Here, Newcomer, Visit

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
def log_in_page(here: Here) -> Response:
    """Show the log-in form."""
    return _form(here, 200, "")


@router.post("/dang-nhap")
def log_in(here: Here, form: Form) -> Response:
    """Check name and password, limit guesses, start a session."""
    name, keys = form.get("name", "")[:64], here.shared.keys
    before = keys.read(here.request.cookies.get(BEFORE))
    if not before or not keys.fits(before, form.get("csrf", "")):
        return _form(here, 403, "Trang đăng nhập đã cũ. Mời anh/chị thử lại.", name)
    if not here.write(accounts.may_guess, name, here.address, here.now):
        return _form(here, 429, WAIT, name)
    user = here.read(accounts.check_password, name, form.get("password", "")[:200])
    if user is None:
        return _form(here, 401, WRONG, name)
    response = _signed_in(here, user, "/mat-khau" if user.must_change else "/")
    response.delete_cookie(BEFORE, path="/dang-nhap")
    return response


@router.post("/dang-xuat")
def log_out(here: Here, _: Newcomer) -> Response:
    """End the session; the browser forgets the cookie, and everything stored by our pages."""
    here.write(accounts.end_session, here.request.state.session)
    response = RedirectResponse("/dang-nhap", 303)
    response.delete_cookie(COOKIE, path="/")
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@router.get("/mat-khau")
def password_page(here: Here, _: Newcomer) -> Response:
    """Show the form for an own password."""
    return here.page("password.html", faults=[])


@router.post("/mat-khau")
def change_password(here: Here, user: Newcomer, form: Form) -> Response:
    """Change the own password; all sessions end, this browser gets a new one."""
    new = form.get("new", "")
    if not here.write(accounts.may_guess, user.name, here.address, here.now):
        raise HTTPException(429, WAIT)
    known = here.read(accounts.check_password, user.name, form.get("old", "")[:200])
    faults = accounts.password_faults(new, user.name)
    faults += ["Mật khẩu hiện tại không đúng."] if known is None else []
    faults += ["Hai lần nhập mật khẩu mới không giống nhau."] if new != form.get("again") else []
    faults += ["Mật khẩu mới phải khác mật khẩu cũ."] if new == form.get("old") else []
    if faults:
        return here.page("password.html", 422, faults=faults)
    return _signed_in(here, user, "/", new)


def _form(here: Visit, status: int, message: str, name: str = "") -> Response:
    before = secrets.token_urlsafe(16)
    token = here.shared.keys.form_token(before)
    response = here.page("login.html", status, message=message, name=name, csrf=token)
    _set_cookie(here, response, BEFORE, before, 3600, "/dang-nhap")
    return response


def _signed_in(here: Visit, user: User, goal: str, password: str | None = None) -> Response:
    """Start a session, with a new password if one is given, and go on to ``goal``."""

    def begin(connection: Connection) -> str:
        accounts.forgive_guesses(connection, user.name, here.address)
        if password is not None:
            accounts.set_password(connection, user.user_id, password, False, here.now)
        return accounts.start_session(connection, user.user_id, here.now)

    response = RedirectResponse(goal, 303)
    _set_cookie(here, response, COOKIE, here.write(begin), int(accounts.SESSION_SECONDS))
    return response


def _set_cookie(
    here: Visit, response: Response, name: str, value: str, seconds: int, path: str = "/"
) -> None:
    response.set_cookie(
        name, here.shared.keys.sign(value), max_age=seconds, path=path, httponly=True, samesite="strict",
        secure=here.shared.settings.secure,
    )  # fmt: skip

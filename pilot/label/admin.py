"""The administrator's page: accounts."""

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.responses import Response

from pilot.label import accounts
from pilot.label.app import Administrator, Form, seen
from pilot.records import InputError

router = APIRouter(prefix="/quan-tri")
OWN = "Không tự đổi vai trò, khóa hay xóa tài khoản của chính mình; nhờ một quản trị khác."


@router.get("")
def users(request: Request, _: Administrator) -> Response:
    """List the accounts."""
    return _page(request)


@router.post("/them")
def add(request: Request, _: Administrator, form: Form) -> Response:
    """Make an account; its first password is shown once and must be changed at the first log-in."""
    shared, password = seen(request), new_password()
    now = shared.settings.clock()
    name, display, role = (form.get(key, "") for key in ("name", "display", "role"))
    try:
        shared.store.writer.run(
            lambda connection: accounts.add_user(connection, name, display, role, password, now)
        )
    except InputError as error:
        return _page(request, 422, faults=list(error.faults), form=form)
    return _page(request, issued=(name.strip().lower(), password))


@router.post("/{user_id}")
def change(
    request: Request,
    user_id: int,
    admin: Administrator,
    form: Form,
) -> Response:
    """Change an account: ``role``, ``shut``, ``open``, ``password`` or ``delete``."""
    shared, action = seen(request), form.get("action", "")
    with shared.store.reading() as connection:
        target = next((user for user in accounts.list_users(connection) if user.user_id == user_id), None)
    if target is None or action not in ("role", "shut", "open", "password", "delete"):
        return _page(request, 404, faults=["Không có tài khoản hoặc thao tác này."])
    if user_id == admin.user_id:
        return _page(request, 422, faults=[OWN])
    now, password = shared.settings.clock(), new_password()

    def work(connection: Connection) -> None:
        if action == "role":
            accounts.change_user(connection, user_id, now, role=form.get("role", ""))
        elif action == "password":
            accounts.set_password(connection, user_id, password, True, now)
        elif action == "delete":
            accounts.delete_user(connection, user_id, now)
        else:
            accounts.change_user(connection, user_id, now, active=action == "open")

    try:
        shared.store.writer.run(work)
    except InputError as error:
        return _page(request, 422, faults=list(error.faults))
    if action == "password":
        return _page(request, issued=(target.name, password))
    return RedirectResponse("/quan-tri", 303)


def new_password() -> str:
    """Return a first password that is easy to read out: four groups of five letters and digits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def _page(
    request: Request,
    status: int = 200,
    faults: list[str] | None = None,
    issued: tuple[str, str] | None = None,
    form: dict[str, str] | None = None,
) -> Response:
    shared = seen(request)
    with shared.store.reading() as connection:
        found = accounts.list_users(connection)
    known = [user for user in found if not user.name.startswith(accounts.DELETED)]
    return shared.page(
        request, "users.html", status, users=known, faults=faults or [], issued=issued, form=form or {}
    )

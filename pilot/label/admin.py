"""The administrator's page: accounts."""

import secrets
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from pilot.label import accounts
from pilot.label.visit import Administrator, Form, Here, Visit
from pilot.records import InputError

router = APIRouter(prefix="/quan-tri")
OWN = "Không tự đổi vai trò, khóa hay xóa tài khoản của chính mình; nhờ một quản trị khác."


@router.get("")
def users(here: Here, _: Administrator) -> Response:
    """List the accounts."""
    return _page(here)


@router.post("/them")
def add(here: Here, _: Administrator, form: Form) -> Response:
    """Make an account; its first password is shown once and must be changed at the first log-in."""
    password = new_password()
    name, display, role = (form.get(key, "") for key in ("name", "display", "role"))
    try:
        here.write(accounts.add_user, name, display, role, password, here.now)
    except InputError as error:
        return _page(here, 422, faults=list(error.faults), form=form)
    return _page(here, issued=(name.strip().lower(), password))


@router.post("/{user_id}")
def change(here: Here, user_id: int, admin: Administrator, form: Form) -> Response:
    """Change an account: ``role``, ``shut``, ``open``, ``password`` or ``delete``."""
    action, password, now = form.get("action", ""), new_password(), here.now
    target = next((user for user in here.read(accounts.list_users) if user.user_id == user_id), None)
    if target is None or action not in ("role", "shut", "open", "password", "delete"):
        return _page(here, 404, faults=["Không có tài khoản hoặc thao tác này."])
    if user_id == admin.user_id:
        return _page(here, 422, faults=[OWN])
    try:
        if action == "role":
            here.write(accounts.change_user, user_id, now, role=form.get("role", ""))
        elif action == "password":
            here.write(accounts.set_password, user_id, password, True, now)
        elif action == "delete":
            here.write(accounts.delete_user, user_id, now)
        else:
            here.write(accounts.change_user, user_id, now, active=action == "open")
    except InputError as error:
        return _page(here, 422, faults=list(error.faults))
    if action == "password":
        return _page(here, issued=(target.name, password))
    return RedirectResponse("/quan-tri", 303)


def new_password() -> str:
    """Return a first password that is easy to read out: four groups of five letters and digits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def _page(here: Visit, status: int = 200, **values: Any) -> Response:
    known = [user for user in here.read(accounts.list_users) if not user.name.startswith(accounts.DELETED)]
    values = {"faults": [], "issued": None, "form": {}, **values}
    return here.page("users.html", status, users=known, **values)

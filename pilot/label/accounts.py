"""Who may come in: accounts, passwords (argon2id), sessions, and a limit on guesses."""

import hashlib
import secrets
import threading
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select, update

from pilot.label.store import change_row, log
from pilot.label.tables import ROLES, attempts, claims, sessions, users
from pilot.records import InputError

SESSION_SECONDS = 10 * 3600.0
WINDOW_SECONDS = 15 * 60.0
MOST_GUESSES = {"pair": 5, "name": 20, "address": 60}
"""Log-ins that may fail within the window: by one address for one name, for one name, by one address."""
SHORTEST_PASSWORD = 10
DELETED = "da_xoa_"
"""What the names of deleted accounts begin with; nobody else's may."""
_HASHING = threading.BoundedSemaphore(4)  # argon2 takes 64 MiB each time
_DUMMY = (
    "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$Q2hlY2tpbmcgdGFrZXMgYXMgbG9uZyBmb3Igbm9ib2R5IQ"
)
_SESSION = (
    select(users)
    .join(sessions, sessions.c.user_id == users.c.user_id)
    .where(sessions.c.token == bindparam("digest"), sessions.c.expires_at > bindparam("now"), users.c.active)
)


@dataclass(frozen=True)
class User:
    """An account as the pages know it."""

    user_id: int
    name: str
    display: str
    role: str
    active: bool
    must_change: bool


def list_users(connection: Connection) -> list[User]:
    """Return every account, by name."""
    return [_user(row) for row in connection.execute(select(users).order_by(users.c.name))]


def add_user(
    connection: Connection,
    name: str,
    display: str,
    role: str,
    password: str,
    now: float,
    must_change: bool = True,
) -> int:
    """Make an account and return its id.

    Raises
    ------
    InputError
        If the name is taken or ill-formed, the role unknown or the password weak; all faults at once, in Vietnamese.
    """
    name, display = name.strip().lower(), " ".join(display.split()) or name.strip()
    faults = password_faults(password, name)
    if not (
        name.isascii()
        and not name.startswith(DELETED)
        and 2 <= len(name) <= 64
        and name.replace(".", "").replace("_", "").isalnum()
    ):
        faults.append("Tên đăng nhập gồm 2–64 chữ cái không dấu, chữ số, dấu chấm hoặc gạch dưới.")
    if len(display) > 120:
        faults.append("Họ tên dài quá 120 ký tự.")
    if role not in ROLES:
        faults.append(f"Vai trò {role!r} không có; chọn một trong: {', '.join(ROLES)}.")
    if connection.execute(select(users.c.user_id).where(users.c.name == name)).first():
        faults.append(f"Tên đăng nhập «{name}» đã có.")
    if faults:
        raise InputError(*faults)
    user_id = connection.execute(
        insert(users).values(
            name=name, display=display, role=role, password=_hash(password), active=True,
            must_change=must_change, created_at=now,
        )
            .returning(users.c.user_id)
    ).scalar_one()  # fmt: skip
    log(connection, now, "user-add", user_id, content={"role": role})
    return user_id


def password_faults(password: str, name: str) -> list[str]:
    """Return what is wrong with a new password, in Vietnamese; the login name within it does not count.

    Names as short as `an` occur in most Vietnamese sentences, so they cannot be forbidden.
    """
    faults = []
    if len(password.lower().replace(name.lower(), "") if name else password) < SHORTEST_PASSWORD:
        faults.append(f"Mật khẩu cần ít nhất {SHORTEST_PASSWORD} ký tự, không kể tên đăng nhập.")
    if len(password) > 200:
        faults.append("Mật khẩu dài quá 200 ký tự.")
    if len(set(password)) < 5:
        faults.append("Mật khẩu cần ít nhất 5 ký tự khác nhau.")
    return faults


def set_password(connection: Connection, user_id: int, password: str, must_change: bool, now: float) -> None:
    """Give an account another password; every session of it ends."""
    change_row(connection, users, user_id, password=_hash(password), must_change=must_change)
    _end_sessions(connection, user_id)
    log(connection, now, "user-password", user_id)


def change_user(
    connection: Connection, user_id: int, now: float, role: str | None = None, active: bool | None = None
) -> None:
    """Give an account another role, or shut or open it; its sessions end."""
    values = {key: value for key, value in (("role", role), ("active", active)) if value is not None}
    if role is not None and role not in ROLES:
        raise InputError(f"Vai trò {role!r} không có; chọn một trong: {', '.join(ROLES)}.")
    change_row(connection, users, user_id, **values)
    _end_sessions(connection, user_id)
    log(connection, now, "user-change", user_id, content=dict(values))


def delete_user(connection: Connection, user_id: int, now: float) -> None:
    """Take a person out of the data: name, password, sessions, unsubmitted drafts; answers stay, without a name."""
    blank = {"display": "(đã xóa)", "password": "", "active": False, "must_change": False}
    change_row(connection, users, user_id, name=f"{DELETED}{user_id}", **blank)
    _end_sessions(connection, user_id)
    connection.execute(
        update(claims)
        .where(claims.c.user_id == user_id, claims.c.submitted_at.is_(None))
        .values(draft={}, leased_until=0)
    )
    log(connection, now, "user-delete", user_id)


def check_password(connection: Connection, name: str, password: str) -> User | None:
    """Return the open account these belong to; takes as long for a name that does not exist."""
    row = connection.execute(select(users).where(users.c.name == name.strip().lower())).first()
    good = _verify(row.password if row else _DUMMY, password)
    return _user(row) if row and good and row.active else None


def may_guess(connection: Connection, name: str, address: str, now: float) -> bool:
    """Count a log-in attempt; return False if this name or address has had too many and must wait."""
    name = name.strip().lower()[:64]
    by_name, by_address = attempts.c.name == name, attempts.c.address == address
    kinds = {"pair": and_(by_name, by_address), "name": by_name, "address": by_address}
    counts = select(*(func.count().filter(which).label(kind) for kind, which in kinds.items()))
    recent = connection.execute(counts.where(attempts.c.at > now - WINDOW_SECONDS)).mappings().one()
    if any(recent[kind] >= most for kind, most in MOST_GUESSES.items()):
        return False
    connection.execute(delete(attempts).where(attempts.c.at < now - WINDOW_SECONDS))
    connection.execute(insert(attempts).values(name=name, address=address, at=now))
    return True


def forgive_guesses(connection: Connection, name: str, address: str) -> None:
    """Forget the attempts of somebody who got in."""
    connection.execute(
        delete(attempts).where(attempts.c.name == name.strip().lower()[:64], attempts.c.address == address)
    )


def start_session(connection: Connection, user_id: int, now: float) -> str:
    """Return the token of a new session; only its hash is stored."""
    token = secrets.token_urlsafe(32)
    connection.execute(delete(sessions).where(sessions.c.expires_at < now))
    connection.execute(
        insert(sessions).values(token=_digest(token), user_id=user_id, expires_at=now + SESSION_SECONDS)
    )
    return token


def session_user(connection: Connection, token: str, now: float) -> User | None:
    """Return whose running session this is."""
    row = connection.execute(_SESSION, {"digest": _digest(token), "now": now}).first()
    return _user(row) if row else None


def end_session(connection: Connection, token: str) -> None:
    """End a session."""
    connection.execute(delete(sessions).where(sessions.c.token == _digest(token)))


def _end_sessions(connection: Connection, user_id: int) -> None:
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id))


def _user(row) -> User:  # type: ignore[no-untyped-def] # noqa: ANN001
    return User(row.user_id, row.name, row.display, row.role, row.active, row.must_change)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _hash(password: str) -> str:
    return PasswordHasher().hash(unicodedata.normalize("NFC", password))


def _verify(stored: str, password: str) -> bool:
    try:
        with _HASHING:
            return PasswordHasher().verify(stored, unicodedata.normalize("NFC", password))
    except (Argon2Error, InvalidHashError):
        return False

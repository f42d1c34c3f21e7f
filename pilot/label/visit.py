"""One request to the labelling service: what the routes share, who is asking, and may they."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request
from fastapi import Path as InPath
from fastapi.templating import Jinja2Templates
from sqlalchemy import Connection
from starlette.responses import Response

from pilot.label import accounts
from pilot.label.accounts import User
from pilot.label.adjudication import Standing
from pilot.label.search import Search
from pilot.label.security import SAFE_METHODS, Keys, storable
from pilot.label.store import Store
from pilot.text.letters import strip_accents

P = ParamSpec("P")
T = TypeVar("T")
HERE = Path(__file__).parent
COOKIE = "gan_nhan"
LABELLERS = ("expert", "adjudicator")
EVERYBODY = ("expert", "adjudicator", "administrator", "viewer")
REPORT_READERS = ("viewer", "administrator", "adjudicator")
ROLE_NAMES = {
    "expert": "Chuyên gia",
    "adjudicator": "Chuyên gia thẩm định",
    "administrator": "Quản trị",
    "viewer": "Lãnh đạo (xem)",
}
REFUSALS = {
    403: "Anh/chị không có quyền mở trang này.",
    404: "Không có trang này.",
    405: "Trang này không nhận yêu cầu như vậy.",
}


@dataclass(frozen=True)
class Settings:
    """How the service runs.

    Parameters
    ----------
    secret
        Signs cookies; see `security.load_secret`.
    secure
        Whether browsers reach it over TLS, directly or through a proxy.
    reports
        Folder of finished reports.
    clock
        Seconds since 1970.
    """

    secret: bytes
    secure: bool
    reports: Path
    clock: Callable[[], float] = time.time


class Shared:
    """What the routes share: store, settings, search, the votes and their agreement, keys, templates."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self.search, self.keys = Search(store), Keys(settings.secret)
        self.standing = Standing(store)
        self.agreement: tuple[Any, dict[str, Any], dict[str, dict[str, bytes]]] | None = None
        self.templates = Jinja2Templates(HERE / "templates")
        self.templates.env.filters |= {"ngay": day_words, "khong_dau": searchable}
        self.templates.env.globals |= {"ROLE_NAMES": ROLE_NAMES, "REPORT_READERS": REPORT_READERS}


class Visit:
    """One request: what the routes share, the time, and how a route reads, writes and answers.

    Parameters
    ----------
    request
        The request.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.shared: Shared = request.app.state.shared
        self.now = self.shared.settings.clock()
        self.address = request.client.host if request.client else ""

    def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs) -> T:
        """Return what ``work`` returns on one state of the database."""
        with self.shared.store.reading() as connection:
            return work(connection, *args, **named)

    def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs) -> T:
        """Return what ``work`` returns, once its changes are on disk."""
        return self.shared.store.writer.run(lambda connection: work(connection, *args, **named))

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Render a template with who is signed in and the token of the page's forms."""
        state = self.request.state
        user = getattr(state, "user", None)
        token = self.shared.keys.form_token(state.session) if user else ""
        context = {"user": user, "csrf": token, **values}
        return self.shared.templates.TemplateResponse(self.request, template, context, status_code=status)


async def visit(request: Request) -> Visit:
    """Return the request as routes take it; asynchronous, so that it costs no thread."""
    return Visit(request)


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a submitted form; empty for anything else."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        return {}
    try:
        sent = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise HTTPException(400, "Nội dung gửi lên không đọc được.") from None
    return {storable(name): storable(value) for name, value in sent}


Form = Annotated[dict[str, str], Depends(read_form)]
Here = Annotated[Visit, Depends(visit)]


def allow(*roles: str, unchanged_password: bool = False) -> Callable[..., User]:
    """Return the dependency that lets only signed-in users of these roles in, and changes only with the token.

    ``unchanged_password`` also lets in who must first choose an own password.
    """

    def check(here: Here, form: Form) -> User:
        request, keys = here.request, here.shared.keys
        session = keys.read(request.cookies.get(COOKIE))
        user = here.read(accounts.session_user, session, here.now) if session else None
        if user is None or session is None:
            raise HTTPException(401, "Phiên đăng nhập đã hết hạn. Mời anh/chị đăng nhập lại.")
        request.state.user, request.state.session = user, session
        if request.method not in SAFE_METHODS:
            token = request.headers.get("x-csrf-token") or form.get("csrf", "")
            if not keys.fits(session, token):
                raise HTTPException(403, "Trang đã cũ. Mời anh/chị tải lại trang rồi thử lại.")
        if user.role not in roles:
            raise HTTPException(403, REFUSALS[403])
        if user.must_change and not unchanged_password:
            raise HTTPException(409, "Hãy đổi mật khẩu ban đầu trước.")
        return user

    return check


Id = Annotated[int, InPath(gt=0, lt=2**31)]
"""A number in a path that a column of the database holds."""
Labeller = Annotated[User, Depends(allow(*LABELLERS))]
Anybody = Annotated[User, Depends(allow(*EVERYBODY))]
Newcomer = Annotated[User, Depends(allow(*EVERYBODY, unchanged_password=True))]
Administrator = Annotated[User, Depends(allow("administrator"))]
Adjudicator = Annotated[User, Depends(allow("adjudicator"))]
ReportReader = Annotated[User, Depends(allow(*REPORT_READERS))]


def day_words(iso: str | None) -> str:
    """Return a date as it is written in Vietnamese, ``31/12/2025``; empty for none."""
    return "/".join(reversed(iso[:10].split("-"))) if iso else ""


def searchable(name: str) -> str:
    """Return what a field is found by: its name without diacritics, and the first letters of its words."""
    plain = strip_accents(name).lower()
    return f"{plain} {''.join(word[0] for word in plain.split())}"

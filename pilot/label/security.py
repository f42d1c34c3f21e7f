"""What every request meets first: signed cookies, tokens against forged requests, headers, a bound on size."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from itsdangerous import BadSignature, Signer
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 512 * 1024
SAFE_METHODS = ("GET", "HEAD")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox allow-downloads"
)
"""For finished reports: one file with its styles and pictures inside, no script."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def load_secret(path: Path) -> bytes:
    """Return the key that signs cookies, making it on first use, readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    key = secrets.token_bytes(32)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


def storable(text: str) -> str:
    """Return a text as every database takes it: without zero bytes, half a character is a question mark.

    SQLite keeps both, PostgreSQL refuses them, and a browser would send what was refused again and again.
    """
    return text.replace("\0", "").encode("utf-8", "replace").decode()


class Keys:
    """Signs and checks what goes to the browser.

    Parameters
    ----------
    secret
        From `load_secret`.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._signer = Signer(secret, salt="pilot.label.cookie", digest_method=hashlib.sha256)

    def sign(self, value: str) -> str:
        """Return a value with its signature."""
        return self._signer.sign(value).decode()

    def read(self, signed: str | None) -> str | None:
        """Return the value whose signature is ours, else None."""
        try:
            return self._signer.unsign(signed or "").decode()
        except (BadSignature, UnicodeDecodeError):
            return None

    def form_token(self, session: str) -> str:
        """Return what a page of this session sends along with every change."""
        return hmac.new(self._secret, f"form:{session}".encode(), hashlib.sha256).hexdigest()

    def fits(self, session: str, token: str) -> bool:
        """Say whether a token belongs to the session."""
        return hmac.compare_digest(self.form_token(session).encode(), token.encode())


class Shield:
    """Refuses requests that other sites caused or that are too large, and sets the headers of every answer.

    Parameters
    ----------
    app
        What it stands before.
    secure
        Whether the browser reaches us over TLS.
    """

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app = app
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._set(MutableHeaders(scope=message), scope["path"])
            await send(message)

        if (refused := _refusal(scope)) is not None:
            await refused(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)

    def _set(self, headers: MutableHeaders, path: str) -> None:
        for name, value in HEADERS.items():
            headers[name] = value
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("Cache-Control", "no-cache" if path.startswith("/static/") else "no-store")
        if self.secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"


def _refusal(scope: Scope) -> PlainTextResponse | None:
    if scope["method"] in SAFE_METHODS:
        return None
    headers = Headers(scope=scope)
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return PlainTextResponse("Yêu cầu đến từ trang khác bị từ chối.", 403)
    length = headers.get("content-length", "")
    if not length.isdecimal():
        return PlainTextResponse("Thiếu độ dài nội dung.", 411)
    if int(length) > LARGEST_BODY:
        return PlainTextResponse("Nội dung quá lớn.", 413)
    return None

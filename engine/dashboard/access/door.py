"""The door: passwords and sessions of this process, and the pages that open and close it.

`/sign-in` is a plain form outside Streamlit. A failure is logged with its address, never with what
was typed.
"""

from __future__ import annotations

import asyncio
import html
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import structlog
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from engine.dashboard.access.passwords import PasswordHash, Role, role_of
from engine.dashboard.access.sessions import LONGEST, Attempts, Sessions
from engine.settings import Settings

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
COOKIE = "shop_profit_session"
_WANTED = "next"  # in the address of the sign-in page: what was asked for
_LONGEST_FORM = 4_096  # bytes
_AT_ONCE = 2  # hashes computed side by side: 32 MiB each
_log = structlog.get_logger("engine")


class Door:
    """Sign-in of one process. Without a password hash in the settings there is no sign-in."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        given = {
            Role.OWNER: ("dashboard_owner_password_hash", settings.dashboard_owner_password_hash),
            Role.VIEWER: (
                "dashboard_viewer_password_hash",
                settings.dashboard_viewer_password_hash,
            ),
        }
        self._hashes = {
            role: PasswordHash.parse(text, name.upper())
            for role, (name, text) in given.items()
            if text
        }
        self.sessions = Sessions(clock)
        self._attempts = Attempts(clock)
        self._at_once: asyncio.Semaphore | None = None

    @property
    def has_lock(self) -> bool:
        """Whether readers have to sign in."""
        return bool(self._hashes)

    def role(self, connection: HTTPConnection, *, is_active: bool = True) -> Role | None:
        """Return the role of the session that a request belongs to, None without one."""
        return self.sessions.role(connection.cookies.get(COOKIE), is_active=is_active)

    def show(self, request: Request) -> Response:
        """Answer who opens the sign-in page."""
        if not self.has_lock or self.role(request):
            return RedirectResponse(_wanted(request), status_code=303)
        return _page()

    async def try_password(self, request: Request) -> Response:
        """Answer who sends the form: a session in a cookie, or the form again with the reason."""
        address = request.client.host if request.client else ""
        if not _is_own_page(request):
            _log.warning("sign-in refused", address=address, reason="sent from another site")
            return _page("Open this page by itself and try again.", 403)
        wait = self._attempts.wait(address)
        if wait > 0:
            return _page(f"Too many attempts. Wait {round(wait) or 1} s and try again.", 429)
        password = await _typed(request)
        if self._at_once is None:
            self._at_once = asyncio.Semaphore(_AT_ONCE)
        async with self._at_once:
            role = await asyncio.to_thread(role_of, password, self._hashes)
        if role is None:
            self._attempts.failed(address)
            _log.warning("sign-in failed", address=address)
            return _page("That is not the password.", 401)
        self._attempts.succeeded(address)
        _log.info("signed in", address=address, role=role.value)
        answer = RedirectResponse(_wanted(request), status_code=303)
        answer.set_cookie(
            COOKIE,
            self.sessions.begin(role),
            max_age=LONGEST,
            httponly=True,
            samesite="lax",
            secure=_is_encrypted(request),
        )
        return answer

    def leave(self, request: Request) -> Response:
        """End the session of who signs out."""
        self.sessions.end(request.cookies.get(COOKIE))
        answer = RedirectResponse(SIGN_IN if self.has_lock else "/", status_code=303)
        answer.delete_cookie(COOKIE)
        return answer


def sign_in_for(wanted: str) -> str:
    """Return the address of the sign-in page that leads on to a page of ours, with its filters."""
    return SIGN_IN if wanted == "/" else f"{SIGN_IN}?{urlencode({_WANTED: wanted})}"


def _wanted(request: Request) -> str:
    """Return where to go after signing in: to a page of ours, whatever the address says."""
    wanted = request.query_params.get(_WANTED, "/")
    leads_away = not wanted.startswith("/") or wanted[1:2] in ("/", "\\")
    return "/" if leads_away else wanted


def routes_of(door: Callable[[], Door]) -> list[BaseRoute]:
    """Return the pages of the door, which is asked for with the first request."""

    async def show(request: Request) -> Response:
        return door().show(request)

    async def try_password(request: Request) -> Response:
        return await door().try_password(request)

    async def leave(request: Request) -> Response:
        return door().leave(request)

    return [
        Route(SIGN_IN, show, methods=["GET"]),
        Route(SIGN_IN, try_password, methods=["POST"]),
        Route(SIGN_OUT, leave, methods=["GET", "POST"]),
    ]


async def _typed(request: Request) -> str:
    """Return the password of the form; nothing of a form that is too long to be one."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            return ""
    return parse_qs(body.decode("utf-8", "replace")).get("password", [""])[0]


def _is_own_page(request: Request) -> bool:
    """Whether the form was sent by our own page; browsers say where a form comes from."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _is_encrypted(request: Request) -> bool:
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))


def _page(problem: str = "", status: int = 200) -> HTMLResponse:
    said = f'<p role="alert">{html.escape(problem)}</p>' if problem else ""
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
        "form-action 'self'; frame-ancestors 'none'",
    }
    return HTMLResponse(_FORM.replace("PROBLEM", said), status_code=status, headers=headers)


_FORM = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · Shop profit</title>
<style>
  :root { color-scheme: light dark; font-family: system-ui, sans-serif }
  body { display: grid; min-height: 90vh; place-items: center; margin: 0 }
  main { width: min(20rem, 90vw) }
  input, button { box-sizing: border-box; width: 100%; padding: .6rem; margin-top: .5rem;
    font: inherit; border-radius: .5rem; border: 1px solid #767676 }
  button { background: #0072b2; color: #fff; border-color: #0072b2; cursor: pointer }
</style>
</head>
<body>
<main>
<h1>Shop profit</h1>
PROBLEM
<form method="post">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
  required autofocus>
<button type="submit">Sign in</button>
</form>
</main>
</body>
</html>
"""

"""Who may talk to the dashboard: this machine under its own name, or whoever has signed in.

Pages, files and the WebSocket pass through here before Streamlit sees them. A refusal is a 403 that
says why; a page without a session leads to the sign-in.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

import structlog
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit import config
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from engine.dashboard.access.door import SIGN_IN, Door, sign_in_for
from engine.errors import SettingError

_log = structlog.get_logger("engine")
_FORWARDING = "x-forwarded-"
_SIGN_IN_FIRST = "Sign in first."
_WAYS_OUT = (
    "Either serve this machine only: streamlit run dashboard.py --server.address 127.0.0.1, "
    "and reach it from elsewhere through an SSH tunnel. Or let readers sign in: "
    "python -m engine password, and its hash in DASHBOARD_OWNER_PASSWORD_HASH; or [auth] in "
    ".streamlit/secrets.toml and their e-mail addresses in DASHBOARD_OWNERS. "
    "Or, for the demo shop alone, set DASHBOARD_SIGN_IN=off."
)
# The probes of load balancers and containers: they tell nothing about the shop.
_PUBLIC_PATHS = frozenset({SIGN_IN, "/_stcore/health", "/_stcore/script-health-check"})


def is_loopback(address: str | None) -> bool:
    """Whether a name or an address means this machine and nothing else."""
    if not address:
        return False
    if address == "localhost":
        return True
    try:
        parsed = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback


def serves_this_machine_only() -> bool:
    """Whether the configured address is a loopback one; an empty address means all of them."""
    return is_loopback(config.get_option("server.address"))


def refuse_to_listen(reason: str) -> SettingError:
    """Return the error that ends the program before it serves anyone."""
    address = config.get_option("server.address") or "all addresses"
    return SettingError(
        f"The dashboard would be served on {address} without sign-in{reason}.", hint=_WAYS_OUT
    )


class Gate:
    """Refuses what does not come straight from this machine, unless `is_open` says otherwise.

    Where the door has a lock a session counts, and not where a request comes from.
    """

    def __init__(
        self, app: ASGIApp, *, is_open: Callable[[], bool], door: Callable[[], Door]
    ) -> None:
        self._app = app
        self._is_open = is_open
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 403."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        reason = self._refusal(scope)
        if not reason:
            await self._app(scope, receive, send)
            return
        if reason is _SIGN_IN_FIRST and scope["type"] == "http" and _is_page(scope):
            wanted = sign_in_for(_address(scope))
            await RedirectResponse(wanted, status_code=303)(scope, receive, send)
            return
        _log.warning("request refused", path=scope.get("path"), reason=reason)
        if scope["type"] == "websocket":
            # Closing before accepting is answered with 403 by the server.
            await WebSocketClose(code=1008, reason=reason[:120])(scope, receive, send)
            return
        await PlainTextResponse(f"{reason}\n", status_code=403)(scope, receive, send)

    def _refusal(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        if not is_host_allowed(headers.get("host")):
            return "This name of the dashboard is not in server.allowedHosts."
        if self._is_open():
            return ""
        door = self._door()
        if door.has_lock:
            is_known = scope["path"] in _PUBLIC_PATHS or door.role(HTTPConnection(scope))
            return "" if is_known else _SIGN_IN_FIRST
        if any(name == "forwarded" or name.startswith(_FORWARDING) for name in headers):
            return "The request came through a proxy, and the dashboard has no sign-in."
        client = scope.get("client")
        if not is_loopback(client[0] if client else None):
            return "The request came from another machine, and the dashboard has no sign-in."
        return ""


def _address(scope: Scope) -> str:
    """Return the path that was asked for with what is behind it: range, filters, entity."""
    query = scope["query_string"].decode("ascii", "replace")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def _is_page(scope: Scope) -> bool:
    """Whether a person asks for a page, and not a program for a file."""
    return "text/html" in Headers(scope=scope).get("accept", "")

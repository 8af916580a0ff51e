"""Who may talk to the dashboard: this machine, under its own name, and nobody in between.

Pages, files and the WebSocket pass through here before Streamlit sees them. A refusal is a 403 that
says why.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

import structlog
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit import config
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from engine.errors import SettingError

_log = structlog.get_logger("engine")
_FORWARDING = "x-forwarded-"
_WAYS_OUT = (
    "Either serve this machine only: streamlit run dashboard.py --server.address 127.0.0.1, "
    "and reach it from elsewhere through an SSH tunnel. Or, for the demo shop alone, set "
    "DASHBOARD_SIGN_IN=off. Sign-in for other readers comes with a later version."
)


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
    """Refuses what does not come straight from this machine, unless `is_open` says otherwise."""

    def __init__(self, app: ASGIApp, *, is_open: Callable[[], bool]) -> None:
        self._app = app
        self._is_open = is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 403."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        reason = self._refusal(scope)
        if not reason:
            await self._app(scope, receive, send)
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
        if any(name == "forwarded" or name.startswith(_FORWARDING) for name in headers):
            return "The request came through a proxy, and the dashboard has no sign-in."
        client = scope.get("client")
        if not is_loopback(client[0] if client else None):
            return "The request came from another machine, and the dashboard has no sign-in."
        return ""

"""An identity provider on this machine: OpenID Connect with one account, signed in at once.

It answers discovery, authorization with PKCE, token, keys and end of session as OpenID Connect
Core 1.0 and RFC 7636 say, and refuses what a client does wrong.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "shop-profit", "a secret of the two of them"


@dataclass(slots=True)
class Provider:
    """What the provider knows; tests change `claims` to be somebody else."""

    claims: dict[str, Any]
    address: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)  # by its one-time code
    refused: list[str] = field(default_factory=list)
    signed_out: int = 0
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))

    def routes(self) -> list[Route]:
        """Return the pages of the provider."""
        return [
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/keys", self._keys),
            Route("/leave", self._leave),
        ]

    async def _discovery(self, request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "end_session_endpoint": f"{self.address}/leave",
                "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params) | {"code": secrets.token_urlsafe(16)}
        self.asked.append(asked)
        back = urlencode({"code": asked["code"], "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", status_code=302)

    async def _token(self, request: Request) -> Response:
        given = await request.form()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = next((one for one in self.asked if one["code"] == given.get("code")), None)
        digest = hashlib.sha256(str(given.get("code_verifier")).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or request.headers.get("authorization") != f"Basic {basic}":
            self.refused.append("unknown code or client")
        elif asked.get("code_challenge") != challenge:
            self.refused.append("wrong verifier")
        else:
            self.asked.remove(asked)
            return JSONResponse(self._tokens(asked["nonce"]))
        return JSONResponse({"error": "invalid_grant"}, status_code=400)

    def _tokens(self, nonce: str) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "sub": "1", "nonce": nonce}
        times = {"iat": now, "exp": now + 3600}
        header = {"alg": "RS256", "kid": "one"}
        token = jwt.encode(header, claims | times | self.claims, self._key)
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": token}

    async def _keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def _leave(self, request: Request) -> Response:
        self.signed_out += 1
        return RedirectResponse(request.query_params["post_logout_redirect_uri"])


@contextmanager
def provider(**claims: Any) -> Iterator[Provider]:
    """Serve a provider on a free port; its one account has these claims."""
    known = Provider(claims)
    app = Starlette(routes=known.routes())
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the provider did not start"
        time.sleep(0.01)
    known.address = "http://{}:{}".format(*server.servers[0].sockets[0].getsockname()[:2])
    try:
        yield known
    finally:
        server.should_exit = True
        thread.join(10)

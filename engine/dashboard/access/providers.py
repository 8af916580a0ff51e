"""The identity providers that readers may sign in with: the section [auth] of Streamlit's secrets.

Streamlit speaks OpenID Connect with them and keeps who has signed in, in a cookie that
`cookie_secret` signs. A section that can't work ends the program when it starts, not at the first
reader's click. No value of the secrets is ever repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit import config
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from engine.errors import SettingError

ONLY = "default"  # Streamlit's name of a provider that stands in [auth] itself
CALLBACK = "/oauth2callback"
SHORTEST_SECRET = 32  # characters
_PROVIDER_KEYS = ("client_id", "client_secret", "server_metadata_url")
_EXAMPLE = ".streamlit/secrets.toml.example shows a whole one."


def read_providers() -> tuple[str, ...]:
    """Return the names of the providers, none where the secrets have no [auth].

    Raises SettingError for secrets that can't be read, and for what is missing or wrong in [auth].
    """
    if not st.secrets.load_if_toml_exists():
        for path in map(Path, config.get_option("secrets.files")):
            if path.exists():
                raise SettingError(f"The secrets in {path} can't be read as TOML.", hint=_EXAMPLE)
        return ()
    if "auth" not in st.secrets:
        return ()
    section: Mapping[str, Any] = st.secrets["auth"].to_dict()
    named = {
        name: part
        for name, part in section.items()
        if isinstance(part, Mapping) and name != "client_kwargs"
    }
    if not named or any(key in section for key in _PROVIDER_KEYS):
        named[ONLY] = section
    _check_shared(section)
    for name, part in named.items():
        _check_provider(name, part)
    return tuple(named)


def _check_shared(section: Mapping[str, Any]) -> None:
    missing = [key for key in ("redirect_uri", "cookie_secret") if not section.get(key)]
    if missing:
        raise SettingError(f"[auth] of the secrets lacks {' and '.join(missing)}.", hint=_EXAMPLE)
    if len(str(section["cookie_secret"])) < SHORTEST_SECRET:
        raise SettingError(
            f"cookie_secret in [auth] of the secrets is shorter than {SHORTEST_SECRET} characters, "
            "so that a session could be forged.",
            hint='python -c "import secrets; print(secrets.token_urlsafe(32))" makes one.',
        )
    address = urlsplit(str(section["redirect_uri"]).replace("{port}", "0"))
    if address.scheme not in ("http", "https") or not address.path.endswith(CALLBACK):
        raise SettingError(
            f"redirect_uri in [auth] of the secrets does not end in {CALLBACK}; expected the "
            f"address of the dashboard, as https://shop.example.com{CALLBACK}."
        )
    if not is_host_allowed(address.netloc):
        raise SettingError(
            f"redirect_uri in [auth] of the secrets leads to {address.hostname}, and the dashboard "
            "answers under no such name.",
            hint=f"Add {address.hostname} to server.allowedHosts in .streamlit/config.toml.",
        )


def _check_provider(name: str, part: Mapping[str, Any]) -> None:
    where = "[auth]" if name == ONLY else f"[auth.{name}]"
    if "_" in name:
        raise SettingError(f"The provider {where} of the secrets has an underscore in its name.")
    missing = [key for key in _PROVIDER_KEYS if not part.get(key)]
    if missing:
        raise SettingError(f"{where} of the secrets lacks {', '.join(missing)}.", hint=_EXAMPLE)

"""Takes the text of a database address apart and checks each part.

It knows what PostgreSQL's own tools and what Prisma write into DATABASE_URL. Whatever it finds
wrong is a ValueError whose text never repeats what could be a piece of the password.
"""

from __future__ import annotations

import getpass
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from engine.errors import did_you_mean

DEFAULT_PORT = 5432
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")

_PARTS = ("host", "port", "user", "password", "dbname")  # a parameter may stand in for a part
_CHOICES = {
    "pgbouncer": ("true", "false"),
    "sslmode": SSL_MODES,
    "sslaccept": ("strict", "accept_invalid_certs"),
}
_LARGEST = {"connection_limit": 1_000, "pool_timeout": 86_400, "connect_timeout": 86_400}
_FREE = (
    "application_name",
    "channel_binding",
    "options",
    "schema",
    "socket_timeout",
    "sslcert",
    "sslkey",
    "sslrootcert",
    "statement_cache_size",
    "target_session_attrs",
)
_KNOWN = {*_PARTS, *_CHOICES, *_LARGEST, *_FREE}
_IDENTIFIER = re.compile(r"[^\W\d][\w$]{0,62}")


class Address(NamedTuple):
    """The parts of an address; `parameters` are those that are no part of it, in their order."""

    host: str
    port: int
    user: str
    database: str
    password: str | None
    schema: str | None
    parameters: tuple[tuple[str, str], ...]


def parse_address(text: str) -> Address:
    """Take an address apart; raises ValueError saying what is wrong with it."""
    scheme, separator, rest = text.strip().partition("://")
    if not separator or scheme not in ("postgresql", "postgres"):
        raise ValueError("it does not begin with postgresql://.")
    rest, _, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    _refuse_bare_signs(authority, path, query)
    account, _, place = authority.rpartition("@")
    user, _, password = account.partition(":")
    host, port = _split_place(place)
    given = _parameters(query)
    parts = {
        "host": unquote(host),
        "port": port,
        "user": unquote(user),
        "password": unquote(password),
        "dbname": unquote(path),
    }
    parts |= {name: given.pop(name) for name in _PARTS if name in given}
    schema = given.pop("schema", None)
    _check_parameters(schema, given)
    if not parts["dbname"]:
        raise ValueError("it names no database.")
    return Address(
        host=_checked_host(parts["host"]),
        port=_number("port", parts["port"] or str(DEFAULT_PORT), 65_535),
        user=parts["user"] or _own_account(),
        database=parts["dbname"],
        password=parts["password"] or None,
        schema=schema,
        parameters=tuple(given.items()),
    )


def _refuse_bare_signs(authority: str, path: str, query: str) -> None:
    """Stop at a password with a sign that ends it early; what follows would be misread."""
    names = [pair.partition("=")[0] for pair in query.split("&")]
    if "@" in path or any("@" in name for name in names) or ("@" in query and "@" not in authority):
        raise ValueError(
            "a sign of the user or password is not encoded: write / ? & @ % as %2F %3F %26 %40 %25."
        )


def _split_place(place: str) -> tuple[str, str]:
    """Split `host:port`, `[::1]:port` or a host alone."""
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
        return host, port.removeprefix(":")
    host, _, port = place.partition(":")
    return host, port


def _parameters(query: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        name = unquote(name)
        if name not in _KNOWN:
            hint = did_you_mean(name, _KNOWN) or f"Known are: {', '.join(sorted(_KNOWN))}."
            raise ValueError(f"there is no parameter {name!r}. {hint}")
        if name in given:
            raise ValueError(f"the parameter {name} is given twice.")
        given[name] = unquote(value)
    return given


def _check_parameters(schema: str | None, given: Mapping[str, str]) -> None:
    for name, choices in _CHOICES.items():
        if given.get(name, choices[0]) not in choices:
            raise ValueError(f"{name} is {given[name]!r}, expected one of {', '.join(choices)}.")
    for name, largest in _LARGEST.items():
        if name in given:
            _number(name, given[name], largest)
    if schema is not None and not _IDENTIFIER.fullmatch(schema):
        raise ValueError(f"schema is {schema!r}, expected a name of letters, digits and _.")
    if schema is not None and given.get("pgbouncer") == "true":
        raise ValueError(
            "schema can't be combined with pgbouncer=true: leave it out and set the search path "
            "of the account, ALTER ROLE … SET search_path = …."
        )
    if ("sslcert" in given) != ("sslkey" in given):
        raise ValueError(
            "sslcert and sslkey, the client's certificate and its key, go together; the server's "
            "authority is sslrootcert."
        )
    accept, mode = given.get("sslaccept"), given.get("sslmode", "")
    if (accept, mode) == ("strict", "disable") or (
        accept == "accept_invalid_certs" and mode.startswith("verify")
    ):
        raise ValueError(f"sslaccept={accept} contradicts sslmode={mode}.")


def _number(name: str, text: str, largest: int) -> int:
    """Read a whole number; its text is not repeated, for a password may stand at a port's place."""
    smallest = 0 if name.endswith("_timeout") else 1
    if not (text.isascii() and text.isdigit() and smallest <= int(text) <= largest):
        raise ValueError(f"{name} is no whole number from {smallest} to {largest}.")
    return int(text)


def _checked_host(host: str) -> str:
    if not host:
        raise ValueError("it names no host; a unix socket is asked for by ?host=/folder.")
    if "," in host:
        raise ValueError("it names several hosts, expected one.")
    return host


def _own_account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise ValueError("it names no user.") from None

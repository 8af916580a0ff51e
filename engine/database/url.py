"""One database address, understood once, and the form that each database library wants of it.

The value is frozen and can be the key of a dictionary. Its `str` and `repr` hide the password, and
`scrub` takes it out of what a driver says: a password must never reach a log or a message.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from psycopg.conninfo import make_conninfo

from engine.database.address import DEFAULT_PORT, parse_address
from engine.errors import SettingError

CONNECT_TIMEOUT = 10  # seconds
KEEPALIVE = 30  # seconds
NODE_CONNECTIONS = 5
_NODE_IDLE = 30  # seconds
_POOL_TIMEOUT = 10  # seconds

_TO_LIBPQ = (
    "channel_binding",
    "connect_timeout",
    "sslcert",
    "sslkey",
    "sslrootcert",
    "target_session_attrs",
)
_TO_PRISMA = (
    "connect_timeout",
    "connection_limit",
    "pgbouncer",
    "pool_timeout",
    "socket_timeout",
    "statement_cache_size",
)
_WITHOUT_MEANING = ("socket_timeout", "statement_cache_size")


@dataclass(frozen=True, slots=True, repr=False)
class DatabaseUrl:
    """Where a database is and how to connect to it; `host` is a folder for a unix socket."""

    host: str
    port: int
    user: str
    database: str
    password: str | None = field(default=None, repr=False)
    schema: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    tls_in_use: bool | None = None  # what a connection found, where sslmode leaves it open

    @classmethod
    def parse(cls, text: str, *, setting: str = "DATABASE_URL") -> DatabaseUrl:
        """Read an address; raises SettingError that names `setting` and what to write instead."""
        try:
            return cls(**parse_address(text)._asdict())
        except ValueError as error:
            raise SettingError(
                f"{setting} can't be understood: {error}",
                hint="Expected: postgresql://user:password@host:5432/database",
            ) from None

    def libpq(
        self,
        *,
        read_only: bool = False,
        statement_timeout_ms: int | None = None,
        application_name: str = "engine",
    ) -> str:
        """Return what `psycopg.connect` and `adbc_driver_postgresql.dbapi.connect` take.

        Sessions are in UTC. A pooler passes no session settings on: behind one (`pgbouncer`) the
        time zone, `read_only` and the timeout are up to each transaction.
        """
        given = self._given
        values: dict[str, Any] = {"connect_timeout": CONNECT_TIMEOUT, "sslmode": self.sslmode}
        values |= {name: given[name] for name in _TO_LIBPQ if name in given}
        values |= {"host": self.host, "port": self.port, "dbname": self.database}
        values |= {"user": self.user, "password": self.password}
        values["application_name"] = self._program(application_name)
        if not self.on_socket:
            values["keepalives_idle"] = KEEPALIVE
        if not self.pgbouncer:
            settings = {"TimeZone": "UTC"}
            if read_only:
                settings["default_transaction_read_only"] = "on"
            if statement_timeout_ms is not None:
                settings["statement_timeout"] = str(statement_timeout_ms)
            values["options"] = self._options(settings)
        return make_conninfo("", **values)

    def node_pool(self) -> dict[str, Any]:
        """Return the fields of a node-postgres pool, certificates read from their files.

        Node checks the host's name for `verify-ca` as well: it can't be told not to in JSON.
        """
        given = self._given
        fields: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "database": self.database,
            "max": int(given.get("connection_limit", NODE_CONNECTIONS)),
            "connectionTimeoutMillis": 1000 * int(given.get("pool_timeout", _POOL_TIMEOUT)),
            "idleTimeoutMillis": 1000 * _NODE_IDLE,
            "keepAlive": True,
            "keepAliveInitialDelayMillis": 1000 * KEEPALIVE,
            "application_name": self._program("engine prisma"),
            "ssl": self._node_ssl(),
        }
        if self.password is not None:
            fields["password"] = self.password
        if not self.pgbouncer:
            fields["options"] = self._options({"TimeZone": "UTC"})
        return fields

    def prisma(self) -> str:
        """Return the address for a native Prisma engine; it gets no client certificate."""
        given = self._given
        values = {name: given[name] for name in _TO_PRISMA if name in given}
        values["application_name"] = self._program("engine prisma")
        values["sslmode"] = "prefer" if self.sslmode == "allow" else self.sslmode
        if self.sslmode.startswith("verify"):
            values |= {"sslmode": "require", "sslaccept": "strict"}
        if "sslrootcert" in given:
            values["sslcert"] = given["sslrootcert"]  # Prisma's name for it
        if self.schema is not None:
            values["schema"] = self.schema
        if not self.pgbouncer:
            values["options"] = self._options({"TimeZone": "UTC"})
        host = self.host
        if self.on_socket:
            values["host"], host = self.host, "localhost"
        return f"{self._address(host, self.password)}?{urlencode(values, quote_via=quote)}"

    def redacted(self) -> str:
        """Return the address for people: no password, and no parameter that could hide one."""
        shown: dict[str, object] = {}
        if self.on_socket:
            shown["host"] = self.host
            if self.port != DEFAULT_PORT:
                shown["port"] = self.port
        if self.schema is not None:
            shown["schema"] = self.schema
        address = self._address(
            "" if self.on_socket else self.host, None if self.password is None else "***"
        )
        return f"{address}?{urlencode(shown, safe='/')}" if shown else address

    def __str__(self) -> str:
        return self.redacted()

    def __repr__(self) -> str:
        return f"DatabaseUrl({self.redacted()})"

    def scrub(self, text: str) -> str:
        """Return what a driver said without the password, in whichever form it stands there."""
        if not self.password:
            return text
        in_conninfo = make_conninfo("", password=self.password).removeprefix("password=")
        forms = {self.password, quote(self.password, safe=""), quote(self.password), in_conninfo}
        for form in sorted(forms, key=len, reverse=True):
            text = text.replace(form, "***")
        return text

    def with_database(self, name: str) -> DatabaseUrl:
        """Return the address of another database of the same server."""
        return dataclasses.replace(self, database=name)

    @property
    def on_socket(self) -> bool:
        """Whether the server is reached by a unix socket."""
        return self.host.startswith("/")

    @property
    def pgbouncer(self) -> bool:
        """Whether a transaction pooler stands before the server."""
        return self._given.get("pgbouncer") == "true"

    @property
    def sslmode(self) -> str:
        """libpq's word for what is asked of TLS; Prisma's `sslaccept` is translated."""
        accept = self._given.get("sslaccept")
        if accept == "strict":
            return "verify-full"
        return self._given.get("sslmode", "prefer" if accept is None else "require")

    @property
    def without_meaning(self) -> tuple[str, ...]:
        """Names of the given parameters that neither libpq nor Node has a use for."""
        return tuple(name for name, _ in self.parameters if name in _WITHOUT_MEANING)

    @property
    def _given(self) -> dict[str, str]:
        return dict(self.parameters)

    def _program(self, ours: str) -> str:
        return f"{self._given.get('application_name', '')} {ours}".strip()

    def _options(self, settings: dict[str, str]) -> str:
        """Return the startup options: the owner's, then ours, which therefore win."""
        if self.schema is not None:
            settings = settings | {"search_path": f'"{self.schema}"'}
        ours = " ".join(f"-c {name}={value}" for name, value in settings.items())
        return f"{self._given.get('options', '')} {ours}".strip()

    def _node_ssl(self) -> bool | dict[str, Any]:
        given, mode = self._given, self.sslmode
        if self.on_socket or mode == "disable":
            return False
        if mode in ("allow", "prefer") and not self.tls_in_use:
            return False
        root = given.get("sslrootcert")
        # As in libpq, who names an authority wants it checked.
        checked = mode.startswith("verify") or (mode == "require" and root is not None)
        files = {"cert": given.get("sslcert"), "key": given.get("sslkey")}
        if checked and root != "system":
            files["ca"] = root
        contents = {name: _certificate(file) for name, file in files.items() if file}
        return {"rejectUnauthorized": checked, **contents}

    def _address(self, host: str, password: str | None) -> str:
        secret = "" if password is None else f":{quote(password, safe='*')}"
        place = f"[{host}]" if ":" in host else host
        if host and self.port != DEFAULT_PORT:
            place += f":{self.port}"
        account = f"{quote(self.user, safe='')}{secret}"
        return f"postgresql://{account}@{place}/{quote(self.database, safe='')}"


def _certificate(file: str) -> str:
    try:
        return Path(file).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"A certificate that DATABASE_URL names can't be read: {error}"
        ) from None

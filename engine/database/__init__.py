"""The database: everything that knows PostgreSQL or Prisma, and nobody else may.

`prepare` is what both programs call first. It brings a machine from nothing to an address whose
tables are those of this program, and does only what is missing. What is read and written through
that address is the business of the modules beside it.
"""

from __future__ import annotations

import atexit
import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import psycopg

from engine import progress
from engine.database.generate import ensure_client
from engine.database.local_postgres import LocalServer
from engine.database.migrate import migrate
from engine.database.retry import retrying
from engine.database.server_errors import explain
from engine.database.url import DatabaseUrl
from engine.errors import ConfigurationError, SetupError
from engine.settings import Settings

Say = Callable[[str], None]

_servers: dict[Path, LocalServer] = {}
_opening = threading.Lock()


def prepare(
    settings: Settings | None = None,
    *,
    say: Say = progress.say,
    client: Literal["required", "optional"] = "required",
    deadline_seconds: float = 0,
) -> DatabaseUrl:
    """Make ready what is missing and return the address of the database.

    In order: the address, a local server if DATABASE_URL is blank, migrations, the typed client.
    `say` gets a line for each step that really does something. A client that can't be made is an
    error if it is `required`, else one line. A server that is out of reach for the moment is tried
    again for `deadline_seconds`. Any thread may call it at any time; a second call is quick, and
    brings a local server back that has died. This process keeps the local server alive until
    `release` or its end.

    Raises SourceError if the server can't be reached, else the ConfigurationError for what a
    person has to mend: a setting, credentials, the local server, migrations, the client.
    """
    settings = settings or Settings.load()
    if settings.database_url:
        url = _prepare_own_server(settings, say, deadline_seconds)
    else:
        server = _local_server(settings, say)
        url = server.open(lambda opened: migrate(opened, say=say))
    try:
        ensure_client(say=say, settings=settings)
    except SetupError as error:
        if client == "required":
            raise
        say(f"Typed look-ups are not available: {error.message.splitlines()[0]}")
    return url


def release() -> None:
    """Give back what `prepare` holds; the last program to do so stops the local server."""
    with _opening:
        while _servers:
            _servers.popitem()[1].close()


def _local_server(settings: Settings, say: Say) -> LocalServer:
    with _opening:
        server = _servers.get(settings.data_path)
        if server is None:
            server = LocalServer(settings.data_path, settings.local_postgres_account, say=say)
            if not _servers:
                atexit.register(release)
            _servers[settings.data_path] = server
        return server


def _prepare_own_server(settings: Settings, say: Say, deadline_seconds: float) -> DatabaseUrl:
    url = DatabaseUrl.parse(settings.database_url)
    if url.without_meaning:
        say(f"DATABASE_URL: {', '.join(url.without_meaning)} has no meaning here.")
    for attempt in retrying(deadline_seconds, say=say):
        with attempt:
            url = _look(url)
    if settings.direct_url:
        migrate(DatabaseUrl.parse(settings.direct_url, setting="DIRECT_URL"), say=say)
    elif url.pgbouncer:
        raise ConfigurationError(
            "DATABASE_URL goes through a transaction pooler, and migrations can't.",
            hint="Set DIRECT_URL to the address of the server itself.",
        )
    else:
        migrate(url, say=say)
    return url


def _look(url: DatabaseUrl) -> DatabaseUrl:
    """Connect once: is the server there, are we let in, is the session in UTC, is TLS in use?"""
    try:
        with psycopg.connect(url.libpq(), prepare_threshold=None) as connection:
            tls = bool(connection.pgconn.ssl_in_use)
            row = connection.execute("SELECT current_setting('TimeZone')").fetchone()
    except psycopg.Error as error:
        raise explain(url, str(error), error.sqlstate) or error from error
    if row != ("UTC",):
        raise ConfigurationError(
            f"Sessions of {url} are not in UTC, and a pooler can't be asked for it.",
            hint=f"ALTER ROLE \"{url.user}\" SET timezone = 'UTC'",
        )
    return dataclasses.replace(url, tls_in_use=tls)

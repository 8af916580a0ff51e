"""Looks at what a database and an installation are like, for people; changes and starts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg

from engine.database.local_access import local_access
from engine.database.local_place import find_place
from engine.database.server_errors import explain
from engine.database.url import DatabaseUrl
from engine.settings import Settings


@dataclass(frozen=True, slots=True)
class ServerState:
    """A server that answers: its major version, and the time zone that our sessions have."""

    version: int
    time_zone: str


@dataclass(frozen=True, slots=True)
class LocalState:
    """The local server and the folder in which it lives; `url` is None while it does not run."""

    folder: Path
    exists: bool
    url: DatabaseUrl | None


def look_at_server(url: DatabaseUrl) -> ServerState:
    """Connect once; raises SourceError or ConfigurationError if that is not possible."""
    try:
        with psycopg.connect(url.libpq(), prepare_threshold=None) as connection:
            row = connection.execute("SELECT current_setting('TimeZone')").fetchone()
            version = connection.info.server_version // 10_000
    except psycopg.Error as error:
        explained = explain(url, str(error), error.sqlstate)
        if explained is None:
            raise
        raise explained from error
    assert row is not None, "a SELECT without FROM always has a row"
    return ServerState(version, row[0])


def look_at_local_server(settings: Settings) -> LocalState:
    """Tell where the local database lives, whether it is there and whether its server runs.

    Raises LocalServerError if root names no account that could run it.
    """
    folder = find_place(settings.data_path, settings.local_postgres_account).folder
    exists = (folder / "pgdata" / "PG_VERSION").exists()
    access = local_access(folder) if exists else None
    running = access is not None and access.answers()
    return LocalState(folder, exists, access.url() if access is not None and running else None)

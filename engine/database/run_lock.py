"""A lock on the server that one program holds while it works, and that dies with the program.

The lock is a row of nothing: an advisory lock inside a transaction of its own connection, so it
works behind a pooler as well, and no crash can leave it behind.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg

from engine.database.server_errors import explain
from engine.database.url import DatabaseUrl
from engine.errors import LockedError

_ASK_AGAIN = 1.0  # seconds


@contextmanager
def run_lock(
    url: DatabaseUrl,
    name: str,
    *,
    wait_seconds: float = 0,
    holder: Callable[[], str] = lambda: "",
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the lock `name`; raises LockedError if another program still holds it after waiting.

    `holder` is asked for a sentence on who that is. Raises SourceError if the server is away.
    """
    with _transaction(url) as connection:
        deadline = time.monotonic() + wait_seconds
        while not _try(connection, name):
            if time.monotonic() >= deadline:
                raise LockedError(
                    f"Another program is at work on the same shop. {holder()}".rstrip(),
                    hint="Wait for it to end, or wait for it here with --wait SECONDS.",
                )
            sleep(_ASK_AGAIN)
        yield


def _try(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", (name,)
    ).fetchone()
    return bool(row and row[0])


@contextmanager
def _transaction(url: DatabaseUrl) -> Iterator[psycopg.Connection]:
    try:
        connection = psycopg.connect(
            url.libpq(application_name="engine run lock"), prepare_threshold=None
        )
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    except psycopg.Error as error:
        explained = explain(url, str(error), error.sqlstate)
        if explained is None:
            raise
        raise explained from error
    try:
        yield connection
    finally:
        # The lock goes with the transaction; a connection that broke has lost it already. Closing
        # alone would give it back only when the server comes to notice.
        with suppress(psycopg.Error):
            connection.rollback()
        connection.close()

"""Decides which errors of a database are worth a second try, and makes it.

What is repeated must be a whole that may be repeated: a read, or a write transaction; never half
of one. Errors that would come again are never repeated: credentials, rights, missing objects,
constraints, values, a full disk, our own time limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import adbc_driver_manager
import httpx
import psycopg
import tenacity

FIRST_WAIT = 0.5  # seconds
LONGEST_WAIT = 15.0

_TRANSIENT_STATES = ("08", "57P01", "57P02", "57P03", "53300", "40001", "40P01", "55P03")
_TRANSIENT_CODES = ("P1001", "P1002", "P1008", "P1017", "P2024", "P2034")
_RAW_QUERY = "P2010"  # Prisma's "raw query failed"; the SQLSTATE is in its meta

# Neither driver tells the SQLSTATE of a failed connection. But libpq repeats the server's words
# after its severity and two spaces, in whatever language, and its own words never look like that.
_REFUSAL = re.compile(r"failed: [^:\n]+:  (?P<words>.*)", re.DOTALL)
_PASSING_REFUSALS = (
    "the database system is",  # starting up, shutting down, not yet accepting connections …
    "too many clients",
    "too many connections",
    "connection slots are reserved",
    "terminating connection",
)
_LASTING_FAILURES = ("password", "certificate", "does not support SSL", "authentication method")


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed a moment later.

    Looks through errors of our own at the driver's error that caused them.
    """
    if isinstance(error, psycopg.Error):
        if error.sqlstate is None:
            return isinstance(error, psycopg.OperationalError) and is_lost(str(error))
        return error.sqlstate.startswith(_TRANSIENT_STATES)
    if isinstance(error, adbc_driver_manager.Error):
        if error.sqlstate is None:
            is_io = error.status_code == adbc_driver_manager.AdbcStatusCode.IO
            return isinstance(error, adbc_driver_manager.OperationalError) and (
                is_io and is_lost(str(error))
            )
        return error.sqlstate.startswith(_TRANSIENT_STATES)
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        return True
    code, meta = getattr(error, "code", None), getattr(error, "meta", None)
    if isinstance(code, str) and isinstance(meta, dict | None):
        state = str((meta or {}).get("code", ""))
        return code in _TRANSIENT_CODES or (
            code == _RAW_QUERY and state.startswith(_TRANSIENT_STATES)
        )
    return error.__cause__ is not None and is_transient(error.__cause__)


def retrying(
    deadline_seconds: float,
    *,
    say: Callable[[str], None] | None = None,
    sleep: Callable[[float], None] = tenacity.nap.sleep,
) -> Iterator[tenacity.AttemptManager]:
    """Yield attempts until one succeeds: `for attempt in retrying(120): with attempt: …`

    Only transient errors are tried again, at growing and slightly random intervals, and no attempt
    begins after the deadline; then the last error is raised as it is. `say` gets a line before
    each wait.
    """

    def announce(state: tenacity.RetryCallState) -> None:
        if say is not None and state.next_action is not None:
            say(f"The database is out of reach; next try in {state.next_action.sleep:.0f} s.")

    attempts: Any = tenacity.Retrying(
        retry=tenacity.retry_if_exception(is_transient),
        wait=tenacity.wait_exponential_jitter(
            multiplier=FIRST_WAIT, max=LONGEST_WAIT, jitter=FIRST_WAIT
        ),
        stop=tenacity.stop_before_delay(deadline_seconds),
        before_sleep=announce,
        sleep=sleep,
        reraise=True,
    )
    return iter(attempts)


def is_lost(text: str) -> bool:
    """Whether a driver's words without SQLSTATE mean a server out of reach, not one that refuses.

    A refusal that passes by itself, as of a server that is just starting, counts as out of reach.
    """
    refusal = _REFUSAL.search(text)
    if refusal:
        return any(words in refusal["words"] for words in _PASSING_REFUSALS)
    return not any(words in text for words in _LASTING_FAILURES)

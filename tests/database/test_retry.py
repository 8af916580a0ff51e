from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql.dbapi
import httpx
import psycopg
import pytest
import tenacity

from engine.database.retry import is_transient, retrying
from engine.database.url import DatabaseUrl
from engine.errors import SourceError
from tests.database.refusing_server import refusing_server

TRANSIENT = "08000 08003 08006 57P01 57P02 57P03 53300 40001 40P01 55P03".split()
LASTING = "28000 28P01 3D000 42P01 42501 42601 23505 23514 22003 25006 53100 57014 XX000".split()


def connect(driver: str, url: DatabaseUrl) -> Any:
    if driver == "psycopg":
        return psycopg.connect(url.libpq(), autocommit=True)
    return adbc_driver_postgresql.dbapi.connect(url.libpq(), autocommit=True)


@contextmanager
def failure() -> Iterator[list[Exception]]:
    """Catch a driver's error, whichever driver's it is."""
    caught: list[Exception] = []
    try:
        yield caught
    except (psycopg.Error, adbc_driver_manager.Error) as error:
        caught.append(error)
    assert caught, "no error came"


def adbc_error(sqlstate: str | None, message: str = "") -> adbc_driver_manager.Error:
    return adbc_driver_manager.OperationalError(
        message, status_code=adbc_driver_manager.AdbcStatusCode.IO, sqlstate=sqlstate
    )


class PrismaError(Exception):
    def __init__(self, code: str, meta: dict[str, str] | None = None) -> None:
        self.code, self.meta = code, meta


# ------------------------------------------------------------------ the table


@pytest.mark.parametrize("state", TRANSIENT)
def test_a_passing_state_of_the_server_is_worth_a_second_try(state: str) -> None:
    assert is_transient(psycopg.errors.lookup(state)())
    assert is_transient(adbc_error(state))
    assert is_transient(PrismaError("P2010", {"code": state}))


@pytest.mark.parametrize("state", LASTING)
def test_what_would_come_again_is_not_tried_again(state: str) -> None:
    assert not is_transient(psycopg.errors.lookup(state)())
    assert not is_transient(adbc_error(state))
    assert not is_transient(PrismaError("P2010", {"code": state}))


@pytest.mark.parametrize("code", ["P1001", "P1002", "P1008", "P1017", "P2024", "P2034"])
def test_prismas_lost_connections_are_worth_a_second_try(code: str) -> None:
    assert is_transient(PrismaError(code))


@pytest.mark.parametrize("code", ["P1000", "P1003", "P2002", "P2010", "P2025"])
def test_prismas_other_errors_are_not(code: str) -> None:
    assert not is_transient(PrismaError(code))


def test_a_lost_query_engine_is_worth_a_second_try_and_a_slow_one_is_not() -> None:
    assert is_transient(httpx.ConnectError("refused"))
    assert is_transient(httpx.RemoteProtocolError("cut off"))
    assert not is_transient(httpx.ReadTimeout("slow"))


def test_an_error_of_our_own_is_as_lasting_as_its_cause() -> None:
    ours = SourceError("out of reach")
    assert not is_transient(ours)
    ours.__cause__ = psycopg.errors.AdminShutdown()
    assert is_transient(ours)
    ours.__cause__ = psycopg.errors.InvalidPassword()
    assert not is_transient(ours)


def test_a_bug_is_never_tried_again() -> None:
    assert not is_transient(ValueError("no"))
    assert not is_transient(psycopg.InterfaceError("the cursor is closed"))


# ------------------------------------------------------------------ real errors of both drivers


@pytest.mark.parametrize("driver", ["psycopg", "adbc"])
def test_a_server_that_is_not_there_may_come_back(driver: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    for url in (
        DatabaseUrl("127.0.0.1", port, "a", "d"),
        DatabaseUrl("/no/folder", 5432, "a", "d"),
    ):
        with failure() as caught:
            connect(driver, url)
        assert is_transient(caught[0])


@pytest.mark.parametrize("driver", ["psycopg", "adbc"])
@pytest.mark.parametrize(
    ("state", "message", "transient"),
    [
        ("57P03", "the database system is starting up", True),
        ("57P03", "the database system is shutting down", True),
        ("57P03", "the database system is in recovery mode", True),
        ("53300", "sorry, too many clients already", True),
        ("28P01", 'password authentication failed for user "app"', False),
        ("3D000", 'database "shop" does not exist', False),
    ],
)
def test_a_refused_connection_has_no_code_and_is_judged_by_its_words(
    driver: str, state: str, message: str, transient: bool
) -> None:
    with refusing_server(state, message) as server:
        url = DatabaseUrl("127.0.0.1", server.port, "app", "shop", password="hush")
        with failure() as caught:
            connect(driver, url)
    assert is_transient(caught[0]) is transient


@pytest.mark.parametrize("driver", ["psycopg", "adbc"])
def test_a_refusal_in_another_language_is_not_tried_again(driver: str) -> None:
    message = "Passwort-Authentifizierung für Benutzer »app« fehlgeschlagen"
    with refusing_server("28P01", message, severity="SCHWERWIEGEND") as server:
        url = DatabaseUrl("127.0.0.1", server.port, "app", "shop", password="hush")
        with failure() as caught:
            connect(driver, url)
    assert not is_transient(caught[0])


@pytest.mark.parametrize("driver", ["psycopg", "adbc"])
def test_a_password_that_is_missing_stays_missing(driver: str) -> None:
    with refusing_server("28P01", "never said") as server:
        url = DatabaseUrl("127.0.0.1", server.port, "app", "shop")
        with failure() as caught:
            connect(driver, url)
    assert "no password supplied" in str(caught[0])
    assert not is_transient(caught[0])


@pytest.mark.parametrize("driver", ["psycopg", "adbc"])
def test_a_terminated_session_may_be_opened_again(
    driver: str, empty_database_url: DatabaseUrl
) -> None:
    with failure() as caught, connect(driver, empty_database_url) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid() AS pid")
            (pid,) = cursor.fetchone()
        with psycopg.connect(empty_database_url.libpq()) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 AS one")
            cursor.fetchone()
    assert is_transient(caught[0])


@pytest.mark.parametrize("driver", ["psycopg", "adbc"])
@pytest.mark.parametrize("question", ["SELECT * FROM missing", "SELECT 1 / 0 AS x", "SELEC 1"])
def test_a_wrong_question_stays_wrong(
    driver: str, question: str, empty_database_url: DatabaseUrl
) -> None:
    with connect(driver, empty_database_url) as connection:
        with failure() as caught, connection.cursor() as cursor:
            cursor.execute(question)
            cursor.fetchone()
        assert not is_transient(caught[0])


# ------------------------------------------------------------------ trying again


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(tenacity.time, "monotonic", lambda: made.now)
    return made


def test_a_transient_error_is_tried_again_until_it_has_passed(clock: Clock) -> None:
    failures = iter([psycopg.errors.AdminShutdown()] * 3)
    said: list[str] = []
    tries = 0
    for attempt in retrying(120, say=said.append, sleep=clock.sleep):
        with attempt:
            tries += 1
            for error in failures:
                raise error
    assert tries == 4
    assert all(low <= wait <= low + 0.5 for low, wait in zip((0.5, 1, 2), clock.waits, strict=True))
    assert [line.partition(";")[0] for line in said] == ["The database is out of reach"] * 3


def always(error: Exception, deadline: float, clock: Clock) -> None:
    for attempt in retrying(deadline, sleep=clock.sleep):
        with attempt:
            raise error


def test_no_try_begins_after_the_deadline_and_the_last_error_stands(clock: Clock) -> None:
    with pytest.raises(psycopg.errors.DeadlockDetected, match="locked"):
        always(psycopg.errors.DeadlockDetected("locked"), 120, clock)
    assert 100 < clock.now < 120
    assert max(clock.waits) <= 15


def test_without_a_deadline_there_is_one_try(clock: Clock) -> None:
    with pytest.raises(psycopg.errors.AdminShutdown):
        always(psycopg.errors.AdminShutdown(), 0, clock)
    assert clock.waits == []


def test_a_lasting_error_ends_the_first_try(clock: Clock) -> None:
    with pytest.raises(psycopg.errors.InvalidPassword):
        always(psycopg.errors.InvalidPassword(), 120, clock)
    assert clock.waits == []

"""What a call meets when the engine, or the server behind it, goes away; and its time zone."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import psycopg
import pytest
from structlog.testing import capture_logs

from engine.database.client import ClientThread
from engine.database.generate import GENERATED
from engine.database.prisma_engine import engines
from engine.database.retry import is_transient
from engine.database.url import DatabaseUrl
from engine.errors import SourceError
from engine.settings import Settings

NOON = datetime(2024, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def quiet() -> Iterator[list[Any]]:
    """The log lines of engines that end, kept instead of printed."""
    with capture_logs() as lines:
        yield lines


class Steady:
    """A client in a database of its own, with a connection beside it and the engine at hand."""

    def __init__(self, thread: ClientThread, url: DatabaseUrl) -> None:
        self.thread = thread
        self.url = url
        self.sql = psycopg.connect(url.libpq(), autocommit=True)

    def process(self) -> subprocess.Popen[Any]:
        process = self.thread._opened[self.url].engine.process
        assert process is not None
        return process

    def pid(self) -> int:
        return self.process().pid

    def kill_engine(self) -> None:
        """End the engine; when this returns it has ended, and is not just about to."""
        process = self.process()
        process.kill()
        process.wait(10)

    def end_sessions(self) -> None:
        self.sql.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'engine prisma'"
        )
        time.sleep(0.1)

    def wait_until_blocked(self) -> None:
        """Wait until a session of the engine waits for a lock."""
        for _ in range(100):
            blocked = self.sql.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                "AND datname = current_database()"
            ).fetchone()
            if blocked != (0,):
                return
            time.sleep(0.05)
        raise AssertionError("no call came to wait for the lock")

    def during_a_locked_call(
        self, call: Callable[[], Any], disturb: Callable[[], None]
    ) -> Future[Any]:
        """Let a call wait for the table, disturb it there, then let it through."""
        with psycopg.connect(self.url.libpq()) as locking, ThreadPoolExecutor(1) as pool:
            locking.execute("LOCK TABLE senders")
            answer = pool.submit(call)
            self.wait_until_blocked()
            disturb()
            time.sleep(0.3)
            locking.rollback()
            answer.exception(timeout=20)
        return answer


@pytest.fixture
def steady(
    node_thread: Callable[..., ClientThread], own_database: DatabaseUrl, quiet: list[Any]
) -> Iterator[tuple[Any, Steady]]:
    thread = node_thread()
    about = Steady(thread, own_database)
    with thread.opened(own_database) as db:
        yield db, about
    about.sql.close()


def test_an_engine_that_died_between_calls_is_started_again(
    steady: tuple[Any, Steady], quiet: list[Any]
) -> None:
    db, about = steady
    first = about.pid()
    about.kill_engine()
    assert db.sender.create(data={"name": "Ada"}).name == "Ada"  # a write that was never begun
    assert about.pid() != first
    assert [line["event"] for line in quiet if line["log_level"] == "warning"] == [
        "engine ended and is started again"
    ]


def test_a_read_that_meets_the_end_is_repeated(steady: tuple[Any, Steady]) -> None:
    db, about = steady
    answer = about.during_a_locked_call(lambda: db.sender.count(), about.kill_engine)
    assert answer.result() == 0


def test_a_write_that_meets_the_end_is_not_repeated(steady: tuple[Any, Steady]) -> None:
    db, about = steady
    answer = about.during_a_locked_call(
        lambda: db.query_raw("INSERT INTO senders (name) VALUES (random()::text) RETURNING 1"),
        about.kill_engine,
    )
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        answer.result()
    # The server may have done what it was asked before, but nobody asked it twice.
    assert db.sender.count() <= 1


def test_many_calls_that_meet_the_end_start_one_engine(
    steady: tuple[Any, Steady], quiet: list[Any]
) -> None:
    db, about = steady
    with psycopg.connect(about.url.libpq()) as locking, ThreadPoolExecutor(4) as pool:
        locking.execute("LOCK TABLE senders")
        answers = [pool.submit(lambda: db.sender.count()) for _ in range(4)]
        about.wait_until_blocked()
        about.kill_engine()
        time.sleep(0.3)
        locking.rollback()
        assert [answer.result(timeout=20) for answer in answers] == [0, 0, 0, 0]
    assert [line["event"] for line in quiet].count("engine ended and is started again") == 1


def test_a_transaction_that_meets_the_end_is_lost_and_says_so(
    steady: tuple[Any, Steady], operations: ModuleType
) -> None:
    db, about = steady
    lost = operations.errors.TransactionError

    def killed_between_two_calls() -> None:
        with db.tx() as tx:
            tx.sender.create(data={"name": "Ada"})
            about.kill_engine()
            tx.sender.create(data={"name": "Bob"})

    def killed_in_a_call() -> None:
        with db.tx() as tx:
            tx.sender.create(data={"name": "Cleo"})

    with pytest.raises(lost, match="engine ended inside"):
        killed_between_two_calls()
    answer = about.during_a_locked_call(killed_in_a_call, about.kill_engine)
    with pytest.raises(lost, match="engine ended inside") as caught:
        answer.result()
    assert is_transient(caught.value)  # the whole transaction may be tried again
    assert db.sender.count() == 0


def test_an_engine_that_keeps_dying_is_given_up(
    steady: tuple[Any, Steady], monkeypatch: pytest.MonkeyPatch
) -> None:
    db, about = steady
    for _ in range(3):
        about.kill_engine()
        assert db.sender.count() == 0
    about.kill_engine()
    with pytest.raises(SourceError, match="ended 4 times in 60 s"):
        db.sender.count()
    monkeypatch.setattr(engines, "RESTART_SPAN", 0.0)  # a minute later
    assert db.sender.count() == 0


def test_a_closed_client_starts_no_engine(
    node_thread: Callable[..., ClientThread], own_database: DatabaseUrl, operations: ModuleType
) -> None:
    with node_thread().opened(own_database) as db:
        assert db.sender.count() == 0
    with pytest.raises(operations.errors.ClientNotConnectedError):
        db.sender.count()


def test_sessions_that_the_server_ends_are_replaced(steady: tuple[Any, Steady]) -> None:
    db, about = steady
    assert db.sender.count() == 0
    pid = about.pid()
    about.end_sessions()
    assert db.sender.count() == 0
    assert about.pid() == pid


def test_a_transaction_whose_session_ends_fails_and_the_engine_lives(
    steady: tuple[Any, Steady], operations: ModuleType
) -> None:
    db, about = steady
    pid = about.pid()

    def ended_between_two_calls() -> None:
        with db.tx() as tx:
            tx.sender.create(data={"name": "Ada"})
            about.end_sessions()
            tx.sender.create(data={"name": "Bob"})

    with pytest.raises(operations.errors.DataError) as lost:
        ended_between_two_calls()
    assert lost.value.code == "P1001"
    assert db.sender.count() == 0
    assert about.pid() == pid


def test_a_call_whose_session_ends_carries_the_servers_code(
    steady: tuple[Any, Steady], operations: ModuleType
) -> None:
    db, about = steady
    failed = about.during_a_locked_call(
        lambda: db.query_raw("SELECT name FROM senders"), about.end_sessions
    )
    with pytest.raises(operations.errors.RawQueryError, match="terminating connection") as raw:
        failed.result()
    assert raw.value.meta["code"] == "57P01"
    failed = about.during_a_locked_call(lambda: db.sender.count(), about.end_sessions)
    with pytest.raises(operations.errors.DataError, match="terminating connection") as typed:
        failed.result()
    assert typed.value.code == "P1001"


def test_a_database_in_another_time_zone_is_read_in_utc(steady: tuple[Any, Steady]) -> None:
    db, about = steady
    about.sql.execute(f"ALTER DATABASE {about.url.database} SET timezone TO 'Asia/Tokyo'")
    db.sample.create(data={"id": 1, "zonedMoment": NOON})
    stored = about.sql.execute("SELECT zoned_moment FROM samples").fetchone()
    assert stored == (NOON,)
    assert db.sample.find_first().zonedMoment == NOON
    assert db.query_first("SELECT current_setting('TimeZone') AS zone") == {"zone": "UTC"}


def test_a_session_that_can_not_be_set_to_utc_is_refused(
    steady: tuple[Any, Steady], operations: ModuleType
) -> None:
    _, about = steady
    about.sql.execute(f"ALTER DATABASE {about.url.database} SET timezone TO 'America/New_York'")
    pooled = replace(about.url, parameters=(("pgbouncer", "true"),))
    zone = pytest.raises(operations.errors.DataError, match="time zone is America/New_York")
    with about.thread.opened(pooled) as db, zone as refused:
        db.sender.count()
    assert "ALTER ROLE" in str(refused.value)


def test_a_query_that_changes_the_zone_loses_its_session(
    steady: tuple[Any, Steady], quiet: list[Any]
) -> None:
    db, _ = steady
    db.sample.create(data={"id": 1, "zonedMoment": NOON})
    db.execute_raw("SET TIME ZONE 'Asia/Tokyo'")
    assert [db.sample.find_first().zonedMoment for _ in range(6)] == [NOON] * 6
    assert any("only UTC is read rightly" in line["event"] for line in quiet)


def test_a_statement_that_takes_too_long_is_cancelled_by_the_server(
    steady: tuple[Any, Steady], operations: ModuleType
) -> None:
    _, about = steady
    limit = replace(about.url, parameters=(("options", "-c statement_timeout=200"),))
    with about.thread.opened(limit) as db:
        with pytest.raises(operations.errors.RawQueryError, match="statement timeout") as raw:
            db.query_raw("SELECT 1 FROM pg_sleep(5)")
        assert raw.value.meta["code"] == "57014"
        failed = about.during_a_locked_call(lambda: db.sender.count(), lambda: None)
        with pytest.raises(operations.errors.DataError, match="statement timeout") as typed:
            failed.result()
        assert typed.value.meta == {"code": "57014"}


def test_a_lock_that_is_not_given_in_time_may_be_tried_for_again(
    steady: tuple[Any, Steady], operations: ModuleType
) -> None:
    _, about = steady
    limit = replace(about.url, parameters=(("options", "-c lock_timeout=200"),))
    with about.thread.opened(limit) as db:
        failed = about.during_a_locked_call(lambda: db.sender.count(), lambda: None)
        with pytest.raises(operations.errors.DataError, match="lock timeout") as refused:
            failed.result()
    assert (refused.value.code, refused.value.meta) == ("P1008", {"code": "55P03"})
    assert is_transient(refused.value)


def test_tables_of_another_schema_are_reached(steady: tuple[Any, Steady]) -> None:
    db, about = steady
    about.sql.execute("CREATE SCHEMA other CREATE TABLE senders (id serial, name text)")
    about.sql.execute("INSERT INTO other.senders (name) VALUES ('Ada')")
    with about.thread.opened(replace(about.url, schema="other")) as elsewhere:
        assert elsewhere.sender.find_first().name == "Ada"
        assert elsewhere.query_raw("SELECT name FROM senders") == [{"name": "Ada"}]
    assert db.sender.count() == 0


def test_a_copied_project_folder_works_as_it_is(
    operations_project: Path,
    own_database: DatabaseUrl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy = shutil.copytree(operations_project, tmp_path / "copy", symlinks=True)
    (copy / GENERATED).rename(copy / GENERATED.parent / "copied_client")
    monkeypatch.syspath_prepend(copy / GENERATED.parent)
    thread = ClientThread(Settings(), package="copied_client", project=copy)
    with thread.opened(own_database) as db:
        assert db.sender.create(data={"name": "Ada"}).id == 1
    thread.stop()


def test_no_thread_of_an_engine_is_left(
    operations_project: Path, operations: ModuleType, own_database: DatabaseUrl
) -> None:
    thread = ClientThread(Settings(), package=operations.__name__, project=operations_project)
    for _ in range(3):
        with thread.opened(own_database) as db:
            db.sender.count()
    thread.stop()
    names = [running.name for running in threading.enumerate()]
    # The client that the tests share keeps one, if another test has opened it.
    assert names.count("prisma-engine-log") <= 1

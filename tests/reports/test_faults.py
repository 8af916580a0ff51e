"""Whatever happens to a run, the tables are all old or all new, and the next run works."""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from engine.database.local_postgres import LocalServer
from engine.database.merge import merge
from engine.database.migrate import migrate
from engine.database.run_lock import run_lock
from engine.database.url import DatabaseUrl
from engine.database.write import Connection
from engine.reports import writing
from engine.reports.analyst_views import publish_views
from tests.reports.conftest import Reports, Start
from tests.reports.small_shop import execute, fill, rows
from tests.reports.test_runs import stored

PATIENCE = 60.0  # seconds
# How many sessions have tried to take the lock of a shop: one holds it, the others wait.
_TRIES = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND starts_with(query, 'SELECT pg_try_advisory_xact_lock')"
)


@contextmanager
def stopped_in(url: DatabaseUrl, stage: str) -> Iterator[None]:
    """Make a run wait in a stage, by a lock on a table that it needs there.

    In the write stage that is the last table of the three, which others may read meanwhile.
    """
    table, mode = {
        "read": ("orders", "ACCESS EXCLUSIVE"),
        "write": ("product_reports", "SHARE"),
    }[stage]
    with psycopg.connect(url.libpq()) as connection:
        connection.execute(f"LOCK TABLE {table} IN {mode} MODE")
        yield


def wait_until(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def wait_for_stage(url: DatabaseUrl, stage: str) -> None:
    """Wait until a run has come to a stage and a statement of it waits for the held table."""
    wait_until(
        lambda: rows(url, "SELECT stage FROM report_runs WHERE status = 'RUNNING'") == [(stage,)]
    )
    wait_until(
        lambda: bool(
            rows(
                url,
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
                "AND wait_event_type = 'Lock'",
            )
        )
    )


def changed(url: DatabaseUrl) -> None:
    """Change an order, so that the next run has something to write in every table."""
    execute(url, "UPDATE order_transactions SET price = 2501 WHERE order_id = 1004")
    execute(url, "UPDATE orders SET subtotal = 7503, grand_total = 7503 WHERE order_id = 1004")


@pytest.mark.parametrize("stage", ["read", "write"])
def test_kill_9_leaves_the_old_tables_and_the_next_run_works(
    reported: DatabaseUrl, reports: Reports, start: Start, stage: str
) -> None:
    before = stored(reported)
    changed(reported)
    with stopped_in(reported, stage):
        process = start()
        wait_for_stage(reported, stage)
        process.kill()
        process.wait()
    wait_until(lambda: not others(reported))
    assert stored(reported) == before
    counts = reports("--json").shop
    assert (counts["exit_code"], counts["rows_updated"]) == (0, 15)
    assert rows(reported, "SELECT status::text FROM report_runs ORDER BY run_id") == [
        ("SUCCEEDED",),
        ("ABANDONED",),
        ("SUCCEEDED",),
    ]


def others(url: DatabaseUrl) -> list[Any]:
    return rows(
        url,
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()",
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_in_the_midst_of_writing_rolls_back_and_says_interrupted(
    reported: DatabaseUrl, start: Start, number: signal.Signals, code: int
) -> None:
    before = stored(reported)
    changed(reported)
    with stopped_in(reported, "write"):
        process = start("--json")
        wait_for_stage(reported, "write")
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, err
    assert f'"exit_code": {code}' in out
    assert "Traceback" not in err
    assert stored(reported) == before
    assert rows(
        reported, "SELECT status::text, exit_code FROM report_runs ORDER BY run_id DESC LIMIT 1"
    ) == [("INTERRUPTED", code)]


def test_a_signal_is_answered_although_the_server_lets_us_wait(
    reported: DatabaseUrl, start: Start
) -> None:
    with stopped_in(reported, "read"):
        process = start()
        wait_for_stage(reported, "read")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
        status = rows(reported, "SELECT status::text FROM report_runs ORDER BY run_id DESC LIMIT 1")
    assert (process.returncode, status) == (143, [("INTERRUPTED",)]), err
    assert out == "Felt & Co: interrupted; nothing of this run was written.\n"


def test_of_two_runs_at_once_one_ends_with_8_and_says_which_run_is_at_work(
    reported: DatabaseUrl, reports: Reports, start: Start
) -> None:
    changed(reported)
    with stopped_in(reported, "write"):
        process = start("--json")
        wait_for_stage(reported, "write")
        ended = reports("--json")
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, ended.code) == (0, 8), err
    message = ended.shop["error"]["message"]
    assert "It is run 2 of Felt & Co, started 20" in message
    assert message.endswith(" UTC, stage write.")
    assert ended.shop["error"]["retryable"] is True
    assert rows(reported, "SELECT count(*) FROM report_runs") == [(2,)]


def test_wait_gives_the_other_run_time_to_end(reported: DatabaseUrl, reports: Reports) -> None:
    taken = threading.Event()

    def other_run() -> None:
        with run_lock(reported, "engine.reports:1"):
            taken.set()
            wait_until(lambda: rows(reported, _TRIES) == [(2,)])

    other = threading.Thread(target=other_run)
    other.start()
    assert taken.wait(PATIENCE)
    ended = reports("--json", "--wait", "30")
    other.join()
    assert ended.code == 0


def test_the_lock_of_one_shop_does_not_stop_another(shop: DatabaseUrl, reports: Reports) -> None:
    fill(shop, 2, "Wool")
    with run_lock(shop, "engine.reports:1"):
        ended = reports("--json")
    assert ended.code == 7
    assert [one["exit_code"] for one in ended.record["shops"]] == [8, 0]


def test_a_run_that_was_declared_abandoned_can_not_write(
    shop: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = writing.write_changes

    def taken_over(url: DatabaseUrl, run_id: int, *others: Any, **named: Any) -> Any:
        execute(url, "UPDATE report_runs SET status = 'ABANDONED' WHERE run_id = %s", run_id)
        return honest(url, run_id, *others, **named)

    monkeypatch.setattr(writing, "write_changes", taken_over)
    ended = reports("--json")
    assert ended.code == 8
    assert "Run 1 is abandoned" in ended.shop["error"]["message"]
    assert rows(shop, "SELECT count(*) FROM shop_reports") == [(0,)]
    assert rows(shop, "SELECT status::text FROM report_runs") == [("ABANDONED",)]


def test_a_commit_whose_answer_was_lost_is_not_made_twice(
    shop: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = writing.write_changes
    calls = []

    def answer_lost(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        honest(*arguments, **named)
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(writing, "write_changes", answer_lost)
    ended = reports("--json")
    assert (ended.code, len(calls)) == (0, 1)
    assert ended.shop["rows_inserted"] == sum(len(found) for found in stored(shop).values())
    assert rows(shop, "SELECT status::text FROM report_runs") == [("SUCCEEDED",)]


def test_connections_that_the_server_ends_are_made_anew(
    shop: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock's connection goes too; the run's row is the fence then."""
    cuts = []

    def cut_once(connection: Connection, *arguments: Any, **named: Any) -> Any:
        if not cuts:
            cuts.append(1)
            execute(
                shop,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
        return merge(connection, *arguments, **named)

    monkeypatch.setattr("engine.reports.store.merge", cut_once)
    ended = reports("--json")
    assert (ended.code, cuts) == (0, [1])
    assert ended.shop["rows_inserted"] == sum(len(found) for found in stored(shop).values())
    assert reports("--json").shop["rows_unchanged"] == ended.shop["rows_inserted"]


def test_kill_9_of_the_local_server_in_the_midst_of_writing_is_survived(
    run_folder: Path, start: Start
) -> None:
    """Nobody restarts the server but the run itself, which then writes everything once."""
    folder = run_folder / f"killed_{uuid.uuid4().hex[:8]}"
    server = LocalServer(folder)
    try:
        url = server.open(lambda opened: migrate(opened, say=lambda _: None))
        fill(url)
        publish_views(url)  # column comments would wait for the lock
        with closing(psycopg.connect(url.libpq())) as connection:  # it goes with the server
            connection.execute("LOCK TABLE product_reports IN SHARE MODE")
            process = start("--json", DATA_FOLDER=str(folder), RETRY_DEADLINE="60")
            wait_for_stage(url, "write")
            (pid_file,) = folder.rglob("postmaster.pid")
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
            _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        found = rows(url, "SELECT status::text, rows_inserted FROM report_runs")
        assert found == [("SUCCEEDED", sum(len(table) for table in stored(url).values()))]
    finally:
        server.close()


def test_what_nobody_foresaw_ends_with_1_and_a_closed_run(
    shop: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("engine.reports.writing.begin_rows", broken)
    ended = reports()
    assert ended.code == 1
    assert "Something unexpected happened (reference " in ended.err
    assert rows(shop, "SELECT count(*) FROM shop_reports") == [(0,)]
    assert rows(shop, "SELECT status::text, exit_code FROM report_runs") == [("FAILED", 1)]


def test_it_needs_no_table_of_the_dashboard(shop: DatabaseUrl, reports: Reports) -> None:
    execute(shop, "DROP TABLE dashboard_targets")
    assert reports().code == 0

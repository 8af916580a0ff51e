"""One thread owns the clients of a process; any thread and any event loop may ask them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.database import client as client_module
from engine.database.client import (
    GENERATED_PACKAGE,
    ClientThread,
    ask,
    close_clients,
    open_client,
)
from engine.database.generate import ensure_client
from engine.database.prisma_engine.loading import load_generated
from engine.database.url import DatabaseUrl
from engine.errors import ConfigurationError, SetupError, SourceError
from engine.settings import PROJECT_FOLDER, Settings
from tests.database.refusing_server import refusing_server

ONE = "SELECT 1 AS one"


@pytest.fixture(scope="module", autouse=True)
def generated() -> Iterator[Any]:
    """The client of the real schema."""
    ensure_client(say=lambda line: None, settings=Settings())
    yield load_generated(GENERATED_PACKAGE)
    close_clients()


def opened() -> dict[DatabaseUrl, Any]:
    return client_module._client_thread()._opened


def test_the_real_schema_is_read_and_written(database_url: DatabaseUrl) -> None:
    shop = {"name": "Demo", "timeZone": "Europe/Istanbul", "currency": "USD", "buyerSalt": "x"}
    synced = datetime(2024, 7, 1, 12, 30, 0, 123000, UTC)
    with open_client(database_url) as db:
        db.shop.create(data={"shopId": 2**60 + 1, "syncedAt": synced, **shop})
        row = db.shop.find_unique_or_raise(where={"shopId": 2**60 + 1})
    assert (row.name, row.syncedAt, row.weekStart) == ("Demo", synced, 1)


def test_every_table_of_the_schema_can_be_read(generated: Any, database_url: DatabaseUrl) -> None:
    models = sorted(generated.client.PRISMA_MODELS)
    assert "Shop" in models
    with open_client(database_url) as db:
        rows = {name: getattr(db, name.lower()).find_first() for name in models}
    assert rows == dict.fromkeys(models)


def test_a_coroutine_asks_from_its_own_loop(database_url: DatabaseUrl) -> None:
    async def twice() -> list[int]:
        count = await ask(lambda db: db.shop.count(), database_url)
        one = await ask(lambda db: db.query_first("SELECT 1 AS one"), database_url)
        return [count, one["one"]]

    with open_client(database_url):
        assert asyncio.run(twice()) == [0, 1]
        assert asyncio.run(twice()) == [0, 1]  # another loop


def test_a_cancelled_question_is_given_up(empty_database_url: DatabaseUrl) -> None:
    async def impatient() -> None:
        await asyncio.wait_for(
            ask(lambda db: db.query_raw("SELECT 1 FROM pg_sleep(20)"), empty_database_url), 0.2
        )

    with open_client(empty_database_url) as db:
        with pytest.raises(TimeoutError):
            asyncio.run(impatient())
        assert db.query_raw(ONE) == [{"one": 1}]


def test_many_threads_share_one_engine(empty_database_url: DatabaseUrl) -> None:
    with open_client(empty_database_url) as db, ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda n: db.query_first("SELECT $1::int AS n", n)["n"], range(80))
        assert list(answers) == list(range(80))
        assert list(opened()) == [empty_database_url]


def test_an_engine_lives_as_long_as_somebody_has_it_open(
    empty_database_url: DatabaseUrl,
) -> None:
    with open_client(empty_database_url) as first:
        engine = opened()[empty_database_url].engine
        process = engine.process
        with open_client(empty_database_url) as second:
            assert second.query_raw(ONE) == [{"one": 1}]
            assert opened()[empty_database_url].engine is engine
        assert first.query_raw(ONE) == [{"one": 1}]
        assert process.poll() is None
    assert process.poll() == 0
    assert opened() == {}
    with open_client(empty_database_url) as again:  # the old engine is not taken up
        assert again.query_raw(ONE) == [{"one": 1}]
        assert opened()[empty_database_url].engine is not engine


def test_clients_of_two_databases_are_apart(
    empty_database_url: DatabaseUrl, database_url: DatabaseUrl
) -> None:
    name = "SELECT current_database()::text AS name"
    with open_client(empty_database_url) as one, open_client(database_url) as other:
        assert one.query_first(name) == {"name": empty_database_url.database}
        assert other.query_first(name) == {"name": database_url.database}


def test_closing_all_ends_what_is_open(generated: Any, empty_database_url: DatabaseUrl) -> None:
    with open_client(empty_database_url) as db:
        close_clients()
        with pytest.raises(generated.errors.ClientNotConnectedError):
            db.query_raw(ONE)
    assert opened() == {}


def test_closing_all_fails_a_call_on_its_way_and_starts_no_engine(
    empty_database_url: DatabaseUrl,
) -> None:
    with open_client(empty_database_url) as db, ThreadPoolExecutor(1) as pool:
        db.query_raw(ONE)
        engine = opened()[empty_database_url].engine
        answer = pool.submit(lambda: db.query_raw("SELECT 1 FROM pg_sleep(20)"))
        time.sleep(0.2)
        close_clients()
        with pytest.raises(httpx.HTTPError):
            answer.result(timeout=10)
        assert engine.process is None


def test_an_error_leaves_the_client_through_the_block(empty_database_url: DatabaseUrl) -> None:
    with pytest.raises(KeyError, match="mine"), open_client(empty_database_url):
        raise KeyError("mine")
    assert opened() == {}


def test_waiting_on_the_clients_own_thread_is_refused(empty_database_url: DatabaseUrl) -> None:
    with open_client(empty_database_url) as db:

        async def confused(_: Any) -> Any:
            return db.query_raw(ONE)

        with pytest.raises(RuntimeError, match="must await the client it was given"):
            asyncio.run(ask(confused, empty_database_url))


def test_an_answer_that_does_not_come_is_given_up(
    empty_database_url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_client(empty_database_url) as db:
        monkeypatch.setattr(client_module, "_WAIT_LIMIT", 0.2)
        with pytest.raises(SourceError, match="has not answered within"):
            db.query_raw("SELECT 1 FROM pg_sleep(20)")
        monkeypatch.undo()
        assert db.query_raw(ONE) == [{"one": 1}]


def test_the_blocking_client_shows_what_it_has(empty_database_url: DatabaseUrl) -> None:
    with open_client(empty_database_url) as db:
        assert {"shop", "query_raw", "tx"} <= set(dir(db))
        assert "find_many" in dir(db.shop)
        assert not [name for name in dir(db) if name.startswith("_")]
        with pytest.raises(AttributeError, match="_engine"):
            db._engine  # noqa: B018 - reading it is the test
        with pytest.raises(AttributeError, match="nothing"):
            db.nothing  # noqa: B018
        assert db.is_connected()


def test_without_an_address_the_settings_decide(
    database_url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "prepare", lambda: database_url)
    with open_client() as db:
        assert db.shop.count() == 0
        assert asyncio.run(ask(lambda inner: inner.shop.count())) == 0


def test_a_client_that_was_not_generated_says_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="has not been generated") as refused:
        load_generated("no_such_client")
    assert "python -m engine setup" in str(refused.value)


def test_a_half_generated_client_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "half_client").mkdir()
    (tmp_path / "half_client" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SetupError, match="has not been generated"):
        load_generated("half_client")


def test_an_error_inside_the_generated_client_is_not_taken_for_a_missing_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_client").mkdir()
    (tmp_path / "broken_client" / "__init__.py").write_text("import no_such_module_here\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_module_here"):
        load_generated("broken_client")


def test_a_server_out_of_reach_is_told_when_tls_is_to_be_settled() -> None:
    closed = DatabaseUrl.parse("postgresql://app:very-secret@127.0.0.1:1/shop")
    refused = pytest.raises(SourceError, match=r"app:\*\*\*@127.0.0.1:1/shop is out of reach")
    with refused as caught, open_client(closed):
        raise AssertionError("not reached")
    assert "very-secret" not in str(caught.value)
    assert opened() == {}


def test_a_server_that_refuses_is_told_when_tls_is_to_be_settled() -> None:
    with refusing_server("28P01", 'password authentication failed for user "app"') as server:
        url = DatabaseUrl.parse(f"postgresql://app:very-secret@127.0.0.1:{server.port}/shop")
        refused = pytest.raises(ConfigurationError, match=r"refuses: .*password")
        with refused as caught, open_client(url):
            raise AssertionError("not reached")
    assert "very-secret" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_an_address_that_settles_tls_itself_is_left_alone() -> None:
    for text in ("postgresql://app@db/shop?sslmode=disable", "postgresql://app@/s?host=/run"):
        url = DatabaseUrl.parse(text)
        assert client_module._with_tls_settled(url) is url
    known = replace(DatabaseUrl.parse("postgresql://app@db/shop"), tls_in_use=True)
    assert client_module._with_tls_settled(known) is known


def test_no_address_with_a_password_reaches_the_process_list(
    empty_database_url: DatabaseUrl,
) -> None:
    secret = replace(empty_database_url, password="very-secret")
    with open_client(secret) as db:
        assert db.query_raw(ONE) == [{"one": 1}]
        pid = opened()[secret].engine.process.pid
        shown = (
            Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
        )
    assert b"very-secret" not in shown


PROGRAM = """\
import sys, threading
import engine.database.client as client
from engine.database.url import DatabaseUrl
assert "engine.database.generated" not in sys.modules, "imported at module level"
url = DatabaseUrl.parse(sys.argv[1])
"""


def run(program: str, url: DatabaseUrl) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-c",
            PROGRAM + program,
            url.prisma().partition("?")[0] + f"?host={url.host}",
        ],
        env={**os.environ, "PYTHONPATH": str(PROJECT_FOLDER)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_program_that_leaves_a_client_open_ends_and_so_does_its_engine(
    empty_database_url: DatabaseUrl,
) -> None:
    ended = run(
        "manager = client.open_client(url)\n"
        "manager.__enter__().query_raw('SELECT 1')\n"
        "print(client._client_thread()._opened[url].engine.process.pid)\n",
        empty_database_url,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    pid = int(ended.stdout.split()[-1])
    assert not Path(f"/proc/{pid}").exists()


def test_a_forked_child_gets_a_client_of_its_own(empty_database_url: DatabaseUrl) -> None:
    ended = run(
        "import os, warnings\n"
        "warnings.simplefilter('ignore')  # newer Pythons warn of a fork beside threads\n"
        "with client.open_client(url) as db:\n"
        "    db.query_raw('SELECT 1')\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        with client.open_client(url) as own:\n"
        "            sys.exit(0 if own.query_first('SELECT 7 AS n') == {'n': 7} else 1)\n"
        "    assert os.waitpid(child, 0)[1] == 0\n"
        "    assert db.query_first('SELECT 8 AS n') == {'n': 8}\n",
        empty_database_url,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def client_threads() -> set[threading.Thread]:
    """The threads of clients; others may come and go with what ran before in this process."""
    return {each for each in threading.enumerate() if each.name.startswith("prisma-client")}


def test_stopping_a_client_thread_ends_it(empty_database_url: DatabaseUrl) -> None:
    before = client_threads()
    thread = ClientThread(Settings())
    with thread.opened(empty_database_url) as db:
        assert db.query_raw(ONE) == [{"one": 1}]
        assert client_threads() > before
        held = db
    thread.stop()
    thread.stop()
    with pytest.raises(RuntimeError, match="has ended"):
        held.query_raw(ONE)
    assert client_threads() == before

"""Programs that use one local server at once: the first starts it and the last one stops it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from engine.database.local_postgres import LocalServer
from engine.database.url import DatabaseUrl
from engine.errors import MigrationError
from tests.database.local_clients import StartClient, ask, server_process


def test_three_cold_starts_at_once_make_one_database_and_one_server(
    folder: Path, client: StartClient
) -> None:
    clients = [client(folder / "data") for _ in range(3)]
    assert [each.next().split()[0] for each in clients] == ["opened"] * 3
    said = sorted(line.split()[0] for each in clients for line in each.said)
    assert said == ["Making", "Starting"]
    ends = []
    for each in clients:
        each.go_on()
        ends += [each.next(), each.next()]
    assert ends == ["asked 1", "left", "asked 1", "left", "asked 1", "stopped"]


def test_the_server_goes_on_while_another_process_uses_it(data: Path, client: StartClient) -> None:
    server = LocalServer(data)
    server.open()
    other = client(data)
    assert other.next().startswith("opened ")
    assert other.said == []
    assert not server.close()
    other.go_on()
    assert [other.next(), other.next()] == ["asked 1", "stopped"]


def test_a_killed_client_keeps_nothing_from_the_next(data: Path, client: StartClient) -> None:
    killed = client(data)
    assert killed.next().startswith("opened ")
    process = server_process(data)
    killed.kill()
    said: list[str] = []
    server = LocalServer(data, say=said.append)
    assert ask(server.open(), "SELECT 1") == 1
    assert (server_process(data), said) == (process, [])
    assert server.close()


def test_opening_twice_is_one_lease(data: Path) -> None:
    server = LocalServer(data)
    assert server.open() == server.open()
    assert server.close()


def test_work_under_the_lock_is_done_by_one_at_a_time(data: Path, client: StartClient) -> None:
    opened = threading.Event()

    def work(url: DatabaseUrl) -> None:
        assert ask(url, "SELECT 1") == 1
        reader.start()
        assert not opened.wait(1.5)

    def read() -> None:
        assert client(data).next().startswith("opened ")
        opened.set()

    reader = threading.Thread(target=read)
    server = LocalServer(data)
    server.open(work)
    assert opened.wait(60)
    reader.join()
    assert not server.close()


def test_a_failure_under_the_lock_stops_what_was_started(data: Path) -> None:
    def fail(url: DatabaseUrl) -> None:
        raise MigrationError("no")

    server = LocalServer(data)
    with pytest.raises(MigrationError, match="no"):
        server.open(fail)
    assert not (data / "pgdata" / "postmaster.pid").exists()
    assert not server.close()

"""The local server: each way in which its start, its life or its end can go wrong.

Making a database folder takes most of the time, so most tests use the same one, and leave it as
they found it: whole, and with no server.
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from engine.database.local_postgres import LocalServer
from engine.errors import LocalServerError
from tests.database.local_clients import IS_ROOT, ask, server_process


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the server's account that has nothing to do with it."""
    process = subprocess.Popen(["sleep", "300"], user="nobody" if IS_ROOT else None)
    yield process
    process.kill()
    process.wait()


# ------------------------------------------------------------------ the first start


def test_a_cold_start_makes_a_database_that_is_safe_and_closed(folder: Path) -> None:
    said: list[str] = []
    server = LocalServer(folder / "new" / "data", say=said.append)
    url = server.open()
    assert str(url) == f"postgresql://app@/app?host={folder}/new/data/run"
    expected = {
        "fsync": "on",
        "data_checksums": "on",
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "TimeZone": "UTC",
        "server_encoding": "UTF8",
        "max_connections": "40",
    }
    assert {name: ask(url, f"SHOW {name}") for name in expected} == expected
    assert ask(url, "SELECT datlocprovider FROM pg_database WHERE datname = 'app'") == "b"
    assert [line.partition(" in ")[0] for line in said] == [
        "Making a local PostgreSQL database",
        "Starting the local PostgreSQL",
    ]
    assert server.close()
    assert not server.close()
    for name in ("pgdata", "run"):
        assert stat.S_IMODE((folder / "new" / "data" / name).stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "new" / "data").stat().st_mode) == (0o711 if IS_ROOT else 0o700)


def test_half_a_database_folder_never_counts_and_is_swept(folder: Path) -> None:
    half = folder / "data" / "pgdata.new-1234"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = LocalServer(folder / "data")
    assert ask(server.open(), "SELECT 1") == 1
    assert not half.exists()
    assert server.close()


def test_what_only_bears_the_name_of_a_database_folder_is_left_alone(folder: Path) -> None:
    (folder / "data" / "pgdata").mkdir(parents=True)
    (folder / "data" / "pgdata" / "mine.txt").write_text("mine")
    with pytest.raises(LocalServerError, match=r"pgdata can't be made: .*not empty"):
        LocalServer(folder / "data").open()
    assert (folder / "data" / "pgdata" / "mine.txt").read_text() == "mine"
    assert not list((folder / "data").glob("pgdata.new-*"))


def test_a_database_of_another_major_version_is_explained_and_left_alone(data: Path) -> None:
    version = data / "pgdata" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(LocalServerError, match=r"made by PostgreSQL 17; .* PostgreSQL 18, which"):
        LocalServer(data).open()
    version.write_text("18\n")


def test_a_full_disk_is_told_and_leaves_no_half_database(folder: Path) -> None:
    place = folder / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m,mode=0711", "tmpfs", str(place)]
    if not IS_ROOT or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small file system can't be mounted here")
    try:
        server = LocalServer(place / "data")
        with pytest.raises(LocalServerError, match="No space left on device"):
            server.open()
        assert not list((place / "data").glob("pgdata*"))
        subprocess.run(["mount", "-o", "remount,size=200m", str(place)], check=True)
        assert ask(server.open(), "SELECT 1") == 1
        assert server.close()
    finally:
        subprocess.run(["umount", str(place)], check=True)


# ------------------------------------------------------------------ killed servers, old files


def test_committed_rows_survive_the_killing_of_the_server(data: Path) -> None:
    server = LocalServer(data)
    url = server.open()
    ask(url, "CREATE TABLE many AS SELECT generate_series(1, 50000) AS id")
    with psycopg.connect(url.libpq()) as connection:  # a session that the killing interrupts
        connection.execute("INSERT INTO many VALUES (0)")
        os.kill(server_process(data), signal.SIGKILL)
        assert server.open() == url
        connection.close()
    assert ask(url, "SELECT count(*) FROM many") == 50_000
    assert server.close()


def test_a_strangers_number_in_the_pid_file_is_not_believed(
    data: Path, stranger: subprocess.Popen[bytes]
) -> None:
    (data / "pgdata" / "postmaster.pid").write_text(f"{stranger.pid}\n{data}/pgdata\n1\n5432\n")
    server = LocalServer(data)
    assert ask(server.open(), "SELECT 1") == 1
    assert server.close()
    assert stranger.poll() is None


def test_closing_never_ends_a_stranger(data: Path, stranger: subprocess.Popen[bytes]) -> None:
    server = LocalServer(data)
    server.open()
    pid_file = data / "pgdata" / "postmaster.pid"
    right = pid_file.read_text()
    pid_file.write_text(right.replace(right.split()[0], str(stranger.pid), 1))
    assert not server.close()
    assert stranger.poll() is None
    pid_file.write_text(right)


@pytest.mark.parametrize("content", ["", "\n", "not a number\n"])
def test_a_cut_off_pid_file_is_no_hindrance(data: Path, content: str) -> None:
    (data / "pgdata" / "postmaster.pid").write_text(content)
    server = LocalServer(data)
    assert ask(server.open(), "SELECT 1") == 1
    assert server.close()


def test_a_living_server_that_does_not_answer_yet_is_waited_for(data: Path) -> None:
    server = LocalServer(data)
    url = server.open()
    process = server_process(data)
    socket = Path(url.host) / ".s.PGSQL.5432"
    socket.rename(socket.with_name("hidden"))
    threading.Timer(0.5, socket.with_name("hidden").rename, (socket,)).start()
    assert ask(server.open(), "SELECT 1") == 1
    assert server_process(data) == process
    assert server.close()


@pytest.mark.parametrize("name", ["it's moved", "moved, oddly", 'a "$HOME" `id` \\ moved'])
def test_a_moved_folder_works(data: Path, name: str) -> None:
    server = LocalServer(data)
    ask(server.open(), "CREATE TABLE IF NOT EXISTS kept (id int)")
    assert server.close()
    moved = data.rename(data.with_name(name))
    try:
        server = LocalServer(moved)
        url = server.open()
        assert ask(url, "SELECT count(*) FROM kept") == 0
        assert server.close()
        Path(url.host).rmdir()
    finally:
        moved.rename(data)


def test_a_server_that_cannot_start_shows_its_log(data: Path) -> None:
    settings = data / "pgdata" / "postgresql.conf"
    right = settings.read_text()
    settings.write_text(right + "no_such_setting = 1\n")
    with pytest.raises(LocalServerError, match="did not start") as caught:
        LocalServer(data).open()
    assert 'unrecognized configuration parameter "no_such_setting"' in str(caught.value)
    assert f"Its log is {data}/server.log" in str(caught.value)
    settings.write_text(right)

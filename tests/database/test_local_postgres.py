"""The local server: each way in which its start, its life or its end can go wrong.

Making a database folder takes most of the time, so most tests use the same one, and leave it as
they found it: whole, and with no server.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from engine.database.local_postgres import LocalServer
from engine.database.url import DatabaseUrl
from engine.errors import LocalServerError, MigrationError
from engine.settings import PROJECT_FOLDER

IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root can run something as another user")

# Opens the server, waits for a line, closes it; each step and each line of `say` is one line.
CLIENT = """
import os, pwd, sys
from pathlib import Path
import psycopg
from engine.database.local_postgres import LocalServer
from engine.errors import ConfigurationError
if len(sys.argv) > 2:  # only now: the account may be unable to read Python's own files
    account = pwd.getpwnam(sys.argv[2])
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
try:
    server = LocalServer(Path(sys.argv[1]), say=lambda text: print("said", text, flush=True))
    url = server.open()
except ConfigurationError as error:
    print("refused", str(error).replace("\\n", " "), flush=True)
    sys.exit(error.exit_code)
print("opened", url, flush=True)
sys.stdin.readline()
with psycopg.connect(url.libpq()) as connection:
    print("asked", connection.execute("SELECT 1").fetchone()[0], flush=True)
print("stopped" if server.close() else "left", flush=True)
"""


class Client:
    """Another process that uses the server, as another account if asked for."""

    def __init__(self, folder: Path, user: str | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(folder), *([user] if user else [])],
            cwd=PROJECT_FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []

    def next(self) -> str:
        """What it does next; what it says meanwhile is kept."""
        assert self.process.stdout is not None
        while (line := self.process.stdout.readline().strip()).startswith("said "):
            self.said.append(line.removeprefix("said "))
        return line

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


StartClient = Callable[..., Client]


@pytest.fixture
def client() -> Iterator[StartClient]:
    started: list[Client] = []

    def start(folder: Path, user: str | None = None) -> Client:
        started.append(Client(folder, user))
        return started[-1]

    yield start
    for each in started:
        each.kill()


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that every account can pass through, unlike those of `tmp_path`."""
    made = Path(tempfile.mkdtemp(prefix="engine-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder with a database that nobody uses."""
    place = Path(tempfile.mkdtemp(prefix="engine-test-"))
    place.chmod(0o711)
    server = LocalServer(place / "data")
    server.open()
    assert server.close()
    yield place / "data"
    shutil.rmtree(place)


@pytest.fixture
def data(made: Path) -> Iterator[Path]:
    """The data folder; a server that a failed test left running is stopped."""
    yield made
    if (made / "run" / ".s.PGSQL.5432").exists():
        left = LocalServer(made)
        left.open()
        left.close()


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the server's account that has nothing to do with it."""
    process = subprocess.Popen(["sleep", "300"], user="nobody" if IS_ROOT else None)
    yield process
    process.kill()
    process.wait()


def ask(url: DatabaseUrl, question: str) -> object:
    with psycopg.connect(url.libpq(), autocommit=True) as connection:
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
    return row and row[0]


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


def server_process(data: Path) -> int:
    return int((data / "pgdata" / "postmaster.pid").read_text().split()[0])


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


# ------------------------------------------------------------------ accounts


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
def test_a_closed_parent_folder_is_named_with_the_ways_out(folder: Path) -> None:
    (folder / "closed").mkdir(mode=0o700)
    with pytest.raises(
        LocalServerError, match=r"has to run as nobody, and .*/closed is closed"
    ) as e:
        LocalServer(folder / "closed" / "data").open()
    for way in (f"chmod o+x {folder}/closed", "DATA_FOLDER", "DATABASE_URL"):
        assert way in str(e.value)
    assert stat.S_IMODE((folder / "closed").stat().st_mode) == 0o700


@needs_root
@pytest.mark.parametrize("account", ["nobody-of-that-name", "root"])
def test_an_account_that_cannot_run_the_server_is_named(folder: Path, account: str) -> None:
    with pytest.raises(LocalServerError, match=f"LOCAL_POSTGRES_ACCOUNT is '{account}'"):
        LocalServer(folder / "data", account)


# ------------------------------------------------------------------ joining and leaving


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


@pytest.mark.parametrize("name", ["it's moved", "moved, oddly"])
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

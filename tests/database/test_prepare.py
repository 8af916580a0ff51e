from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import engine.database
from engine.database import prepare, release
from engine.database.url import DatabaseUrl
from engine.errors import ConfigurationError, EngineError, SetupError, SourceError
from engine.settings import PROJECT_FOLDER, Settings
from tests.database.refusing_server import refusing_server

ONE_PROCESS = """
import sys
import engine.database
from engine.settings import Settings
engine.database.ensure_client = lambda **_: None
print(engine.database.prepare(Settings(data_folder=sys.argv[1])))
"""


@pytest.fixture(autouse=True)
def clients(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that a client was asked for with; making one is another module's work."""
    asked: list[Settings] = []
    monkeypatch.setattr(
        engine.database, "ensure_client", lambda *, say, settings: asked.append(settings)
    )
    return asked


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder yet to be made, where every account can pass."""
    folder = Path(tempfile.mkdtemp(prefix="engine-test-"))
    folder.chmod(0o711)
    yield folder / "data"
    release()
    shutil.rmtree(folder)


def written(url: DatabaseUrl) -> str:
    """The address as a person would write it; the test server has no password."""
    return url.prisma()


def has_tables(url: DatabaseUrl) -> bool:
    with psycopg.connect(url.libpq()) as connection:
        return connection.execute("SELECT to_regclass('orders') IS NOT NULL").fetchone() == (True,)


# ------------------------------------------------------------------ the local server


def test_without_an_address_a_local_database_with_all_tables_is_made_once(
    data: Path, clients: list[Settings]
) -> None:
    settings = Settings(data_folder=str(data))
    said: list[str] = []
    url = prepare(settings, say=said.append)
    assert url.host == str(data / "run")
    assert has_tables(url)
    assert [line.split()[0] for line in said[:3]] == ["Making", "Starting", "migration"]
    said.clear()
    assert prepare(settings, say=said.append) == url
    assert said == []
    assert clients == [settings, settings]
    # A server that has died comes back, and with `release` it ends.
    os.kill(int((data / "pgdata" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert has_tables(prepare(settings, say=said.append))
    assert [line.split()[0] for line in said] == ["Starting"]
    release()
    release()
    assert not (data / "pgdata" / "postmaster.pid").exists()


def test_threads_that_prepare_at_once_share_one_server(data: Path) -> None:
    said: list[str] = []
    urls: list[DatabaseUrl] = []

    def work() -> None:
        urls.append(prepare(Settings(data_folder=str(data)), say=said.append))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(urls) == 3
    assert len(set(urls)) == 1
    assert [line.split()[0] for line in said].count("Starting") == 1


def test_the_end_of_the_last_process_stops_the_server(data: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ONE_PROCESS, str(data)],
        cwd=PROJECT_FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == f"postgresql://app@/app?host={data}/run\n"
    assert ended.stderr.startswith("Making a local PostgreSQL")
    assert (data / "pgdata" / "PG_VERSION").exists()
    assert not (data / "pgdata" / "postmaster.pid").exists()


# ------------------------------------------------------------------ a server of one's own


def test_with_an_address_tables_are_made_there_and_no_data_folder(
    empty_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    settings = Settings(
        database_url=written(empty_database_url), data_folder=str(tmp_path / "data")
    )
    said: list[str] = []
    url = prepare(settings, say=said.append)
    assert has_tables(url)
    assert said
    assert all(line.startswith("migration ") for line in said)
    assert not (tmp_path / "data").exists()
    said.clear()
    assert prepare(settings, say=said.append) == url
    assert said == []


def test_the_address_knows_whether_tls_is_in_use(database_url: DatabaseUrl) -> None:
    url = prepare(Settings(database_url=written(database_url)), say=lambda _: None)
    with psycopg.connect(url.libpq()) as connection:
        assert url.tls_in_use == connection.pgconn.ssl_in_use


def test_parameters_without_meaning_are_named(database_url: DatabaseUrl) -> None:
    said: list[str] = []
    address = f"{written(database_url)}&statement_cache_size=0"
    prepare(Settings(database_url=address), say=said.append)
    assert said == ["DATABASE_URL: statement_cache_size has no meaning here."]


def failure(address: str, **options: Any) -> EngineError:
    said: list[str] = []
    with pytest.raises(EngineError) as caught:
        prepare(Settings(database_url=address), say=said.append, **options)
    assert "hush" not in "".join([str(caught.value), *said])
    return caught.value


def test_an_unreachable_server_is_told_without_the_password() -> None:
    error = failure("postgresql://app:hush@127.0.0.1:1/shop")
    assert isinstance(error, SourceError)
    assert error.exit_code == 4
    assert error.message.startswith(
        "The database postgresql://app:***@127.0.0.1:1/shop is out of reach: "
    )
    assert error.message.endswith("Connection refused"), "our advice follows, not the driver's"
    assert "\n" not in error.message
    assert "DATABASE_URL" in error.hint


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("28P01", 'password authentication failed for user "app" (hush)'),
        ("3D000", 'database "shop" does not exist'),
    ],
)
def test_a_refused_account_is_told_in_one_line_and_asked_once(state: str, message: str) -> None:
    with refusing_server(state, message) as server:
        address = f"postgresql://app:hush@127.0.0.1:{server.port}/shop"
        error = failure(address, deadline_seconds=60)
    assert isinstance(error, ConfigurationError)
    assert error.exit_code == 3
    assert message.replace("hush", "***") in error.message
    assert "\n" not in error.message
    assert server.connections == 1


def test_a_server_that_is_starting_is_asked_again() -> None:
    with refusing_server("57P03", "the database system is starting up") as server:
        address = f"postgresql://app:hush@127.0.0.1:{server.port}/shop"
        error = failure(address, deadline_seconds=1.2)
    assert isinstance(error, SourceError)
    assert server.connections == 2


def test_an_address_that_cannot_be_understood_connects_nowhere() -> None:
    assert failure("postgresql://app:hush@h/shop?sslmod=x").exit_code == 3


# ------------------------------------------------------------------ a transaction pooler


@pytest.fixture
def pooled(empty_database_url: DatabaseUrl) -> str:
    """An address that says a pooler stands there; sessions get no settings from us then."""
    with psycopg.connect(empty_database_url.libpq(), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {empty_database_url.database} SET timezone = 'UTC'")
    return f"{written(empty_database_url).partition('&options')[0]}&pgbouncer=true&" + (
        f"host={empty_database_url.host}"
    )


def test_behind_a_pooler_migrations_go_to_the_server_itself(
    pooled: str, empty_database_url: DatabaseUrl
) -> None:
    error = failure(pooled)
    assert isinstance(error, ConfigurationError)
    assert "Set DIRECT_URL" in error.hint
    assert not has_tables(empty_database_url)
    settings = Settings(database_url=pooled, direct_url=written(empty_database_url))
    assert has_tables(prepare(settings, say=lambda _: None))


def test_behind_a_pooler_sessions_must_be_in_utc(
    pooled: str, empty_database_url: DatabaseUrl
) -> None:
    with psycopg.connect(empty_database_url.libpq(), autocommit=True) as connection:
        connection.execute(
            f"ALTER DATABASE {empty_database_url.database} SET timezone = 'Asia/Tokyo'"
        )
    error = failure(pooled)
    assert "are not in UTC" in error.message
    assert error.hint == f"ALTER ROLE \"{empty_database_url.user}\" SET timezone = 'UTC'"


# ------------------------------------------------------------------ the typed client


def refuse_client(**_: object) -> None:
    raise SetupError("npm failed\nits log", hint="Run npm by hand.")


def test_a_client_that_cannot_be_made_is_an_error_or_one_line(
    database_url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.database, "ensure_client", refuse_client)
    settings = Settings(database_url=written(database_url))
    with pytest.raises(SetupError, match="npm failed"):
        prepare(settings, say=lambda _: None)
    said: list[str] = []
    assert prepare(settings, say=said.append, client="optional").database == database_url.database
    assert said == ["Typed look-ups are not available: npm failed"]

"""Databases for tests: one server a test run, a migrated template, a fresh copy for each test.

The server is a local one in a temporary folder, shared by all workers of the run, or the one that
TEST_DATABASE_URL names; its account must be allowed to create databases.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from engine.database.local_postgres import LocalServer
from engine.database.locks import exclusive_lock
from engine.database.migrate import migrate
from engine.database.url import DatabaseUrl

_FOLDER = "ENGINE_TEST_FOLDER"  # how the workers of one run learn of their common folder
_OWN_SERVER = "TEST_DATABASE_URL"

# A test says what holds, not how fast: a busy machine must not turn one red.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        folder = tempfile.mkdtemp(prefix="engine-tests-")
        Path(folder).chmod(0o711)  # for root, the server runs as another account
        os.environ[_FOLDER] = folder


def pytest_collection_finish(session: pytest.Session) -> None:
    # Modules and collected tests live to the end: what looks for garbage need not walk over them.
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or _FOLDER not in os.environ:
        return
    folder = Path(os.environ.pop(_FOLDER))
    if (folder / "template").exists() and _OWN_SERVER in os.environ:
        _drop(_given_server(), _template_name(folder))
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """The folder that all workers of this test run share."""
    return Path(os.environ[_FOLDER])


@pytest.fixture(scope="session")
def server_url(run_folder: Path) -> Iterator[DatabaseUrl]:
    """The server of this test run; make databases of your own in it."""
    if _OWN_SERVER in os.environ:
        yield _given_server()
        return
    server = LocalServer(run_folder / "server")
    yield server.open()
    server.close()


@pytest.fixture(scope="session")
def template_database(server_url: DatabaseUrl, run_folder: Path) -> str:
    """The name of a database with all migrations and no rows, to be copied and never opened."""
    name = _template_name(run_folder)
    with exclusive_lock(run_folder / "template.lock"):
        if not (run_folder / "template").exists():
            _execute(server_url, "CREATE DATABASE {}", name)
            migrate(server_url.with_database(name), say=lambda _: None)
            (run_folder / "template").touch()
    return name


@pytest.fixture
def database_url(server_url: DatabaseUrl, template_database: str) -> Iterator[DatabaseUrl]:
    """A database of this test alone, with all tables and no rows."""
    with new_database(server_url, template_database) as url:
        yield url


@pytest.fixture
def empty_database_url(server_url: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """A database of this test alone, without any table."""
    with new_database(server_url, "template0") as url:
        yield url


@contextmanager
def new_database(server: DatabaseUrl, template: str) -> Iterator[DatabaseUrl]:
    """Make a copy of a database that nobody is connected to, and drop it at the end."""
    name = f"engine_test_{uuid.uuid4().hex[:12]}"
    _execute(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield server.with_database(name)
    finally:
        _drop(server, name)


def _drop(server: DatabaseUrl, name: str) -> None:
    _execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _execute(server: DatabaseUrl, statement: str, *names: str) -> None:
    with psycopg.connect(server.libpq(), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _given_server() -> DatabaseUrl:
    return DatabaseUrl.parse(os.environ[_OWN_SERVER], setting=_OWN_SERVER)


def _template_name(run_folder: Path) -> str:
    return f"engine_template_{run_folder.name.rpartition('-')[2]}"

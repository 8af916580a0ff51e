"""A client and tables of their own for the engine's tests, see operations.prisma."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest

from engine.database.client import ClientThread
from engine.database.generate import GENERATED, ensure_client, ensure_npm_parts
from engine.database.url import DatabaseUrl
from engine.settings import PROJECT_FOLDER, Settings

HERE = Path(__file__).parent
PACKAGE = "operations_client"
NATIVE = os.environ.get("PRISMA_QUERY_ENGINE_BINARY", "")


def _quiet(line: str) -> None:
    """Progress of the set-up is of no interest here."""


@pytest.fixture(scope="session")
def operations_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with the client of operations.prisma and the npm parts of this project."""
    project = tmp_path_factory.mktemp("operations")
    modules = ensure_npm_parts(say=_quiet, settings=Settings())
    (project / "node_modules").symlink_to(modules)
    shutil.copy(PROJECT_FOLDER / "package-lock.json", project)
    shutil.copy(HERE / "operations.prisma", project / "schema.prisma")
    (project / GENERATED.parent).mkdir(parents=True)
    ensure_client(say=_quiet, settings=Settings(), project=project)
    return project


@pytest.fixture(scope="session")
def operations(operations_project: Path) -> ModuleType:
    """The generated package of operations.prisma, beside the one of the real schema."""
    folder = operations_project / GENERATED
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def operations_database(server_url: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """A database with the tables of operations.prisma, for the tests that share a client."""
    name = f"operations_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url.libpq(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        _create_tables(server_url.with_database(name))
        yield server_url.with_database(name)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def own_database(empty_database_url: DatabaseUrl) -> DatabaseUrl:
    """The same tables in a database that a test may do anything to."""
    _create_tables(empty_database_url)
    return empty_database_url


def _create_tables(url: DatabaseUrl) -> None:
    with psycopg.connect(url.libpq(), autocommit=True) as connection:
        connection.execute((HERE / "operations.sql").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def shared_sql(operations_database: DatabaseUrl) -> Iterator[psycopg.Connection[Any]]:
    """A connection beside the engine, to see what was really stored."""
    with psycopg.connect(operations_database.libpq(), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session", params=["node", *(["native"] if NATIVE else [])])
def client_thread(
    request: pytest.FixtureRequest, operations_project: Path, operations: ModuleType
) -> Iterator[ClientThread]:
    """A client thread for the engine that Node runs and, where there is one, the native one."""
    settings = Settings(prisma_query_engine_binary=NATIVE if request.param == "native" else "")
    thread = ClientThread(settings, package=PACKAGE, project=operations_project)
    yield thread
    thread.stop()


@pytest.fixture(scope="session")
def shared_client(client_thread: ClientThread, operations_database: DatabaseUrl) -> Iterator[Any]:
    """One open client for all tests that leave the engine alive."""
    with client_thread.opened(operations_database) as client:
        yield client


@pytest.fixture
def sql(shared_sql: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """The connection beside the engine, to empty tables."""
    shared_sql.execute("TRUNCATE senders, parcels, stamps, samples RESTART IDENTITY")
    return shared_sql


@pytest.fixture
def db(shared_client: Any, sql: psycopg.Connection[Any]) -> Any:
    """The blocking client, to empty tables."""
    return shared_client


@pytest.fixture
def node_thread(
    operations_project: Path, operations: ModuleType
) -> Iterator[Callable[..., ClientThread]]:
    """A function that makes a client thread of its own for a test of the Node engine."""
    threads: list[ClientThread] = []

    def make(**settings: Any) -> ClientThread:
        thread = ClientThread(Settings(**settings), package=PACKAGE, project=operations_project)
        threads.append(thread)
        return thread

    yield make
    for thread in threads:
        thread.stop()

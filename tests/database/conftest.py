"""Data folders for local servers, and other processes that use them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.database.local_postgres import LocalServer
from tests.database.local_clients import Client, StartClient


@pytest.fixture
def client() -> Iterator[StartClient]:
    started: list[Client] = []

    def start(folder: Path, user: str = "", system_folder: Path | str = "") -> Client:
        started.append(Client(folder, user, system_folder))
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

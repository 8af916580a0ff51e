"""The report program as a person calls it, on databases with a small shop."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from engine.database.url import DatabaseUrl
from engine.demo.load import load
from engine.demo.shop import generate
from engine.demo.sizes import make_plan
from engine.reports import option_file
from engine.reports.calls import run_call
from engine.reports.cli import main
from engine.reports.desk import Call
from engine.reports.program import make_caller
from engine.reports.spec import Scope
from engine.settings import PROJECT_FOLDER, Settings
from tests.commands.conftest import address
from tests.log_state import program_state_put_back
from tests.reports.small_shop import fill


@dataclass(frozen=True)
class Ended:
    """How a call ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def record(self) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(self.out)
        return record

    @property
    def shop(self) -> dict[str, Any]:
        (shop,) = self.record["shops"]
        return shop


CALL_ID = "00000000-0000-0000-0000-000000000001"  # of a run without command line
Reports = Callable[..., Ended]
Start = Callable[..., "subprocess.Popen[str]"]
Named = Callable[[DatabaseUrl], DatabaseUrl]


@pytest.fixture
def program_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """The settings of a call: nothing of the machine that the tests run on.

    The patience is that of the program: with less, an answer that a busy machine is slow to give
    was the end of a run. A test in which the database stays away says for how long.
    """
    for name in list(os.environ):
        if name.startswith("REPORTS_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(option_file, "PROJECT_FOLDER", tmp_path)  # whose .env nobody wrote
    settings = {name.upper(): "" for name in Settings.__dataclass_fields__}
    settings |= {"CSV_FOLDER": str(tmp_path / "csv")}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings


@contextmanager
def copy_of(server: DatabaseUrl, template: str) -> Iterator[DatabaseUrl]:
    """A copy of a database, which nobody may be connected to, dropped at the end."""
    name = f"reports_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server.libpq(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield server.with_database(name)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run_once(url: DatabaseUrl, folder: Path, scope: Scope | None = None) -> None:
    """Run the reports of all shops of a database, without command line.

    folder: the owner's files; an empty one for none. scope: all rows, if it is not given.
    """
    settings = Settings(database_url=address(url), csv_folder=str(folder))
    scope = Scope() if scope is None else scope
    caller = make_caller(CALL_ID, "test", settings, scope)
    for outcome in run_call(Call(caller), settings, url, say=print, stream=io.StringIO()):
        assert outcome.status == "SUCCEEDED", outcome.error


@pytest.fixture(scope="session")
def shop_template(server_url: DatabaseUrl, template_database: str) -> Iterator[str]:
    """A database with the small shop, to be copied."""
    with copy_of(server_url, template_database) as url:
        fill(url)
        yield url.database


@pytest.fixture(scope="session")
def reported_template(
    server_url: DatabaseUrl, shop_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database with the small shop and its reports, to be copied."""
    with copy_of(server_url, shop_template) as url:
        run_once(url, tmp_path_factory.mktemp("no_files"))
        yield url.database


@pytest.fixture(scope="session")
def demo_template(
    server_url: DatabaseUrl, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database with 300 orders of 13 months of a demo shop and its reports, to be copied."""
    plan = make_plan(orders=300)
    with copy_of(server_url, template_database) as url:
        load(url, generate(replace(plan, first=plan.last - timedelta(days=395))))
        run_once(url, tmp_path_factory.mktemp("no_files"))
        yield url.database


@pytest.fixture
def named(program_settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Named:
    """Make a database the one that DATABASE_URL names."""

    def name(url: DatabaseUrl) -> DatabaseUrl:
        monkeypatch.setenv("DATABASE_URL", address(url))
        return url

    return name


@pytest.fixture
def database(database_url: DatabaseUrl, named: Named) -> DatabaseUrl:
    """A migrated database without rows."""
    return named(database_url)


@pytest.fixture
def shop(server_url: DatabaseUrl, shop_template: str, named: Named) -> Iterator[DatabaseUrl]:
    """A database with the small shop."""
    with copy_of(server_url, shop_template) as url:
        yield named(url)


@pytest.fixture
def reported(
    server_url: DatabaseUrl, reported_template: str, named: Named
) -> Iterator[DatabaseUrl]:
    """A database with the small shop and its reports."""
    with copy_of(server_url, reported_template) as url:
        yield named(url)


@pytest.fixture
def reported_demo(
    server_url: DatabaseUrl, demo_template: str, named: Named
) -> Iterator[DatabaseUrl]:
    """A database with a demo shop and its reports."""
    with copy_of(server_url, demo_template) as url:
        yield named(url)


@pytest.fixture
def reports(
    capsys: pytest.CaptureFixture[str], program_settings: dict[str, str]
) -> Iterator[Reports]:
    """Run the report program with these words, inside this process."""

    def run(*words: str) -> Ended:
        capsys.readouterr()
        code = main(list(words))
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    with program_state_put_back():
        yield run


@pytest.fixture
def start(program_settings: dict[str, str]) -> Iterator[Start]:
    """Start the report program as a process of its own; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str, **settings: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(PROJECT_FOLDER / "reportsv4_optimized.py"), *words],
            cwd=PROJECT_FOLDER,
            env=os.environ | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()

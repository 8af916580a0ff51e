"""The dashboard on a small demo shop: one database a run to read, a copy for tests that write."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import streamlit as st
from playwright.sync_api import Browser
from psycopg import sql
from streamlit.testing.v1 import AppTest

from docs.images.make_pictures import browser, served
from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard import cards, states
from engine.dashboard.filters import Filters, View, resolve
from engine.database.url import DatabaseUrl
from engine.demo.csv_files.folder import owner_files, write_files
from engine.demo.load import load
from engine.demo.shop import generate
from engine.demo.sizes import make_plan
from engine.settings import PROJECT_FOLDER, Settings

APP = PROJECT_FOLDER / "engine" / "dashboard" / "app.py"
OpenApp = Callable[..., AppTest]


@pytest.fixture(scope="session")
def shop_template(server_url: DatabaseUrl, template_database: str) -> Iterator[DatabaseUrl]:
    """A database with a demo shop of 900 orders; tests may read it and nothing else."""
    with _copy(server_url, template_database) as url:
        load(url, generate(make_plan(orders=900)))
        yield url


@pytest.fixture(scope="session")
def shop_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The owner's files of that shop."""
    folder = tmp_path_factory.mktemp("csv_inputs")
    write_files(folder, owner_files(generate(make_plan(orders=900))))
    return folder


@pytest.fixture
def shop_copy(server_url: DatabaseUrl, shop_template: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """A database with the demo shop for one test alone."""
    with _copy(server_url, shop_template.database) as url:
        yield url


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that the tests run on."""
    for name in Settings.__dataclass_fields__:
        monkeypatch.setenv(name.upper(), "")


@pytest.fixture(scope="session")
def last_seen() -> list[str]:
    """The databases that the application was pointed at, the latest last."""
    return [""]


@pytest.fixture
def point_at(
    clean: None, monkeypatch: pytest.MonkeyPatch, shop_files: Path, last_seen: list[str]
) -> Callable[[DatabaseUrl], Settings]:
    """Make a database the one that the programs use; returns the settings."""

    def point(url: DatabaseUrl) -> Settings:
        monkeypatch.setenv("DATABASE_URL", address(url))
        monkeypatch.setenv("CSV_FOLDER", str(shop_files))
        if last_seen[-1] != address(url):
            # What the application keeps in memory is of another database.
            st.cache_resource.clear()
            last_seen.append(address(url))
        return Settings.load()

    return point


@pytest.fixture
def open_app(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenApp]:
    """Run the application once, with these parameters in its address; no run may warn."""
    monkeypatch.setattr(cards, "PAINT_SECONDS", 0)  # there is no browser to wait for
    monkeypatch.setattr(states, "FIRST_WAIT", 60)  # a busy machine may take its time

    def open_(page: Path | None = None, **query: str | list[str]) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        if page is not None:
            at.switch_page(str(page)).run()
        assert not at.exception, at.exception
        return at

    yield open_
    warned = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING
        and record.name.startswith("streamlit")
        and record.threadName != "MainThread"
    ]
    assert not warned


@pytest.fixture
def shop_app(
    point_at: Callable[[DatabaseUrl], Settings], shop_template: DatabaseUrl, open_app: OpenApp
) -> OpenApp:
    """Run the application on the demo shop."""
    point_at(shop_template)
    return open_app


@pytest.fixture(scope="session")
def analytics(shop_template: DatabaseUrl, shop_files: Path) -> EcommerceAnalyticsOptimized:
    """The demo shop's figures, loaded apart from the dashboard."""
    settings = Settings(csv_folder=str(shop_files))
    return EcommerceAnalyticsOptimized.load(settings=settings, url=shop_template)


@pytest.fixture
def view_of(analytics: EcommerceAnalyticsOptimized) -> Callable[[Filters], View]:
    """The days that filters mean for the demo shop."""

    def view(filters: Filters) -> View:
        assert analytics.first_day is not None
        return resolve(
            filters,
            today=analytics.today,
            first_day=analytics.first_day,
            week_start=analytics.shop.week_start,
        )

    return view


@pytest.fixture(scope="session")
def site(
    shop_template: DatabaseUrl, shop_files: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the real program, serving the demo shop."""
    with served(
        environment_of(shop_template, shop_files), tmp_path_factory.mktemp("log") / "dashboard.log"
    ) as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; while it is open, its event loop lets no other one run."""
    with browser() as opened:
        yield opened


def environment_of(url: DatabaseUrl, files: Path) -> dict[str, str]:
    """Return all settings of a program that works with one database and one folder of files."""
    environment = dict.fromkeys((name.upper() for name in Settings.__dataclass_fields__), "")
    return environment | {"DATABASE_URL": address(url), "CSV_FOLDER": str(files)}


def address(url: DatabaseUrl) -> str:
    """Return an address as a person writes it into DATABASE_URL."""
    account = quote(url.user) + (f":{quote(url.password, safe='')}" if url.password else "")
    if url.on_socket:
        return f"postgresql://{account}@/{url.database}?host={quote(url.host)}"
    return f"postgresql://{account}@{url.host}:{url.port}/{url.database}"


@contextmanager
def _copy(server: DatabaseUrl, template: str) -> Iterator[DatabaseUrl]:
    name = f"engine_dashboard_{uuid.uuid4().hex[:12]}"
    _execute(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield server.with_database(name)
    finally:
        _execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _execute(server: DatabaseUrl, statement: str, *names: str) -> None:
    with psycopg.connect(server.libpq(), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

"""Demos for tests: a small one with both shops, and the one that the command makes by default."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import EcommerceAnalyticsOptimized, Settings
from engine.database.url import DatabaseUrl
from engine.demo.csv_files.folder import owner_files, write_files
from engine.demo.load import load
from engine.demo.shop import Demo, DemoShop, generate
from engine.demo.sizes import make_plan
from tests.conftest import new_database


@pytest.fixture(scope="session")
def small_demo() -> Demo:
    """500 orders in Istanbul and 300 in New York, with every planted case."""
    return generate(make_plan(orders=500, shops=2))


@pytest.fixture(scope="session")
def small_demo_url(
    server_url: DatabaseUrl, template_database: str, small_demo: Demo
) -> Iterator[DatabaseUrl]:
    """A database with the small demo, to be read and never written."""
    with new_database(server_url, template_database) as url:
        load(url, small_demo)
        yield url


@pytest.fixture(scope="session")
def small_demo_files(small_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small demo's owner's files."""
    folder = tmp_path_factory.mktemp("small-demo-files")
    write_files(folder, owner_files(small_demo))
    return folder


@pytest.fixture(scope="session")
def small_shops(
    small_demo: Demo, small_demo_url: DatabaseUrl, small_demo_files: Path
) -> list[EcommerceAnalyticsOptimized]:
    """Both shops of the small demo, loaded with their files."""
    settings = Settings.load(
        {"CSV_FOLDER": str(small_demo_files)}, dotenv_file=small_demo_files / ".env"
    )
    return [
        EcommerceAnalyticsOptimized.load(shop.plan.shop_id, settings=settings, url=small_demo_url)
        for shop in small_demo.shops
    ]


@pytest.fixture(scope="session")
def default_demo() -> Demo:
    """What `python -m engine demo` makes."""
    return generate(make_plan())


@pytest.fixture(scope="session")
def default_shop(default_demo: Demo) -> DemoShop:
    """The shop of the default demo."""
    return default_demo.shops[0]


@pytest.fixture(params=[0, 1], ids=["Istanbul", "New York"])
def each_shop(request: pytest.FixtureRequest, small_demo: Demo) -> DemoShop:
    """Each shop of the small demo in turn."""
    return small_demo.shops[request.param]

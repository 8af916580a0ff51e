"""All shops together in the dashboard: offered, said, and held against the engine's own answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.content.overview import CARDS
from engine.dashboard.pages import LISTINGS, OF_ALL_SHOPS, PAGES, PROFIT_BRIDGE
from engine.database.url import DatabaseUrl
from engine.demo.csv_files.folder import owner_files, write_files
from engine.demo.load import load
from engine.demo.shop import Demo, generate
from engine.demo.sizes import make_plan
from engine.metrics.formats import text
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from engine.settings import Settings
from tests.conftest import new_database


@pytest.fixture(scope="module")
def two_shops() -> Demo:
    return generate(make_plan(orders=300, shops=2))


@pytest.fixture(scope="module")
def two_shops_url(
    server_url: DatabaseUrl, template_database: str, two_shops: Demo
) -> Iterator[DatabaseUrl]:
    with new_database(server_url, template_database) as url:
        load(url, two_shops)
        yield url


@pytest.fixture(scope="module")
def two_shops_files(two_shops: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two-shops-files")
    write_files(folder, owner_files(two_shops))
    return folder


@pytest.fixture
def settings(
    point_at: Callable[[DatabaseUrl], Settings],
    two_shops_url: DatabaseUrl,
    two_shops_files: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    """A reporting currency, and the database of two shops with their files."""
    monkeypatch.setenv("REPORTING_CURRENCY", "EUR")
    point_at(two_shops_url)
    monkeypatch.setenv("CSV_FOLDER", str(two_shops_files))
    return Settings.load()


def test_all_shops_are_offered_and_are_the_engines_own_answer(
    settings: Settings, two_shops_url: DatabaseUrl, open_app
) -> None:
    engine = EcommerceAnalyticsOptimized.load("all", settings=settings, url=two_shops_url)
    at = open_app(range="All time", shop="all")
    picker = at.selectbox(key="pick shop")
    assert picker.options[-1] == "All shops"
    assert len(picker.options) == 3
    every_day = Period.custom(engine.first_day, engine.today)
    row = engine.calculate_metrics_batch([every_day], level="shop").iloc[0]
    for card, name in zip(at.metric, CARDS, strict=True):
        assert card.value.removeprefix("≤ ") == text(REGISTRY[name].unit, row[name], "EUR"), name
    assert "shop" in at.query_params, "a link to all shops is a view"


def test_the_bridge_of_all_shops_opens_no_rows_which_they_have_not(
    settings: Settings, open_app
) -> None:
    at = open_app(PROFIT_BRIDGE, shop="all", range="All time", traced="true")
    (steps,) = [one.value for one in at.dataframe if "step" in one.value]
    assert "basis" not in steps
    assert not [one for one in at.toggle if one.key == "traced"]


def test_the_strip_says_whose_days_and_the_dates_of_the_rates(settings: Settings, open_app) -> None:
    strip = open_app(shop="all").markdown[0].value
    assert "**All shops**" in strip
    assert "each shop's own days" in strip
    assert "EUR, each amount at the rate of its day, " in strip
    assert " UTC, read " in strip


def test_a_page_about_one_shop_offers_each_of_them(settings: Settings, open_app) -> None:
    at = open_app(LISTINGS, shop="all")
    assert at.info[0].proto.title == "This page is about one shop"
    offered = [button for button in at.button if (button.key or "").startswith("shop ")]
    assert len(offered) == 2
    offered[1].click().run()
    assert at.query_params["shop"] == offered[1].key.removeprefix("shop ")
    assert at.dataframe, "the listings of the chosen shop"


@pytest.mark.parametrize("page", [page for page in PAGES if page.title in OF_ALL_SHOPS])
def test_a_page_of_all_shops_is_drawn(settings: Settings, open_app, page) -> None:
    at = open_app(page.path, shop="all")
    assert at.title[0].value == page.title
    assert not at.error
    assert not [info for info in at.info if info.proto.title == "This page is about one shop"]
    if page.path == PROFIT_BRIDGE:
        assert not [control for control in at.button_group if control.label == "Level"]


def test_without_a_reporting_currency_they_are_not_offered_and_the_picker_says_why(
    settings: Settings, open_app, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTING_CURRENCY", "")
    st.cache_resource.clear()
    at = open_app(shop="all")
    picker = at.selectbox(key="pick shop")
    assert len(picker.options) == 2
    assert "REPORTING_CURRENCY" in picker.help
    assert at.metric, "an address of all shops is answered by the first one"

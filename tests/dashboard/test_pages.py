"""Every page is read like a person reads it, and its cards held against the engine's answer."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from streamlit.testing.v1 import AppTest

from engine.dashboard import pages
from engine.dashboard.content import (
    ads,
    customers,
    data_health,
    fees,
    orders,
    refunds,
    shipping,
    shipping_lanes,
)
from engine.dashboard.filters import Filters
from engine.metrics.formats import change, number, text
from engine.metrics.registry import REGISTRY
from engine.ranges import RangeName

WITH_CARDS = {
    pages.ORDERS: orders,
    pages.CUSTOMERS: customers,
    pages.SHIPPING: shipping,
    pages.REFUNDS: refunds,
    pages.FEES: fees,
    pages.ADS: ads,
    pages.DATA_HEALTH: data_health,
}
WITH_MEASURES = [
    (path, name) for path, module in WITH_CARDS.items() for name in getattr(module, "MEASURES", ())
]
EVERY = [page.path for page in pages.PAGES]


def open_page(shop_app, path: Path, **query: str | list[str]) -> AppTest:
    """Open a page with these parameters in its address."""
    at = shop_app(path, **query)
    assert not at.exception
    return at


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
@pytest.mark.parametrize("chosen", ["Today", "Last 90 days", "All time"])
def test_every_page_opens_for_short_and_long_ranges(path: Path, chosen: str, shop_app) -> None:
    at = open_page(shop_app, path, range=chosen)
    assert at.title[0].value
    assert not at.error


def test_a_key_is_of_one_kind_of_control_on_whatever_page(shop_app) -> None:
    # Streamlit keeps the value of a key from page to page: another kind of control can't read it.
    kinds: dict[str, dict[str, str]] = {}
    for path in EVERY:
        for element in open_page(shop_app, path):
            key = getattr(element, "key", None)
            if key is not None:
                kinds.setdefault(key, {})[type(element).__name__] = path.stem
    assert len(kinds) > 50
    assert {key: found for key, found in kinds.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("path", "module"), WITH_CARDS.items(), ids=lambda one: getattr(one, "stem", "")
)
@pytest.mark.parametrize("name", [RangeName.TWELVE_MONTHS, RangeName.ALL_TIME])
def test_cards_say_what_the_engine_answers(
    path: Path, module: ModuleType, name: RangeName, shop_app, analytics, view_of
) -> None:
    view = view_of(Filters(name))
    at = open_page(shop_app, path, range=name.value)
    # Data health has cards beside these that are of no range.
    drawn = at.metric[: len(module.CARDS)] if path == pages.DATA_HEALTH else at.metric
    assert [card.label for card in drawn] == [REGISTRY[one].label for one in module.CARDS]
    periods = [view.period, *([view.compared] if view.compared else [])]
    answer = {
        period: analytics.calculate_metrics_batch(
            [period], level="shop", metrics=module.CARDS
        ).iloc[0]
        for period in periods
    }
    currency = analytics.shop.currency
    for card, one in zip(drawn, module.CARDS, strict=True):
        unit = REGISTRY[one].unit
        assert card.value == text(unit, answer[view.period][one], currency), one
        if view.compared is not None:
            moved = change(unit, answer[view.period][one], answer[view.compared][one], currency)
            assert card.delta == ("" if moved is None else moved.text if moved.sign else "0"), one


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_a_range_before_the_shop_shows_no_zeros(path: Path, shop_app) -> None:
    at = open_page(shop_app, path, range="Custom", dates=["2021-05-01", "2021-05-31"])
    if path in (pages.GLOSSARY, pages.DATA_HEALTH, pages.INVENTORY):
        return  # these are about definitions, about all the data, and about the shelf of today
    assert not at.metric
    assert at.info


@pytest.mark.parametrize("path", [pages.SHIPPING, pages.REFUNDS, pages.ADS], ids=lambda p: p.stem)
def test_days_without_what_a_page_is_about_offer_the_nearest_month(path: Path, shop_app) -> None:
    at = open_page(shop_app, path, range="Custom", dates=["2022-01-01", "2022-01-31"])
    assert not at.metric
    next(one for one in at.button if one.label.startswith("Show ")).click().run()
    assert not at.exception
    assert at.metric


@pytest.mark.parametrize(
    ("path", "name"), WITH_MEASURES, ids=[f"{path.stem}-{name}" for path, name in WITH_MEASURES]
)
def test_every_measure_has_a_link_and_is_charted(path: Path, name: str, shop_app) -> None:
    at = shop_app(path, range="12 months")
    at.selectbox(key="pick metric").select(name).run()
    assert not at.exception
    drawn = [chart.proto.alt for chart in at.get("plotly_chart")]
    assert any(alt.startswith(REGISTRY[name].label) for alt in drawn)


@pytest.mark.parametrize(
    ("path", "module", "level"),
    [
        (pages.SHIPPING, shipping_lanes, "product"),
        (pages.REFUNDS, refunds, "product"),
        (pages.FEES, fees, "product"),
        (pages.ADS, ads, "listing"),
    ],
)
def test_tables_hold_the_engines_rows_below_the_shops_own_figures(
    path: Path, module: ModuleType, level: str, shop_app, analytics, view_of
) -> None:
    at = open_page(shop_app, path, range="12 months")
    tables = [table.value for table in at.dataframe]
    (place,) = [
        i for i, t in enumerate(tables) if "name" in t and list(t["name"]) == ["Whole shop"]
    ]
    total, drawn = tables[place], tables[place + 1]
    period = view_of(Filters(RangeName.TWELVE_MONTHS)).period
    each = analytics.calculate_metrics_batch([period], level=level, metrics=module.COLUMNS)
    whole = analytics.calculate_metrics_batch([period], level="shop", metrics=module.COLUMNS)
    currency = analytics.shop.currency
    assert len(drawn) == len(each) > 5
    for name in module.COLUMNS:
        unit = REGISTRY[name].unit
        wanted = sorted(v for v in (number(unit, x, currency) for x in each[name]) if v is not None)
        assert sorted(drawn[name].dropna()) == wanted, name
        shop = number(unit, whole[name].iloc[0], currency)
        assert total[name].isna().iloc[0] if shop is None else total[name].iloc[0] == shop, name

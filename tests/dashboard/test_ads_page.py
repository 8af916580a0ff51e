"""Ads & traffic: whether ads pay, read off the page and held against the engine's answer."""

from __future__ import annotations

import pytest

from engine.dashboard import drill, pages
from engine.dashboard.content.ads import CHARTS, FUNNEL, verdict_words
from engine.dashboard.filters import Filters
from engine.metrics.ad_verdict import judge
from engine.metrics.formats import known, text
from engine.metrics.registry import REGISTRY
from engine.ranges import RangeName

NAMES = ["ad_orders", "roas", "break_even_roas", "contribution_profit", "contribution_profit_low"]


@pytest.fixture
def period(view_of):
    return view_of(Filters(RangeName.TWELVE_MONTHS)).period


def test_each_listing_is_judged_by_its_own_figures(shop_app, analytics, period) -> None:
    at = shop_app(pages.ADS, range="12 months")
    whole, each = (table.value for table in at.dataframe if "verdict" in table.value)
    answer = analytics.calculate_metrics_batch(
        [period], level="listing", metrics=[*NAMES, "ad_spend"]
    ).sort_values("ad_spend", ascending=False, kind="stable")
    wanted = [verdict_words(*map(known, row)) for row in answer[NAMES].itertuples(index=False)]
    assert [known(one) for one in each["verdict"]] == wanted
    assert len({one for one in wanted if one}) > 1
    shop = analytics.calculate_metrics_batch([period], level="shop", metrics=NAMES).iloc[0]
    assert whole["verdict"].iloc[0] == judge(*map(known, shop[NAMES])).pays


@pytest.mark.parametrize("chart", CHARTS)
def test_what_ads_bring_is_charted_beside_what_they_must(
    chart: str, shop_app, analytics, period
) -> None:
    at = shop_app(pages.ADS, range="12 months", **{"ads chart": chart})
    names = list(CHARTS[chart])
    shop = analytics.calculate_metrics_batch([period], level="shop", metrics=names).iloc[0]
    alt = at.get("plotly_chart")[0].proto.alt
    for name in names:
        metric = REGISTRY[name]
        assert f"{metric.label.lower()} {text(metric.unit, shop[name], 'USD')}" in alt


def test_visits_and_orders_are_a_point_a_listing(shop_app, analytics, period) -> None:
    at = shop_app(pages.ADS, range="12 months", **{"ads chart": FUNNEL})
    answer = analytics.calculate_metrics_batch([period], level="listing", metrics=["visits"])
    known_ones = answer["visits"].notna().sum()
    alt = at.get("plotly_chart")[0].proto.alt
    assert alt.startswith(f"Orders against visits of {known_ones:,} listings")


def test_a_listing_opens_where_its_traffic_is(shop_app, analytics, monkeypatch) -> None:
    opened = []
    monkeypatch.setattr(drill, "leave_for", lambda page, query: opened.append((page, query)))
    listing = analytics.snapshot.ledger.listing_ids[1]
    drill.on_page(pages.LISTINGS, "listing", tab="Traffic")(listing)
    at = shop_app()
    for name, value in opened[0][1].items():
        at.query_params[name] = value
    at.switch_page(str(pages.LISTINGS)).run()
    assert not at.exception
    labels = [card.label for card in at.metric]
    assert REGISTRY["ad_clicks"].label in labels

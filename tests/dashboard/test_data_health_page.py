"""Data health shows the engine's own frames, and each tab opens."""

from __future__ import annotations

import pytest

from engine.dashboard import pages
from engine.dashboard.content.data_health import TABS, frame_table
from engine.metrics.model import Unit


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(tab: str, shop_app) -> None:
    at = shop_app(pages.DATA_HEALTH)
    at.session_state["health"] = tab
    at.run()
    assert not at.exception
    assert at.dataframe or at.success


def test_the_findings_are_the_engines_in_its_order(shop_app, analytics) -> None:
    drawn = shop_app(pages.DATA_HEALTH).dataframe[0].value
    frame = analytics.health()
    assert list(drawn["code"]) == list(frame["code"])
    money = frame["sales_at_stake"].dropna()
    assert list(drawn["sales_at_stake"].dropna()) == [value / 100 for value in money]


def test_missing_costs_are_the_engines(shop_app, analytics) -> None:
    at = shop_app(pages.DATA_HEALTH)
    at.session_state["health"] = "Missing costs"
    at.run()
    drawn = at.dataframe[0].value
    assert list(drawn["sku"]) == list(analytics.missing_costs()["sku"])


def test_a_frame_keeps_its_columns_with_units_and_words(analytics) -> None:
    table = frame_table("findings", analytics.health(), "")
    named = {heading.name: heading for heading in table.headings}
    assert list(named) == list(analytics.health().columns)
    assert named["sales_at_stake"].unit is Unit.MONEY
    assert named["remedy"].label == "What to do"
    assert named["sales_at_stake"].label == "Sales at stake"


def test_every_identity_shows_both_sides_and_no_difference(shop_app, analytics) -> None:
    at = shop_app(pages.DATA_HEALTH)
    at.session_state["health"] = "Identities"
    at.run()
    drawn = at.dataframe[0].value
    assert list(drawn["identity"]) == [one.name for one in analytics.identities]
    assert (drawn["difference"] == 0).all()

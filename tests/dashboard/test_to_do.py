"""The Overview's to-do list: the gravest finding of each kind, and where it is mended."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.dashboard import pages
from engine.dashboard.content.to_do import MOST, most_urgent, way_to
from engine.ledger.health.codes import HealthFinding, meaning_of
from engine.metrics.formats import number
from engine.metrics.model import Unit
from engine.sources.findings import Level


def finding(code: str, level: Level = Level.ERROR, place: str = "orders", **more) -> HealthFinding:
    return HealthFinding(code, level, place, what="", remedy="", **more)


def test_the_overview_lists_the_most_sales_at_stake_of_each_kind(shop_app, analytics) -> None:
    drawn = next(table.value for table in shop_app().dataframe if "remedy" in table.value)
    health = analytics.health()
    asked = health[health["level"] != "info"]
    first = asked.drop_duplicates("code").head(MOST)
    assert [word.lower() for word in drawn["what"]] == [
        meaning_of(code).lower() for code in first["code"]
    ]
    assert list(drawn["findings"]) == [int((asked["code"] == code).sum()) for code in first["code"]]
    for shown, stake in zip(drawn["sales_at_stake"], first["sales_at_stake"], strict=True):
        wanted = number(Unit.MONEY, stake, "USD")
        assert (None if pd.isna(shown) else shown) == wanted
    assert len(drawn) > 1
    assert all(remedy[:1] == remedy[:1].upper() for remedy in drawn["remedy"])


def test_what_is_only_told_asks_for_nothing() -> None:
    rows = [finding("COST_ESTIMATED", Level.INFO), finding("COST_MISSING"), finding("COST_MISSING")]
    assert most_urgent(rows) == [(rows[1], 2)]
    assert most_urgent(rows[:1]) == most_urgent([]) == []


@pytest.mark.parametrize(
    ("found", "page", "query"),
    [
        (finding("COST_MISSING"), pages.DATA_HEALTH, {"health": "Missing costs"}),
        (finding("ENTRY_NOT_BOOKED"), pages.FEES, {}),
        (finding("REFUND_ASSUMED", order_id=7), pages.ORDERS, {"order": "7"}),
        (finding("RATE_RANGE", place="us_duties.csv", order_id=7), pages.DATA_HEALTH, {}),
    ],
)
def test_each_kind_leads_to_where_it_is_mended(found, page, query) -> None:
    assert way_to(found) == (page, query)


def test_a_click_opens_the_tab_of_missing_costs(shop_app) -> None:
    at = shop_app()
    table = next(one for one in at.dataframe if "remedy" in one.value)
    row = [word.startswith("Goods sold without") for word in table.value["what"]].index(True)
    at.session_state["to do-open"] = {"row": row}
    at.run()
    assert not at.exception
    assert at.title[0].value == "Data health"

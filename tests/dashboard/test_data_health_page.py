"""Data health shows the engine's own frames, and each tab opens."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd
import psycopg
import pytest

from engine.dashboard import pages
from engine.dashboard.content.data_health import (
    CARDS,
    FINDING_ORDER,
    TABS,
    frame_table,
    way_to_example,
)
from engine.metrics.model import Unit
from engine.metrics.registry import REGISTRY


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(tab: str, shop_app) -> None:
    at = shop_app(pages.DATA_HEALTH)
    at.session_state["health"] = tab
    at.run()
    assert not at.exception
    assert at.dataframe or at.success or at.info


def test_the_findings_are_the_engines_in_its_order(shop_app, analytics) -> None:
    drawn = shop_app(pages.DATA_HEALTH).dataframe[0].value
    frame = analytics.health()
    assert set(FINDING_ORDER) == set(frame.columns), "nothing of it is left out"
    assert list(drawn["code"]) == list(frame["code"])
    money = frame["sales_at_stake"].dropna()
    assert list(drawn["sales_at_stake"].dropna()) == [value / 100 for value in money]


def test_what_no_metric_counts_stands_on_cards_of_its_own(shop_app, analytics) -> None:
    at = shop_app(pages.DATA_HEALTH)
    signs = {card.label: card.value for card in at.metric[len(CARDS) :]}
    frame = analytics.health()
    countries = frame[frame["code"] == "COUNTRY_UNKNOWN"]["count"].sum()
    assert signs == {
        "Findings to mend": f"{(frame['level'] != 'info').sum():,}",
        "Rows not used": f"{len(analytics.imports.rejects) + analytics.imports.left_out:,}",
        "Unknown countries": f"{countries:,}",
        "Newest fact": "today",
    }


def test_a_finding_opens_its_order_or_else_its_sku(shop_app, analytics) -> None:
    frame = analytics.health()
    drawn = shop_app(pages.DATA_HEALTH).dataframe[0].value
    has_example = frame["order_id"].notna() | frame["sku"].notna()
    assert [one == "Open" for one in drawn["open"]] == list(has_example)
    assert way_to_example(7, "A") == (pages.ORDERS, {"order": "7"})
    assert way_to_example(pd.NA, "A") == (pages.PRODUCTS, {"sku": "A"})


def test_how_costs_are_known_is_said_in_words(shop_app, analytics) -> None:
    drawn = shop_app(pages.DATA_HEALTH, health="Provenance").dataframe[0].value
    frame = analytics.provenance()
    assert list(drawn["cost"]) == [REGISTRY[cost].label for cost in frame["cost"]]
    assert drawn["label"].iloc[0] == "its own, of that month"
    assert not drawn["label"].str.contains("/").any()
    assert list(drawn["lines"]) == list(frame["lines"])


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


def test_freshness_says_the_newest_fact_of_each_table(shop_app, analytics) -> None:
    at = shop_app(pages.DATA_HEALTH, health="Freshness")
    drawn = at.dataframe[0].value.set_index("source")
    assert set(drawn.index) == set(analytics.inputs)
    assert list(drawn["rows"]) == [analytics.inputs[name][0] for name in drawn.index]
    zone = ZoneInfo(analytics.shop.time_zone)
    for name, rhythm in analytics.rhythms.items():
        local = rhythm.newest.astimezone(zone)
        assert drawn.loc[name, "newest"] == f"{local:%Y-%m-%d %H:%M}"
        assert drawn.loc[name, "behind"] == (analytics.today - local.date()).days
    assert drawn["behind"].iloc[0] == drawn["behind"].max() > 100, "the account ends first"
    assert drawn["late"].iloc[0] == "late: longer than any step of the year"
    assert drawn.loc["orders", ["usual", "late"]].tolist() == ["every day", "as usual"]
    orders = analytics.rhythms["orders"]
    assert drawn.loc["orders", "gap"].startswith(f"{orders.longest} day")


def test_a_shop_without_imports_says_how_to_import(shop_app) -> None:
    at = shop_app(pages.DATA_HEALTH, health="Imports")
    assert at.code[0].value.startswith("python -m engine import")


def test_imports_show_each_file_and_what_was_not_used(shop_copy, point_at, open_app) -> None:
    with psycopg.connect(shop_copy.libpq()) as connection:
        shop = connection.execute("SELECT shop_id FROM shops").fetchone()[0]
        number = connection.execute(
            "INSERT INTO import_files (shop_id, kind, file_name, sha256, bytes, rows_total, "
            "rows_new, rows_rejected, status, started_at, first_date, last_date) VALUES "
            "(%s, 'sales', 'sales.csv', 'x', 9, 12, 10, 2, 'imported', '2026-10-31 09:00', "
            "'2026-10-01', '2026-10-30') RETURNING id",
            [shop],
        ).fetchone()[0]
        connection.execute(
            "INSERT INTO import_rejects (import_file_id, row_number, column_name, code, found, "
            "expected) VALUES (%s, 7, 'date', 'DATE_NOT_READ', '31.31.', 'a date')",
            [number],
        )
    point_at(shop_copy)
    at = open_app(pages.DATA_HEALTH, health="Imports")
    files, rejects = (table.value.iloc[0] for table in at.dataframe)
    assert (files["file"], files["rows"], files["new"], files["rejected"]) == (
        "sales.csv",
        12,
        10,
        2,
    )
    assert files["imported"] == "2026-10-31 12:00", "on the shop's clock"
    assert files["days"] == "1 Oct 2026 to 30 Oct 2026"
    assert (rejects["row"], rejects["column"], rejects["found"]) == ("7", "date", "31.31.")
    assert rejects["expected"] == "a date"

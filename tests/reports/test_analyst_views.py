"""The views and comments that analysts read, and when they are made anew."""

from __future__ import annotations

import pytest

from engine.database.url import DatabaseUrl
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.periods import GRAINS
from engine.reports.analyst_views import describe, publish_views, view_name
from engine.reports.spec import TABLE_NAMES
from tests.reports.conftest import Reports
from tests.reports.small_shop import execute, rows

COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"


@pytest.mark.parametrize("level", Level)
def test_a_view_has_the_rows_of_its_kind_and_every_column(
    reported: DatabaseUrl, level: Level
) -> None:
    table = TABLE_NAMES[level]
    for kind in GRAINS:
        view = view_name(level, kind)
        ((shown,),) = rows(reported, f"SELECT count(*) FROM {view}")
        ((stored,),) = rows(
            reported, f"SELECT count(*) FROM {table} WHERE period_type = %s", kind.value
        )
        assert shown == stored > 0
        title = set() if level is Level.SHOP else {(f"{level}_title",)}
        assert set(rows(reported, COLUMNS, view)) == set(rows(reported, COLUMNS, table)) | title


def test_titles_are_those_of_today(reported: DatabaseUrl) -> None:
    execute(
        reported,
        "INSERT INTO listing_products (listing_id, product_id, sku) VALUES "
        "(102, 1, 'RING-S'), (101, 2, 'RING-S')",
    )
    execute(reported, "UPDATE listings SET title = 'Ring, small' WHERE listing_id = 101")
    titles = rows(reported, "SELECT DISTINCT sku, product_title FROM product_yearly ORDER BY sku")
    assert titles == [
        ("(none)", None),
        ("BOX", None),
        ("RING-L", None),
        ("RING-M", None),
        ("RING-S", "Ring, small"),
    ]
    listings = rows(reported, "SELECT DISTINCT listing_id, listing_title FROM listing_yearly")
    assert dict(listings) == {0: None, 101: "Ring, small", 102: "Felt", 103: "Felt"}


def test_every_column_says_what_it_means(reported: DatabaseUrl) -> None:
    found = rows(
        reported,
        "SELECT c.relname, a.attname, col_description(a.attrelid, a.attnum) FROM pg_attribute a "
        "JOIN pg_class c ON c.oid = a.attrelid WHERE a.attnum > 0 AND (c.relname = ANY(%s) "
        "OR c.relname ~ '^(shop|listing|product)_[a-z]+ly$')",
        list(TABLE_NAMES.values()),
    )
    assert len(found) > 15 * 80
    assert [(table, column) for table, column, meaning in found if not meaning] == []
    meanings = {(table, column): meaning for table, column, meaning in found}
    meaning = meanings["shop_monthly", "fee_rate"]
    assert meaning == describe(REGISTRY["fee_rate"])
    assert meaning.startswith("Fee rate: ")
    assert f"platform_fees ÷ net_revenue [share; definition {REGISTRY.version}]" in meaning


def test_a_new_column_is_in_the_views_after_the_next_run(
    reported: DatabaseUrl, reports: Reports
) -> None:
    execute(reported, "ALTER TABLE shop_reports ADD COLUMN later_metric BIGINT")
    # As a program with other definitions would find it.
    execute(reported, "COMMENT ON VIEW shop_daily IS 'Definitions of an older program'")
    assert reports().code == 0
    assert ("later_metric",) in rows(reported, COLUMNS, "shop_monthly")
    assert ("later_metric",) in rows(reported, COLUMNS, "shop_first_reported")


def test_what_is_published_already_is_left_alone(reported: DatabaseUrl) -> None:
    execute(reported, "COMMENT ON COLUMN shop_daily.orders IS 'mine'")
    publish_views(reported)
    found = rows(
        reported,
        "SELECT col_description(attrelid, attnum) FROM pg_attribute "
        "WHERE attrelid = 'shop_daily'::regclass AND attname = 'orders'",
    )
    assert found == [("mine",)]

"""What a run writes, and above all what it does not write."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any

import pytest

from engine import EcommerceAnalyticsOptimized, Level, Settings
from engine.database.url import DatabaseUrl
from engine.metrics.evaluate import Column
from engine.metrics.model import SCALE, Unit
from engine.metrics.registry import REGISTRY
from engine.money import to_decimal
from engine.periods import GRAINS, PeriodKind, periods_between
from engine.reports.spec import ENTITY_FIELDS, TABLE_NAMES, metrics_over_entities
from tests.reports.conftest import Reports
from tests.reports.small_shop import Line, add_order, add_refund, add_shop, execute, fill, rows

TABLES = tuple(TABLE_NAMES.values())


def stored(url: DatabaseUrl) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the report tables as text, every column of them."""
    return {table: rows(url, f"SELECT r::text FROM {table} r ORDER BY 1") for table in TABLES}


def without_version(url: DatabaseUrl) -> list[tuple[Any, ...]]:
    """All rows as text, less the run that wrote them and when."""
    read = []
    for table in TABLES:
        ((names,),) = rows(
            url,
            "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) "
            "FROM information_schema.columns WHERE table_name = %s "
            "AND column_name NOT IN ('run_id', 'computed_at')",
            table,
        )
        read += rows(url, f"SELECT md5(ROW({names})::text) FROM {table} ORDER BY 1")
    return read


def written_by(url: DatabaseUrl, run_id: int) -> set[tuple[str, str, date]]:
    """The (table, kind, start) of the rows whose present version a run wrote."""
    return {
        (table, kind, start)
        for table in TABLES
        for kind, start in rows(
            url, f"SELECT period_type::text, period_start FROM {table} WHERE run_id = %s", run_id
        )
    }


def test_a_first_run_writes_the_rows_that_can_be_counted_by_hand(
    shop: DatabaseUrl, reports: Reports
) -> None:
    ended = reports("--json")
    assert ended.code == 0
    # 30 December to 31 March: 92 days, 14 weeks, 4 months, 2 quarters, 2 years.
    assert set(
        rows(shop, "SELECT period_type::text, count(*) FROM shop_reports GROUP BY period_type")
    ) == {("DAILY", 92), ("WEEKLY", 14), ("MONTHLY", 4), ("QUARTERLY", 2), ("YEARLY", 2)}
    # The refund of RING-L came in February. The last order of that month, by UTC, is one of March
    # by the shop's clock; its cent of discount goes to the line with the larger remainder.
    assert rows(
        shop,
        "SELECT sku, period_start, net_sales, units_sold FROM product_reports "
        "WHERE period_type = 'MONTHLY' ORDER BY sku, period_start",
    ) == [
        ("(none)", date(2026, 3, 1), Decimal("0.01"), 1),
        ("BOX", date(2026, 1, 1), Decimal("4.90"), 1),
        ("RING-L", date(2026, 1, 1), Decimal("33.33"), 1),
        ("RING-L", date(2026, 2, 1), Decimal("-10.00"), 0),
        ("RING-L", date(2026, 3, 1), Decimal("33.32"), 1),
        ("RING-M", date(2026, 3, 1), Decimal("75.00"), 3),
        ("RING-S", date(2025, 12, 1), Decimal("20.00"), 1),
        ("RING-S", date(2026, 1, 1), Decimal("39.11"), 2),
        ("RING-S", date(2026, 3, 1), Decimal("19.99"), 1),
    ]
    assert ended.shop["rows_inserted"] == sum(len(table) for table in stored(shop).values())


def test_a_second_run_writes_nothing_and_leaves_the_same_bytes(
    shop: DatabaseUrl, reports: Reports
) -> None:
    first = reports("--json").shop
    before = stored(shop)
    second = reports("--json").shop
    assert stored(shop) == before
    assert (second["rows_inserted"], second["rows_updated"], second["rows_removed"]) == (0, 0, 0)
    assert second["rows_unchanged"] == second["rows_computed"] == first["rows_inserted"]


def test_the_first_run_of_a_day_copies_what_the_tables_know_only_of_today(
    shop: DatabaseUrl, reports: Reports
) -> None:
    execute(shop, "UPDATE listings SET num_favorers = 9")
    reports()
    copied = "SELECT day, listing_id FROM listing_snapshots WHERE num_favorers = 9 ORDER BY 2"
    before = rows(shop, copied)
    assert [listing for _, listing in before] == [101, 102, 103]
    execute(shop, "UPDATE listings SET num_favorers = 10")
    reports("--full")
    assert rows(shop, copied) == before


def test_a_full_run_stages_every_row_and_still_writes_nothing(
    reported: DatabaseUrl, reports: Reports
) -> None:
    before = stored(reported)
    counts = reports("--json", "--full").shop
    assert stored(reported) == before
    assert (counts["rows_inserted"], counts["rows_updated"]) == (0, 0)
    assert counts["rows_unchanged"] == counts["rows_computed"] > 0


def test_a_value_that_was_changed_by_hand_is_put_right_by_a_full_run(
    reported: DatabaseUrl, reports: Reports
) -> None:
    execute(
        reported, "UPDATE shop_reports SET net_sales = net_sales + 1 WHERE period_type = 'MONTHLY'"
    )
    assert reports("--json").shop["rows_updated"] == 0  # its digest is the one it had
    assert reports("--json", "--full").shop["rows_updated"] == 4
    assert rows(
        reported, "SELECT net_sales FROM shop_reports WHERE period_start = '2025-12-01'"
    ) == [(Decimal("20.00"),)]


def test_a_changed_order_touches_only_its_own_periods(
    reported: DatabaseUrl, reports: Reports
) -> None:
    execute(reported, "UPDATE order_transactions SET price = 2501 WHERE order_id = 1004")
    execute(reported, "UPDATE orders SET subtotal = 7503, grand_total = 7503 WHERE order_id = 1004")
    run = reports("--json").shop
    periods = {
        ("DAILY", date(2026, 3, 9)),
        ("WEEKLY", date(2026, 3, 9)),
        ("MONTHLY", date(2026, 3, 1)),
        ("QUARTERLY", date(2026, 1, 1)),
        ("YEARLY", date(2026, 1, 1)),
    }
    assert written_by(reported, run["run_id"]) == {
        (table, kind, start) for table in TABLES for kind, start in periods
    }
    assert (run["rows_updated"], run["rows_inserted"], run["rows_removed"]) == (15, 0, 0)


def test_a_late_refund_touches_its_day_and_the_day_of_its_order(
    reported: DatabaseUrl, reports: Reports
) -> None:
    add_refund(reported, 1004, "2026-03-20T12:00", 500)
    run = reports("--json").shop
    days = {
        (table, start)
        for table, kind, start in written_by(reported, run["run_id"])
        if kind == "DAILY"
    }
    # The order's day knows what share of its orders was refunded so far.
    assert days == {(table, date(2026, 3, day)) for table in TABLES for day in (9, 20)}


def test_rows_that_should_no_longer_exist_are_removed(
    reported: DatabaseUrl, reports: Reports
) -> None:
    before = {table: len(found) for table, found in stored(reported).items()}
    execute(reported, "DELETE FROM order_transactions WHERE order_id = 1004")
    execute(reported, "DELETE FROM orders WHERE order_id = 1004")
    run = reports("--json").shop
    after = {table: len(found) for table, found in stored(reported).items()}
    # RING-M sold on one day only; its listing sold in the same year and quarter before.
    assert rows(reported, "SELECT count(*) FROM product_reports WHERE sku = 'RING-M'") == [(0,)]
    assert after == {
        "shop_reports": before["shop_reports"],
        "listing_reports": before["listing_reports"] - 3,
        "product_reports": before["product_reports"] - 5,
    }
    assert run["rows_removed"] == 8


def test_a_shop_that_has_lost_all_its_orders_loses_all_its_rows(
    reported: DatabaseUrl, reports: Reports
) -> None:
    for table in ("order_refunds", "order_transactions", "orders"):
        execute(reported, f"DELETE FROM {table}")
    run = reports("--json").shop
    assert (run["exit_code"], run["rows_computed"]) == (0, 0)
    assert all(not found for found in stored(reported).values())


def test_another_week_start_moves_the_weeks_and_nothing_else(
    reported: DatabaseUrl, reports: Reports
) -> None:
    execute(reported, "UPDATE shops SET week_start = 7")
    run = reports("--json").shop
    assert {kind for _, kind, _ in written_by(reported, run["run_id"])} == {"WEEKLY"}
    starts = rows(
        reported,
        "SELECT DISTINCT extract(isodow FROM period_start)::int FROM shop_reports "
        "WHERE period_type = 'WEEKLY'",
    )
    assert starts == [(7,)]


@pytest.mark.parametrize("workers", ["1", "4"])
def test_any_number_of_workers_gives_the_same_rows(
    reported_demo: DatabaseUrl, reports: Reports, workers: str
) -> None:
    before = without_version(reported_demo)
    execute(reported_demo, "TRUNCATE shop_reports, listing_reports, product_reports")
    assert reports("--workers", workers).code == 0
    assert without_version(reported_demo) == before


@cache
def as_stored(unit: Unit, digits: int, value: int) -> Any:
    """What a report table holds for an integer of the engine."""
    if unit is Unit.MONEY:
        return to_decimal(value, digits).quantize(Decimal("0.01"))
    if unit in (Unit.HOURS, Unit.DAYS):
        return Decimal(value).scaleb(-2)
    return value / SCALE[unit] if unit in SCALE else value


def all_as_stored(column: Column, digits: int) -> list[Any]:
    number = partial(as_stored, column.unit, digits)
    stored_of = column.texts.__getitem__ if column.unit is Unit.TEXT else number
    figures = zip(column.values.tolist(), column.known.tolist(), strict=True)
    return [stored_of(value) if known else None for value, known in figures]


def test_every_stored_value_is_the_answer_of_the_batch_call(
    reported_demo: DatabaseUrl, reports: Reports
) -> None:
    analytics = EcommerceAnalyticsOptimized.load(settings=Settings.load(), url=reported_demo)
    assert analytics.first_day is not None
    for level in Level:
        names = [metric.name for metric in REGISTRY.at_level(level)]
        entity = ENTITY_FIELDS[level].name if level in ENTITY_FIELDS else "shop_id"
        for kind in GRAINS:
            periods = list(periods_between(kind, analytics.first_day, analytics.today))
            block = analytics.calculate_block(periods, level=level)
            found = rows(
                reported_demo,
                f"SELECT {entity}, period_start, period_end, elapsed_days, is_complete, "
                f"{', '.join(names)} FROM {TABLE_NAMES[level]} WHERE period_type = %s",
                kind.value,
            )
            figures = zip(*(all_as_stored(c, 2) for c in block.columns.values()), strict=True)
            expected = {
                (
                    block.entity_ids[int(block.entity[row])],
                    periods[int(block.period[row])].start,
                    periods[int(block.period[row])].end,
                    int(block.elapsed_days[row]),
                    bool(block.is_complete[row]),
                    *of_row,
                )
                for row, of_row in enumerate(figures)
            }
            assert set(found) == expected, (level, kind)
            assert len(found) == len(expected)


def test_a_currency_without_decimals_is_stored_in_whole_units(
    database: DatabaseUrl, reports: Reports
) -> None:
    add_shop(database, currency="JPY")
    add_order(database, 1, "2026-03-01T10:00", [Line(None, "RING", 2_500)])
    execute(database, "UPDATE orders SET total_price_currency_code = 'JPY', "
                      "grand_total_currency_code = 'JPY', total_price_divisor = 1, "
                      "grand_total_divisor = 1, subtotal_divisor = 1")  # fmt: skip
    execute(database, "UPDATE order_transactions SET currency_code = 'JPY', price_divisor = 1")
    assert reports().code == 0
    assert rows(
        database, "SELECT currency, net_sales FROM product_reports WHERE period_type = 'YEARLY'"
    ) == [("JPY", Decimal("2500.00"))]


def test_a_range_computes_every_period_that_it_touches_as_a_whole(
    shop: DatabaseUrl, reports: Reports
) -> None:
    reports("--from", "2026-01-31", "--to", "2026-02-01")
    found = rows(
        shop,
        "SELECT period_type::text, min(period_start), max(period_end), count(*) "
        "FROM shop_reports GROUP BY period_type",
    )
    assert set(found) == {
        ("DAILY", date(2026, 1, 31), date(2026, 2, 1), 2),
        ("WEEKLY", date(2026, 1, 26), date(2026, 2, 1), 1),
        ("MONTHLY", date(2026, 1, 1), date(2026, 2, 28), 2),
        ("QUARTERLY", date(2026, 1, 1), date(2026, 3, 31), 1),
        ("YEARLY", date(2026, 1, 1), date(2026, 12, 31), 1),
    }
    assert rows(shop, "SELECT net_sales FROM shop_reports WHERE period_type = 'QUARTERLY'") == [
        (Decimal("195.66"),)
    ]


def test_what_lies_outside_of_the_scope_is_neither_written_nor_removed(
    reported: DatabaseUrl, reports: Reports
) -> None:
    before = stored(reported)
    execute(reported, "UPDATE order_transactions SET price = 2100 WHERE order_id = 1000")
    execute(reported, "UPDATE orders SET subtotal = 2100, grand_total = 2100 WHERE order_id = 1000")
    for table in ("order_transactions", "orders"):
        execute(reported, f"DELETE FROM {table} WHERE order_id = 1004")
    run = reports("--json", "--level", "product", "--period", "daily", "--from", "2026-02-01").shop
    assert (run["rows_removed"], run["rows_updated"], run["rows_inserted"]) == (1, 0, 0)
    after = stored(reported)
    assert [table for table in TABLES if after[table] != before[table]] == ["product_reports"]


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    reported: DatabaseUrl, reports: Reports
) -> None:
    before, runs = stored(reported), rows(reported, "SELECT r::text FROM report_runs r")
    execute(reported, "UPDATE order_transactions SET price = 2501 WHERE order_id = 1004")
    execute(reported, "UPDATE orders SET subtotal = 7503, grand_total = 7503 WHERE order_id = 1004")
    ended = reports("--dry-run")
    assert ended.code == 0
    assert "shop     daily              92          0          1          0" in ended.out
    assert "The report tables would grow by about 0.0 MB." in ended.out
    counts = reports("--dry-run", "--json").shop
    assert (counts["status"], counts["run_id"], counts["rows_updated"]) == ("DRY_RUN", None, 15)
    assert stored(reported) == before
    assert rows(reported, "SELECT r::text FROM report_runs r") == runs


def test_an_older_state_can_be_looked_at_but_not_written_over_a_newer_one(
    reported: DatabaseUrl, reports: Reports
) -> None:
    before = stored(reported)
    ended = reports("--as-of", "2026-02-01T00:00:00+03:00")
    assert ended.code == 2
    assert "would put older figures over newer ones" in ended.err
    counts = reports("--as-of", "2026-02-01T00:00:00+03:00", "--dry-run", "--json").shop
    assert counts["watermark"] == "2026-01-31T21:00:00+00:00"
    assert counts["rows_removed"] > 0
    assert stored(reported) == before


def test_the_run_row_tells_what_was_done(shop: DatabaseUrl, reports: Reports) -> None:
    record = reports("--json", "--from", "2026-01-10").record
    (run,) = record["shops"]
    columns = (
        "call_id::text, status::text, stage, exit_code, rows_computed, rows_inserted, "
        "scope_periods, scope_levels, scope_from, scope_to, command, watermark, "
        "finished_at > started_at, inputs -> 'tables' -> 'orders' ->> 'rows', error"
    )
    (found,) = rows(shop, f"SELECT {columns} FROM report_runs WHERE run_id = %s", run["run_id"])
    assert found == (
        record["call_id"],
        "SUCCEEDED",
        "done",
        0,
        run["rows_computed"],
        run["rows_inserted"],
        [kind.value for kind in GRAINS],
        ["shop", "listing", "product"],
        date(2026, 1, 1),
        date(2026, 12, 31),
        "reportsv4_optimized.py --json --from 2026-01-10",
        rows(shop, "SELECT to_timestamp(max(created_timestamp) + 1) FROM orders")[0][0],
        True,
        "6",
        None,
    )
    versions = rows(
        shop,
        "SELECT DISTINCT r.computed_at = u.known_at FROM shop_reports r JOIN report_runs u "
        "USING (run_id)",
    )
    assert versions == [(True,)]


def test_each_shop_has_its_own_run_and_its_own_rows(shop: DatabaseUrl, reports: Reports) -> None:
    fill(shop, 2, "Wool")
    shops = reports("--json").record["shops"]
    assert [(s["shop"], s["status"]) for s in shops] == [
        ("Felt & Co", "SUCCEEDED"),
        ("Wool", "SUCCEEDED"),
    ]
    assert shops[0]["rows_inserted"] == shops[1]["rows_inserted"]
    only = reports("--json", "--shop", "Wool").record["shops"]
    assert [s["shop_id"] for s in only] == [2]


def test_listings_skus_and_shop_agree_in_every_period(
    reported_demo: DatabaseUrl,
) -> None:
    for level in (Level.LISTING, Level.PRODUCT):
        names = [m.name for m in metrics_over_entities(level)]
        differs = " OR ".join(f"s.{name} <> coalesce(l.{name}, 0)" for name in names)
        summed = ", ".join(f"sum({name}) AS {name}" for name in names)
        parts = (
            f"LEFT JOIN (SELECT period_type, period_start, {summed} FROM {TABLE_NAMES[level]} "
            "GROUP BY 1, 2) l USING (period_type, period_start)"
        )
        assert rows(reported_demo, f"SELECT s.* FROM shop_reports s {parts} WHERE {differs}") == []


@pytest.mark.parametrize("kind", [k for k in GRAINS if k is not PeriodKind.WEEKLY])
def test_the_whole_is_the_same_sum_by_every_kind_of_period(
    reported: DatabaseUrl, kind: PeriodKind
) -> None:
    total = rows(
        reported,
        "SELECT sum(gross_merchandise_sales), sum(discounts), sum(refunds_total), sum(orders) "
        "FROM shop_reports WHERE period_type = %s",
        kind.value,
    )
    # 2000 + 2 × 2000 + 501 + 3333 + 3333 + 1 + 3 × 2500 + 1999 cents; 101 off; one refund of 1000.
    assert total == [(Decimal("226.67"), Decimal("1.01"), Decimal("10.00"), 6)]

"""Why complete periods changed: causes that add up to the change of profit, at every level."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.database.url import DatabaseUrl
from engine.reports.causes import PROFIT, RULES, profit_components
from engine.reports.evidence import GROUPS
from engine.sources.csv_folder import INPUTS
from tests.reports.conftest import Named, Reports, copy_of, run_once
from tests.reports.small_shop import Line, add_order, add_refund, execute, rows

# As if the goods had been dearer when the reports were written.
GOODS_OF_JANUARY = (
    "UPDATE shop_reports SET cogs = cogs + 1, net_profit = net_profit - 1, "
    "row_hash = 0 WHERE period_start = '2026-01-01' AND period_type = 'MONTHLY'"
)
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


@pytest.fixture(scope="module")
def costed_template(
    server_url: DatabaseUrl, shop_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database with the small shop and its reports by unit costs, to be copied."""
    folder = tmp_path_factory.mktemp("costs")
    write_costs({"CSV_FOLDER": str(folder)}, ring_s="5.00")
    with copy_of(server_url, shop_template) as url:
        run_once(url, folder)
        yield url.database


@pytest.fixture
def costed(
    server_url: DatabaseUrl, costed_template: str, named: Named, program_settings: dict[str, str]
) -> Iterator[DatabaseUrl]:
    """The small shop with unit costs and its reports."""
    write_costs(program_settings, ring_s="5.00")
    with copy_of(server_url, costed_template) as url:
        yield named(url)


def write_costs(settings: dict[str, str], *, ring_s: str) -> None:
    folder = Path(settings["CSV_FOLDER"])
    folder.mkdir(exist_ok=True)
    (folder / "cost.csv").write_text(
        "SKU,EU ARALIK 2025,EU OCAK 2026\n"
        f"RING-S,4.00,{ring_s}\nRING-L,6.00,6.00\nRING-M,5.50,5.50\nBOX,0.50,0.50\n",
        encoding="utf-8",
    )


def causes(url: DatabaseUrl, level: str = "SHOP", kind: str = "MONTHLY") -> list[tuple[Any, ...]]:
    return rows(
        url,
        "SELECT period_start, cause, component, amount FROM report_restatements "
        "WHERE level::text = %s AND period_type::text = %s ORDER BY 1, 2, 3",
        level,
        kind,
    )


def unequal(url: DatabaseUrl) -> list[tuple[Any, ...]]:
    """Changed complete rows whose causes do not sum to the change of their profit."""
    found = []
    for table, level, entity in (
        ("shop_reports", "SHOP", "NULL::text"),
        ("listing_reports", "LISTING", "listing_id::text"),
        ("product_reports", "PRODUCT", "sku"),
    ):
        of_old = entity if level != "SHOP" else "NULL::text"
        found += rows(
            url,
            f"WITH versions AS (SELECT {entity} AS entity, period_type, period_start, "
            f"computed_at AS known_from, is_complete, {PROFIT} AS profit FROM {table} UNION ALL "
            f"SELECT {of_old}, period_type, period_start, known_from, is_complete, "
            f"(metrics ->> '{PROFIT}')::numeric FROM report_revisions WHERE level = '{level}'), "
            "moved AS (SELECT *, profit - lag(profit) OVER w AS change, lag(is_complete) OVER w AS "
            "was_complete FROM versions WINDOW w AS (PARTITION BY entity, period_type, "
            "period_start ORDER BY known_from)), "
            f"explained AS (SELECT {entity} AS entity, period_type, period_start, r.known_at, "
            "sum(amount) AS amount FROM report_restatements JOIN report_runs r USING (run_id) "
            f"WHERE level = '{level}' GROUP BY 1, 2, 3, 4) "
            "SELECT m.entity, m.period_type::text, m.period_start, m.change, e.amount FROM moved m "
            "LEFT JOIN explained e ON e.entity IS NOT DISTINCT FROM m.entity "
            "AND e.period_type = m.period_type AND e.period_start = m.period_start "
            "AND e.known_at = m.known_from "
            "WHERE m.was_complete AND m.change IS DISTINCT FROM e.amount",
        )
    return found


def test_a_first_run_restates_nothing(costed: DatabaseUrl) -> None:
    assert rows(costed, "SELECT count(*) FROM report_restatements") == [(0,)]


def test_a_late_refund_is_the_only_cause_in_its_month(
    costed: DatabaseUrl, reports: Reports
) -> None:
    add_refund(costed, 1_001, "2026-01-20T10:00", 500)
    run = reports("--json").shop
    (lines,) = [causes(costed)]
    assert {cause for _, cause, _, _ in lines} == {"LATE_REFUND"}
    assert (JANUARY, "LATE_REFUND", "returns_value", Decimal("-5.00")) in lines
    assert unequal(costed) == []
    # The day, the week and the month; the quarter and the year still run.
    assert run["restated_periods"] == 5
    assert {line["cause"] for line in run["restatements"]} == {"LATE_REFUND"}


def test_the_day_of_the_order_changes_too_and_moves_no_profit(
    costed: DatabaseUrl, reports: Reports
) -> None:
    add_refund(costed, 1_001, "2026-01-20T10:00", 500)
    reports()
    assert rows(
        costed,
        "SELECT cause, component, amount FROM report_restatements WHERE level = 'SHOP' "
        "AND period_type = 'DAILY' AND period_start = '2026-01-02'",
    ) == [("LATE_REFUND", None, Decimal("0.00"))]


def test_another_unit_cost_is_a_cost_change_of_the_goods_alone(
    costed: DatabaseUrl, reports: Reports, program_settings: dict[str, str]
) -> None:
    write_costs(program_settings, ring_s="5.25")
    reports()
    assert causes(costed) == [(JANUARY, "COST_CHANGE", "cogs", Decimal("-0.50"))]
    assert causes(costed, "PRODUCT") == causes(costed)
    assert causes(costed, "LISTING") == causes(costed)
    assert unequal(costed) == []


def test_an_order_that_came_late_brings_its_goods_at_the_old_unit_cost(
    costed: DatabaseUrl, reports: Reports
) -> None:
    add_order(costed, 1_050, "2026-01-22T10:00", [Line(101, "RING-S", 900, 2)])
    reports()
    found = {(cause, component): amount for _, cause, component, amount in causes(costed)}
    assert found["ORDER_CHANGE", "gross_merchandise_sales"] == Decimal("18.00")
    assert found["ORDER_CHANGE", "cogs"] == Decimal("-10.00")
    assert {cause for cause, _ in found} == {"ORDER_CHANGE"}
    assert unequal(costed) == []


def write_expenses(settings: dict[str, str], *, rent: str) -> None:
    (Path(settings["CSV_FOLDER"]) / "expenses.csv").write_text(
        f"month,name,amount,currency\n2026-01,Rent,{rent},USD\n2026-02,Rent,7.00,USD\n",
        encoding="utf-8",
    )


def net_profit(url: DatabaseUrl, month: date) -> Decimal:
    ((profit,),) = rows(
        url,
        "SELECT net_profit FROM shop_reports WHERE period_type = 'MONTHLY' AND period_start = %s",
        month,
    )
    assert isinstance(profit, Decimal)
    return profit


def test_advertising_that_was_reported_late_is_a_cause_in_its_own_month(
    costed: DatabaseUrl, reports: Reports
) -> None:
    before = net_profit(costed, JANUARY)
    execute(
        costed,
        'INSERT INTO listing_ad_stats (shop_id, listing_id, "periodType", period_start, '
        "period_end, clicks, spend, spend_divisor, spend_currency_code) "
        "VALUES (1, 101, 'DAILY', '2026-01-05', '2026-01-05', 3, 333, 100, 'USD')",
    )
    reports()
    assert net_profit(costed, JANUARY) - before == Decimal("-3.33")
    for level in ("SHOP", "LISTING", "PRODUCT"):
        lines = [(*line[:3],) for line in causes(costed, level)]
        assert set(lines) == {(JANUARY, "AD_SPEND", "ad_spend")}, level
        assert sum(line[3] for line in causes(costed, level)) == Decimal("-3.33")
    assert unequal(costed) == []


@pytest.mark.parametrize(
    ("cause", "statement"),
    [
        (
            "VISITS",
            'INSERT INTO listing_visit_stats (shop_id, listing_id, "periodType", period_start, '
            "period_end, visits, views) VALUES "
            "(1, 101, 'DAILY', '2026-01-05', '2026-01-05', 40, 60)",
        ),
        (
            "REVIEWS",
            "INSERT INTO reviews (shop_id, listing_id, transaction_id, rating, "
            "created_timestamp) SELECT 1, listing_id, transaction_id, 5, "
            "extract(epoch FROM timestamptz '2026-01-25 12:00Z')::int8 FROM order_transactions "
            "WHERE order_id = 1001 ORDER BY transaction_id LIMIT 1",
        ),
        (
            "STOCK",
            "INSERT INTO stock_snapshots (shop_id, product_id, listing_id, sku, day, quantity, "
            "is_enabled, price, price_divisor, currency_code) VALUES "
            "(1, 9001, 101, 'RING-S', '2026-01-30', 7, true, 1000, 100, 'USD')",
        ),
    ],
)
def test_what_moves_no_profit_has_a_cause_of_its_own_too(
    costed: DatabaseUrl, reports: Reports, cause: str, statement: str
) -> None:
    execute(costed, statement)
    run = reports("--json").shop
    assert run["rows_updated"] + run["rows_inserted"] > 0
    assert "changes_without_cause" not in run["warnings"]
    assert {(line[1], line[3]) for line in causes(costed)} == {(cause, Decimal(0))}
    assert unequal(costed) == []


def test_another_rent_is_an_expense_of_its_own_month_alone(
    costed: DatabaseUrl, reports: Reports, program_settings: dict[str, str]
) -> None:
    write_expenses(program_settings, rent="31.00")
    reports()
    before = net_profit(costed, JANUARY)
    first = causes(costed)
    assert first == [
        (JANUARY, "EXPENSE", "operating_expenses", Decimal("-31.00")),
        (FEBRUARY, "EXPENSE", "operating_expenses", Decimal("-7.00")),
    ]
    write_expenses(program_settings, rent="32.55")
    run = reports("--json").shop
    assert [line for line in causes(costed) if line not in first] == [
        (JANUARY, "EXPENSE", "operating_expenses", net_profit(costed, JANUARY) - before)
    ]
    assert net_profit(costed, JANUARY) - before == Decimal("-1.55")
    assert run["warnings"].get("changes_without_cause") is None
    assert unequal(costed) == []


def test_what_another_night_moved_in_the_expenses_explains_no_other_month(
    costed: DatabaseUrl, reports: Reports, program_settings: dict[str, str]
) -> None:
    write_expenses(program_settings, rent="31.00")
    reports()
    count = len(causes(costed))
    execute(
        costed,
        "UPDATE shop_reports SET operating_expenses = 8, net_profit = net_profit - 1, row_hash = 0 "
        "WHERE period_start = '2026-02-01' AND period_type = 'MONTHLY'",
    )
    write_expenses(program_settings, rent="32.55")
    reports("--level", "shop")
    lines = causes(costed)
    assert (FEBRUARY, "UNEXPLAINED", "operating_expenses", Decimal("1.00")) in lines
    assert len(lines) == count + 2


def test_several_causes_of_one_month_are_told_apart_and_add_up_at_every_level(
    costed: DatabaseUrl, reports: Reports, program_settings: dict[str, str]
) -> None:
    write_costs(program_settings, ring_s="5.25")
    add_refund(costed, 1_001, "2026-01-20T10:00", 500)
    add_order(costed, 1_050, "2026-01-22T10:00", [Line(103, "RING-S", 900), Line(None, None, 70)])
    execute(costed, "DELETE FROM order_transactions WHERE sku = 'RING-L' AND order_id = 1002")
    reports()
    found = {cause for _, cause, _, _ in causes(costed)}
    assert found >= {"LATE_REFUND", "ORDER_CHANGE", "COST_CHANGE"}
    assert "UNEXPLAINED" not in found
    assert unequal(costed) == []
    totals = [
        rows(
            costed,
            "SELECT period_type::text, period_start, cause, component, sum(amount) "
            "FROM report_restatements WHERE level::text = %s AND component IS NOT NULL "
            "GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0 ORDER BY 1, 2, 3, 4",
            level,
        )
        for level in ("SHOP", "LISTING", "PRODUCT")
    ]
    assert totals[0] == totals[1] == totals[2]
    # Each line of a row that was there before points to the version that it superseded.
    assert rows(
        costed,
        "SELECT count(*) FROM report_restatements s WHERE revision_id IS NULL AND level = 'SHOP'",
    ) == [(0,)]


def test_a_row_that_is_new_in_a_complete_period_counts_as_changed(
    costed: DatabaseUrl, reports: Reports
) -> None:
    add_order(costed, 1_050, "2026-02-10T10:00", [Line(103, "NEW", 900)])
    reports()
    assert (FEBRUARY, "ORDER_CHANGE", "gross_merchandise_sales", Decimal("9.00")) in causes(
        costed, "PRODUCT"
    )
    assert unequal(costed) == []


@pytest.mark.parametrize(
    ("column", "cause"), [("settings_hash", "SETTINGS"), ("code_version", "DEFINITION")]
)
def test_a_setting_and_a_definition_are_causes_of_their_own(
    costed: DatabaseUrl, reports: Reports, column: str, cause: str
) -> None:
    execute(costed, f"UPDATE report_runs SET {column} = 'another'")
    execute(costed, GOODS_OF_JANUARY)
    reports("--level", "shop")
    assert causes(costed) == [(JANUARY, cause, "cogs", Decimal("1.00"))]


def test_a_change_without_a_cause_is_said_to_have_none(
    costed: DatabaseUrl, reports: Reports
) -> None:
    execute(costed, GOODS_OF_JANUARY)
    run = reports("--json", "--level", "shop").shop
    assert causes(costed) == [(JANUARY, "UNEXPLAINED", "cogs", Decimal("1.00"))]
    assert run["warnings"]["changes_without_cause"] == 1


def test_a_period_that_still_ran_is_not_restated(costed: DatabaseUrl, reports: Reports) -> None:
    add_order(costed, 1_050, "2026-03-31T12:30", [Line(101, "RING-S", 700)])
    run = reports("--json").shop
    assert run["restated_periods"] == 0
    assert rows(costed, "SELECT count(*) FROM report_restatements") == [(0,)]


def test_every_component_of_profit_has_rules_and_every_input_file_a_group() -> None:
    assert set(profit_components()) <= set(RULES)
    assert set(GROUPS) == set(INPUTS)


def test_the_components_add_up_to_profit_by_its_own_formula() -> None:
    signs = profit_components()
    assert signs["gross_merchandise_sales"] == 1
    assert signs["ad_spend"] == signs["operating_expenses"] == -1
    assert signs["cogs"] == signs["returns_value"] == signs["vat_on_fees"] == -1

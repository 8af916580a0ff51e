"""What was known when: as first reported, as known at an instant, as known now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from engine.database.url import DatabaseUrl
from engine.reports.spec import TABLE_NAMES
from tests.reports.conftest import Reports
from tests.reports.small_shop import Line, add_order, add_refund, add_shop, execute, rows

JANUARY = date(2026, 1, 1)


def table_text(url: DatabaseUrl, source: str) -> list[tuple[Any, ...]]:
    return rows(url, f"SELECT r::text FROM {source} r ORDER BY 1")


def known_at(url: DatabaseUrl, run_id: int) -> datetime:
    ((instant,),) = rows(url, "SELECT known_at FROM report_runs WHERE run_id = %s", run_id)
    assert isinstance(instant, datetime)
    return instant


def january(url: DatabaseUrl, source: str) -> Decimal | None:
    found = rows(
        url,
        f"SELECT net_sales FROM {source} WHERE period_type = 'MONTHLY' AND period_start = %s",
        JANUARY,
    )
    return found[0][0] if found else None


def test_three_questions_have_three_answers(reported: DatabaseUrl, reports: Reports) -> None:
    first = january(reported, "shop_reports")
    add_refund(reported, 1_001, "2026-01-31T10:00", 500)
    second_run = reports("--json").shop["run_id"]
    add_order(reported, 1_050, "2026-01-20T10:00", [Line(101, "RING-S", 700)])
    reports()
    as_of = f"shop_reports_as_of('{known_at(reported, second_run).isoformat()}')"
    assert first == Decimal("77.34")
    assert january(reported, "shop_first_reported") == first
    assert january(reported, as_of) == first - 5
    assert january(reported, "shop_reports") == first - 5 + 7


def test_the_tables_of_every_instant_can_be_put_together_again(
    reported: DatabaseUrl, reports: Reports
) -> None:
    before = {table: table_text(reported, table) for table in TABLE_NAMES.values()}
    execute(reported, "DELETE FROM orders WHERE order_id = 1002")
    add_order(reported, 1_060, "2026-01-21T10:00", [Line(102, "RING-L", 900)])
    counts = reports("--json").shop
    assert min(counts[f"rows_{what}"] for what in ("removed", "updated", "inserted")) > 0
    instant = known_at(reported, 1).isoformat()
    for table, content in before.items():
        # Versions of open periods are kept for the shop only, so they are compared there.
        kept = "true" if table == "shop_reports" else "r.is_complete"
        expected = rows(reported, f"SELECT r::text FROM {table}_as_of(%s) r WHERE {kept}", instant)
        complete = [row for row in content if table == "shop_reports" or ",t,USD," in row[0]]
        assert sorted(expected) == complete
        now = datetime.now(UTC) + timedelta(seconds=1)
        assert table_text(reported, f"{table}_as_of('{now.isoformat()}')") == table_text(
            reported, table
        )


@pytest.mark.parametrize(
    ("setting", "levels"),
    [("shop", {"SHOP"}), ("all", {"SHOP", "LISTING", "PRODUCT"}), ("none", set())],
)
def test_versions_of_open_periods_are_kept_as_the_setting_says(
    reported: DatabaseUrl,
    reports: Reports,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    levels: set[str],
) -> None:
    monkeypatch.setenv("REPORTS_KEEP_OPEN", setting)
    add_order(reported, 1_050, "2026-03-31T12:30", [Line(101, "RING-S", 700)])
    counts = reports("--json").shop
    found = rows(
        reported, "SELECT DISTINCT level::text FROM report_revisions WHERE NOT is_complete"
    )
    assert {level for (level,) in found} == levels
    ((written,),) = rows(reported, "SELECT count(*) FROM report_revisions")
    assert counts["revisions_written"] == written


def test_a_row_that_goes_and_comes_back_has_no_version_between(
    reported: DatabaseUrl, reports: Reports
) -> None:
    boxes = (
        "SELECT net_sales FROM product_reports_as_of(%s) "
        "WHERE sku = 'BOX' AND period_type = 'MONTHLY'"
    )
    execute(reported, "DELETE FROM order_transactions WHERE sku = 'BOX'")
    gone = reports("--json").shop["run_id"]
    add_order(reported, 1_050, "2026-01-20T10:00", [Line(None, "BOX", 700)])
    back = reports("--json").shop["run_id"]
    answers = [rows(reported, boxes, known_at(reported, run)) for run in (1, gone, back)]
    assert answers == [[(Decimal("4.90"),)], [], [(Decimal("7.00"),)]]
    kinds = rows(reported, "SELECT DISTINCT kind::text FROM report_revisions WHERE sku = 'BOX'")
    assert kinds == [("REMOVED",)]


def test_versions_follow_one_another_without_gap_or_overlap(
    reported: DatabaseUrl, reports: Reports
) -> None:
    for number in range(3):
        add_refund(reported, 1_003 + number, "2026-01-31T10:00", 100)
        reports()
    spans = rows(
        reported,
        "SELECT known_from, known_to FROM report_revisions WHERE level = 'SHOP' AND is_complete "
        "AND period_type = 'MONTHLY' AND period_start = %s ORDER BY known_from",
        JANUARY,
    )
    ((live,),) = rows(
        reported,
        "SELECT computed_at FROM shop_reports WHERE period_type = 'MONTHLY' AND period_start = %s",
        JANUARY,
    )
    assert len(spans) == 3
    assert [end for _, end in spans] == [*(start for start, _ in spans[1:]), live]


def test_a_clock_that_was_set_back_leaves_versions_in_order(
    reported: DatabaseUrl, reports: Reports
) -> None:
    ahead = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    execute(reported, "UPDATE report_runs SET known_at = %s", ahead)
    execute(reported, "UPDATE shop_reports SET computed_at = %s", ahead)
    add_refund(reported, 1_003, "2026-01-31T10:00", 100)
    run = reports("--json").shop["run_id"]
    assert known_at(reported, run) == ahead + timedelta(milliseconds=1)


def test_a_new_metric_fills_its_column_and_keeps_the_version(
    reported: DatabaseUrl, reports: Reports
) -> None:
    versions = rows(reported, "SELECT DISTINCT run_id, computed_at FROM shop_reports")
    before = rows(reported, "SELECT sum(net_sales) FROM shop_reports")
    # As a program would have left it that did not know the metric yet.
    execute(reported, "UPDATE shop_reports SET net_sales = NULL, row_hash = 0")
    execute(
        reported,
        "UPDATE report_runs SET inputs = jsonb_set(inputs, '{metrics}', "
        "(inputs -> 'metrics') - 'net_sales')",
    )
    counts = reports("--json").shop
    assert counts["rows_updated"] == 92 + 14 + 4 + 2 + 2
    assert counts["revisions_written"] == 0
    assert rows(reported, "SELECT sum(net_sales) FROM shop_reports") == before
    assert rows(reported, "SELECT DISTINCT run_id, computed_at FROM shop_reports") == versions
    assert reports("--json").shop["rows_updated"] == 0


def test_a_version_is_never_changed_nor_deleted(reported: DatabaseUrl, reports: Reports) -> None:
    add_refund(reported, 1_003, "2026-01-31T10:00", 100)
    reports()
    for statement in (
        "UPDATE report_revisions SET metrics = '{}'",
        "DELETE FROM report_revisions",
        "TRUNCATE report_revisions",
    ):
        with pytest.raises(psycopg.Error, match="report_revisions is append-only") as refused:
            execute(reported, statement)
        assert refused.value.diag.message_hint == (
            "A version goes with its shop, or when REPORTS_REVISION_KEEP_DAYS says so."
        )
    execute(reported, "DELETE FROM report_runs WHERE false")
    execute(reported, "DELETE FROM order_transactions")
    execute(reported, "DELETE FROM orders")
    execute(reported, "DELETE FROM listings")
    execute(reported, "DELETE FROM shops")
    assert rows(reported, "SELECT count(*) FROM report_revisions") == [(0,)]


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("Europe/Istanbul", "2026-03-31", "2026-03-31T20:59:59.999+00:00"),
        ("America/New_York", "2026-03-08", "2026-03-09T03:59:59.999+00:00"),  # 23 hours
        ("America/Santiago", "2026-09-05", "2026-09-06T03:59:59.999+00:00"),  # no midnight after
        ("America/Havana", "2026-10-31", "2026-11-01T03:59:59.999+00:00"),  # midnight comes twice
    ],
)
def test_the_end_of_a_day_is_that_of_the_shops_clock(
    database: DatabaseUrl, zone: str, day: str, end: str
) -> None:
    add_shop(database, time_zone=zone)
    ((found,),) = rows(database, "SELECT report_end_of_day(1, %s::date)", day)
    assert found == datetime.fromisoformat(end)

"""Stored values against the sources: what drifted, what waits, and whether history holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.database.url import DatabaseUrl
from tests.reports.conftest import Named, Reports, copy_of, run_once
from tests.reports.small_shop import Line, add_order, add_refund, execute, rows

MARCH_OF_RING_M = "sku = 'RING-M' AND period_type = 'DAILY' AND period_start = '2026-03-09'"


def test_reports_that_nobody_touched_are_as_they_should_be(
    reported_demo: DatabaseUrl, reports: Reports
) -> None:
    ended = reports("--verify", "--json")
    assert (ended.code, ended.shop["status"]) == (0, "VERIFIED")
    found = ended.shop["verification"]
    ((stored,),) = rows(
        reported_demo,
        "SELECT (SELECT count(*) FROM shop_reports) + (SELECT count(*) FROM listing_reports) "
        "+ (SELECT count(*) FROM product_reports)",
    )
    assert found == {"rows_compared": stored, "rows_pending": 0, "drift": [], "history": []}
    assert rows(reported_demo, "SELECT count(*) FROM report_runs") == [(1,)]


@pytest.mark.parametrize(
    ("change", "column", "stored", "computed"),
    [
        ("net_sales = net_sales + 0.01", "net_sales", "75.01", "75.00"),
        ("units_sold = NULL", "units_sold", "unknown", "3"),
        ("discount_rate = 0.5", "discount_rate", "0.5", "0.0"),
        ("hours_between_orders = 1.25", "hours_between_orders", "1.25", "unknown"),
        ("profit_basis = 'measured'", "profit_basis", "measured", "partial"),
        ("elapsed_days = 0", "elapsed_days", "0", "1"),
    ],
)
def test_a_value_that_was_changed_by_hand_is_named(
    reported: DatabaseUrl, reports: Reports, change: str, column: str, stored: str, computed: str
) -> None:
    execute(reported, f"UPDATE product_reports SET {change} WHERE {MARCH_OF_RING_M}")
    ended = reports("--verify")
    assert ended.code == 9
    line = f"  product RING-M, daily 2026-03-09, {column}: stored {stored}, computed {computed}"
    assert line in ended.out.splitlines()
    assert "1 differences:" in ended.out


def test_rows_that_are_missing_or_should_not_exist_are_named(
    reported: DatabaseUrl, reports: Reports
) -> None:
    execute(reported, f"DELETE FROM product_reports WHERE {MARCH_OF_RING_M}")
    execute(
        reported,
        "UPDATE listing_reports SET listing_id = 999 WHERE listing_id = 103 "
        "AND period_type = 'MONTHLY'",
    )
    ended = reports("--verify")
    assert ended.code == 9
    for line in (
        "product RING-M, daily 2026-03-09, row: stored no row, computed a row",
        "listing 999, monthly 2026-03-01, row: stored a row, computed no row",
        "listing 103, monthly 2026-03-01, row: stored no row, computed a row",
    ):
        assert line in ended.out


def test_what_moved_since_the_last_run_is_pending_and_no_drift(
    reported: DatabaseUrl, reports: Reports
) -> None:
    add_refund(reported, 1_003, "2026-03-20T10:00", 100)
    ended = reports("--verify", "--json")
    assert ended.code == 0
    assert ended.shop["verification"]["rows_pending"] > 0
    assert "rows wait for the next run" in reports("--verify").out


def test_drift_before_the_months_that_moved_is_still_drift(
    reported: DatabaseUrl, reports: Reports
) -> None:
    add_order(reported, 1_050, "2026-03-31T12:30", [Line(101, "RING-S", 700)])
    execute(
        reported,
        "UPDATE shop_reports SET orders = 9 WHERE period_type = 'MONTHLY' "
        "AND period_start = '2026-01-01'",
    )
    ended = reports("--verify")
    assert ended.code == 9
    assert "shop 1, monthly 2026-01-01, orders: stored 9, computed 2" in ended.out


def test_before_a_first_run_everything_waits(shop: DatabaseUrl, reports: Reports) -> None:
    ended = reports("--verify", "--json")
    assert ended.code == 0
    found = ended.shop["verification"]
    assert found["rows_pending"] == found["rows_compared"] > 0


def test_one_sku_can_be_compared_alone(reported: DatabaseUrl, reports: Reports) -> None:
    execute(reported, "UPDATE shop_reports SET orders = 9")
    execute(reported, f"UPDATE product_reports SET units_sold = 4 WHERE {MARCH_OF_RING_M}")
    assert reports("--verify", "--sku", "RING-S").code == 0
    ended = reports("--verify", "--sku", "RING-M", "--json")
    assert ended.code == 9
    (drift,) = ended.shop["verification"]["drift"]
    assert drift == {
        "level": "product",
        "entity": "RING-M",
        "period_type": "DAILY",
        "period_start": "2026-03-09",
        "column": "units_sold",
        "stored": "4",
        "computed": "3",
    }


@pytest.fixture(scope="module")
def moved_template(
    server_url: DatabaseUrl, reported_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database with two versions of a January, to be copied."""
    with copy_of(server_url, reported_template) as url:
        add_refund(url, 1_003, "2026-01-31T10:00", 100)
        run_once(url, tmp_path_factory.mktemp("no_files"))
        yield url.database


@pytest.fixture
def moved(server_url: DatabaseUrl, moved_template: str, named: Named) -> Iterator[DatabaseUrl]:
    """A database with two versions of a January."""
    with copy_of(server_url, moved_template) as url:
        yield named(url)


def test_a_history_of_two_versions_holds_together(moved: DatabaseUrl, reports: Reports) -> None:
    assert rows(moved, "SELECT count(*) > 0 FROM report_revisions") == [(True,)]
    assert reports("--verify").code == 0


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ("known_to = known_to + interval '1 minute'", "two versions overlap at"),
        ("known_to = known_to - interval '1 millisecond'", "no version is known from"),
        (
            "metrics = metrics || '{\"net_profit\": 1}'",
            "causes of -0.93 for a change of",
        ),
    ],
)
def test_a_history_that_does_not_hold_together_is_told(
    moved: DatabaseUrl, reports: Reports, damage: str, complaint: str
) -> None:
    execute(moved, "ALTER TABLE report_revisions DISABLE TRIGGER USER")
    execute(
        moved,
        f"UPDATE report_revisions SET {damage} WHERE level = 'SHOP' "
        "AND period_type = 'MONTHLY' AND period_start = '2026-01-01'",
    )
    ended = reports("--verify")
    assert ended.code == 9
    assert f"shop 1, monthly 2026-01-01: {complaint}" in ended.out


def test_a_change_without_a_cause_is_told(reported: DatabaseUrl, reports: Reports) -> None:
    execute(
        reported,
        "UPDATE shop_reports SET orders = 9, row_hash = 0 WHERE period_type = 'MONTHLY' "
        "AND period_start = '2026-01-01'",
    )
    assert reports("--level", "shop").code == 0
    ended = reports("--verify")
    assert ended.code == 9
    assert "shop 1, monthly 2026-01-01: a change in run 2 has no cause" in ended.out

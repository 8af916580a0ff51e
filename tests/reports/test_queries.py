"""The queries of docs/queries as an analyst runs them: as the reader's role, on the demo shop.

Each is answered a second time by the engine itself, and the two have to agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from engine import EcommerceAnalyticsOptimized, Period, PeriodKind, Settings
from engine.database.url import DatabaseUrl
from engine.demo.csv_files.folder import owner_files, write_files
from engine.demo.load import load
from engine.demo.shop import generate
from engine.demo.sizes import make_plan
from engine.periods import periods_between
from engine.settings import PROJECT_FOLDER
from tests.commands.conftest import address
from tests.reports.conftest import Reports, copy_of, run_once
from tests.reports.small_shop import execute

QUERIES = sorted((PROJECT_FOLDER / "docs" / "queries").glob("*.sql"))
ROLE_FILE = PROJECT_FOLDER / "docs" / "sql" / "reports_reader.sql"
Row = tuple[Any, ...]


def make_role(url: DatabaseUrl) -> None:
    """Run the role's file as psql would: its variable filled in, its \\gexec executed."""
    text = re.sub(r"^--.*$", "", ROLE_FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = text.replace(":password", "'of the test'")
    with psycopg.connect(url.libpq(), autocommit=True) as connection:
        create, rest = text.split("\\gexec")
        for (statement,) in connection.execute(create.encode()).fetchall():
            connection.execute(statement.encode())
        connection.execute(rest.encode())


@contextmanager
def as_reader(url: DatabaseUrl) -> Iterator[psycopg.Connection[Row]]:
    with psycopg.connect(url.libpq(), autocommit=True) as connection:
        connection.execute("SET SESSION AUTHORIZATION reports_reader")
        connection.execute("SET default_transaction_read_only = on")  # as its log-in would
        yield connection


def answer(url: DatabaseUrl, name: str) -> list[Row]:
    (file,) = [query for query in QUERIES if query.name.startswith(name)]
    with as_reader(url) as connection:
        return connection.execute(file.read_text(encoding="utf-8").encode()).fetchall()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo owner's files: with costs, margins move and SKUs lose money."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def demo(server_url: DatabaseUrl, template_database: str, files: Path) -> Iterator[DatabaseUrl]:
    made = generate(make_plan(orders=1_500))
    write_files(files, owner_files(made))
    with copy_of(server_url, template_database) as url:
        load(url, made)
        run_once(url, files)
        make_role(url)
        yield url


@pytest.fixture(scope="module")
def analytics(demo: DatabaseUrl, files: Path) -> EcommerceAnalyticsOptimized:
    settings = Settings(database_url=address(demo), csv_folder=str(files))
    return EcommerceAnalyticsOptimized.load(1, settings=settings, url=demo)


def complete(analytics: EcommerceAnalyticsOptimized, kind: PeriodKind) -> list[Period]:
    """The complete periods of a kind, the newest first."""
    assert analytics.first_day is not None
    every = list(periods_between(kind, analytics.first_day, analytics.today))
    return [
        period
        for period in reversed(every)
        if analytics.clock.days_ended(analytics.watermark) > (period.end - date(1970, 1, 1)).days
    ]


def figures(
    analytics: EcommerceAnalyticsOptimized, periods: list[Period], level: str = "shop"
) -> list[dict[str, Any]]:
    found = analytics.calculate_metrics_batch(periods, level=level, as_frame=False)
    return sorted(found, key=lambda row: (row["period_start"], row["entity_id"]))


def profit_by_month(a: EcommerceAnalyticsOptimized) -> list[Row]:
    by_start = {row["period_start"]: row for row in figures(a, complete(a, PeriodKind.MONTHLY))}
    months = sorted(by_start, reverse=True)[:12]

    def change(month: date) -> Decimal | None:
        before = by_start.get(month.replace(year=month.year - 1))
        return before and by_start[month]["net_sales"] - before["net_sales"]

    return [
        (m, by_start[m]["net_sales"], by_start[m]["contribution_profit"], change(m)) for m in months
    ]


def best_listings(a: EcommerceAnalyticsOptimized) -> list[Row]:
    rows = figures(a, complete(a, PeriodKind.MONTHLY)[:1], "listing")
    total = sum(row["contribution_profit"] for row in rows)
    rows.sort(key=lambda row: (-row["contribution_profit"], row["entity_id"]))
    return [
        (row["entity_id"], row["contribution_profit"], row["contribution_profit"] / total)
        for row in rows[:20]
    ]


def losing_skus(a: EcommerceAnalyticsOptimized) -> list[Row]:
    rows = figures(a, complete(a, PeriodKind.QUARTERLY)[:1], "product")
    lost = [row for row in rows if row["contribution_profit"] < 0 and row["cost_coverage"] == 1]
    lost.sort(key=lambda row: (row["contribution_profit"], row["entity_id"]))
    return [(row["entity_id"], row["contribution_profit"]) for row in lost]


def fallen_margins(a: EcommerceAnalyticsOptimized) -> list[Row]:
    before: dict[int, float | None] = {}
    found = []
    for row in figures(a, complete(a, PeriodKind.MONTHLY), "listing"):
        listing, margin = row["entity_id"], row["contribution_margin"]
        last = before.get(listing)
        if margin is not None and last is not None and margin < last - 0.05:
            found.append((listing, row["period_start"], last, margin))
        before[listing] = margin
    return sorted(found, key=lambda row: (-row[1].toordinal(), row[0]))


def sales_per_order(a: EcommerceAnalyticsOptimized) -> list[Row]:
    weeks = figures(a, complete(a, PeriodKind.WEEKLY))
    found = []
    for at, week in enumerate(weeks):
        four = weeks[max(at - 3, 0) : at + 1]
        orders = sum(row["orders"] for row in four)
        found.append((week["period_start"], orders and sum(r["net_sales"] for r in four) / orders))
    return found[::-1]


def family_margins(a: EcommerceAnalyticsOptimized) -> list[Row]:
    rows = figures(a, complete(a, PeriodKind.YEARLY)[:1], "listing")
    found = []
    for family, rest in (("even", 0), ("odd", 1)):
        own = [row for row in rows if row["entity_id"] % 2 == rest]
        profit, revenue = (sum(r[n] for r in own) for n in ("contribution_profit", "net_revenue"))
        found.append((family, profit / revenue))
    return found


def stopped_selling(a: EcommerceAnalyticsOptimized) -> list[Row]:
    quarters = complete(a, PeriodKind.QUARTERLY)
    sold = [
        {row["entity_id"]: row for row in figures(a, [quarter], "product") if row["units_sold"]}
        for quarter in quarters[:2]
    ]
    gone = [row for sku, row in sold[1].items() if sku not in sold[0]]
    gone.sort(key=lambda row: (-row["contribution_profit"], row["entity_id"]))
    return [(row["entity_id"], row["units_sold"], row["contribution_profit"]) for row in gone]


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        ("01", (0, 1, 2, 3), profit_by_month),
        ("02", (0, 2, 3), best_listings),
        ("03", (0, 4), losing_skus),
        ("04", (0, 2, 3, 4), fallen_margins),
        ("05", (0, 1), sales_per_order),
        ("06", (0, 1), family_margins),
        ("07", (0, 1, 2), stopped_selling),
    ],
)
def test_a_query_and_the_engine_give_the_same_answer(
    demo: DatabaseUrl,
    analytics: EcommerceAnalyticsOptimized,
    name: str,
    columns: tuple[int, ...],
    expected: Callable[[EcommerceAnalyticsOptimized], list[Row]],
) -> None:
    found = [tuple(row[at] for at in columns) for row in answer(demo, name)]
    wanted = expected(analytics)
    assert wanted, "the demo shop has something to show"
    assert len(found) == len(wanted)
    for mine, theirs in zip(found, wanted, strict=True):
        for one, other in zip(mine, theirs, strict=True):
            exact = not isinstance(other, (float, Decimal)) or one is None
            assert one == (other if exact else pytest.approx(other, rel=Decimal("1e-15")))


def test_what_was_known_then_and_now_differ_by_the_causes_that_are_listed(
    reported_demo: DatabaseUrl, reports: Reports
) -> None:
    make_role(reported_demo)
    assert all(restated == 0 for *_, restated in answer(reported_demo, "08"))
    assert answer(reported_demo, "09") == []
    execute(
        reported_demo,
        "INSERT INTO order_refunds (order_id, shop_id, refund_id, amount, currency_code, "
        "created_timestamp) SELECT order_id, 1, 999999999, 300, 'USD', "
        "extract(epoch FROM timestamptz '2026-09-15 12:00Z')::int8 FROM orders "
        "WHERE shop_id = 1 AND status = 'Completed' AND total_price > 1000 "
        "AND created_timestamp < extract(epoch FROM timestamptz '2026-09-01Z') "
        "ORDER BY created_timestamp DESC LIMIT 1",
    )
    assert reports().code == 0
    september = date(2026, 9, 1)
    moved = {start: restated for start, _, _, restated in answer(reported_demo, "08") if restated}
    assert moved.keys() == {september}
    why = answer(reported_demo, "09")
    assert {cause for start, cause, *_ in why if start == september} == {"LATE_REFUND"}
    effect = {component: amount for start, _, component, amount in why if start == september}
    assert effect["returns_value"] == moved[september]


def test_listings_and_skus_add_up_to_the_shop(demo: DatabaseUrl) -> None:
    assert answer(demo, "10") == []


def test_every_query_of_the_folder_is_tested() -> None:
    assert [query.name[:2] for query in QUERIES] == [f"{number:02}" for number in range(1, 11)]


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("SELECT * FROM orders", "permission denied for table orders"),
        ("SELECT buyer_salt FROM shops", "permission denied for table shops"),
        ("SELECT * FROM listings", "permission denied for table listings"),
        ("DELETE FROM shop_reports", "cannot execute DELETE in a read-only transaction"),
    ],
)
def test_the_reader_sees_no_order_and_writes_nothing(
    demo: DatabaseUrl, statement: str, refusal: str
) -> None:
    with as_reader(demo) as connection, pytest.raises(psycopg.Error, match=refusal):
        connection.execute(statement.encode())


def test_the_reader_may_ask_for_the_past(demo: DatabaseUrl) -> None:
    with as_reader(demo) as connection:
        for level in ("shop", "listing", "product"):
            found = connection.execute(
                f"SELECT count(*) FROM {level}_reports_as_of(report_end_of_day(1, %s))",
                (date(2099, 1, 1),),
            ).fetchone()
            assert found is not None
            assert found[0] > 0


def test_the_role_has_its_limits_from_the_start(demo: DatabaseUrl) -> None:
    with psycopg.connect(demo.libpq()) as connection:
        (limits,) = connection.execute(
            "SELECT rolconfig FROM pg_roles WHERE rolname = 'reports_reader'"
        ).fetchall()
    assert set(limits[0]) == {"default_transaction_read_only=on", "statement_timeout=60s"}

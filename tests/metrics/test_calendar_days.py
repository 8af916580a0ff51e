"""Days that calendars trip over: clock changes, leap days and week 53, west and east of UTC."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.metrics.breakdown import compute_breakdown
from engine.metrics.compute import compute_block
from engine.metrics.dimensions import Dimension, choose_metrics
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.periods import GRAINS, Period, PeriodKind, periods_between
from tests.oracle import Oracle
from tests.shop_builder import Line, Order, Refund, a_shop, snapshot_of, tables

ZONES = (
    "Pacific/Honolulu",
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Pacific/Auckland",
)
# New York, Berlin and Auckland change their clocks around these; 2024 has a 29 February, the year
# 2026 a week 53, and the last instants lie in different years in different zones.
MOMENTS = (
    datetime(2024, 2, 28, 12, tzinfo=UTC),
    datetime(2024, 3, 9, 0, tzinfo=UTC),
    datetime(2024, 3, 30, 12, tzinfo=UTC),
    datetime(2024, 9, 28, 6, tzinfo=UTC),
    datetime(2024, 11, 2, 12, tzinfo=UTC),
    datetime(2026, 12, 30, 12, tzinfo=UTC),
)
HOURS = 60


def shop_in(zone):
    """An order every hour round each moment, and a refund of every seventh, a day and a half on."""
    local, orders, refunds = ZoneInfo(zone), [], []
    for moment in MOMENTS:
        for hour in range(HOURS):
            n = len(orders) + 1
            at = (moment + timedelta(hours=hour)).astimezone(local)
            line = Line(n, "AB"[n % 2], 1 + n % 3, 100 * n, 101 + n % 2)
            orders.append(Order(n, at.replace(tzinfo=None), [line], buyer=n % 40 or None))
            if n % 7 == 0:
                back = (moment + timedelta(hours=hour + 36)).astimezone(local)
                refunds.append(Refund(n, n, back.replace(tzinfo=None), 50 * n))
    return tables(a_shop(time_zone=zone), orders, refunds)


@pytest.fixture(scope="module", params=ZONES)
def zoned(request):
    return request.param, snapshot_of(shop_in(request.param))


def local_days(zone):
    """Local dates of the orders, by the time-zone data base; an hour that comes twice is taken as
    its first, as a clock on the wall shows it."""
    found = Counter()
    for moment in MOMENTS:
        for hour in range(HOURS):
            found[(moment + timedelta(hours=hour)).astimezone(ZoneInfo(zone)).date()] += 1
    return found


def test_a_local_day_holds_the_orders_of_its_23_24_or_25_hours(zoned):
    zone, snapshot = zoned
    days = local_days(zone)
    periods = [Period(PeriodKind.DAILY, day, day) for day in sorted(days)]
    block = compute_block(snapshot, periods, Level.SHOP, REGISTRY.choose(Level.SHOP, ["orders"]))
    counts = block.columns["orders"].values.tolist()
    assert counts == [days[day] for day in sorted(days)]
    assert sum(counts) == len(MOMENTS) * HOURS


def test_days_add_up_to_weeks_months_quarters_and_years(zoned):
    _, snapshot = zoned
    first, last = date(2024, 1, 1), date(2027, 1, 31)
    for level in Level:
        chosen = [m for m in REGISTRY.at_level(level) if level in m.adds_over_time]
        totals = []
        for kind in GRAINS:
            block = compute_block(snapshot, list(periods_between(kind, first, last)), level, chosen)
            totals.append({name: int(c.values.sum()) for name, c in block.columns.items()})
        assert all(total == totals[0] for total in totals)
        assert totals[0]["orders"] >= len(MOMENTS) * HOURS


def test_the_oracle_agrees_on_the_days_themselves(zoned):
    _, snapshot = zoned
    oracle = Oracle(snapshot.ledger, snapshot.days_begun)
    periods = [
        Period.containing("DAILY", date(2024, 2, 29)),
        Period.containing("WEEKLY", date(2027, 1, 1)),  # ISO week 53 of 2026
        Period.containing("MONTHLY", date(2024, 11, 1)),
        Period.custom(date(2024, 3, 10), date(2024, 3, 31)),
    ]
    assert (periods[1].start, periods[1].end) == (date(2026, 12, 28), date(2027, 1, 3))
    metrics = REGISTRY.at_level(Level.SHOP)
    block = compute_block(snapshot, periods, Level.SHOP, metrics)
    for row, at in enumerate(block.period):
        expected = oracle.answer("shop", 1, periods[at])
        for name, column in block.columns.items():
            value = int(column.values[row])
            found = column.texts[value] if column.texts else value
            assert (found if column.known[row] else None) == expected[name], (name, periods[at])


def test_hours_of_the_clock_on_the_wall_add_up_to_the_orders(zoned):
    _, snapshot = zoned
    whole = [Period.custom(date(2024, 1, 1), date(2027, 1, 31))]
    dimensions = (Dimension.HOUR,)
    chosen = choose_metrics(Level.SHOP, ["orders", "net_revenue", "refund_count"], dimensions)
    split = compute_breakdown(snapshot, whole, Level.SHOP, chosen, dimensions)
    plain = compute_block(snapshot, whole, Level.SHOP, chosen)
    for name, column in split.columns.items():
        assert column.values.sum() == plain.columns[name].values[0], name
    assert len(split) == 24


def test_the_two_datings_differ_by_the_refunds_that_moved(zoned):
    _, snapshot = zoned
    names = [m.name for m in REGISTRY.at_level(Level.SHOP) if m.adds_over_entities]
    chosen = REGISTRY.choose(Level.SHOP, names)
    days = list(periods_between(PeriodKind.DAILY, date(2024, 2, 1), date(2027, 1, 31)))
    by_refund = compute_block(snapshot, days, Level.SHOP, chosen)
    by_order = compute_block(snapshot, days, Level.SHOP, chosen, refund_dating="order_day")
    ledger, moved = snapshot.ledger, Counter()
    for row in range(len(ledger)):
        amount = int(ledger.amounts["returns_value"][row])
        moved[int(ledger.event_day[row])] += amount
        moved[int(ledger.order_day[row])] -= amount
    difference = (
        by_refund.columns["returns_value"].values - by_order.columns["returns_value"].values
    )
    epoch = date(1970, 1, 1).toordinal()
    expected = [moved[day.start.toordinal() - epoch] for day in days]
    assert difference.tolist() == expected
    for name in names:
        left, right = by_refund.columns[name].values, by_order.columns[name].values
        assert left.sum() == right.sum(), name


def test_a_shop_of_one_order_adds_up_over_any_days():
    order = Order(1, datetime(2024, 2, 29, 23, 59), [Line(1, "A", 1, 999, 101)], buyer=1)
    snapshot = snapshot_of(tables(a_shop(), [order]))
    day = date(2024, 2, 29)
    chosen = [m for m in REGISTRY.at_level(Level.SHOP) if Level.SHOP in m.adds_over_time]
    around = [Period.custom(day + timedelta(days=n), day + timedelta(days=n)) for n in (-1, 0, 1)]
    parts = compute_block(snapshot, around, Level.SHOP, chosen)
    whole = compute_block(
        snapshot, [Period.custom(around[0].start, around[-1].end)], Level.SHOP, chosen
    )
    for name, column in parts.columns.items():
        assert column.values.sum() == whole.columns[name].values[0], name
    assert parts.columns["orders"].values.tolist() == [0, 1, 0]

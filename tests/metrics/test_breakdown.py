"""Breakdowns: the worked shop by hand, random shops row by row, and groups that add up."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest

from engine.errors import BreakdownError, PeriodError, UnknownEntityError
from engine.ledger.fee_frames import FeeBasis
from engine.ledger.frames import FEES, EventKind
from engine.metrics.answers import as_frame, as_records
from engine.metrics.breakdown import NONE, compute_breakdown
from engine.metrics.compute import compute_block
from engine.metrics.dimensions import (
    OF_FEES,
    OF_LINES,
    Dimension,
    can_split,
    choose_metrics,
    dimensions_of,
    read_breakdown,
)
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.periods import Period, day_number
from tests import worked_shop
from tests.metrics.test_oracle import START, random_shop
from tests.shop_builder import snapshot_of, tables

MARCH = Period.containing("MONTHLY", date(2026, 3, 1))
SHOP = random_shop(11)
PERIODS = [
    Period.custom(START + timedelta(days=first), START + timedelta(days=last))
    for first, last in ((-5, 60), (61, 250), (200, 520))
]


def ask(dimensions, metrics, snapshot=None, periods=(MARCH,), level=Level.SHOP, **more):
    names = read_breakdown(dimensions)
    chosen = choose_metrics(level, metrics, names)
    return compute_breakdown(
        snapshot or worked_shop.snapshot(), list(periods), level, chosen, names, **more
    )


def by_value(dimension, metric, **more):
    records = as_records(ask(dimension, [metric], **more), 2)
    return {row[dimension]: str(row[metric]) for row in records}


@pytest.mark.parametrize(
    ("dimension", "metric", "expected"),
    [
        # 95.01 of order 1001, 45.00 of 1004 and nothing of 1006 went to Germany.
        ("country", "sales_after_discounts", {"DE": "140.01", "US": "121.00"}),
        ("country", "orders", {"DE": "3", "US": "1"}),
        ("country", "duty", {"DE": "0.00", "US": "1.09"}),
        ("country", "returns_value", {"DE": "11.70", "US": "0.00"}),
        ("zone", "parcels", {"1": "3", "US": "1"}),
        ("tier", "postage", {"0.5": "9.00", "1.5": "13.50", "3": "16.80", "2.5": "18.60"}),
        ("parcel_basis", "parcels", {"measured": "3", "estimated": "1"}),
        ("payment_method", "orders", {"cc": "2", "other": "1", "paypal": "1"}),
        ("weekday", "orders", {"2": "1", "3": "1", "4": "2"}),
        ("hour", "units_sold", {"9": "0", "10": "6", "16": "3", "23": "1"}),
        ("customer_kind", "orders", {"new": "1", "returning": "2", "guest": "1"}),
        ("fee_basis", "platform_fees", {"measured": "19.60", "estimated": "30.89"}),
        ("refund_reason", "returns_value", {NONE: "11.70"}),
        ("refund_reason", "refunds_total", {NONE: "15.00"}),
    ],
)
def test_march_of_the_worked_shop(dimension, metric, expected):
    assert by_value(dimension, metric) == expected


def test_fees_by_kind_are_the_seven_metrics_and_offsite_ads():
    found = by_value("fee_kind", "platform_fees")
    assert found == {
        "transaction_fees": "17.12",
        "processing_fees": "18.76",
        "listing_fees": "1.80",
        "regulatory_fees": "4.40",
        "vat_on_fees": "8.41",
    }
    credits_ = by_value("fee_kind", "fee_credits")
    assert credits_["transaction_fees"] == "0.90"
    assert credits_["vat_on_fees"] == "0.42"


def test_a_pair_is_one_row_for_each_two_values_that_meet():
    records = as_records(ask(("country", "customer_kind"), ["orders"]), 2)
    found = {(row["country"], row["customer_kind"]): row["orders"] for row in records}
    # The refund of February's order of a new buyer in Germany is in March, that order is not.
    assert found == {
        ("DE", "new"): 1,
        ("DE", "returning"): 1,
        ("DE", "guest"): 1,
        ("US", "returning"): 1,
    }


def test_ratios_are_divided_within_the_group():
    records = as_records(
        ask("country", ["average_order_value", "profit_basis", "sales_per_day"]), 2
    )
    rows = {row["country"]: row for row in records}
    assert str(rows["DE"]["average_order_value"]) == "46.67"
    assert rows["DE"]["profit_basis"] == "partial"
    assert rows["US"]["profit_basis"] == "estimated"
    assert str(rows["US"]["sales_per_day"]) == "3.90"


def every_dimension():
    return [(d,) for d in Dimension] + [
        pair
        for pair in combinations(Dimension, 2)
        if any(can_split(metric, pair) for metric in REGISTRY.metrics.values())
    ]


def additive(dimensions, level):
    """Metrics whose groups add up: sums in every dimension, counts where an order has one value."""
    once = not set(OF_LINES) & set(dimensions)
    return [
        metric.name
        for metric in REGISTRY.at_level(level)
        if can_split(metric, dimensions)
        and (metric.adds_over_entities or (once and metric.kind == "distinct"))
    ]


@pytest.mark.parametrize("dimensions", every_dimension(), ids="-".join)
@pytest.mark.parametrize("dating", ["refund_day", "order_day"])
def test_groups_add_up_to_the_figure_without_a_breakdown(dimensions, dating):
    for level in Level:
        names = additive(dimensions, level)
        split = ask(
            dimensions if len(dimensions) > 1 else dimensions[0],
            names,
            SHOP,
            PERIODS,
            level,
            refund_dating=dating,
        )
        whole = compute_block(
            SHOP, PERIODS, level, REGISTRY.choose(level, names), refund_dating=dating
        )
        for name in names:
            sums: dict[tuple[int, int], int] = defaultdict(int)
            for row in range(len(split)):
                key = (int(split.entity[row]), int(split.period[row]))
                sums[key] += int(split.columns[name].values[row])
            for row in range(len(whole)):
                key = (int(whole.entity[row]), int(whole.period[row]))
                known = whole.columns[name].known[row]
                assert not known or sums.pop(key, 0) == whole.columns[name].values[row], name
            assert not any(sums.values()) or not whole.columns[name].known.all(), name


def values_of_rows(snapshot, dimension):
    """The value of each ledger row, one after the other, from the orders."""
    ledger, first = snapshot.ledger, {}
    orders = ledger.orders
    for order in range(len(orders)):
        customer = int(orders.customer_id[order])
        if orders.state[order] == 0 and customer:
            first.setdefault(customer, order)
    out = []
    for row in range(len(ledger)):
        order = int(ledger.order[row])
        if ledger.kind[row] == EventKind.ADJUSTMENT or order < 0:
            out.append(NONE)
        elif dimension == "country":
            code = orders.country[order]
            out.append(orders.countries[code] if code >= 0 else NONE)
        elif dimension == "payment_method":
            code = orders.payment_method[order]
            out.append(orders.payment_methods[code] if code >= 0 else NONE)
        elif dimension == "hour":
            out.append(str(orders.hour[order]) if orders.has_clock[order] else NONE)
        elif dimension == "weekday":
            day = date(1970, 1, 1) + timedelta(days=int(orders.day[order]))
            out.append(str(day.isoweekday()))
        else:
            customer = int(orders.customer_id[order])
            is_first = first.get(customer) == order
            out.append("guest" if not customer else "new" if is_first else "returning")
    return out


@pytest.mark.parametrize(
    "dimension", ["country", "payment_method", "hour", "weekday", "customer_kind"]
)
def test_each_group_is_made_of_its_own_rows(dimension):
    ledger = SHOP.ledger
    names = [
        "net_revenue",
        "orders",
        "refund_count",
        "refunded_orders",
        "loss_orders",
        "gift_orders",
    ]
    period = PERIODS[2]
    first, last = day_number(period.start), day_number(period.end)
    rows = defaultdict(list)
    for row, value in enumerate(values_of_rows(SHOP, dimension)):
        if first <= ledger.event_day[row] <= last:
            rows[value].append(row)
    block = ask(dimension, names, SHOP, [period])
    found = {row[dimension]: row for row in as_records(block, 0)}
    assert found.keys() == rows.keys()
    for value, own in rows.items():
        sales = [row for row in own if ledger.kind[row] == EventKind.SALE]
        back = [row for row in own if ledger.kind[row] == EventKind.REFUND]
        placed = {int(ledger.order[row]) for row in sales}
        assert found[value]["orders"] == len(placed)
        assert found[value]["gift_orders"] == sum(bool(ledger.orders.is_gift[o]) for o in placed)
        refunds = {(int(ledger.order[row]), int(ledger.source_id[row])) for row in back}
        assert found[value]["refund_count"] == len(refunds)
        assert found[value]["refunded_orders"] == len({o for o, _ in refunds if o >= 0})
        amounts = {
            name: sum(int(ledger.amounts[name][row]) for row in own) for name in ledger.amounts
        }
        income = amounts["value"] - amounts["discount"] + amounts["shipping"] + amounts["gift_wrap"]
        given = amounts["returns_value"] + amounts["shipping_refunded"]
        given += amounts["gift_wrap_refunded"] + amounts["refund_excess"]
        assert found[value]["net_revenue"] == income - given


def test_fees_by_basis_are_those_of_the_rows():
    ledger = SHOP.ledger
    period = PERIODS[2]
    first, last = day_number(period.start), day_number(period.end)
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for row in range(len(ledger)):
        if not first <= ledger.event_day[row] <= last:
            continue
        for at, fee in enumerate(FEES):
            amount = int(ledger.amounts[fee][row])
            basis = FeeBasis((int(ledger.fee_bases[row]) >> (2 * at)) & 3).name.lower()
            if amount and fee != "offsite_ads_fees":
                expected[fee, basis] += amount
    records = as_records(ask(("fee_kind", "fee_basis"), ["platform_fees"], SHOP, [period]), 0)
    assert {(r["fee_kind"], r["fee_basis"]): int(r["platform_fees"]) for r in records} == expected


def test_rows_come_by_entity_period_and_value_with_none_last():
    block = ask(
        "payment_method", ["orders"], SHOP, PERIODS[::-1], Level.LISTING, entities=[102, 0, 101]
    )
    frame = as_frame(block)
    assert frame["entity_id"].drop_duplicates().tolist() == [102, 0, 101]
    for _, rows in frame.groupby("entity_id"):
        assert rows["period_start"].is_monotonic_increasing
    values = frame[frame.entity_id == 102].groupby("period_start")["payment_method"]
    for _, names in values:
        known = [name for name in names if name != NONE]
        assert names.tolist() == [*sorted(known), *([NONE] if NONE in names.tolist() else [])]
    assert frame.dtypes["payment_method"] == "string"
    assert list(frame.columns).index("payment_method") == 7


def test_only_values_that_occur_have_a_row():
    april = Period.containing("MONTHLY", date(2026, 4, 1))
    assert len(ask("country", ["orders"], periods=[april])) == 0
    assert set(by_value("country", "orders")) == {"DE", "US"}


@pytest.mark.parametrize(
    ("dimensions", "metrics", "message", "hint"),
    [
        ("land", None, "There is no dimension 'land' to break", "There are: country, zone"),
        ("countri", None, "There is no dimension 'countri'", "Did you mean country"),
        ("country", ["customers"], "'customers' can't be broken down by country", "What can be"),
        ("country", ["order_value_median"], "can't be broken down by country", "gross_merchandise"),
        ("fee_kind", ["net_revenue"], "can't be broken down by fee_kind", "by: country, zone"),
        ("refund_reason", ["orders"], "can't be broken down by refund_reason", "by: country"),
        ("country", ["cancelled_orders"], "can't be broken down by country", "What can be"),
        (
            ("fee_kind", "refund_reason"),
            None,
            "No metric can be broken down by",
            "country and zone",
        ),
        (("country", "country"), None, "by one dimension or a pair of two", "There are"),
        (("country", "zone", "hour"), None, "by one dimension or a pair of two", "There are"),
    ],
)
def test_what_can_not_be_split_is_refused_with_what_works(dimensions, metrics, message, hint):
    with pytest.raises(BreakdownError, match=message) as caught:
        ask(dimensions, metrics)
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


def test_wrong_periods_and_entities_are_refused_as_without_a_breakdown():
    with pytest.raises(PeriodError, match="No period was asked for"):
        ask("country", ["orders"], periods=[])
    with pytest.raises(UnknownEntityError, match="The shop has no listing 5"):
        ask("country", ["orders"], level=Level.LISTING, entities=[5])


def test_contribution_can_be_split_and_net_profit_is_not_of_ledger_rows():
    assert Dimension.COUNTRY in dimensions_of(REGISTRY["contribution_profit"])
    assert dimensions_of(REGISTRY["customers"]) == ()
    assert set(OF_FEES) <= set(dimensions_of(REGISTRY["fee_credits"]))


def test_a_shop_without_orders_has_no_groups():
    empty = snapshot_of(tables(worked_shop.source().shop, []))
    for dimension in Dimension:
        assert len(ask(dimension, None, empty)) == 0


def test_the_same_question_has_the_same_bytes_whatever_the_order_of_the_periods():
    one = ask("hour", None, SHOP, PERIODS, Level.PRODUCT)
    other = ask("hour", None, SHOP, PERIODS[::-1], Level.PRODUCT)
    assert one.entity.tobytes() == other.entity.tobytes()
    for name, column in one.columns.items():
        assert np.array_equal(column.values, other.columns[name].values), name

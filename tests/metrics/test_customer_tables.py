"""Cohorts, RFM scores and the value curve: by hand on small shops, by pandas on random ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from engine.ledger.frames import OrderState
from engine.metrics.compute import compute_block
from engine.metrics.customer_orders import orders_of_cohort, orders_of_segment
from engine.metrics.customer_tables import (
    SEGMENTS,
    cohort_table,
    rfm_table,
    segment_table,
    value_curve,
)
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.periods import Period, day_number
from engine.sources.fee_schedule import FeeSchedule
from tests import worked_shop
from tests.exact import over
from tests.metrics.test_oracle import random_shop
from tests.oracle import contribution
from tests.shop_builder import Line, Order, a_shop, owner_files, snapshot_of, tables

APRIL_10 = day_number(date(2026, 4, 10))
SHOP = random_shop(11, orders=200)
WHOLE = SHOP.days_begun - 1
LATER = day_number(date(2026, 12, 31))


def rows(frame, *columns):
    return frame[list(columns)].astype(object).to_numpy().tolist()


def test_cohorts_of_the_worked_shop():
    table = cohort_table(worked_shop.snapshot(), APRIL_10)
    # c2 came in February and bought again in March, c1 came in March and bought twice.
    february, march = date(2026, 2, 1), date(2026, 3, 1)
    assert rows(table, "cohort", "months_since", "cohort_size", "customers", "orders") == [
        [february, 0, 1, 1, 1],
        [february, 1, 1, 1, 1],
        [february, 2, 1, 0, 0],
        [march, 0, 1, 1, 2],
        [march, 1, 1, 0, 0],
    ]
    assert table["is_complete"].tolist() == [True, True, False, True, False]
    assert table["retention"].tolist() == [1.0, 1.0, 0.0, 1.0, 0.0]
    assert table["sales_after_discounts"].tolist() == [3200, 12100, 0, 14001, 0]


def test_a_cohort_is_worth_what_its_months_left_in_all():
    table = cohort_table(worked_shop.snapshot(), APRIL_10)
    of_march = table[table.cohort == date(2026, 3, 1)]
    # All that known buyers left in March is 94.14: 47.07 for each of the two of them.
    in_march = table.loc[[1, 3], "contribution_profit"].sum()
    assert in_march == 9414
    running = of_march["contribution_profit"].cumsum().tolist()
    assert of_march["cumulative_contribution_per_customer"].tolist() == running


def test_a_refund_moves_to_the_month_of_its_order_if_asked():
    by_refund = cohort_table(worked_shop.snapshot(), APRIL_10)
    by_order = cohort_table(worked_shop.snapshot(), APRIL_10, "order_day")
    moved = by_order["contribution_profit"] - by_refund["contribution_profit"]
    # 13.89 given back less credits of 2.53 leave February instead of March.
    assert moved.tolist() == [-1136, 1136, 0, 0, 0]


def test_months_after_the_day_asked_about_do_not_exist():
    table = cohort_table(worked_shop.snapshot(), day_number(date(2026, 3, 8)))
    assert rows(table, "cohort", "months_since", "orders") == [
        [date(2026, 2, 1), 0, 1],
        [date(2026, 2, 1), 1, 0],
        [date(2026, 3, 1), 0, 1],
    ]
    assert table["is_complete"].tolist() == [True, False, False]


@pytest.mark.parametrize("as_of", [WHOLE, WHOLE - 150])
def test_cohorts_are_those_of_pandas(as_of):
    orders, facts = orders_of(SHOP, as_of)
    table = cohort_table(SHOP, as_of).set_index(["cohort", "months_since"])
    first = orders.groupby("customer").month.min()
    assert int(table.groupby("cohort")["cohort_size"].first().sum()) == len(first)
    for (cohort, since), row in table.iterrows():
        month = pd.Period(cohort, "M")
        members = set(first[first == month].index)
        here = orders[orders.customer.isin(members) & (orders.month == month + since)]
        assert row.cohort_size == len(members)
        assert row.customers == here.customer.nunique()
        assert row.orders == len(here)
        assert row.sales_after_discounts == here.value.sum()
        own = facts[facts.customer.isin(members)]
        until = (own.month <= month + since) if since else own.month <= month
        exact = over(int(own[until].contribution.sum()), len(members))
        assert row.cumulative_contribution_per_customer == exact


def test_month_0_is_the_whole_cohort_and_no_month_exceeds_it():
    table = cohort_table(SHOP, WHOLE)
    month_0 = table[table.months_since == 0]
    assert month_0["customers"].tolist() == month_0["cohort_size"].tolist()
    assert (table["customers"] <= table["cohort_size"]).all()
    whole = Period.custom(date(2023, 1, 1), date(2027, 1, 1))
    chosen = REGISTRY.choose(Level.SHOP, ["customers", "new_customers"])
    block = compute_block(SHOP, [whole], Level.SHOP, chosen)
    everybody = int(block.columns["customers"].values[0])
    assert int(month_0["cohort_size"].sum()) == everybody
    assert int(block.columns["new_customers"].values[0]) == everybody


def orders_of(snapshot, as_of):
    """Orders of known customers and what ledger rows of theirs left, up to a day."""
    ledger, orders = snapshot.ledger, snapshot.ledger.orders
    events = pd.DataFrame({"order": ledger.order, "day": ledger.event_day, **ledger.amounts})
    events["contribution"] = contribution(events)
    sales = events[ledger.kind == 0]
    value = (sales["value"] - sales["discount"]).groupby(sales.order).sum()
    frame = pd.DataFrame({"customer": orders.customer_id, "day": orders.day, "state": orders.state})
    frame = frame[(frame.state == OrderState.COUNTED) & (frame.customer != 0)]
    frame["value"] = value.reindex(frame.index).fillna(0).astype(int)
    frame = frame[frame.day <= as_of]
    frame["month"] = to_months(frame.day)
    facts = events[(events.day <= as_of) & events.order.isin(frame.index)].copy()
    facts["customer"] = frame.customer.reindex(facts.order).to_numpy()
    facts["month"] = to_months(facts.day)
    return frame, facts


def to_months(days):
    return pd.PeriodIndex(np.array(days, "datetime64[D]"), freq="M")


def buys(*history):
    """A shop without fees; each entry is (customer, day of 2025, cents)."""
    start = datetime(2025, 1, 1, 12, 0)
    orders = [
        Order(n, start + timedelta(days=day - 1), [Line(n, "A", 1, cents)], buyer=buyer)
        for n, (buyer, day, cents) in enumerate(history, 1)
    ]
    files = replace(owner_files(), fees=FeeSchedule((), "none"))
    return snapshot_of(tables(a_shop(), orders), files=files)


def test_scores_are_quintiles_in_which_equal_values_score_equally():
    shop = buys((1, 1, 100), (2, 1, 200), (3, 50, 200), (3, 60, 300), (4, 90, 900), (5, 100, 50))
    table = rfm_table(shop, day_number(date(2025, 4, 10)))
    assert table["customer_id"].tolist() == [1, 2, 3, 4, 5]
    assert table["recency_days"].tolist() == [99, 99, 40, 10, 0]
    assert table["recency_score"].tolist() == [1, 1, 3, 4, 5]
    assert table["frequency"].tolist() == [1, 1, 2, 1, 1]
    assert table["frequency_score"].tolist() == [1, 1, 5, 1, 1]
    assert table["monetary"].tolist() == [100, 200, 500, 900, 50]
    assert table["monetary_score"].tolist() == [2, 3, 4, 5, 1]
    assert table["segment"].tolist() == ["lost", "lost", "steady", "recent", "recent"]


def test_best_and_slipping_customers_buy_often():
    shop = buys(*[(1, day, 100) for day in (1, 2, 3)], (2, 4, 100), (3, 5, 100), (4, 6, 100),
                (4, 7, 100), (5, 99, 100), (5, 100, 100), (5, 100, 1))  # fmt: skip
    segments = rfm_table(shop, LATER).set_index("customer_id")["segment"]
    assert segments[1] == "slipping"
    assert segments[5] == "best"


def test_under_five_customers_nobody_is_scored():
    table = rfm_table(buys((1, 1, 100), (2, 1, 200), (3, 5, 200), (4, 60, 300)), LATER)
    assert (
        table[["recency_score", "frequency_score", "monetary_score", "segment"]]
        .isna()
        .all(axis=None)
    )
    assert table["monetary"].tolist() == [100, 200, 200, 300]


def test_scores_are_those_of_the_rule_for_every_customer():
    table = rfm_table(SHOP, WHOLE)
    count = len(table)
    assert count > 20
    for column, better in (("recency_days", -1), ("frequency", 1), ("monetary", 1)):
        score = {"recency_days": "recency_score"}.get(column, f"{column}_score")
        for value, found in zip(table[column], table[score], strict=True):
            worse = sum(better * other < better * value for other in table[column])
            assert found == 1 + 5 * worse // count


def test_the_curve_ends_at_the_first_years_value():
    shop = buys(*[(n, 1, 1000) for n in range(1, 31)], (1, 31, 3000), (99, 365, 1))
    end = day_number(date(2025, 1, 1)) + 365
    shop = replace(shop, days_begun=end + 1)
    curve = value_curve(shop, end)
    assert curve["days_since"].tolist() == list(range(365))
    assert curve["value"].tolist() == [1000] * 30 + [1100] * 335
    assert set(curve["customers"]) == {30}
    assert value_curve(shop, end - 1)["value"].isna().all()


def test_a_shop_without_orders_has_empty_tables():
    empty = snapshot_of(tables(a_shop(), []))
    assert len(cohort_table(empty, LATER)) == len(rfm_table(empty, LATER)) == 0
    assert value_curve(empty, LATER)["value"].isna().all()


def test_guests_are_in_no_table():
    shop = buys((None, 1, 100), (7, 2, 100))
    assert rfm_table(shop, LATER)["customer_id"].tolist() == [7]
    assert cohort_table(shop, LATER)["orders"].sum() == 1


def test_segments_hold_every_customer_once_with_their_orders_and_sales():
    shop = buys(*[(n, n, 100 * n) for n in range(1, 31)], (3, 40, 500))
    rfm = rfm_table(shop, LATER)
    segments = segment_table(rfm)
    assert segments["customers"].sum() == len(rfm)
    assert segments["orders"].sum() == 31
    assert segments["sales_after_discounts"].sum() == rfm["monetary"].sum()
    lost = segments[segments["segment"] == "lost"].iloc[0]
    assert lost["customers"] == (rfm["segment"] == "lost").sum() > 0
    assert list(segments["segment"]) == [one for one in SEGMENTS if one in set(rfm["segment"])]


def test_segments_and_cohorts_share_out_the_same_contribution():
    for dating in ("refund_day", "order_day"):
        segments = segment_table(rfm_table(SHOP, WHOLE, dating))
        cohorts = cohort_table(SHOP, WHOLE, dating)
        total = segments["contribution_profit"].sum()
        assert total == cohorts["contribution_profit"].sum() != 0


def test_under_five_customers_there_are_no_segments():
    assert segment_table(rfm_table(buys((1, 1, 100), (2, 2, 100)), LATER)).empty


def test_the_orders_of_a_group_are_those_that_its_table_counts():
    segments = segment_table(rfm_table(SHOP, WHOLE))
    assert len(segments) > 2
    of_segments = [orders_of_segment(SHOP, WHOLE, name) for name in segments["segment"]]
    assert [len(own) for own in of_segments] == segments["orders"].tolist()
    table = cohort_table(SHOP, WHOLE)
    cohorts = table.groupby("cohort")["orders"].sum()
    of_cohorts = [orders_of_cohort(SHOP, WHOLE, month) for month in cohorts.index]
    assert [len(own) for own in of_cohorts] == cohorts.tolist()
    every = np.sort(np.concatenate(of_segments)).tolist()
    assert every == np.sort(np.concatenate(of_cohorts)).tolist()
    assert len(set(every)) == len(every), "an order is in one group alone"

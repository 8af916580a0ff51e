"""The payment account by range: balances, entries by type, and the days that figures have them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger.events import build_ledger
from engine.ledger.evidence import keep_evidence
from engine.ledger.fee_frames import Backtest
from engine.local_time import local_clock
from engine.metrics.account_entries import entries_frame
from engine.metrics.account_statement import (
    booked_rows,
    days_of,
    deposits,
    drift,
    lasting_shifts,
    statements,
)
from engine.periods import Period
from tests.any_shop import any_shop
from tests.shop_builder import Entry, Line, Order, Refund, a_shop, owner_files, tables

MARCH = Period.custom(date(2026, 3, 1), date(2026, 3, 31))
APRIL = Period.custom(date(2026, 4, 1), date(2026, 4, 30))


def entry(number: int, kind: str, cents: int, day: datetime, balance: int | None, order: int = 0):
    return Entry(number, kind, cents, day, order_id=order or None, balance=balance)


def a_month(*, missing: int | None = None) -> list[Entry]:
    """An order of 31 March: its fee is charged at once, and credited in April, with its refund."""
    entries = [
        entry(1, "PAYMENT_GROSS", 2000, datetime(2026, 3, 31, 12), 2000, 1),
        entry(2, "transaction", -130, datetime(2026, 3, 31, 12), 1870, 1),
        entry(3, "PAYMENT_PROCESSING_FEE", -80, datetime(2026, 4, 1, 9), 1790, 1),
        entry(4, "DISBURSE", -1790, datetime(2026, 4, 2, 6), 0),
        entry(5, "REFUND_GROSS", -2000, datetime(2026, 4, 3, 9), -2000, 1),
        entry(6, "transaction_refund", 130, datetime(2026, 4, 3, 9), -1870, 1),
    ]
    return [one for one in entries if one.entry_id != missing]


def account(entries: list[Entry]):
    orders = [Order(1, datetime(2026, 3, 31, 12), [Line(11, "A", 1, 2000, 101)], grand_total=2000)]
    refunds = [Refund(1, 1, datetime(2026, 4, 3, 9), 2000)]
    source = tables(a_shop(), orders, refunds, entries=entries)
    return build_ledger(source, owner_files(), local_clock(source.shop.time_zone))[1].account


def test_the_opening_balance_and_the_entries_lead_to_the_closing_one() -> None:
    (april,) = statements(account(a_month()), APRIL)
    assert (april.opening, april.closing, april.moved, april.unexplained) == (1870, -1870, -3740, 0)
    assert [(row.kind, row.entries, row.amount) for row in april.types] == [
        ("REFUND_GROSS", 1, -2000),
        ("DISBURSE", 1, -1790),
        ("transaction_refund", 1, 130),
        ("PAYMENT_PROCESSING_FEE", 1, -80),
    ]


def test_before_the_first_entry_the_balance_is_what_that_entry_found() -> None:
    (march,) = statements(account(a_month()), MARCH)
    assert (march.opening, march.closing, march.unexplained) == (0, 1870, 0)


def test_an_entry_that_is_missing_is_unexplained_and_no_balance_is_unknown() -> None:
    (april,) = statements(account(a_month(missing=4)), APRIL)
    assert april.unexplained == -1790
    untold = [entry(1, "DISBURSE", -5, datetime(2026, 4, 2), None)]
    (april,) = statements(account(untold), APRIL)
    assert (april.opening, april.closing, april.unexplained, april.moved) == (None, None, None, -5)


@pytest.mark.parametrize(
    ("period", "dating", "transaction", "processing"),
    [
        # charged, for other days, from other days, booked
        (MARCH, "refund_day", (130, 0, 0, 130), (0, 0, 80, 80)),
        (APRIL, "refund_day", (-130, 0, 0, -130), (80, 80, 0, 0)),
        (MARCH, "order_day", (130, 0, -130, 0), (0, 0, 80, 80)),
        (APRIL, "order_day", (-130, -130, 0, 0), (80, 80, 0, 0)),
    ],
)
def test_a_fee_counts_on_its_orders_day_and_a_credit_on_its_refunds(
    period: Period, dating: str, transaction: tuple, processing: tuple
) -> None:
    rows = {row.bucket: row for row in booked_rows(account(a_month()), period, dating)}
    for name, wanted in (("transaction_fees", transaction), ("processing_fees", processing)):
        row = rows[name]
        found = (row.charged, row.to_other_days, row.from_other_days, row.booked)
        assert found == wanted, name


def test_a_deposit_says_what_it_covers_and_what_stays() -> None:
    (one,) = deposits(account(a_month()), APRIL)
    assert (one.day, one.amount, one.after, one.entries, one.orders) == (
        date(2026, 4, 2),
        1790,
        0,
        3,
        1,
    )


def test_a_shop_without_an_account_has_no_days() -> None:
    empty = account([])
    assert days_of(empty) is None
    assert statements(empty, MARCH) == deposits(empty, MARCH) == ()
    assert booked_rows(empty, MARCH, "refund_day") == ()


@given(any_shop(), st.integers(0, 120), st.sampled_from(["refund_day", "order_day"]))
def test_two_parts_of_a_range_add_up_to_it_and_all_time_to_the_ledger(shop, cut, dating) -> None:
    _, facts, _ = shop.load()
    middle = date(2026, 1, 1) + timedelta(days=cut)
    begin, end = date(2020, 1, 1), date(2030, 12, 31)
    whole = Period.custom(begin, end)
    parts = Period.custom(begin, middle), Period.custom(middle + timedelta(days=1), end)
    of_parts = [row for part in parts for row in booked_rows(facts.account, part, dating)]
    rows = booked_rows(facts.account, whole, dating)
    for row in rows:
        halves = [half for half in of_parts if half.bucket == row.bucket]
        for name in ("charged", "not_booked", "booked"):
            assert sum(getattr(half, name) for half in halves) == getattr(row, name)
    assert sum(row.booked for row in rows) == facts.fees.entries_booked
    assert sum(one.moved for one in statements(facts.account, whole)) == sum(
        one.moved for part in parts for one in statements(facts.account, part)
    )


@settings(max_examples=20)
@given(any_shop(), st.integers(0, 120))
def test_the_single_entries_are_those_that_a_statement_counts(shop, cut) -> None:
    _, facts, evidence = shop.load()
    period = Period.custom(date(2020, 1, 1), date(2026, 1, 1) + timedelta(days=cut))
    rows, clock = evidence.tables.entries, facts.terms.clock
    for one in statements(facts.account, period):
        every = entries_frame(facts.account, rows, clock, period, one.currency)
        assert (len(every), every["amount"].sum()) == (one.entries, one.moved)
        for row in one.types:
            own = entries_frame(facts.account, rows, clock, period, one.currency, row.kind)
            assert (len(own), own["amount"].sum()) == (row.entries, row.amount)


def test_an_entry_names_its_order_and_what_became_of_it() -> None:
    orders = [Order(1, datetime(2026, 3, 31, 12), [Line(11, "A", 1, 2000, 101)], grand_total=2000)]
    refunds = [Refund(1, 1, datetime(2026, 4, 3, 9), 2000)]
    source = tables(a_shop(), orders, refunds, entries=a_month())
    clock = local_clock(source.shop.time_zone)
    _, facts = build_ledger(source, owner_files(), clock)
    rows = keep_evidence(facts).tables.entries
    found = entries_frame(facts.account, rows, clock, APRIL, source.shop.currency)
    assert list(zip(found["entry_id"], found["order_id"], found["fate"], strict=True)) == [
        (6, 1, "refund"),
        (5, 1, "pass_through"),
        (4, pd.NA, "pass_through"),
        (3, 1, "sale"),
    ]
    assert str(found["entered_at"].iloc[0]) == "2026-04-03 09:00:00"


def of_month(month: int, measured: int, estimated: int) -> Backtest:
    return Backtest("transaction_fees", month, 5, measured, estimated, 0)


def test_a_shift_lasts_three_months_to_one_side_up_to_the_newest() -> None:
    months = [
        of_month(1, 100, 100),
        of_month(2, 103, 100),
        of_month(3, 104, 100),
        of_month(4, 105, 100),
    ]
    (shift,) = lasting_shifts(months)
    assert (shift.since, shift.measured, shift.estimated) == (date(1970, 3, 1), 312, 300)
    assert lasting_shifts([*months, of_month(5, 102, 100)]) == (), "two percent are no shift"
    assert lasting_shifts([*months[:3], of_month(4, 95, 100)]) == (), "nor is one to and fro"


def test_drift_is_a_share_of_what_was_measured() -> None:
    rows = [of_month(674, 80, 100), of_month(675, 0, 7), of_month(676, 0, 0)]
    found = drift(rows, Period.custom(date(2026, 3, 9), date(2026, 5, 2)))
    assert [(row.month, row.off) for row in found] == [
        (date(2026, 3, 1), 0.25),
        (date(2026, 4, 1), None),
    ]

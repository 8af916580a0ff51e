"""Ads, visits and expenses by listing and day, from rows that a person can add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest

from engine.errors import ReconciliationError
from engine.ledger.amounts import Amounts
from engine.ledger.events import build_ledger
from engine.ledger.frames import DayFact, DayFacts, Ledger
from engine.ledger.reconcile import reconcile
from engine.local_time import local_clock
from engine.periods import day_date
from engine.sources.expense_files import Expenses
from tests.shop_builder import Entry, Span, a_shop, owner_files, tables

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
WHOLE_SHOP = -1  # the stand-in for the shop with id 1


def a_ledger(*, entries=(), ads=(), visits=(), expenses=None) -> Ledger:
    files = owner_files()
    if expenses is not None:
        files = replace(files, expenses=expenses)
    source = tables(a_shop(), [], entries=entries, ads=ads, visits=visits)
    ledger, facts = build_ledger(source, files, local_clock("Europe/Istanbul"))
    reconcile(ledger, facts)
    return ledger


def by_day(ledger: Ledger, facts: DayFacts, name: DayFact) -> dict[tuple[int, str], int]:
    rows = facts.rows
    return {
        (int(ledger.listing_ids[listing]), str(day_date(int(day)))): int(value)
        for listing, day, value in zip(rows.listing, rows.day, rows.amounts[name], strict=True)
        if value
    }


def spend(row_id: int, listing: int, first: str, last: str, cents: int | None, **more) -> Span:
    return Span(
        row_id, listing, date.fromisoformat(first), date.fromisoformat(last), spend=cents, **more
    )


def test_a_span_gives_each_day_its_part_and_the_first_days_the_cents_left_over():
    ledger = a_ledger(ads=[spend(1, 101, "2026-03-30", "2026-04-02", 1002)])
    found = by_day(ledger, ledger.ads, DayFact.AD_SPEND)
    assert list(found.values()) == [251, 251, 250, 250]


def test_a_week_takes_the_place_of_its_days_in_the_month():
    ledger = a_ledger(
        ads=[
            spend(1, 101, "2026-03-01", "2026-03-31", 3100),
            spend(2, 101, "2026-03-02", "2026-03-08", 70),
        ]
    )
    found = by_day(ledger, ledger.ads, DayFact.AD_SPEND)
    assert (found[101, "2026-03-02"], found[101, "2026-03-09"]) == (10, 100)
    assert sum(found.values()) == 24 * 100 + 70
    assert ledger.ads.totals[DayFact.AD_SPEND] == (3170, 700)


def test_a_row_of_the_whole_shop_counts_by_what_it_exceeds_its_listings():
    ledger = a_ledger(
        ads=[
            spend(1, WHOLE_SHOP, "2026-03-01", "2026-03-03", 300),
            spend(2, 101, "2026-03-01", "2026-03-01", 30),
            spend(3, 102, "2026-03-01", "2026-03-01", 30),
            spend(4, 102, "2026-03-02", "2026-03-02", 150),
        ]
    )
    found = by_day(ledger, ledger.ads, DayFact.AD_SPEND)
    assert found[0, "2026-03-01"] == 100 - 60
    assert (0, "2026-03-02") not in found
    assert found[0, "2026-03-03"] == 100


def test_the_payment_account_stands_in_where_no_row_reports_a_spend():
    def bill(entry_id: int, day: int, cents: int) -> Entry:
        return Entry(entry_id, "prolist", -cents, datetime(2026, 3, day, 12))

    ledger = a_ledger(
        entries=[bill(1, 1, 500), bill(2, 1, 20), bill(3, 2, 700)],
        ads=[
            spend(1, 101, "2026-03-01", "2026-03-01", None, clicks=5),
            spend(2, 101, "2026-03-02", "2026-03-02", 0),
        ],
    )
    found = by_day(ledger, ledger.ads, DayFact.AD_SPEND)
    assert found == {(0, "2026-03-01"): 520}
    assert ledger.ads.totals[DayFact.AD_SPEND] == (1220, 700)
    assert by_day(ledger, ledger.ads, DayFact.AD_CLICKS) == {(101, "2026-03-01"): 5}


def test_a_spend_without_a_rate_is_unknown_and_not_zero():
    ledger = a_ledger(ads=[spend(1, 101, "2026-03-01", "2026-03-02", 300, currency="EUR")])
    assert by_day(ledger, ledger.ads, DayFact.AD_SPEND) == {}
    assert len(by_day(ledger, ledger.ads, DayFact.UNKNOWN_COSTS)) == 2


def test_visits_that_were_not_reported_leave_the_day_uncovered():
    ledger = a_ledger(
        visits=[
            Span(1, 101, *MARCH, visits=None, views=62),
            Span(2, 101, date(2026, 3, 5), date(2026, 3, 5), visits=0, views=None),
        ]
    )
    rows = ledger.visits.rows
    assert rows.reported[DayFact.VISITS].sum() == 1
    assert rows.reported[DayFact.VIEWS].sum() == 30
    assert sum(by_day(ledger, ledger.visits, DayFact.VIEWS).values()) == 60


def some_expenses(rows: list[tuple[str, str, int, str]]) -> Expenses:
    def days(place: int) -> np.ndarray:
        numbers = [date.fromisoformat(row[place]).toordinal() - 719_163 for row in rows]
        return np.array(numbers, np.int32)

    return Expenses(
        first=days(0),
        last=days(1),
        amount=np.array([row[2] for row in rows], np.int64),
        currency=tuple(row[3] for row in rows),
        name=("Rent",) * len(rows),
        category=("",) * len(rows),
        row_number=np.arange(len(rows), dtype=np.int32),
    )


def test_every_expense_counts_and_a_month_is_spread_to_the_cent():
    month = ("2026-02-01", "2026-02-28", 1_000_000, "USD")
    ledger = a_ledger(
        expenses=some_expenses([month, month, ("2026-02-14", "2026-02-14", -50_000, "USD")])
    )
    found = by_day(ledger, ledger.expenses, DayFact.EXPENSES)
    assert {listing for listing, _ in found} == {0}
    assert (found[0, "2026-02-01"], found[0, "2026-02-14"]) == (2 * 358, 2 * 357 - 500)
    assert sum(found.values()) == 19_500


def test_an_expense_without_a_rate_is_unknown_on_each_of_its_days():
    ledger = a_ledger(expenses=some_expenses([("2026-02-01", "2026-02-28", 1_000_000, "EUR")]))
    assert by_day(ledger, ledger.expenses, DayFact.EXPENSES) == {}
    assert sum(by_day(ledger, ledger.expenses, DayFact.UNKNOWN_COSTS).values()) == 28


def test_a_day_that_was_lost_on_the_way_ends_the_load():
    source = tables(a_shop(), [], ads=[spend(1, 101, "2026-03-01", "2026-03-02", 300)])
    ledger, facts = build_ledger(source, owner_files(), local_clock("Europe/Istanbul"))
    amounts = ledger.ads.rows.amounts
    spent = amounts[DayFact.AD_SPEND].copy()
    spent[0] -= 1
    rows = replace(ledger.ads.rows, amounts=Amounts({**amounts, DayFact.AD_SPEND: spent}.items()))
    with pytest.raises(ReconciliationError, match="ad_spend of all days"):
        reconcile(replace(ledger, ads=replace(ledger.ads, rows=rows)), facts)

"""Findings on what is known day by day: ads, visits and expenses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.ledger.facts import Facts
from engine.ledger.frames import DayFact, DayFacts, Ledger
from engine.ledger.health.codes import HealthFinding, found
from engine.money import Int64Array, format_money
from engine.sources.frames import BoolArray, Int32Array

ADS, VISITS, EXPENSES = "listing_ad_stats", "listing_visit_stats", "expenses.csv"


def day_findings(ledger: Ledger, facts: Facts) -> Iterator[HealthFinding]:
    """Yield what was found on facts by day: one row a source."""
    for place, source in ((ADS, ledger.ads), (EXPENSES, ledger.expenses)):
        unknown = source.rows.amounts.get(DayFact.UNKNOWN_COSTS)
        if unknown is None:
            continue
        days = _days(source.rows.day, unknown > 0)
        if len(days):
            what = f"amounts from {_date(days[0])} to {_date(days[-1])} can't be converted"
            yield found("DAY_NOT_CONVERTED", place, what, count=len(days))
    account = facts.fees.ad_spend_day.astype(np.int64)
    yield from _gaps(ADS, ledger.ads, (DayFact.AD_SPEND,), account)
    visits = DayFact.VISITS, DayFact.VIEWS
    yield from _gaps(VISITS, ledger.visits, visits, np.empty(0, np.int64))
    yield from _two_accounts(ledger, facts)


def _gaps(
    place: str, source: DayFacts, names: tuple[DayFact, ...], others: Int64Array
) -> Iterator[HealthFinding]:
    """The days between the first and the last reported one that nothing is reported for.

    others: days on which something else may stand in; they are no gap, and no first or last day.
    """
    rows = source.rows
    reported = [rows.reported[name] for name in names if name in rows.reported]
    days = _days(rows.day, np.logical_or.reduce(reported)) if reported else np.empty(0, np.int64)
    own = np.setdiff1d(days, others)
    if not len(own):
        return
    missing = np.setdiff1d(np.arange(own[0], own[-1] + 1), days)
    if len(missing):
        what = f"no figures for {len(missing)} day(s) between others, the first is "
        yield found(
            "DAY_WITHOUT_DATA",
            place,
            what + _date(missing[0]),
            count=len(missing),
            value=_date(missing[0]),
        )


def _two_accounts(ledger: Ledger, facts: Facts) -> Iterator[HealthFinding]:
    """What the account charged for ads on days with statistics, against the statistics (M43)."""
    rows, fees = ledger.ads.rows, facts.fees
    if DayFact.AD_SPEND not in rows.amounts:
        return
    days, charged = fees.ad_spend_day, fees.ad_spend
    place = np.searchsorted(days, rows.day)
    is_both = np.append(days, -1)[place] == rows.day
    is_both &= rows.reported[DayFact.AD_SPEND]
    stated = np.zeros(len(days), np.int64)
    np.add.at(stated, place[is_both], rows.amounts[DayFact.AD_SPEND][is_both])
    # On a day without statistics the account stands in, so that both sides are equal.
    differ = np.flatnonzero(stated != charged)
    if len(differ):
        currency = facts.tables.shop.currency
        sides = [format_money(int(side[differ].sum()), currency) for side in (stated, charged)]
        what = f"{sides[0]} by the statistics, {sides[1]} in the payment account on the same days"
        yield found("AD_SPEND_DIFFERS", ADS, what, count=len(differ))


def _days(day: Int32Array, chosen: BoolArray) -> Int64Array:
    return np.unique(day[chosen]).astype(np.int64)


def _date(day: int) -> str:
    return str(np.datetime64(int(day), "D"))

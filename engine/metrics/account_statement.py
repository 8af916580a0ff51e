"""The payment account over a range of days: balances, entries by type, and where each is booked.

One row of the statement = one ledger type in one currency of the account. It begins with the
balance before the range and ends with the one after it; what these two and the entries between
leave open is the unexplained part, 0 unless entries are missing. The booked rows tie one kind of
cost to the figures: from what the account charged in these days to what the figures hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.ledger.account import Account, Balances, Movements
from engine.ledger.entries import BUCKETS
from engine.ledger.fee_frames import NOT_BOOKED, Backtest, Fate
from engine.money import MILLION, round_div
from engine.periods import Period, day_date, day_number
from engine.sources.frames import BoolArray
from engine.sources.ledger_types import Bucket

_UNTOLD = (*NOT_BOOKED, Fate.PASS_THROUGH)  # in no figure
SHIFT_MONTHS = 3  # so many months in a row make a shift a lasting one
SHIFT_PERCENT = 2


@dataclass(frozen=True, slots=True)
class TypeRow:
    """What one ledger type came to; amount: of the account's currency, positive to the seller."""

    kind: str
    bucket: Bucket
    entries: int
    amount: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One currency of the account over a range; amounts in its minor units, None = not told."""

    currency: str
    opening: int | None
    closing: int | None
    types: tuple[TypeRow, ...]

    @property
    def entries(self) -> int:
        """How many entries the range has."""
        return sum(row.entries for row in self.types)

    @property
    def moved(self) -> int:
        """The sum of all entries."""
        return sum(row.amount for row in self.types)

    @property
    def unexplained(self) -> int | None:
        """What the balances moved by without an entry; 0 where the account is whole."""
        if self.opening is None or self.closing is None:
            return None
        return self.closing - self.opening - self.moved


@dataclass(frozen=True, slots=True)
class BookedRow:
    """One kind of cost from the account to the figures, in minor units of the shop, > 0 costs.

    charged: by the entries of the range. to_other_days: of these, what figures have on days outside
    of it, as the fee of an order is of its order's day. from_other_days: the reverse. not_booked:
    in no figure, by the reasons that data health lists.
    """

    bucket: Bucket
    charged: int
    to_other_days: int
    from_other_days: int
    not_booked: int

    @property
    def booked(self) -> int:
        """What the figures of the range hold of the account."""
        return self.charged - self.to_other_days + self.from_other_days - self.not_booked


@dataclass(frozen=True, slots=True)
class Deposit:
    """One payout to the bank; `after` is what stayed in the account, None = not told."""

    day: date
    currency: str
    amount: int
    after: int | None
    entries: int
    orders: int


@dataclass(frozen=True, slots=True)
class Drift:
    """What estimates say of the orders of a month whose fees are measured; minor units."""

    column: str
    month: date  # its first day
    orders: int
    measured: int
    estimated: int

    @property
    def off(self) -> float | None:
        """The estimate less the measured, as a share of the measured; null where that is ≤ 0."""
        if self.measured <= 0:
            return None
        return round_div((self.estimated - self.measured) * MILLION, self.measured) / MILLION


@dataclass(frozen=True, slots=True)
class Shift:
    """A kind of fee that is charged otherwise than estimated, month after month up to the last."""

    column: str
    since: date
    measured: int
    estimated: int


def days_of(account: Account) -> tuple[date, date] | None:
    """Return the days of the first and the last entry, None for a shop without an account."""
    day = account.movements.day
    return (day_date(int(day[0])), day_date(int(day[-1]))) if len(day) else None


def statements(account: Account, period: Period) -> tuple[Statement, ...]:
    """Return a statement for each currency with an entry in the range, or any before it."""
    moves = account.movements
    inside = period.holds(moves.day)
    return tuple(
        _statement(account, period, inside, code)
        for code in np.unique(moves.currency[moves.day <= day_number(period.end)]).tolist()
    )


def _statement(account: Account, period: Period, inside: BoolArray, code: int) -> Statement:
    moves = account.movements
    own = np.flatnonzero(inside & (moves.currency == code))
    opening, closing = _balances(account.balances, period, code)
    rows = []
    for kind in np.unique(moves.kind[own]).tolist():
        at = own[moves.kind[own] == kind]
        rows.append(
            TypeRow(
                account.kinds[kind],
                BUCKETS[int(moves.bucket[at[0]])],
                int(moves.entries[at].sum()),
                int(moves.amount[at].sum()),
            )
        )
    # Money in first, then costs, each with the largest amounts first.
    rows.sort(key=lambda row: (row.bucket is not Bucket.PASS_THROUGH, -abs(row.amount), row.kind))
    return Statement(account.currencies[code], opening, closing, tuple(rows))


def _balances(balances: Balances, period: Period, code: int) -> tuple[int | None, int | None]:
    """Return the balance before and after the range; that before the first entry is its own."""
    own = np.flatnonzero(balances.currency == code)
    days = balances.day[own]
    begin = int(np.searchsorted(days, day_number(period.start)))
    end = int(np.searchsorted(days, day_number(period.end), side="right"))
    closing = int(balances.after[own[end - 1]]) if end else None
    if begin:
        return int(balances.after[own[begin - 1]]), closing
    return (int(balances.before[own[0]]) if end else None), closing


def booked_rows(account: Account, period: Period, refund_dating: str) -> tuple[BookedRow, ...]:
    """Return one row a kind of cost that the account has anything of for these days."""
    moves = account.movements
    booked_day = moves.event_day if refund_dating == "refund_day" else moves.order_day
    charged = period.holds(moves.day)
    in_figures = ~np.isin(moves.fate, [int(fate) for fate in _UNTOLD])
    counted = period.holds(booked_day) & in_figures
    return tuple(
        BookedRow(
            bucket,
            charged=_sum(moves, code, charged),
            to_other_days=_sum(moves, code, charged & in_figures & ~counted),
            from_other_days=_sum(moves, code, counted & ~charged),
            not_booked=_sum(moves, code, charged & ~in_figures),
        )
        for code, bucket in enumerate(BUCKETS)
        if bucket is not Bucket.PASS_THROUGH
        and bool(np.any((moves.bucket == code) & (charged | counted)))
    )


def _sum(moves: Movements, bucket: int, chosen: BoolArray) -> int:
    return int(moves.charge[chosen & (moves.bucket == bucket)].sum())


def deposits(account: Account, period: Period) -> tuple[Deposit, ...]:
    """Return the payouts of the range, the newest first."""
    rows = account.deposits
    found = [
        Deposit(
            day_date(int(rows.day[at])),
            account.currencies[int(rows.currency[at])],
            int(rows.amount[at]),
            int(rows.after[at]) if rows.has_balance[at] else None,
            int(rows.entries[at]),
            int(rows.orders[at]),
        )
        for at in np.flatnonzero(period.holds(rows.day)).tolist()
    ]
    return tuple(sorted(found, key=lambda one: one.day, reverse=True))


def drift(rows: Sequence[Backtest], period: Period) -> tuple[Drift, ...]:
    """Return the months that begin or go on in the range and have anything to compare."""
    first, last = _month(period.start), _month(period.end)
    return tuple(
        Drift(row.column, month_start(row.month), row.orders, row.measured, row.estimated)
        for row in rows
        if first <= row.month <= last and _compares(row)
    )


def lasting_shifts(rows: Sequence[Backtest]) -> tuple[Shift, ...]:
    """Return the kinds whose last months are all off by more than SHIFT_PERCENT, to one side."""
    found = []
    for column in dict.fromkeys(row.column for row in rows):
        own = [row for row in rows if row.column == column and _compares(row)]
        run: list[Backtest] = []
        for row in reversed(own):
            off = _side(row)
            if not off or (run and off != _side(run[-1])):
                break
            run.append(row)
        if len(run) >= SHIFT_MONTHS:
            measured, estimated = (
                sum(getattr(r, n) for r in run) for n in ("measured", "estimated")
            )
            found.append(Shift(column, month_start(run[-1].month), measured, estimated))
    return tuple(found)


def _compares(row: Backtest) -> bool:
    return bool(row.measured or row.estimated)


def _side(row: Backtest) -> int:
    """1 where more is charged than estimated, −1 where less, 0 where it is about right."""
    off = row.measured - row.estimated
    return int(np.sign(off)) if 100 * abs(off) > SHIFT_PERCENT * abs(row.estimated) else 0


def month_start(month: int) -> date:
    """Return the first day of a month, given in months since January 1970."""
    return date(1970 + month // 12, month % 12 + 1, 1)


def _month(day: date) -> int:
    return (day.year - 1970) * 12 + day.month - 1

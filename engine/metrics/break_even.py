"""The break-even price of a SKU: what a unit must cost for the SKU to lose nothing in a range.

Rule M48 of docs/money-rules.md. Every price that is tried is worked out by the rules of the shop,
on the SKU's own orders; nothing is taken to be in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle

import numpy as np

from engine.ledger.changed_inputs import Changes
from engine.ledger.evidence import Evidence
from engine.ledger.frames import EventKind
from engine.ledger.supposed import AsTheyWere, Supposed
from engine.metrics.compute import Snapshot
from engine.metrics.order_list import ledger_terms
from engine.metrics.order_tables import contribution_of
from engine.metrics.what_if import Scope, orders_of, own_rows
from engine.money import Int64Array
from engine.periods import Period

PROFIT = "contribution_profit"
_CEILINGS = ("cogs_ceiling", "fulfilment_ceiling")  # the most that unknown costs can be
# A straight line nearly always ends the search, with a look at the price beside the one it finds;
# halving the rest makes sure that it does end.
_STRAIGHT, _BESIDE, _HALVED = "straight", "beside", "halved"
_TURNS = (_STRAIGHT, _BESIDE, _HALVED)
_HIGHEST = 100  # times the mean price: no price beyond that is looked for


@dataclass(frozen=True, slots=True)
class BreakEven:
    """price: minor units of the shop, None where no price brings the loss to zero.

    units, list_value, profit: what was sold of the SKU in the range, at which prices, and what it
    came to, with refunds dated in the range; minor units. lacks_costs: a cost of that is not known,
    so that the price is the least that it must be.
    """

    price: int | None
    units: int
    list_value: int
    profit: int
    lacks_costs: bool


def break_even(
    snapshot: Snapshot,
    evidence: Evidence,
    period: Period,
    sku: str,
    country: str | None,
    dating: str,
) -> BreakEven:
    """Find the break-even price of a SKU in the orders of a range, or in those to one country.

    Raises UnknownEntityError for a SKU or country that no order has.
    """
    ledger = snapshot.ledger
    is_own = own_rows(ledger, Scope(country=country, sku=sku))
    day = ledger.event_day if dating == "refund_day" else ledger.order_day
    here = np.flatnonzero(is_own & period.holds(day))
    profit = int(contribution_of(ledger, here).sum())
    sold = np.flatnonzero(is_own & (ledger.kind == EventKind.SALE) & period.holds(ledger.order_day))
    units = int(ledger.amounts.of("quantity", sold).sum())
    value = int(ledger.amounts.of("value", sold).sum())
    price = None
    if units > 0:
        placed = orders_of(ledger, is_own) & period.holds(ledger.orders.day)
        lines = ledger.line_id[is_own & (ledger.kind == EventKind.SALE)]
        were = AsTheyWere.of(evidence, np.sort(ledger.orders.order_id[placed]), lines)
        search = _Search(were, lines, period, dating, profit)
        price = search.lowest(-(-value // units))
    return BreakEven(price, units, value, profit, _lacks_costs(snapshot, here))


def _lacks_costs(snapshot: Snapshot, rows: Int64Array) -> bool:
    """Whether the profit of rows has a low end below it, or none."""
    ledger = snapshot.ledger
    most = sum(int(ledger.amounts.of(name, rows).sum()) for name in _CEILINGS)
    return most != 0 or bool(ledger.has_no_ceiling[rows].any())


class _Search:
    """What a SKU's profit would be at a price, and the search for the price where it is none."""

    def __init__(
        self, were: AsTheyWere, lines: Int64Array, period: Period, dating: str, profit: int
    ) -> None:
        self.were, self.lines, self.period, self.dating = were, lines, period, dating
        self.fixed = profit - self._own(were.rows)

    def profit_at(self, price: int) -> int:
        """Return the contribution profit at a price of a unit, both in minor units."""
        supposed, _ = self.were.supposed(Changes(unit_price=price))
        return self.fixed + self._own(supposed)

    def _own(self, rows: Supposed) -> int:
        day = rows.day if self.dating == "refund_day" else rows.order_day
        own = self.period.holds(day) & np.isin(rows.line_id, self.lines)
        return sum(
            sign * int(rows.column(column)[own].sum()) for sign, column in ledger_terms(PROFIT)
        )

    def lowest(self, guess: int) -> int | None:
        """Return the price that earns nothing less than zero, where a minor unit less loses.

        guess: about what a unit costs. None if nothing up to _HIGHEST times as much does.
        """
        low, loss = -1, -1  # below a price of 0 there is none
        high, gain = 0, self.profit_at(0)
        step = max(guess, 1)
        while gain < 0:
            if high >= _HIGHEST * max(guess, 1):
                return None
            low, loss = high, gain
            high, step = high + step, 2 * step
            gain = self.profit_at(high)
        was_gain = True
        for turn in cycle(_TURNS):
            if high - low <= 1:
                break
            if turn == _STRAIGHT:
                tried = low + -(-loss * (high - low) // (loss - gain))
            elif turn == _BESIDE:
                tried = high - 1 if was_gain else low + 1
            else:
                tried = (low + high) // 2
            tried = min(max(tried, low + 1), high - 1)
            found = self.profit_at(tried)
            was_gain = found >= 0
            if was_gain:
                high, gain = tried, found
            else:
                low, loss = tried, found
        return high

"""One order among facts that were worked out again: where its rows are in them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from engine.ledger.columns import restocked
from engine.ledger.evidence import Evidence
from engine.ledger.exchange import RateSource
from engine.ledger.explained import Row
from engine.ledger.facts import Facts
from engine.ledger.fee_work import FeeWork
from engine.money import Int64Array, currency_digits
from engine.periods import day_date
from engine.sources.frames import BoolArray

SALE, REFUND, ADJUSTMENT = "sale", "refund", "adjustment"


@dataclass(frozen=True, eq=False)
class OneOrder:
    """The facts of an order, and of those in one parcel with it, worked out again.

    at: index into the orders of these facts.
    """

    facts: Facts
    evidence: Evidence
    order_id: int
    at: int

    @cached_property
    def work(self) -> FeeWork:
        """What the fees were put together from."""
        assert self.facts.fee_work is not None
        return self.facts.fee_work

    @cached_property
    def group(self) -> int:
        """The order's place among the counted ones, −1 if it is none of them."""
        return int(self.work.sold.group_of_order[self.at])

    @cached_property
    def lines(self) -> Int64Array:
        """Rows of the sale lines that are this order's."""
        return np.flatnonzero(self.facts.lines.order == self.at)

    @cached_property
    def sale_rows(self) -> list[Row]:
        """The ledger rows of its sale, one a line."""
        return [Row(SALE, int(line)) for line in self.facts.lines.line_id[self.lines]]

    @cached_property
    def refund_rows(self) -> Int64Array:
        """Rows of the refund events that are this order's."""
        back, refunds = self.facts.back, self.facts.refunds
        return np.flatnonzero(refunds.order[back.refund] == self.at)

    @cached_property
    def restocked(self) -> BoolArray:
        """Refund events whose goods come back into stock."""
        return restocked(self.facts, self.facts.terms.policies.returned_goods)

    def refund_row(self, event: int) -> Row:
        """Return the ledger row of a refund event."""
        back = self.facts.back
        line = int(self.facts.lines.line_id[back.line[event]])
        return Row(REFUND, line, int(self.facts.refunds.source_id[back.refund[event]]))

    @property
    def own_digits(self) -> int:
        """Decimals of the order's own currency."""
        texts = self.facts.tables.orders.currency
        code = int(texts.code[self.facts.in_time[self.at]])
        return currency_digits(texts.values[code])

    def rate(self, refund_id: int = 0) -> str:
        """Tell the rate behind the order, or behind a refund of it; "" in the shop's currency."""
        made = self.facts.conversions
        found = np.flatnonzero((made.order_id == self.order_id) & (made.refund_id == refund_id))
        if not len(found):
            return ""
        at = int(found[0])
        rate = Decimal(int(made.numerator[at])) / Decimal(int(made.denominator[at]))
        source = RateSource(int(made.source[at])).name.lower()
        names = (
            f"{made.currency.values[made.currency.code[at]]} in {self.facts.tables.shop.currency}"
        )
        return f", at {rate:.8g} ({names}, {source} rate of {day_date(int(made.day[at]))})"

    @property
    def digits(self) -> int:
        """Decimals of the shop's currency."""
        return self.facts.tables.shop.digits

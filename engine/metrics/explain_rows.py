"""Leaves of ledger columns: the ledger rows of an entity and a range of days, one by one.

One row = one ledger row whose column is not 0, with its rule, basis and source; and the sale rows
whose cost is unknown, which add nothing. What stands behind a row in turn is told by the
explanation of its order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.ledger.evidence import Evidence
from engine.ledger.fee_frames import FeeBasis
from engine.ledger.frames import FEES, EventKind, Ledger
from engine.metrics.compute import Snapshot
from engine.metrics.explain_nodes import Leaves
from engine.metrics.model import LISTING, SHOP, Level
from engine.money import Int64Array
from engine.periods import Period, day_number
from engine.sources.frames import BoolArray, Int8Array, Int32Array
from engine.sources.ledger_types import bucket_of

_RULES = {
    **dict.fromkeys(("value", "quantity"), "M9"),
    **dict.fromkeys(("discount", "shipping", "gift_wrap", "sales_tax", "vat"), "M10"),
    "unbooked": "M12",
    "refund_excess": "M23",
    "quantity_returned": "M25",
    **dict.fromkeys(("cogs", "quantity_costed", "sales_costed", "net_revenue_costed"), "M36"),
    "cogs_recovered": "M26",
    **dict.fromkeys(("postage", "sales_weighed"), "M38"),
    **dict.fromkeys(("duty", "import_tax", "carrier_fee"), "M39"),
    "fees_retained": "M34",
    "base": "M10",
    "paid": "M12",
    "refund_amount": "M19",
    **dict.fromkeys(("fee_charges", "fees_measured"), "M29"),
    "fee_credits": "M33",
    **dict.fromkeys(("cogs_ceiling", "fulfilment_ceiling"), "unknown costs"),
}
_FEE_RULES = {
    FeeBasis.UNKNOWN: "M32",
    FeeBasis.MEASURED: "M29",
    FeeBasis.ESTIMATED: "M32",
    FeeBasis.POOLED: "M31",
}
_REFUND_RULE = "M21"  # of the columns that a refund takes from what was paid
_ACCOUNT = "payment account"
# Where a column of a sale is from; those of fees depend on how the fee is known.
_OF_SALES = {
    **dict.fromkeys(("value", "quantity"), "order_transactions"),
    "cogs": "cost files",
    "postage": "price lists, labels",
    **dict.fromkeys(("duty", "import_tax"), "us_duties.csv"),
    "carrier_fee": "parcels.csv",
}


@dataclass(frozen=True, eq=False)
class Asked:
    """One entity and one period of a shop, and the rows of the ledger that are theirs.

    entity: its code at the level. first, last: day numbers, both inclusive. before: first day of
    the period before.
    """

    snapshot: Snapshot
    evidence: Evidence
    level: Level
    entity: int
    period: Period
    dating: str

    @property
    def ledger(self) -> Ledger:
        """The ledger of the shop."""
        return self.snapshot.ledger

    @property
    def first(self) -> int:
        """Number of the first day."""
        return day_number(self.period.start)

    @property
    def last(self) -> int:
        """Number of the last day."""
        return day_number(self.period.end)

    @property
    def before(self) -> int:
        """Number of the first day of the period before."""
        return day_number(self.period.previous().start)

    @property
    def elapsed(self) -> int:
        """How many of its days have begun."""
        return max(min(self.last + 1, self.snapshot.days_begun) - self.first, 0)

    @cached_property
    def is_own(self) -> BoolArray:
        """Which ledger rows are the entity's."""
        if self.level is SHOP:
            return np.ones(len(self.ledger), np.bool_)
        column = self.ledger.listing if self.level is LISTING else self.ledger.sku
        return np.asarray(column == self.entity)

    @cached_property
    def rows(self) -> Int64Array:
        """Ledger rows of the entity in the period, by the dating asked for."""
        by_event = self.dating == "refund_day"
        return self._in_period(self.ledger.event_day if by_event else self.ledger.order_day)

    @cached_property
    def rows_by_order_day(self) -> Int64Array:
        """Ledger rows of the entity whose order is in the period."""
        return self._in_period(self.ledger.order_day)

    @cached_property
    def sale_rows(self) -> Int64Array:
        """Sale rows of the entity in the period."""
        rows = self.rows_by_order_day
        return np.asarray(rows[self.ledger.kind[rows] == EventKind.SALE])

    def _in_period(self, day: Int32Array) -> Int64Array:
        return np.flatnonzero(self.is_own & self.holds(day))

    def holds(self, day: Int32Array | Int64Array) -> BoolArray:
        """Tell which days lie in the period."""
        return np.asarray((day >= self.first) & (day <= self.last))

    def day_of(self, rows: Int64Array) -> Int32Array:
        """Return the day of ledger rows by the dating asked for."""
        by_event = self.dating == "refund_day"
        return (self.ledger.event_day if by_event else self.ledger.order_day)[rows]


def column_leaves(asked: Asked, column: str) -> Leaves:
    """Return the ledger rows of the period behind a ledger column."""
    amounts = asked.ledger.amounts.of(column, asked.rows)
    basis = _basis(asked, column, asked.rows)
    wanted = (amounts != 0) | (basis == FeeBasis.UNKNOWN)
    rows = asked.rows[wanted]
    return row_leaves(asked, rows, amounts[wanted], column, basis[wanted])


def row_leaves(
    asked: Asked,
    rows: Int64Array,
    amounts: Int64Array,
    column: str = "",
    basis: Int64Array | None = None,
) -> Leaves:
    """Return some ledger rows as leaves; basis: FeeBasis of each, −1 = none."""
    ledger = asked.ledger
    kind = ledger.kind[rows]
    known = np.full(len(rows), -1) if basis is None else basis
    names = np.array([*(b.name.lower() for b in FeeBasis), ""], dtype=object)
    events = np.array([event.name.lower() for event in EventKind], dtype=object)
    return Leaves(
        {
            "order_id": np.append(ledger.orders.order_id, 0)[ledger.order[rows]],
            "line_id": ledger.line_id[rows],
            "event": events[kind],
            "source_id": ledger.source_id[rows],
            "day": asked.day_of(rows),
            "order_day": ledger.order_day[rows],
            "amount": amounts,
            "rule": _rules(column, kind, known),
            "basis": names[known],
            "source": _sources(asked, column, kind, known),
        }
    )


def _basis(asked: Asked, column: str, rows: Int64Array) -> Int64Array:
    """Return how a cost of each row is known; −1 where nothing can be estimated."""
    bases = asked.evidence.bases.get(column)
    found = np.full(len(rows), -1, np.int64)
    if bases is None:
        return found
    kind = asked.ledger.kind[rows]
    sales = kind == EventKind.SALE
    found[sales] = bases[rows[sales]]
    found[kind == EventKind.ADJUSTMENT] = FeeBasis.MEASURED
    if column in FEES:
        credits_ = kind == EventKind.REFUND
        order = asked.ledger.orders.order_id[asked.ledger.order[rows[credits_]]]
        named = np.isin(order, _orders_with_entries(asked, column))
        found[credits_] = np.where(named, FeeBasis.MEASURED, FeeBasis.ESTIMATED)
    return found


def _orders_with_entries(asked: Asked, column: str) -> Int64Array:
    """Return the ids of orders for which the payment account has entries of a kind of fee."""
    entries, until = asked.evidence.tables.entries, asked.evidence.terms.known_until
    is_kind = [bucket_of(text)[0].value == column for text in entries.kind.values]
    nameless = column == "other_fees"
    chosen = np.array([*is_kind, nameless], np.bool_)[entries.kind.code]
    if until is not None:
        chosen &= entries.seconds < until
    return np.unique(entries.order_id[chosen])


def _sources(asked: Asked, column: str, kind: Int8Array, basis: Int64Array) -> np.ndarray:
    """Return where each row of a column is from: a table, or files of the owner."""
    usual = _OF_SALES.get(column, "orders")
    found = np.array([usual, "order_refunds", _ACCOUNT], dtype=object)[kind]
    if column in FEES:
        schedule = asked.evidence.terms.files.fees.file
        of_account = np.isin(basis, (FeeBasis.MEASURED, FeeBasis.POOLED))
        found = np.where(of_account, _ACCOUNT, schedule).astype(object)
    return found


def _rules(column: str, kind: Int8Array, basis: Int64Array) -> np.ndarray:
    """Return the number of the rule behind each row of a column."""
    if column not in FEES:
        usual = _RULES.get(column, "")
        by_event = np.array([usual, _RULES.get(column, _REFUND_RULE), "M30"], dtype=object)
        return by_event[kind] if column else np.full(len(kind), "", dtype=object)
    by_basis = np.array([_FEE_RULES[fee] for fee in FeeBasis], dtype=object)
    of_sale = by_basis[np.maximum(basis, 0)]
    of_refund = np.where(basis == FeeBasis.ESTIMATED, "M33", "M30")
    return np.where(kind == EventKind.SALE, of_sale, of_refund).astype(object)

"""What an explanation of an order is made of: one class a kind of row.

One row of the main kind, `Part`, is one part of one ledger amount: what a line got of one source
amount. Splitting is that of the ledger; nothing else is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from engine.ledger.allocation import traced
from engine.money import Int64Array, to_decimal

MEASURED, POOLED, ESTIMATED, UNKNOWN = "measured", "pooled", "estimated", "unknown"


@dataclass(frozen=True, slots=True)
class Why:
    """Where an amount comes from.

    rule: its number in docs/money-rules.md. basis: measured, pooled, estimated or unknown. source:
    the table or file, source_row: the row in it. formula: how the whole came about.
    """

    rule: str
    basis: str
    source: str
    source_row: str
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A ledger row by its key: sale, refund or adjustment, the line (0 = none) and the source."""

    event: str
    line_id: int
    source_id: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One row = what a ledger row got of one source amount, in minor units (units for quantities).

    amount: None = unknown, in no sum. whole: the amount that was split; weight ÷ weights is the
    row's part of it, and remainder what the division left: |whole| × weight mod weights.
    """

    row: Row
    column: str
    amount: int | None
    why: Why
    whole: int = 0
    weight: int = 1
    weights: int = 1
    remainder: int = 0

    @property
    def exact(self) -> Fraction:
        """The part before it was made a whole number of minor units."""
        return Fraction(self.whole * self.weight, self.weights)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row of the ledger as it is in the figures: its days under both datings, its amounts."""

    row: Row
    listing_id: int
    sku: str
    order_day: date
    event_day: date
    is_partial: bool
    is_estimated: bool
    amounts: dict[str, int]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One row = one line as received. unit_price: millionths of `currency`, None = not stated."""

    line_id: int
    listing_id: int
    sku: str
    quantity: int
    unit_price: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One row = one parcel that holds goods of the order.

    orders: ids of all orders in it. mdesi, tier: thousandths of a kilogram as weighed and as
    charged, None = unknown, or not asked for as a label was paid. price: minor units, None =
    unknown.
    """

    number: int
    orders: tuple[int, ...]
    day: date
    country: str
    zone: str
    mdesi: int | None
    tier: int | None
    price: int | None
    why: Why


@dataclass(frozen=True, slots=True)
class Piece:
    """One row = what a parcel holds of one line.

    unit_mdesi: weight of one unit, None = unknown. weight_source: which file told it. duty_base:
    minor units that duty and import tax are taken of, None = unknown. ppm: parts per million.
    """

    parcel: int
    order_id: int
    line_id: int
    quantity: int
    unit_mdesi: int | None
    weight_source: str
    duty_base: int | None
    duty_ppm: int | None
    import_tax_ppm: int | None
    duty_row: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One row = what one step of a refund took from one line × component of what was paid.

    paid: what had been paid into the cell, left: what was left of it before the step.
    """

    refund_id: int
    step: str
    rule: str
    line_id: int
    component: str
    paid: int
    left: int
    taken: int
    remainder: int
    weights: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something of the order that is in no figure, or only in part. amount: None = not known."""

    what: str
    why: str
    amount: int | None = None


def parts_of(
    rows: Sequence[Row],
    column: str,
    whole: int,
    weights: Int64Array,
    why: Why,
    chosen: Sequence[int] | None = None,
) -> Iterator[Part]:
    """Split an amount over ledger rows as the ledger does, and yield what each got.

    weights: of all rows that share it, ascending by key; `chosen` picks those of them that `rows`
    are, if they are not all.
    """
    found = traced(whole, weights)
    places = range(len(weights)) if chosen is None else chosen
    for row, at in zip(rows, places, strict=True):
        yield Part(
            row,
            column,
            int(found.shares[at]),
            why,
            whole,
            int(found.weights[at]),
            found.total,
            int(found.remainders[at]),
        )


def whole_part(row: Row, column: str, amount: int, why: Why) -> Part:
    """Return an amount that is one row's own: nothing was split."""
    return Part(row, column, amount, why, amount)


def plain(amount: int, digits: int) -> str:
    """Return an integer amount for a formula: (1234, 2) is 12.34."""
    return f"{to_decimal(amount, digits):f}"


def trimmed(amount: int, digits: int) -> str:
    """The same without needless zeros: (30000000, 6) is 30."""
    return f"{to_decimal(amount, digits).normalize():f}"


def table(kind: type, rows: Sequence[Any]) -> pd.DataFrame:
    """Return rows of one kind as a frame, one column a field, nested ones spread out.

    Integers are Int64 and texts string, so that null stays null.
    """
    frame = pd.DataFrame([_flat(row) for row in rows], columns=None if rows else _columns(kind))
    return frame.convert_dtypes()


def _columns(kind: type) -> list[str]:
    nested = {"row": Row, "why": Why}
    names = (field.name for field in fields(kind))
    return [n for name in names for n in (_columns(nested[name]) if name in nested else [name])]


def _flat(row: Any) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for field in fields(row):
        value = getattr(row, field.name)
        if isinstance(value, (Row, Why)):
            out |= _flat(value)
        elif isinstance(value, dict):
            out |= value
        else:
            out[field.name] = value
    return out

"""Reads the rows of a refunds file: one row = one refund, whole or of one line.

The amount is what the buyer got back, with tax. A refund need not name its order: what belongs to
no known order is dated by itself and never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.local_time import LocalClock
from engine.money import Int64Array
from engine.sources.landing.amounts import (
    Amounts,
    number_style,
    read_amounts,
    read_currency,
    read_quantity,
)
from engine.sources.landing.dates import EXPECTED, Moments, find_day_first, read_moments
from engine.sources.landing.file_rows import Cells, FileRows, Problem
from engine.sources.landing.ids import id_number, read_id
from engine.sources.landing.shops import ImportShop
from engine.sources.landing.sku_cells import Listings, Skus, read_listings, read_skus
from engine.sources.numbers import NumberStyle

_NUMBERS = ("amount", "quantity", "tax_amount")


@dataclass(frozen=True, slots=True, eq=False)
class Refunds:
    """One entry of every array = one row of the file, by position; a rejected row holds fillers.

    `order_id`: int64, 0 where the row names none.
    """

    rows: FileRows
    style: NumberStyle
    refund_id: Int64Array
    refund_text: Cells
    order_id: Int64Array
    refunded: Moments
    currency: npt.NDArray[np.str_]
    amount: Amounts
    tax: Amounts
    quantity: Int64Array
    listings: Listings
    skus: Skus

    @property
    def kept(self) -> Int64Array:
        """Positions of the rows that land."""
        return np.flatnonzero(~self.rows.rejected)


def read_refunds(rows: FileRows, shop: ImportShop, clock: LocalClock) -> Refunds:
    """Read and check every row of a refunds file.

    Raises InputFileError if the file writes its dates in two ways.
    """
    style = number_style(rows, _NUMBERS)
    date = rows.cells("date")
    day_first = find_day_first(date.values, rows.file, rows.findings)
    refunded = read_moments(rows, date, clock, day_first=day_first, needed=True)
    rows.reject_missing(date, EXPECTED)
    refund_text = rows.cells("refund_id")
    refund_id = _read_ids(rows, refund_text, shop.shop_id, "refund")
    rows.reject_missing(refund_text, "the id of the refund")
    currency = read_currency(rows, rows.cells("currency"))
    refunds = Refunds(
        rows=rows,
        style=style,
        refund_id=refund_id,
        refund_text=refund_text,
        order_id=_read_ids(rows, rows.cells("order_id"), shop.shop_id, "order"),
        refunded=refunded,
        currency=currency,
        amount=read_amounts(
            rows, rows.cells("amount"), currency, style, needed=True, above_zero=True
        ),
        tax=read_amounts(rows, rows.cells("tax_amount"), currency, style),
        quantity=read_quantity(rows, rows.cells("quantity"), style, needed=False),
        listings=read_listings(rows, rows.cells("listing_id"), shop.shop_id),
        skus=read_skus(rows, rows.cells("sku")),
    )
    _reject_repeated(refunds)
    _reject_large_tax(refunds)
    return refunds


def _read_ids(rows: FileRows, cells: Cells, shop_id: int, what: str) -> Int64Array:
    texts = rows.read(cells, lambda text: read_id(text, f"{what} id"))
    ids = [id_number(shop_id, what, text or "") for text in texts]
    return np.array(ids, np.int64)[cells.code]


def _reject_repeated(refunds: Refunds) -> None:
    """Reject a row whose refund id an earlier row has."""
    rows = refunds.rows
    _, first, which = np.unique(refunds.refund_id, return_index=True, return_inverse=True)
    repeated = (first[which] != np.arange(len(which))) & (refunds.refund_id != 0)
    for row in np.flatnonzero(repeated).tolist():
        earlier = rows.number(int(first[which[row]]))
        problem = Problem(
            "DUPLICATE_ID", f"is the refund of row {earlier} too", "each refund id once"
        )
        rows.reject(row, problem, refunds.refund_text)


def _reject_large_tax(refunds: Refunds) -> None:
    """Reject a row whose tax is more than its amount, which holds the tax."""
    cells = refunds.rows.cells("tax_amount")
    larger = (refunds.tax.millionths > refunds.amount.millionths) & ~refunds.rows.rejected
    for row in np.flatnonzero(larger).tolist():
        amount = refunds.rows.cells("amount").text(row)
        problem = Problem(
            "IDENTITY_BROKEN", f"is more than the amount {amount}", "a tax within the amount"
        )
        refunds.rows.reject(row, problem, cells)

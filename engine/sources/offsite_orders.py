"""`offsite_orders.csv`: the orders that came through the marketplace's Offsite Ads.

One row is one order and which of the two fees it pays. An order that is not listed is not taken for
one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.money import Int64Array
from engine.sources.duplicate_rows import settle_rows
from engine.sources.findings import Findings
from engine.sources.landing.file_rows import Problem
from engine.sources.landing.ids import own_id, read_id
from engine.sources.owner_rows import OwnerRows
from engine.sources.records import Layout, Records

OFFSITE_LAYOUT = Layout(
    "offsite_orders",
    {"order_id": ("order id",), "fee_kind": ()},
    required=(("order_id",),),
    wanted="order_id, fee_kind",
)
OFFSITE_KINDS = ("offsite_ads", "offsite_ads_reduced")  # fee kinds of etsy_fees.csv
NOT_OFFSITE = -1
_WORDS = {"": 0} | {kind: code for code, kind in enumerate(OFFSITE_KINDS)}


@dataclass(frozen=True, slots=True, eq=False)
class OffsiteOrders:
    """Orders by id, ascending; order_id: int64, kind: int8, index into OFFSITE_KINDS."""

    order_id: Int64Array
    kind: npt.NDArray[np.int8]

    def kinds_of(self, order_ids: Int64Array) -> npt.NDArray[np.int8]:
        """Return which fee each order pays, an index into OFFSITE_KINDS, or NOT_OFFSITE."""
        if not len(self.order_id):
            return np.full(len(order_ids), NOT_OFFSITE, np.int8)
        at = np.minimum(np.searchsorted(self.order_id, order_ids), len(self.order_id) - 1)
        is_listed = self.order_id[at] == order_ids
        return np.where(is_listed, self.kind[at], NOT_OFFSITE).astype(np.int8)


NO_OFFSITE = OffsiteOrders(np.empty(0, np.int64), np.empty(0, np.int8))


def read_offsite_orders(records: Records, findings: Findings) -> OffsiteOrders:
    """Return the listed orders; a row that can't be used is noted and left out.

    A blank kind is the full fee. Of two rows for one order the lower one counts.
    """
    rows = OwnerRows(records, findings)
    expected = "an order's id in digits"
    order_id = np.zeros(len(rows), np.int64)
    for index, cell in enumerate(rows.texts("order_id")):
        number = own_id(cell)
        if number is not None:
            order_id[index] = number
            continue
        found = read_id(cell, "order id")
        if found == "":
            found = Problem("VALUE_MISSING", "is empty", expected)
        elif isinstance(found, str):
            found = Problem("ID_DAMAGED", "is not an id in digits", expected)
        rows.reject(index, "order_id", found)
    kind = rows.words("fee_kind", _WORDS, " or ".join(OFFSITE_KINDS))
    settled = settle_rows(rows, order_id.tolist(), {"fee_kind": kind}, same="order")
    by_id = np.argsort(order_id[settled.row], kind="stable")
    kinds = settled.values["fee_kind"][by_id].astype(np.int8)
    return OffsiteOrders(order_id[settled.row][by_id], kinds)

"""The single refunds of a period: one row = one refund, with what it gave back and what came back.

Every amount is the sum of the refund's ledger rows, so that the list comes to the figures.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.ledger.evidence import Evidence
from engine.ledger.frames import EventKind, Ledger
from engine.metrics.compute import Snapshot
from engine.money import Int64Array
from engine.periods import Period
from engine.sources.frames import BoolArray

# Each column and the ledger columns that it is the sum of.
AMOUNTS: dict[str, tuple[str, ...]] = {
    "returns_value": ("returns_value",),
    "shipping_refunded": ("shipping_refunded",),
    "gift_wrap_refunded": ("gift_wrap_refunded",),
    "tax_refunded": ("sales_tax_refunded", "vat_refunded", "unbooked_refunded"),
    "refund_excess": ("refund_excess",),
    "refunds_total": ("refund_amount",),
    "fee_credits": ("fee_credits",),
    "fees_retained_on_refunds": ("fees_retained",),
    "units_returned": ("quantity_returned",),
    "cogs_recovered": ("cogs_recovered",),
}
RESTOCKED, LOST = "restocked", "lost"


def list_refunds(
    snapshot: Snapshot, evidence: Evidence, period: Period, refund_dating: str
) -> pd.DataFrame:
    """List the refunds of a period, the newest first.

    Columns: refund_id (null = assumed), order_id (null = of no known order), refund_day, order_day
    (null without an order), reason, AMOUNTS (Int64, minor units or units), goods (`restocked` or
    `lost`, null where no unit came back), and flags: is_assumed (the order's status alone says so,
    M8), has_no_day (it stands on its order's day, M15).
    """
    ledger = snapshot.ledger
    day = ledger.event_day if refund_dating == "refund_day" else ledger.order_day
    row = np.flatnonzero((ledger.kind == EventKind.REFUND) & period.holds(day))
    pairs = np.stack([ledger.order[row].astype(np.int64), ledger.source_id[row]])
    _, first, at = np.unique(pairs, axis=1, return_index=True, return_inverse=True)
    one, at = row[first], at.ravel()
    order, source_id = ledger.order[one].astype(np.int64), ledger.source_id[one]
    is_known = order >= 0
    order_id = np.append(ledger.orders.order_id, 0)[order]
    reasons = np.array([*ledger.refund_reason.values, None], dtype=object)
    units = _summed(ledger, "units_returned", row, at, len(one))
    frame = pd.DataFrame(
        {
            "refund_id": _ids(source_id),
            "order_id": _ids(order_id),
            "refund_day": ledger.event_day[one].astype("datetime64[D]").astype("datetime64[s]"),
            "order_day": pd.Series(
                ledger.order_day[one].astype("datetime64[D]").astype("datetime64[s]")
            ).mask(~is_known),
            "reason": pd.array(reasons[ledger.refund_reason.code[one]], dtype="string"),
            **{name: pd.array(_summed(ledger, name, row, at, len(one))) for name in AMOUNTS},
            "goods": pd.array(_goods(ledger, evidence, order, units), dtype="string"),
            "is_assumed": source_id == 0,
            "has_no_day": _without_day(evidence, order_id, source_id),
        }
    )
    newest_first = np.lexsort((source_id, order_id, -ledger.event_day[one]))
    return frame.iloc[newest_first].reset_index(drop=True)


def _ids(values: Int64Array) -> pd.Series[int]:
    return pd.Series(values, dtype="Int64").mask(values == 0)


def _summed(ledger: Ledger, name: str, row: Int64Array, at: Int64Array, count: int) -> Int64Array:
    total = np.zeros(count, np.int64)
    for column in AMOUNTS[name]:
        np.add.at(total, at, ledger.amounts.of(column, row))
    return total


def _goods(ledger: Ledger, evidence: Evidence, order: Int64Array, units: Int64Array) -> np.ndarray:
    """Tell what became of the units that came back (M26)."""
    never_shipped = (
        np.append(ledger.is_given_back, False)[order]
        & ~np.append(ledger.orders.is_shipped, True)[order]
    )
    is_back = never_shipped | (evidence.terms.policies.returned_goods != LOST)
    found = np.where(is_back, RESTOCKED, LOST).astype(object)
    found[units == 0] = None
    return found


def _without_day(evidence: Evidence, order_id: Int64Array, source_id: Int64Array) -> BoolArray:
    """Return which refunds the table names without a day."""
    rows = evidence.tables.refunds
    silent = np.flatnonzero(~rows.seconds.known)
    source = np.where(rows.refund_id != 0, rows.refund_id, rows.row_id)[silent]
    said = pd.MultiIndex.from_arrays([rows.order_id[silent], source])
    return np.asarray(pd.MultiIndex.from_arrays([order_id, source_id]).isin(said), np.bool_)

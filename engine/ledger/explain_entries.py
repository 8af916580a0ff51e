"""Which entries of the payment account an order's fees, credits and adjustments are made of.

Rules M27 to M30 of docs/money-rules.md. Each entry is split by itself; one that names a line goes
to that line as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.ledger.entries import BUCKETS
from engine.ledger.explained import MEASURED, UNKNOWN, LeftOut, Part, Row, Why, parts_of, whole_part
from engine.ledger.fee_frames import ADJUSTED, NOT_BOOKED, Fate
from engine.ledger.measured_fees import WEIGHTS
from engine.ledger.one_order import ADJUSTMENT, OneOrder
from engine.money import Int64Array
from engine.sources.ledger_types import FEE_BUCKETS, Bucket

ACCOUNT = "payment account"
_REASONS = {
    Fate.HELD: "its order is held",
    Fate.NO_RATE: "no exchange rate for its currency and day",
    Fate.LABEL_RETURNED: "more was paid back for labels of the order than they cost",
    Fate.RECOVERABLE_VAT: "VAT on fees is recoverable",
    Fate.AFTER_WATERMARK: "later than the watermark",
}


def entry_name(one: OneOrder, entry: int) -> str:
    """Return an entry's id and type as received."""
    kinds = one.facts.tables.entries.kind
    code = int(kinds.code[entry])
    kind = kinds.values[code] if code >= 0 else "no type"
    return f"entry {one.work.placed.entries.entry_id[entry]} ({kind})"


def entry_parts(
    one: OneOrder, bucket: Bucket, sale_weights: Int64Array, refund_weights: Int64Array
) -> Iterator[Part]:
    """Yield what the entries of one kind put on the sale and refund rows of the order.

    sale_weights: of the order's lines. refund_weights: of all refund rows.
    """
    placed, given = one.work.placed, one.work.given
    for entry in _of_group(one, bucket, Fate.SALE):
        why, charge = _why(one, entry), int(placed.charge[entry])
        line = int(placed.sale_row[entry])
        if line >= 0:
            row = Row("sale", int(one.facts.lines.line_id[line]))
            yield whole_part(row, bucket.value, charge, why)
        else:
            yield from parts_of(one.sale_rows, bucket.value, charge, sale_weights, why)
    for entry in _of_group(one, bucket, Fate.REFUND):
        why, charge = _why(one, entry), int(placed.charge[entry])
        at = int(placed.refund_row[entry])
        if at >= 0:
            yield whole_part(one.refund_row(int(given.row[at])), bucket.value, charge, why)
            continue
        refund = int(placed.refund[entry])
        low, high = given.starts[refund], given.starts[refund + 1]
        rows = [one.refund_row(event) for event in given.row[low:high].tolist()]
        yield from parts_of(rows, bucket.value, charge, refund_weights[low:high], why)
    for entry in _of_group(one, bucket, Fate.NO_RATE):
        if placed.entries.charge[entry] < 0:
            continue
        why = Why("M17", UNKNOWN, ACCOUNT, entry_name(one, entry), _REASONS[Fate.NO_RATE])
        for row in one.sale_rows:
            yield Part(row, bucket.value, None, why)


def _of_group(one: OneOrder, bucket: Bucket, fate: Fate) -> list[int]:
    placed = one.work.placed
    chosen = placed.of(bucket, fate)
    found: list[int] = chosen[placed.group[chosen] == one.group].tolist()
    return found


def _why(one: OneOrder, entry: int) -> Why:
    rule = "M29" if one.work.placed.fate[entry] == Fate.SALE else "M30"
    return Why(rule, MEASURED, ACCOUNT, entry_name(one, entry))


def adjustment_parts(one: OneOrder) -> Iterator[Part]:
    """Yield the entries of the order that stand by themselves on their own day."""
    placed, rows = one.work.placed, one.work.adjustments
    for at in np.flatnonzero(rows.order == one.at).tolist():
        entry = int(np.searchsorted(placed.entries.entry_id, rows.entry_id[at]))
        why = Why("M30", MEASURED, ACCOUNT, entry_name(one, entry), "of no sale and no refund")
        column = BUCKETS[placed.entries.bucket[entry]].value
        assert column in ADJUSTED, column
        row = Row(ADJUSTMENT, int(rows.line_id[at]), int(rows.entry_id[at]))
        amount = int(rows.amounts[column][at])
        if placed.group[entry] < 0 or placed.entries.line[entry] >= 0:
            yield whole_part(row, column, amount, why)
            continue
        line = [int(r.line_id) for r in one.sale_rows].index(row.line_id)
        weights = _adjustment_weights(one, Bucket(column))
        yield from parts_of([row], column, int(placed.charge[entry]), weights, why, [line])


def _adjustment_weights(one: OneOrder, bucket: Bucket) -> Int64Array:
    work = one.work
    low, high = work.sold.starts[one.group], work.sold.starts[one.group + 1]
    if bucket is not Bucket.VAT:
        return work.sold.of(WEIGHTS[bucket])[low:high]
    others = (kind for kind in FEE_BUCKETS if kind is not Bucket.VAT)
    none = np.zeros(work.sold.rows, np.int64)
    return np.asarray(sum((work.books[kind].sale for kind in others), none))[low:high]


def entries_left_out(one: OneOrder) -> Iterator[LeftOut]:
    """Yield the entries that name the order and are in no figure."""
    placed = one.work.placed
    of_order = placed.entries.order == one.at
    for entry in np.flatnonzero(of_order & np.isin(placed.fate, NOT_BOOKED)).tolist():
        fate = Fate(int(placed.fate[entry]))
        amount = int(placed.charge[entry]) if placed.is_known[entry] else None
        yield LeftOut(entry_name(one, entry), _REASONS[fate], amount)

"""Which goods leave the shop together: one row of `Parcels` is one parcel of counted orders.

Rule M37 of docs/money-rules.md. An order is one parcel unless its tracking codes say otherwise.
`Pieces` tells what each parcel holds of each line. Nothing is weighed or priced here, and nothing
depends on the order of the tracking rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.allocation import allocate, group_starts
from engine.ledger.frames import Orders
from engine.ledger.sales import Lines
from engine.local_time import LocalClock
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array, Texts, TrackingRows
from engine.sources.held_columns import Columns

NONE = -1
_LATEST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Parcels(Columns):
    """One row = one parcel, ascending by its lowest order id, then by when it was handed over.

    order: int64, index into Orders of the lowest order id, which dates and prices the parcel. day:
    int32, local day of that order's first shipment, else of the order. country: int32, code into
    Orders.countries, −1 = unknown. is_split: it holds a part of an order of several parcels.
    tracking, carrier: −1 = not named. of_order: int64[orders], the first parcel of each order,
    −1 = none.
    """

    order: Int64Array
    day: Int32Array
    country: Int32Array
    is_split: BoolArray
    tracking: Texts
    carrier: Texts
    of_order: Int64Array

    def __len__(self) -> int:
        return len(self.order)


@dataclass(frozen=True, slots=True, eq=False)
class Pieces(Columns):
    """One row = what one parcel holds of one line, ascending by (parcel, line id).

    line: row of the sale lines. parts: over how many parcels the line is spread. starts: int64, the
    pieces of parcel i are starts[i]:starts[i + 1].
    """

    parcel: Int32Array
    line: Int32Array
    parts: Int32Array
    starts: Int64Array

    def __len__(self) -> int:
        return len(self.parcel)

    def share(self, amount: Int64Array) -> Int64Array:
        """Split the amounts of lines that are spread over several parcels evenly over their pieces.

        amount: int64[pieces], each piece with the amount of its whole line; the line's first piece
        speaks for all of them. Below zero, so unknown, it stays as it is on every piece.
        """
        spread = np.flatnonzero(self.parts > 1)
        if not len(spread):
            return amount
        at = spread[np.lexsort((self.parcel[spread], self.line[spread]))]
        _, first = np.unique(self.line[at], return_index=True)
        starts = np.append(first, len(at)).astype(np.int64)
        whole = amount[at[first]]
        even = np.ones(len(at), np.int64)
        shares = allocate(np.maximum(whole, 0), even, starts)
        result = amount.copy()
        result[at] = np.where(np.repeat(whole < 0, np.diff(starts)), NONE, shares)
        return result

    def sum_by_line(self, amount: Int64Array, lines: int) -> Int64Array:
        """Sum the amounts of pieces over the parcels of each of `lines` lines; int64[lines]."""
        total = np.zeros(lines, np.int64)
        if int(self.parts.max(initial=1)) == 1:
            total[self.line] = amount
        else:
            np.add.at(total, self.line, amount)
        return total

    def any_by_line(self, flags: BoolArray, lines: int) -> BoolArray:
        """Return which of `lines` lines have a flagged piece."""
        found = np.zeros(lines, np.bool_)
        found[self.line[flags]] = True
        return found

    def any_by_parcel(self, flags: BoolArray) -> BoolArray:
        """Return which parcels have a flagged piece."""
        found = np.zeros(len(self.starts) - 1, np.bool_)
        found[self.parcel[flags]] = True
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Links:
    """One row = one order in one parcel. Sent orders are numbered by order id."""

    sent: Int64Array
    parcel: Int64Array
    parts: Int64Array  # how many parcels the order is
    lowest: Int64Array  # of each parcel: its lowest sent order
    code: Int64Array  # of each parcel: its tracking code, −1 = none


def form_parcels(
    orders: Orders, lines: Lines, ships: BoolArray, tracking: TrackingRows, clock: LocalClock
) -> tuple[Parcels, Pieces]:
    """Put the lines that are sent into parcels.

    `lines` holds lines of counted orders, ascending by (order id, line id); ships: bool[lines], the
    line is a physical one of an order that was sent, or will be.
    """
    line = np.flatnonzero(ships)
    ids, first = np.unique(lines.order_id[line], return_index=True)
    sent_order = lines.order[line[first]].astype(np.int64)
    links = _in_parcel_order(_link(ids, tracking), tracking)
    pieces = _pieces(links, line, np.append(first, len(line)), lines.line_id)
    order = sent_order[links.lowest]
    split = np.zeros(len(order), np.bool_)
    split[links.parcel[links.parts > 1]] = True
    of_order = np.full(len(orders), NONE, np.int64)
    # Written from the last parcel to the first, so that the first one stays.
    of_order[sent_order[links.sent[::-1]]] = links.parcel[::-1]
    shipped = orders.shipped_seconds[order]
    parcels = Parcels(
        order=order,
        day=clock.days(np.where(shipped >= 0, shipped, orders.seconds[order])),
        country=orders.country[order],
        is_split=split,
        tracking=Texts(links.code.astype(np.int32), tracking.tracking_code.values),
        carrier=_carriers(links, tracking),
        of_order=of_order,
    )
    return parcels, pieces


def _link(ids: Int64Array, tracking: TrackingRows) -> _Links:
    """Link sent orders to parcels: to one for each of their codes, else to one of their own."""
    sent, code = _sent_rows(ids, tracking)
    span = len(tracking.tracking_code.values) + 1
    pairs = np.sort(sent * span + code)
    is_new = np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]
    sent, code = np.divmod(pairs[is_new], span)
    codes = np.bincount(sent, minlength=len(ids))
    lone = np.flatnonzero(codes == 0)
    # Pairs ascend by order, so the first one with a code has the lowest order.
    distinct, lowest, coded = np.unique(code, return_index=True, return_inverse=True)
    sent = np.concatenate((sent, lone))
    return _Links(
        sent=sent,
        parcel=np.concatenate((coded, len(distinct) + np.arange(len(lone)))),
        parts=np.maximum(codes, 1)[sent],
        lowest=np.concatenate((sent[lowest], lone)),
        code=np.concatenate((distinct, np.full(len(lone), NONE))),
    )


def _sent_rows(ids: Int64Array, tracking: TrackingRows) -> tuple[Int64Array, Int64Array]:
    """Sent order and code of each tracking row that has both."""
    code = tracking.tracking_code.code.astype(np.int64)
    if not len(ids):
        return code[:0], code[:0]
    sent = np.minimum(np.searchsorted(ids, tracking.order_id), len(ids) - 1)
    used = (ids[sent] == tracking.order_id) & (code >= 0)
    return sent[used], code[used]


def _in_parcel_order(links: _Links, tracking: TrackingRows) -> _Links:
    """Number the parcels by lowest order, then by when they were handed over, then by code."""
    rank = _text_ranks(links, tracking)
    handed_over = np.full(len(tracking.tracking_code.values) + 1, _LATEST)
    dated = tracking.seconds.known & (tracking.tracking_code.code >= 0)
    np.minimum.at(handed_over, tracking.tracking_code.code[dated], tracking.seconds.value[dated])
    order = np.lexsort((rank, handed_over[links.code], links.lowest))
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    parcel = number[links.parcel]
    by_parcel = np.lexsort((links.sent, parcel))
    return _Links(
        links.sent[by_parcel],
        parcel[by_parcel],
        links.parts[by_parcel],
        links.lowest[order],
        links.code[order],
    )


def _text_ranks(links: _Links, tracking: TrackingRows) -> Int64Array:
    """Rank the parcels of orders that are several by the text of their codes, all others 0."""
    rank = np.zeros(len(links.lowest), np.int64)
    several = np.unique(links.parcel[links.parts > 1])
    texts = [tracking.tracking_code.values[code] for code in links.code[several].tolist()]
    rank[several] = np.unique(np.array(texts, np.str_), return_inverse=True)[1]
    return rank


def _pieces(links: _Links, line: Int64Array, starts: Int64Array, line_id: Int64Array) -> Pieces:
    """Give each parcel the lines of its orders; those of order i are line[starts[i]:…]."""
    sizes = np.diff(starts)[links.sent]
    ends = np.cumsum(sizes)
    within = np.arange(int(sizes.sum())) - np.repeat(ends - sizes, sizes)
    held = line[np.repeat(starts[:-1][links.sent], sizes) + within]
    parcel = np.repeat(links.parcel, sizes)
    by_key = np.lexsort((line_id[held], parcel))
    return Pieces(
        parcel[by_key].astype(np.int32),
        held[by_key].astype(np.int32),
        np.repeat(links.parts, sizes)[by_key].astype(np.int32),
        group_starts(parcel[by_key], len(links.lowest)),
    )


def _carriers(links: _Links, tracking: TrackingRows) -> Texts:
    """The carrier of each parcel; where its rows name several, the first by name."""
    names = tuple(sorted(tracking.carrier.values))
    rank = np.array([names.index(name) for name in tracking.carrier.values] + [len(names)])
    best = np.full(len(tracking.tracking_code.values) + 1, len(names))
    coded = tracking.tracking_code.code >= 0
    np.minimum.at(best, tracking.tracking_code.code[coded], rank[tracking.carrier.code[coded]])
    found = best[links.code]
    return Texts(np.where(found == len(names), NONE, found).astype(np.int32), names)

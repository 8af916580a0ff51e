"""Money back to buyers: one row = one refund; an item row says for which line it was.

Refunds come days or months after the sale, some in another year; those after the last day of the
plan have not happened yet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demo.amounts import Amounts
from engine.demo.baskets import Lines
from engine.demo.calendar_days import Days
from engine.demo.draws import Draws
from engine.demo.fulfilment import Fulfilment
from engine.demo.shares import first_lines
from engine.money import Int64Array

NO_ORDER = NO_LINE = UNKNOWN = -1
_REFUNDED_PPM = 30_000
_FULL, _LINE, _PART, _SHIPPING, _TAX, _EXCESS, _ABOVE_ITEM = range(7)
_KIND_WEIGHTS = (36, 28, 26, 6, 3, 1)
_STATES_TAX_PPM = 500_000
# Weeks until the refund, by weight: most within a month, some after half a year.
_WEEKS = (10, 25, 22, 15, 8, 5, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1)
_GOODWILL_CENTS = 500
REASONS = (
    "Damaged in transit",
    "Wrong colour",
    "Wrong size",
    "Parcel lost",
    "Not as described",
    "damaged in transit",
)
SUCCESS, FAILED = 0, 1
STATUSES = ("success", "failed")
_PLANTED_KINDS = {
    "refund_same_day": _FULL,
    "refund_later_month": _LINE,
    "refund_later_year": _FULL,
    "refund_above_item": _ABOVE_ITEM,
    "refund_above_revenue": _FULL,
    "refund_above_paid": _EXCESS,
    "refund_of_tax_alone": _TAX,
    "refund_in_two_parts": _FULL,
    "refund_failed": _PART,
    "refund_day_unknown": _LINE,
    "refund_of_one_line": _LINE,
    "refund_superseded": _PART,
}
_PLANTED_LAGS = {"refund_same_day": 0, "refund_later_month": 40, "refund_later_year": 12}


@dataclass(frozen=True, slots=True)
class Refunds:
    """`amount` includes tax. `seconds` UNKNOWN = no time; `line` NO_LINE = no item row.

    Rows ascend by (order, id); refunds of an unknown order (NO_ORDER) stand at the end.
    """

    order: Int64Array
    day: Int64Array  # of the refund, the order's day where the time is unknown
    seconds: Int64Array
    amount: Int64Array
    tax: Int64Array  # UNKNOWN = not stated
    line: Int64Array
    item_amount: Int64Array
    reason: Int64Array
    status: Int64Array
    is_superseded: Int64Array

    def __len__(self) -> int:
        return len(self.order)


def draw_refunds(
    days: Days,
    day: Int64Array,
    seconds: Int64Array,
    lines: Lines,
    amounts: Amounts,
    fulfilment: Fulfilment,
    roles: dict[str, int],
    draws: Draws,
) -> Refunds:
    """Return the refunds of the orders placed at `seconds`, and two of unknown orders."""
    order, kind, lag = _chosen(day, amounts, fulfilment, roles, draws)
    first = first_lines(lines.order)
    amount, tax, line, item = _amounts(order, kind, lines, amounts, first, draws)
    count = len(order)
    refund_day = day[order] + lag
    at = days.seconds(np.minimum(refund_day, len(days) - 1), draws.between(0, 86_399, count))
    at = np.maximum(at, seconds[order] + 600)
    status = np.where(order == roles["refund_failed"], FAILED, SUCCESS)
    superseded = (order == roles["refund_superseded"]).astype(np.int64)
    unknown = order == roles["refund_day_unknown"]
    happened = (refund_day < len(days)) & (at < days.end)
    rows = Refunds(
        order=order,
        day=np.where(unknown, day[order], days.day_of(at)),
        seconds=np.where(unknown, UNKNOWN, at),
        amount=amount,
        tax=tax,
        line=line,
        item_amount=item,
        reason=draws.below(len(REASONS), count),
        status=status,
        is_superseded=superseded,
    )
    return _with_unknown_orders(_kept(rows, happened), days, lines)


def _chosen(
    day: Int64Array,
    amounts: Amounts,
    fulfilment: Fulfilment,
    roles: dict[str, int],
    draws: Draws,
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Return order, kind and lag in days of each refund, ascending by order."""
    orders = len(day)
    refunded = draws.chance(_REFUNDED_PPM, orders) & fulfilment.counts & (amounts.base > 0)
    refunded[list(roles.values())] = False
    refunded |= fulfilment.is_cancelled & fulfilment.is_paid  # the money goes back
    refunded[[roles[role] for role in _PLANTED_KINDS]] = True
    order = np.flatnonzero(refunded).astype(np.int64)
    kind = draws.weighted(_KIND_WEIGHTS, len(order))
    lag = 7 * draws.weighted(_WEEKS, len(order)) + draws.below(7, len(order))
    cancelled = fulfilment.is_cancelled[order]
    kind[cancelled], lag[cancelled] = _FULL, lag[cancelled] % 4
    for role, planted in _PLANTED_KINDS.items():
        row = np.searchsorted(order, roles[role])
        kind[row] = planted
        lag[row] = _PLANTED_LAGS.get(role, 9)
    twice = np.searchsorted(order, roles["refund_in_two_parts"])
    rows = np.sort(np.append(np.arange(len(order)), twice))
    order, kind, lag = order[rows], kind[rows], lag[rows]
    kind[twice], lag[twice + 1] = _PART, lag[twice] + 30  # the second one empties the order
    return order, kind, lag


def _amounts(
    order: Int64Array,
    kind: Int64Array,
    lines: Lines,
    amounts: Amounts,
    first: Int64Array,
    draws: Draws,
) -> tuple[Int64Array, Int64Array, Int64Array, Int64Array]:
    """Return amount with tax, stated tax, the line named and its item amount."""
    count = len(order)
    line = first[order]
    goods = (lines.value - amounts.line_discount)[line]
    kind = np.where((kind == _LINE) & (goods == 0), _FULL, kind)
    kind = np.where((kind == _SHIPPING) & (amounts.shipping[order] == 0), _PART, kind)
    kind = np.where((kind == _TAX) & (amounts.tax[order] == 0), _PART, kind)
    paid = amounts.paid[order]
    line_tax = amounts.line_tax[line]
    part = np.maximum(paid * draws.between(10, 60, count) // 100, 1)
    item = np.where(kind == _ABOVE_ITEM, goods + goods // 4, goods)
    amount = np.choose(
        kind,
        (
            paid,
            item + line_tax,
            part,
            amounts.shipping[order],
            amounts.tax[order],
            paid + _GOODWILL_CENTS,
            item,
        ),
    )
    # The second of two refunds of an order pays what is left.
    again = np.flatnonzero(np.diff(order, prepend=-1) == 0)
    amount[again] = paid[again] - amount[again - 1]
    states_tax = draws.chance(_STATES_TAX_PPM, count) & (kind == _FULL)
    states_tax[again] = False
    tax = np.where(states_tax, amounts.tax[order], UNKNOWN)
    tax = np.where(kind == _LINE, line_tax, tax)
    tax = np.where(kind == _TAX, amounts.tax[order], tax)
    named = (kind == _LINE) | (kind == _ABOVE_ITEM)
    return amount, tax, np.where(named, line, NO_LINE), np.where(named, item, 0)


def _kept(rows: Refunds, keep: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Refunds:
    return Refunds(*(getattr(rows, name)[keep] for name in Refunds.__slots__))


def _with_unknown_orders(rows: Refunds, days: Days, lines: Lines) -> Refunds:
    """Add two refunds of orders that no table knows; one of them names a listing and SKU."""
    middle = len(days) // 2
    day = np.array([middle, middle + 1], np.int64)
    added = Refunds(
        order=np.full(2, NO_ORDER, np.int64),
        day=day,
        seconds=days.seconds(day, np.full(2, 43_200, np.int64)),
        amount=np.array([2_750, 1_290], np.int64),
        tax=np.array([250, UNKNOWN], np.int64),
        line=np.array([0, NO_LINE], np.int64),
        item_amount=np.array([2_500, 0], np.int64),
        reason=np.zeros(2, np.int64),
        status=np.full(2, SUCCESS, np.int64),
        is_superseded=np.zeros(2, np.int64),
    )
    columns = (
        np.concatenate((getattr(rows, name), getattr(added, name))) for name in Refunds.__slots__
    )
    return Refunds(*columns)

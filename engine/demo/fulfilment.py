"""What became of each demo order: paid, shipped or cancelled, and its parcels.

One row of `Fulfilment` is one order; one row of `Parcels` is one order × one tracking code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demo.baskets import Lines
from engine.demo.calendar_days import Days
from engine.demo.draws import BoolArray, Draws
from engine.demo.shares import totals
from engine.money import Int64Array

_CANCELLED_PPM, _PAID_BEFORE_CANCEL_PPM, _UNPAID_PPM = 20_000, 700_000, 3_000
_DAYS_TO_SHIP = (4, 14, 22, 20, 14, 10, 7, 4, 3, 2)
_OPENS, _CLOSES = 9 * 3_600, 18 * 3_600
CARRIERS = ("FedEx", "UPS", "PTT", "DHL")
_CARRIER_WEIGHTS = (60, 20, 15, 5)
_TRACKING = 771_000_000_000
NOT_SHIPPED = -1


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """`counts` says whether the order is a sale; `shipped_at` is NOT_SHIPPED or unix seconds."""

    is_paid: BoolArray
    is_cancelled: BoolArray
    counts: BoolArray
    shipped_day: Int64Array
    shipped_at: Int64Array


@dataclass(frozen=True, slots=True)
class Parcels:
    """Handed over at `seconds`; `tracking` is the number in the code."""

    order: Int64Array
    seconds: Int64Array
    carrier: Int64Array  # index into CARRIERS
    tracking: Int64Array


def draw_fulfilment(
    days: Days,
    lines: Lines,
    day: Int64Array,
    seconds: Int64Array,
    roles: dict[str, int],
    draws: Draws,
) -> Fulfilment:
    """Return what happened to the orders placed at `seconds`."""
    orders = len(day)
    is_cancelled = draws.chance(_CANCELLED_PPM, orders)
    is_paid = ~is_cancelled | draws.chance(_PAID_BEFORE_CANCEL_PPM, orders)
    is_paid &= ~draws.chance(_UNPAID_PPM, orders)
    for order in roles.values():
        is_cancelled[order], is_paid[order] = False, True
    for role in ("status_unknown_unpaid", "status_open", "cancelled_british"):
        is_paid[roles[role]] = False
    for role in ("cancelled_paid", "cancelled_british"):
        is_cancelled[roles[role]] = True
    counts = is_paid & ~is_cancelled
    physical = totals((~lines.is_digital).astype(np.int64), lines.order, orders) > 0
    lag = draws.weighted(_DAYS_TO_SHIP, orders)
    lag[roles["shared_parcel_second"]] = lag[roles["shared_parcel_first"]] = 2
    shipped_day = day + lag
    is_shipped = counts & physical & (shipped_day < len(days))
    is_shipped[roles["refund_same_day"]] = False
    at = days.seconds(
        np.minimum(shipped_day, len(days) - 1), draws.between(_OPENS, _CLOSES, orders)
    )
    at = np.maximum(at, seconds + draws.between(1_800, 7_200, orders))
    is_shipped &= at < days.end
    return Fulfilment(
        is_paid,
        is_cancelled,
        counts,
        np.where(is_shipped, days.day_of(at), NOT_SHIPPED),
        np.where(is_shipped, at, NOT_SHIPPED),
    )


def draw_parcels(
    fulfilment: Fulfilment, roles: dict[str, int], shop_id: int, draws: Draws
) -> Parcels:
    """Return one parcel for each shipped order, and the planted two of one and one of two."""
    order = np.flatnonzero(fulfilment.shipped_at != NOT_SHIPPED).astype(np.int64)
    carrier = draws.weighted(_CARRIER_WEIGHTS, len(order))
    number = np.cumsum(2 + draws.below(900, len(order))) + _TRACKING * shop_id
    first, second = roles["shared_parcel_first"], roles["shared_parcel_second"]
    number[order == second] = number[order == first]
    twice = np.flatnonzero(order == roles["two_parcels"])
    rows = np.concatenate((np.arange(len(order)), twice))
    extra = np.arange(len(rows)) >= len(order)
    sorted_rows = np.argsort(rows, kind="stable")
    rows, extra = rows[sorted_rows], extra[sorted_rows]
    seconds = fulfilment.shipped_at[order[rows]]
    return Parcels(order[rows], seconds, carrier[rows], number[rows] + extra)

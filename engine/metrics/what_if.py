"""What a range would have earned if something had been otherwise: before, after, and the way there.

Orders of the range are worked out again on changed inputs (`engine/ledger/supposed.py`); amounts
that were measured move by the difference of two estimates. More orders and other refunds are so
many times those that there were. Nothing says how buyers would have answered: that is the owner's
to suppose, in `units`. One row of the main arrays is one SKU.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.errors import ReconciliationError, UnknownEntityError
from engine.ledger.changed_inputs import Changes
from engine.ledger.evidence import Evidence
from engine.ledger.frames import EventKind, Ledger, OrderState
from engine.ledger.supposed import AsTheyWere, Supposed, Unmoved
from engine.metrics.compute import Snapshot, compute_block
from engine.metrics.model import SHOP
from engine.metrics.order_list import ledger_terms
from engine.metrics.registry import REGISTRY
from engine.money import MILLION, Int64Array, round_div
from engine.periods import Period
from engine.sources.frames import BoolArray

# The parts of profit that SKUs have, each with the sign of its effect …
_OF_SALES = (
    (1, "gross_merchandise_sales"),
    (-1, "discounts"),
    (-1, "returns_value"),
    (1, "shipping_income"),
    (1, "gift_wrap_income"),
    (-1, "refund_excess"),
)
_OF_COSTS = (
    (-1, "cogs"),
    (-1, "postage"),
    (-1, "duty"),
    (-1, "import_tax"),
    (-1, "carrier_fee"),
    (-1, "platform_fees"),
)
_OFFSITE = ((-1, "offsite_ads_fees"),)
# … and those of the shop alone.
_OF_SHOP = ((-1, "ad_spend"), (-1, "operating_expenses"))
_BY_SKU = (*_OF_SALES, *_OF_COSTS, *_OFFSITE)
SIGNS = {name: sign for sign, name in (*_BY_SKU, *_OF_SHOP)}
TOTALS: Mapping[str, tuple[tuple[int, str], ...]] = {
    "net_revenue": _OF_SALES,
    "contribution_profit": (*_OF_SALES, *_OF_COSTS),
    "net_profit": (*_BY_SKU, *_OF_SHOP),
}
_SKU_PROFIT = TOTALS["contribution_profit"]
_NAMES = tuple(name for _, name in _BY_SKU)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose orders are supposed otherwise; none means the whole shop.

    A country goes together with a listing or a SKU: these in orders to it.

    Of a listing or SKU prices, unit costs, refunds and units are its own; rates change for the
    whole orders that hold it, as a parcel and a fee belong to an order.
    """

    country: str | None = None
    listing: int | None = None
    sku: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of a ledger, or of orders worked out again: what of them is of the scope.

    is_whole: of an order of the range in the scope. is_own: of the scope itself, line by line.
    """

    sku: Int64Array
    is_refund: BoolArray
    is_placed: BoolArray
    is_own: BoolArray
    columns: Mapping[str, Int64Array]


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Parts of profit by name, in minor units of the shop, before and after.

    by_sku, by_sku_after: contribution profit of each of `skus`.
    """

    changes: Changes
    scope: Scope
    before: dict[str, int]
    after: dict[str, int]
    skus: tuple[str, ...]
    by_sku: Int64Array
    by_sku_after: Int64Array
    unmoved: Unmoved
    orders: int  # of the range, in the scope

    @cached_property
    def bars(self) -> dict[str, int]:
        """What each part adds to net profit or takes from it; they sum to its change."""
        return {name: sign * (self.after[name] - self.before[name]) for name, sign in SIGNS.items()}

    def total(self, name: str, *, is_after: bool) -> int:
        """Return net_revenue, contribution_profit or net_profit, in minor units."""
        amounts = self.after if is_after else self.before
        return sum(sign * amounts[part] for sign, part in TOTALS[name])

    def margin(self, *, is_after: bool) -> float | None:
        """Return contribution over net revenue, as the metric is divided; None without revenue."""
        revenue = self.total("net_revenue", is_after=is_after)
        if revenue <= 0:
            return None
        contribution = self.total("contribution_profit", is_after=is_after)
        return round_div(contribution * MILLION, revenue) / MILLION

    @property
    def turned(self) -> tuple[list[str], list[str]]:
        """Return the SKUs that begin to lose money, and those that stop to."""
        begin = np.flatnonzero((self.by_sku >= 0) & (self.by_sku_after < 0))
        stop = np.flatnonzero((self.by_sku < 0) & (self.by_sku_after >= 0))
        worse, better = ([self.skus[row] for row in rows.tolist()] for rows in (begin, stop))
        return worse, better


def what_if(
    snapshot: Snapshot,
    evidence: Evidence,
    period: Period,
    changes: Changes,
    scope: Scope,
    dating: str,
) -> WhatIf:
    """Suppose something about the orders of a period; see `Changes` for what can be.

    Raises UnknownEntityError for a country, listing or SKU that no order has, ReconciliationError
    if what was there before does not add up to the metrics of the period.
    """
    ledger = snapshot.ledger
    is_own = own_rows(ledger, scope)
    orders = orders_of(ledger, is_own)
    placed = orders & period.holds(ledger.orders.day)
    ids = ledger.orders.order_id[placed]
    day = ledger.event_day if dating == "refund_day" else ledger.order_day
    here = np.flatnonzero(period.holds(day))
    actual = _ledger_rows(ledger, here, placed, is_own)
    old = new = None
    unmoved = Unmoved()
    if changes.needs_ledger and len(ids):
        lines = ledger.line_id[is_own & (ledger.kind == EventKind.SALE)]
        were = AsTheyWere.of(evidence, np.sort(ids), lines)
        instead, unmoved = were.supposed(changes)
        old, new = (
            _supposed_rows(one, ledger, ids, lines, period, dating) for one in (were.rows, instead)
        )
    moved = _moved(actual, old, new, changes, len(ledger.skus))
    everything = _by_sku(actual, np.ones(len(here), np.bool_), len(ledger.skus))
    before = {name: int(everything[at].sum()) for at, name in enumerate(_NAMES)}
    after = {name: before[name] + int(moved[at].sum()) for at, name in enumerate(_NAMES)}
    of_shop = _checked(snapshot, period, dating, before)
    spend = of_shop["ad_spend"]
    more_ads = round_div(spend * changes.ad_spend, MILLION)
    sold = np.flatnonzero(np.any(everything != 0, axis=0) | np.any(moved != 0, axis=0))
    profit = sum(sign * everything[at] for at, (sign, _) in enumerate(_SKU_PROFIT))
    change = sum(sign * moved[at] for at, (sign, _) in enumerate(_SKU_PROFIT))
    return WhatIf(
        changes=changes,
        scope=scope,
        before=before | of_shop,
        after=after | of_shop | {"ad_spend": spend + more_ads},
        skus=tuple(ledger.skus[code] for code in sold.tolist()),
        by_sku=np.asarray(profit)[sold],
        by_sku_after=np.asarray(profit + change)[sold],
        unmoved=unmoved,
        orders=len(ids),
    )


def own_rows(ledger: Ledger, scope: Scope) -> BoolArray:
    """Return which ledger rows are of the scope; raises UnknownEntityError."""
    own = np.ones(len(ledger), np.bool_)
    if scope.country is not None:
        wanted = _code(ledger.orders.countries, scope.country, "country")
        country = np.append(ledger.orders.country, np.int32(-1))
        own &= country[ledger.order] == wanted
    if scope.listing is not None:
        own &= ledger.listing == _code(ledger.listing_ids.tolist(), scope.listing, "listing")
    if scope.sku is not None:
        own &= ledger.sku == _code(ledger.skus, scope.sku, "SKU")
    return own


def _code(known: Sequence[int | str], wanted: int | str, what: str) -> int:
    if wanted not in known:
        raise UnknownEntityError(
            f"No order of the shop has the {what} {wanted!r}.", hint="Choose one that it has."
        )
    return known.index(wanted)


def orders_of(ledger: Ledger, is_own: BoolArray) -> BoolArray:
    """Return which orders have a sale row of the scope."""
    sales = np.flatnonzero(is_own & (ledger.kind == EventKind.SALE))
    found = np.zeros(len(ledger.orders), np.bool_)
    found[ledger.order[sales]] = True
    return np.asarray(found & (ledger.orders.state == OrderState.COUNTED))


def _ledger_rows(ledger: Ledger, rows: Int64Array, placed: BoolArray, is_own: BoolArray) -> Rows:
    kind = ledger.kind[rows]
    return Rows(
        sku=ledger.sku[rows].astype(np.int64),
        is_refund=kind == EventKind.REFUND,
        is_placed=np.append(placed, False)[ledger.order[rows]] & (kind != EventKind.ADJUSTMENT),
        is_own=is_own[rows] & (kind != EventKind.ADJUSTMENT),
        columns={name: ledger.amounts.of(name, rows) for name in _terms()},
    )


def _supposed_rows(
    supposed: Supposed,
    ledger: Ledger,
    ids: Int64Array,
    lines: Int64Array,
    period: Period,
    dating: str,
) -> Rows:
    """Return the rows of the range; SKUs by their codes in the ledger."""
    day = supposed.day if dating == "refund_day" else supposed.order_day
    rows = np.flatnonzero(period.holds(day) & np.isin(supposed.order_id, ids))
    place = {sku: code for code, sku in enumerate(ledger.skus)}
    code = np.array([place[sku] for sku in supposed.skus], np.int64)
    return Rows(
        sku=code[supposed.sku[rows]],
        is_refund=supposed.is_refund[rows],
        is_placed=np.ones(len(rows), np.bool_),
        is_own=np.isin(supposed.line_id[rows], lines),
        columns={name: supposed.column(name)[rows] for name in _terms()},
    )


def _terms() -> list[str]:
    """Return the ledger columns that the parts of profit are sums of."""
    return sorted({column for name in _NAMES for _, column in ledger_terms(name)})


def _by_sku(rows: Rows, chosen: BoolArray, skus: int) -> Int64Array:
    """Sum the parts of profit of some rows; int64[parts, SKUs]."""
    at = np.flatnonzero(chosen)
    total = np.zeros((len(_NAMES), skus), np.int64)
    for place, name in enumerate(_NAMES):
        for sign, column in ledger_terms(name):
            np.add.at(total[place], rows.sku[at], sign * rows.columns[column][at])
    return total


def _moved(
    actual: Rows, old: Rows | None, new: Rows | None, changes: Changes, skus: int
) -> Int64Array:
    """Return by how much each part moves; int64[parts, SKUs].

    First the difference of the two estimates; then as many times more as units and refunds say, of
    what the scope's own rows have come to by it, rounded once.
    """

    def difference(is_refund: bool, is_own: bool) -> Int64Array:
        if old is None or new is None:
            return np.zeros((len(_NAMES), skus), np.int64)
        before, after = (
            _by_sku(rows, (rows.is_refund == is_refund) & (rows.is_own | (not is_own)), skus)
            for rows in (old, new)
        )
        return after - before

    own, refund, placed = actual.is_own, actual.is_refund, actual.is_placed
    sales = _by_sku(actual, own & placed & ~refund, skus) + difference(False, True)
    back = _by_sku(actual, own & placed & refund, skus) + difference(True, True)
    earlier = _by_sku(actual, own & ~placed & refund, skus)
    both = round_div((MILLION + changes.units) * (MILLION + changes.refunds), MILLION) - MILLION
    more = sales * changes.units + back * both + earlier * changes.refunds
    return difference(False, False) + difference(True, False) + round_div(more, MILLION)


def _checked(
    snapshot: Snapshot, period: Period, dating: str, before: dict[str, int]
) -> dict[str, int]:
    """Return the shop's own parts, after comparing the others with the metrics of the period."""
    names = [name for _, name in _OF_SHOP]
    block = compute_block(
        snapshot,
        [period],
        SHOP,
        REGISTRY.choose(SHOP, [*_NAMES, *names]),
        refund_dating=dating,
    )
    said = {name: int(column.values[0]) for name, column in block.columns.items()}
    for name in _NAMES:
        if said[name] != before[name]:
            raise ReconciliationError(
                f"The rows of {name} add up to {before[name]:,} minor units, "
                f"but the metric says {said[name]:,}."
            )
    return {name: said[name] for name in names}

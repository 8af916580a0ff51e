"""What each SKU earns in one country and in all others: one row = one SKU that was sold to both.

For a seller whose parcels pay duty in one country: which SKUs lose there and earn elsewhere, and
which amount of a unit makes the difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.metrics.compute import Snapshot
from engine.metrics.order_list import ledger_terms
from engine.money import Int64Array, round_div
from engine.periods import Period
from engine.sources.frames import BoolArray

PROFIT, UNITS, REVENUE = "contribution_profit", "units_sold", "net_revenue"
# What a unit costs; more of it there makes the difference, as does less revenue.
COSTS = ("cogs", "postage", "duty", "import_tax", "carrier_fee", "platform_fees")


@dataclass(frozen=True, slots=True)
class Destination:
    """Amounts in minor units; those of a unit are rounded. cause: the metric that differs most."""

    sku: str
    units: int
    profit: int
    units_elsewhere: int
    profit_elsewhere: int
    profit_of_unit: int
    profit_of_unit_elsewhere: int
    cause: str
    cause_of_unit: int
    cause_of_unit_elsewhere: int


def losers_to(
    snapshot: Snapshot, period: Period, country: str, refund_dating: str
) -> tuple[Destination, ...]:
    """Return the SKUs that lose in a country and earn in the others, the largest loss first."""
    ledger = snapshot.ledger
    if country not in ledger.orders.countries:
        return ()
    code = ledger.orders.countries.index(country)
    day = ledger.event_day if refund_dating == "refund_day" else ledger.order_day
    row = np.flatnonzero(period.holds(day) & (ledger.order >= 0))
    is_there = ledger.orders.country[ledger.order[row]] == code
    there, elsewhere = (_sums(snapshot, row[side]) for side in (is_there, ~is_there))
    loses: BoolArray = (there[PROFIT] < 0) & (elsewhere[PROFIT] > 0)
    sold = (there[UNITS] > 0) & (elsewhere[UNITS] > 0)
    skus = np.flatnonzero(loses & sold)
    skus = skus[np.argsort(there[PROFIT][skus], kind="stable")]
    own, other = ({n: c[skus] for n, c in sums.items()} for sums in (there, elsewhere))
    of_unit, of_other = _of_units(own), _of_units(other)
    names = (*COSTS, REVENUE)
    worse = np.stack(
        [of_unit[n] - of_other[n] if n in COSTS else of_other[n] - of_unit[n] for n in names]
    )
    cause = worse.argmax(axis=0).tolist()
    return tuple(
        Destination(
            sku=ledger.skus[sku],
            units=int(own[UNITS][at]),
            profit=int(own[PROFIT][at]),
            units_elsewhere=int(other[UNITS][at]),
            profit_elsewhere=int(other[PROFIT][at]),
            profit_of_unit=int(of_unit[PROFIT][at]),
            profit_of_unit_elsewhere=int(of_other[PROFIT][at]),
            cause=names[cause[at]],
            cause_of_unit=int(of_unit[names[cause[at]]][at]),
            cause_of_unit_elsewhere=int(of_other[names[cause[at]]][at]),
        )
        for at, sku in enumerate(skus.tolist())
    )


def _sums(snapshot: Snapshot, row: Int64Array) -> dict[str, Int64Array]:
    """Return each metric by SKU code, summed over some rows of the ledger."""
    ledger = snapshot.ledger
    found = {}
    for name in (PROFIT, UNITS, REVENUE, *COSTS):
        total = np.zeros(len(ledger.skus), np.int64)
        for sign, column in ledger_terms(name):
            np.add.at(total, ledger.sku[row], sign * ledger.amounts.of(column, row))
        found[name] = total
    return found


def _of_units(sums: dict[str, Int64Array]) -> dict[str, Int64Array]:
    return {n: round_div(c, sums[UNITS]) for n, c in sums.items() if n != UNITS}

"""The ladder of profit, checked on every load: each rung is what the rungs above it come to.

One row of a check = one entity over all days. The figures come from the tables that answer
questions, so a load also ends here if those have lost or doubled a row of the ledger.
"""

from __future__ import annotations

import numpy as np

from engine.errors import ReconciliationError
from engine.ledger.reconcile import Identity
from engine.metrics.compute import MetricBlock, Snapshot, compute_block, entity_ids
from engine.metrics.levels import entity_codes
from engine.metrics.model import Level, linear
from engine.metrics.order_tables import contribution_of
from engine.metrics.registry import REGISTRY
from engine.money import Int64Array, format_money
from engine.periods import Period, day_date

RUNGS = (
    ("net_sales", "gross_merchandise_sales − discounts − returns_value"),
    ("net_revenue", "net_sales + shipping_income + gift_wrap_income − refund_excess"),
    ("gross_profit", "net_revenue − cogs"),
    ("contribution_profit", "gross_profit − fulfilment_cost − platform_fees"),
    ("profit_after_ads", "contribution_profit − ad_spend − offsite_ads_fees"),
    ("net_profit", "profit_after_ads − operating_expenses"),
    ("net_profit", "net_revenue − total_costs"),
)
_NAMES = tuple({name: None for top, of in RUNGS for name in (top, *linear(of).inputs)})
_SHOWN = 20


def check_ladder(snapshot: Snapshot) -> list[Identity]:
    """Check every rung for the shop and each listing and SKU; raises ReconciliationError."""
    found: list[Identity] = []
    broken: list[str] = []
    contribution = contribution_of(snapshot.ledger)
    for level in Level:
        block = _of_all_days(snapshot, level)
        entity, _, entities = entity_codes(level, snapshot.ledger)
        of_rows = np.zeros(entities, np.int64)
        np.add.at(of_rows, entity, contribution)
        sides = [(f"{top} = {of}", _amounts(block, top), _amounts(block, of)) for top, of in RUNGS]
        profit = _amounts(block, "contribution_profit")
        sides.append(("contribution_profit = sum over the rows of the ledger", profit, of_rows))
        for name, left, right in sides:
            found.append(Identity(f"{level}: {name}", int(left.sum()), int(right.sum())))
            broken += _differing(snapshot, level, name, left, right)
    if broken:
        raise ReconciliationError(
            f"{len(broken)} rung(s) of the ladder of profit do not add up:\n"
            + "\n".join(broken[:_SHOWN]),
            hint="Nothing was written. This is a fault of the program; please report it with the "
            "lines above.",
        )
    return found


def _of_all_days(snapshot: Snapshot, level: Level) -> MetricBlock:
    calendar = snapshot.calendar
    first = calendar.first_day
    always = Period.custom(day_date(first), day_date(first + calendar.days - 1))
    chosen = REGISTRY.choose(level, _NAMES)
    return compute_block(snapshot, [always], level, chosen, entities=entity_ids(snapshot, level))


def _amounts(block: MetricBlock, formula: str) -> Int64Array:
    """What a sum of metrics comes to, in minor units; one row = one entity."""
    total = np.zeros(len(block), np.int64)
    for sign, name in linear(formula).terms:
        total += sign * block.columns[name].values
    return total


def _differing(
    snapshot: Snapshot, level: Level, name: str, left: Int64Array, right: Int64Array
) -> list[str]:
    ids, currency = entity_ids(snapshot, level), snapshot.ledger.shop.currency
    return [
        f"  {level} {ids[at]}: {name}: "
        f"{format_money(int(left[at]), currency)} ≠ {format_money(int(right[at]), currency)}"
        for at in np.flatnonzero(left != right).tolist()
    ]

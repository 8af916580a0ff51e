"""Where the cost of an order's goods comes from: the row of a cost file, and how it was found.

Rules M26 and M36 of docs/money-rules.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from engine.ledger.cost_labels import LABELS
from engine.ledger.explained import UNKNOWN, Part, Row, Why, plain, whole_part
from engine.ledger.frames import NO_SKU, CostBasis
from engine.ledger.one_order import OneOrder
from engine.money import UNIT_SCALE
from engine.sources.cost_regions import REGIONS


def explain_goods(one: OneOrder) -> Iterator[Part]:
    """Yield the cost of the goods sold, and of those that came back into stock."""
    facts = one.facts
    for row, line in zip(one.sale_rows, one.lines.tolist(), strict=True):
        yield _goods(one, row, "cogs", line, int(facts.lines.quantity[line]), "M36")
    for event in one.refund_rows.tolist():
        line = int(facts.back.line[event])
        units = int(facts.back.amounts["quantity_returned"][event])
        if units and one.restocked[event]:
            yield _goods(one, one.refund_row(event), "cogs_recovered", line, units, "M26")


def _goods(one: OneOrder, row: Row, column: str, line: int, units: int, rule: str) -> Part:
    costs = one.facts.costs
    basis = CostBasis(int(costs.basis[line]))
    if basis is CostBasis.UNKNOWN:
        return Part(row, column, None, Why(rule, UNKNOWN, *_not_found(one, line)))
    why = Why(rule, basis.name.lower(), *_source(one, line), _formula(one, line, units))
    amount = int(costs.minor(np.array([line]), np.array([units]))[0])
    return whole_part(row, column, amount, why)


def _sku(one: OneOrder, line: int) -> str:
    lines = one.facts.lines
    return lines.skus[lines.sku[line]] if lines.sku[line] >= 0 else NO_SKU


def _not_found(one: OneOrder, line: int) -> tuple[str, str, str]:
    """Return file, SKU and reason of a cost that is unknown."""
    lacks_rate = bool(one.facts.costs.lacks_rate[line])
    reason = "no rate for its currency on that day" if lacks_rate else "no unit cost is found"
    return "cost.csv", _sku(one, line), reason


def _source(one: OneOrder, line: int) -> tuple[str, str]:
    """Return file and row of a cost, with the label of its look-up."""
    costs = one.facts.costs
    answers, question = costs.answers, int(costs.question[line])
    label = LABELS[int(answers.label[question])]
    file = "sku_map.csv" if answers.by_hand[question] else "cost.csv"
    row = f"row {answers.row_number[question]}"
    return file, f"{row}, {REGIONS[int(answers.region[question])]}, {_sku(one, line)}: {label}"


def _formula(one: OneOrder, line: int, units: int) -> str:
    costs, shop = one.facts.costs, one.facts.tables.shop
    currency = costs.answers.currencies[int(costs.answers.currency[int(costs.question[line])])]
    formula = f"{plain(int(costs.unit_cost[line]), UNIT_SCALE)} {currency} × {units}"
    if currency == shop.currency:
        return formula
    rate = Decimal(int(costs.rate.numerator[line])) / Decimal(int(costs.rate.denominator[line]))
    return f"{formula} × {rate:.8f} {shop.currency}"

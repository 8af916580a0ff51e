"""Where the amounts of an order's refunds come from, cell by cell, and how its units come back.

Rules M19 to M25 of docs/money-rules.md. One row of `cells` is what one step of one refund took from
one line × component of what the buyer had paid.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.ledger.explained import (
    ESTIMATED,
    MEASURED,
    Cell,
    Part,
    Row,
    Why,
    parts_of,
    whole_part,
)
from engine.ledger.frames import REFUND as REFUND_COLUMNS
from engine.ledger.frames import REFUNDED
from engine.ledger.one_order import REFUND, OneOrder
from engine.ledger.refund_cells import split_refunds
from engine.ledger.refund_steps import EXCESS, ITEM, REST, REST_OF_GOODS, STATED_TAX, RefundStep

_COMPONENTS = ("merchandise", "shipping", "gift wrap", "sales tax", "VAT", "unbooked")
_RULES = {STATED_TAX: "M20", ITEM: "M20", REST_OF_GOODS: "M21", REST: "M21", EXCESS: "M23"}


def explain_refunds(one: OneOrder) -> tuple[list[Part], list[Cell]]:
    """Return the parts of the refund columns of a counted order, and its cells."""
    parts: list[Part] = []
    cells: list[Cell] = []
    for step in _steps(one):
        for part, cell in _taken(one, step):
            parts.append(part)
            cells.append(cell)
    if one.facts.back.own is not one.facts.back.amounts:
        # The cells are in the order's currency, the ledger's amounts in the shop's.
        parts = list(_converted(one))
    return [*parts, *_units(one)], cells


def _converted(one: OneOrder) -> Iterator[Part]:
    """Yield what of a refund's total in the shop's currency came to each of its parts (M17)."""
    back, refunds = one.facts.back, one.facts.refunds
    rows = one.refund_rows
    for refund in np.unique(back.refund[rows]).tolist():
        of_refund = rows[back.refund[rows] == refund]
        weights = np.stack([back.own[name][of_refund] for name in REFUND_COLUMNS], axis=1).ravel()
        keys = [(event, name) for event in of_refund.tolist() for name in REFUND_COLUMNS]
        rate = one.rate(int(refunds.source_id[refund]))
        why = Why("M17", *_source(one, refund), f"as the refund's cells{rate}")
        whole = int(refunds.amount[refund])
        for at in np.flatnonzero(weights).tolist():
            event, name = keys[at]
            yield from parts_of([one.refund_row(event)], name, whole, weights, why, [at])


def _steps(one: OneOrder) -> list[RefundStep]:
    facts = one.facts
    steps: list[RefundStep] = []
    identity = one.facts.terms.files.identity
    money = facts.money.refunds if facts.money else None
    split_refunds(facts.refunds, facts.tables, facts.lines, facts.sales, identity, money, steps)
    return steps


def _taken(one: OneOrder, step: RefundStep) -> Iterator[tuple[Part, Cell]]:
    """Yield what a step took, if it took anything from this order."""
    of_order = np.isin(step.line, one.lines) & (step.refund >= 0)
    here = np.flatnonzero(of_order)
    whole = int(step.shares[here].sum())
    if not whole:
        return
    refunds = one.facts.refunds
    weights = step.weights[here] if step.weights[here].any() else np.ones(len(here), np.int64)
    total = int(weights.sum())
    for at, weight in zip(here.tolist(), weights.tolist(), strict=True):
        if not weight:
            continue
        refund = int(step.refund[at])
        source_id = int(refunds.source_id[refund])
        line_id = int(one.facts.lines.line_id[step.line[at]])
        is_excess = step.what == EXCESS
        column = "refund_excess" if is_excess else REFUNDED[step.component[at]]
        component = "value" if is_excess else _COMPONENTS[step.component[at]]
        rule, remainder = _RULES[step.what], whole * weight % total
        why = Why(rule, *_source(one, refund), step.what)
        taken = int(step.shares[at])
        row = Row(REFUND, line_id, source_id)
        yield (
            Part(row, column, taken, why, whole, weight, total, remainder),
            Cell(
                source_id,
                step.what,
                rule,
                line_id,
                component,
                int(step.paid[at]),
                int(step.weights[at]),
                taken,
                remainder,
                total,
            ),
        )


def _source(one: OneOrder, refund: int) -> tuple[str, str, str]:
    """Return basis, table and row of a refund."""
    row_id = int(one.facts.refunds.row_id[refund])
    if not row_id:
        return ESTIMATED, "orders", f"order_id {one.order_id}, refunded by its status (M8)"
    return MEASURED, "order_refunds", f"row {row_id}"


def _units(one: OneOrder) -> Iterator[Part]:
    """Yield how many units each refund row brings back."""
    back = one.facts.back
    for event in one.refund_rows.tolist():
        units = int(back.amounts["quantity_returned"][event])
        if not units:
            continue
        why = Why("M25", *_source(one, int(back.refund[event])))
        yield whole_part(one.refund_row(event), "quantity_returned", units, why)

"""The amounts of ledger rows: sales, refunds and adjustments, each with the same columns.

A column is positive when there is more of what its name says; what does not apply to a row is 0.
An unknown cost is 0 here, and the row's flags say that it is unknown.
"""

from __future__ import annotations

import numpy as np

from engine.ledger.facts import Facts
from engine.ledger.fee_frames import ADJUSTED, FeeBasis
from engine.ledger.frames import AMOUNTS, FEES, FULFILMENT, INCOME, REFUND, CostBasis
from engine.money import Int64Array
from engine.sources.frames import BoolArray

Columns = dict[str, Int64Array]
_NO_CEILING = -1


def sale_columns(facts: Facts) -> Columns:
    """Return the amounts of the sale rows, one for each line of a counted order."""
    lines, costs, fees = facts.lines, facts.costs, facts.fees
    amounts = {name: facts.sales.lines[name] for name in INCOME}
    after_discount = amounts["value"] - amounts["discount"]
    base = after_discount + amounts["shipping"] + amounts["gift_wrap"]
    none = np.zeros(len(base), np.int64)
    fulfilment = facts.fulfilment.columns
    return (
        dict.fromkeys(AMOUNTS, none)
        | amounts
        | {
            "base": base,
            "paid": base + amounts["sales_tax"] + amounts["vat"] + amounts["unbooked"],
            "quantity": lines.quantity,
            "quantity_costed": np.where(costs.known, lines.quantity, 0),
            "sales_costed": np.where(costs.known, after_discount, 0),
            "net_revenue_costed": np.where(costs.known, base, 0),
            "cogs": _cogs(facts),
            "cogs_ceiling": np.where(costs.known, 0, amounts["value"]),
            "fulfilment_ceiling": np.maximum(fulfilment["fulfilment_ceiling"], 0),
            "sales_weighed": fulfilment["sales_weighed"],
            "fees_measured": fees.fees_measured,
        }
        | {name: fulfilment[name] for name in FULFILMENT}
        | _with_charges({name: fees.sale[name] for name in FEES}, none)
    )


def _cogs(facts: Facts) -> Int64Array:
    return facts.costs.minor(np.arange(len(facts.lines.order)), facts.lines.quantity)


def refund_columns(facts: Facts, returned_goods: str) -> Columns:
    """Return the amounts of the refund rows, one for each line × refund."""
    back, costs = facts.back, facts.costs
    amounts = {name: back.amounts[name] for name in REFUND}
    given_back = sum(
        (amounts[name] for name in ("returns_value", "shipping_refunded", "gift_wrap_refunded")),
        amounts["refund_excess"],
    )
    known = (back.line >= 0) & np.append(costs.known, False)[back.line]
    units = np.where(restocked(facts, returned_goods), back.amounts["quantity_returned"], 0)
    none = np.zeros(len(known), np.int64)
    fees = facts.fees.refund
    return (
        dict.fromkeys(AMOUNTS, none)
        | amounts
        | {
            "quantity_returned": back.amounts["quantity_returned"],
            "refund_amount": np.asarray(sum(amounts.values(), none)),
            "net_revenue_costed": np.where(known, -given_back, 0),
            "cogs_recovered": costs.minor(back.line, units),
            "fees_retained": fees["fees_retained"],
        }
        | _with_charges({name: fees[name] for name in FEES}, none)
    )


def restocked(facts: Facts, returned_goods: str) -> BoolArray:
    """Return the refund rows whose goods come back into stock (M26)."""
    back = facts.back
    never_shipped = (
        back.emptied_order
        & ~np.append(facts.orders.is_shipped, False)[facts.refunds.order[back.refund]]
    )
    everything = np.full(len(never_shipped), returned_goods != "lost")
    return np.asarray(never_shipped | everything)


def adjustment_columns(facts: Facts) -> Columns:
    """Return the amounts of ledger entries that belong to no sale and no refund."""
    amounts = facts.fees.adjustments.amounts
    none = np.zeros(len(facts.fees.adjustments), np.int64)
    columns = dict.fromkeys(AMOUNTS, none) | {name: amounts[name] for name in ADJUSTED}
    columns |= _with_charges({name: amounts[name] for name in FEES}, none)
    return columns | {"fees_measured": columns["fee_charges"]}


def _with_charges(fees: Columns, none: Int64Array) -> Columns:
    """Return the fees with what of them are charges and what are credits."""
    charges = sum((np.maximum(column, 0) for column in fees.values()), none)
    credits_ = sum((np.maximum(-column, 0) for column in fees.values()), none)
    return fees | {"fee_charges": np.asarray(charges), "fee_credits": np.asarray(credits_)}


def cost_flags(facts: Facts) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Return which sale rows have an unknown cost, an estimated one, no upper bound of the unknown.

    An estimate of 0 is no estimate. A fee that is not known can't be bounded, nor can the goods of
    a line that was given away.
    """
    costs, fulfilment, fees = facts.costs, facts.fulfilment, facts.fees
    value = facts.sales.lines["value"]
    cogs = _cogs(facts)
    partial = ~costs.known
    estimated = (costs.basis == CostBasis.ESTIMATED) & (cogs != 0)
    for name in FULFILMENT:
        basis = fulfilment.basis[name]
        partial |= basis == CostBasis.UNKNOWN
        estimated |= (basis == CostBasis.ESTIMATED) & (fulfilment.columns[name] != 0)
    unknown_fee = np.zeros(len(value), np.bool_)
    for name in FEES:
        fee_basis = fees.bases[name]
        unknown_fee |= fee_basis == FeeBasis.UNKNOWN
        estimated |= (fee_basis == FeeBasis.ESTIMATED) & (fees.sale[name] != 0)
    unbounded = unknown_fee | (fulfilment.columns["fulfilment_ceiling"] == _NO_CEILING)
    unbounded |= ~costs.known & (value == 0)
    return partial | unknown_fee, estimated, unbounded

"""The amounts of ledger rows: sales, refunds and adjustments, each with the same columns.

A column is positive when there is more of what its name says; what does not apply to a row is 0.
An unknown cost is 0 here, and the row's flags say that it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from engine.ledger.amounts import Amounts
from engine.ledger.facts import Facts
from engine.ledger.fee_frames import ADJUSTED, FeeBasis
from engine.ledger.frames import AMOUNTS, FEES, FULFILMENT, INCOME, REFUND, CostBasis
from engine.money import Int64Array
from engine.sources.frames import BoolArray

_NO_CEILING = -1


def _every_column(rows: int, columns: Iterable[tuple[str, Int64Array]]) -> Amounts:
    """Return all of AMOUNTS, 0 in those that are not given; each is held narrow as it comes."""
    given = Amounts(columns)
    nothing = np.broadcast_to(np.int64(0), rows)
    return Amounts((name, given.get(name, nothing)) for name in AMOUNTS)


def sale_columns(facts: Facts) -> Amounts:
    """Return the amounts of the sale rows, one for each line of a counted order."""
    return _every_column(len(facts.lines.order), sale_amounts(facts))


def sale_amounts(facts: Facts) -> Iterator[tuple[str, Int64Array]]:
    """Yield the amounts of the sale rows by name; what else AMOUNTS has is 0 in all of them.

    They come one after the other: most rows of a ledger are sales, and few columns fit in twice.
    """
    lines, costs, fees, sales = facts.lines, facts.costs, facts.fees, facts.sales.lines
    for name in INCOME:
        yield name, sales[name]
    after_discount = sales["value"] - sales["discount"]
    base = after_discount + sales["shipping"] + sales["gift_wrap"]
    yield "base", base
    yield "paid", base + sales["sales_tax"] + sales["vat"] + sales["unbooked"]
    yield "quantity", lines.quantity
    yield "quantity_costed", np.where(costs.known, lines.quantity, 0)
    yield "sales_costed", np.where(costs.known, after_discount, 0)
    yield "net_revenue_costed", np.where(costs.known, base, 0)
    yield "cogs", _cogs(facts)
    yield "cogs_ceiling", np.where(costs.known, 0, sales["value"])
    fulfilment = facts.fulfilment.columns
    yield "fulfilment_ceiling", np.maximum(fulfilment["fulfilment_ceiling"], 0)
    for name in ("sales_weighed", *FULFILMENT):
        yield name, fulfilment[name]
    yield "fees_measured", fees.fees_measured
    yield from _with_charges(fees.sale, len(base))


def _cogs(facts: Facts) -> Int64Array:
    return facts.costs.minor_of_all(facts.lines.quantity)


def refund_columns(facts: Facts, returned_goods: str) -> Amounts:
    """Return the amounts of the refund rows, one for each line × refund."""
    return _every_column(len(facts.back.line), _refund_amounts(facts, returned_goods))


def _refund_amounts(facts: Facts, returned_goods: str) -> Iterator[tuple[str, Int64Array]]:
    back, costs, fees = facts.back, facts.costs, facts.fees.refund
    amounts = {name: back.amounts[name] for name in REFUND}
    yield from amounts.items()
    given_back = sum(
        (amounts[name] for name in ("returns_value", "shipping_refunded", "gift_wrap_refunded")),
        amounts["refund_excess"],
    )
    known = (back.line >= 0) & np.append(costs.known, False)[back.line]
    returned = back.amounts["quantity_returned"]
    yield "quantity_returned", returned
    yield "refund_amount", np.asarray(sum(amounts.values(), np.zeros(len(known), np.int64)))
    yield "net_revenue_costed", np.where(known, -given_back, 0)
    units = np.where(restocked(facts, returned_goods), returned, 0)
    yield "cogs_recovered", costs.minor(back.line, units)
    yield "fees_retained", fees["fees_retained"]
    yield from _with_charges(fees, len(known))


def restocked(facts: Facts, returned_goods: str) -> BoolArray:
    """Return the refund rows whose goods come back into stock (M26)."""
    back = facts.back
    never_shipped = (
        back.emptied_order
        & ~np.append(facts.orders.is_shipped, False)[facts.refunds.order[back.refund]]
    )
    everything = np.full(len(never_shipped), returned_goods != "lost")
    return np.asarray(never_shipped | everything)


def adjustment_columns(facts: Facts) -> Amounts:
    """Return the amounts of ledger entries that belong to no sale and no refund."""
    rows = facts.fees.adjustments
    columns = {name: rows.amounts[name] for name in ADJUSTED}
    columns |= _with_charges(rows.amounts, len(rows))
    columns["fees_measured"] = columns["fee_charges"]
    return _every_column(len(rows), columns.items())


def _with_charges(fees: Mapping[str, Int64Array], rows: int) -> Iterator[tuple[str, Int64Array]]:
    """Yield the fees, and what of them are charges and what are credits."""
    charges, credits_ = np.zeros((2, rows), np.int64)
    for name in FEES:
        column = fees[name]
        charges += np.maximum(column, 0)
        credits_ += np.maximum(-column, 0)
        yield name, column
    yield "fee_charges", charges
    yield "fee_credits", credits_


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

"""Orders worked out twice by estimates alone: as they were, and with what is supposed otherwise.

One row of `Supposed` = one line of a sale, or one line × refund. What an order really cost moves by
the difference of the two, so that what was measured stays the ground on which the answer stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from engine.ledger.amounts import Amounts
from engine.ledger.changed_files import changed_files
from engine.ledger.changed_inputs import Changes, changed_costs, changed_tables
from engine.ledger.columns import refund_columns, sale_columns
from engine.ledger.evidence import Evidence, in_one_parcel
from engine.ledger.facts import Before, Facts, gather, with_parcels
from engine.ledger.fee_frames import FeeBasis
from engine.ledger.frames import FEES, FULFILMENT, NO_SKU, CostBasis
from engine.ledger.fulfilment import Fulfilment
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array, SourceTables
from engine.sources.some_orders import orders_alone, rows_of


@dataclass(frozen=True, slots=True, eq=False)
class Supposed:
    """Ledger amounts of some orders; the arrays have one value a row.

    sku: code into `skus`. day, order_day: day numbers, of the event and of its order. is_refund:
    whether money was given back. sale, refund: columns as in the ledger, the rows of sales first.
    """

    order_id: Int64Array
    line_id: Int64Array
    sku: Int32Array
    skus: tuple[str, ...]
    day: Int32Array
    order_day: Int32Array
    is_refund: BoolArray
    sale: Amounts
    refund: Amounts

    def column(self, name: str) -> Int64Array:
        """Return a column of all rows, put together when it is asked for: most never are."""
        return np.concatenate((self.sale[name], self.refund[name]))


@dataclass(frozen=True, slots=True)
class Unmoved:
    """How many lines of sales keep what they cost, because no estimate of it is known."""

    fees: int = 0
    parcels: int = 0
    goods: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class AsTheyWere:
    """Orders worked out by estimates alone, to be supposed otherwise as often as one likes.

    line_ids: the lines whose prices and unit costs change; rates change for whole orders.
    """

    evidence: Evidence
    tables: SourceTables
    facts: Facts
    line_ids: Int64Array

    @classmethod
    def of(cls, evidence: Evidence, order_ids: Int64Array, line_ids: Int64Array) -> Self:
        """Work out orders as they were, with those that share a parcel with them."""
        ids = in_one_parcel(evidence.tables.tracking, order_ids)
        tables = orders_alone(evidence.tables, ids)
        # Without the account every fee and label is an estimate, on both sides alike.
        tables = replace(tables, entries=rows_of(tables.entries, np.empty(0, np.int64)))
        facts = gather(tables, evidence.terms, Before(evidence.costs))
        return cls(evidence, tables, facts, line_ids)

    @property
    def rows(self) -> Supposed:
        """What they came to."""
        return _rows(self.facts)

    def supposed(self, changes: Changes) -> tuple[Supposed, Unmoved]:
        """Work them out on changed inputs."""
        new = self._on(changes)
        chosen = np.isin(new.lines.line_id, self.line_ids)
        new = replace(new, costs=changed_costs(new.costs, changes, chosen))
        new = replace(new, fulfilment=_kept(new.fulfilment, self.facts.fulfilment))
        return _rows(new), _unmoved(self.facts, new, changes, chosen)

    def _on(self, changes: Changes) -> Facts:
        """Work out what the changes can reach: costs of goods and parcels leave sales and fees."""
        evidence = self.evidence
        terms = replace(evidence.terms, files=changed_files(evidence.terms.files, changes))
        if changes.moves_fees:
            tables = changed_tables(self.tables, changes, self.line_ids, self.facts.conversions)
            return gather(tables, terms, Before(evidence.costs))
        if changes.moves_parcels:
            return with_parcels(self.facts, terms, evidence.costs)
        return self.facts


def _rows(facts: Facts) -> Supposed:
    lines, back, refunds = facts.lines, facts.back, facts.refunds
    line = np.concatenate((np.arange(len(lines.order)), back.line))
    order_day = facts.orders.day[lines.order[line]]
    day = np.concatenate((facts.orders.day[lines.order], refunds.day[back.refund]))
    return Supposed(
        order_id=lines.order_id[line],
        line_id=lines.line_id[line],
        sku=np.where(lines.sku[line] < 0, len(lines.skus), lines.sku[line]).astype(np.int32),
        skus=(*lines.skus, NO_SKU),
        day=day.astype(np.int32),
        order_day=order_day.astype(np.int32),
        is_refund=np.arange(len(line)) >= len(lines.order),
        sale=sale_columns(facts),
        refund=refund_columns(facts, facts.terms.policies.returned_goods),
    )


def _kept(new: Fulfilment, old: Fulfilment) -> Fulfilment:
    """Return the new costs of parcels, but the old ones of lines that are known on one side alone.

    A price that a list lacks would else count as nothing to pay.
    """
    columns = dict(new.columns)
    for name in FULFILMENT:
        was, now = (one.basis[name] == CostBasis.UNKNOWN for one in (old, new))
        columns[name] = np.where(was != now, old.columns[name], columns[name])
    return replace(new, columns=Amounts(columns.items()))


def _unmoved(facts: Facts, new: Facts, changes: Changes, chosen: BoolArray) -> Unmoved:
    def lines_with(unknown: list[BoolArray]) -> int:
        return int(np.logical_or.reduce(unknown).sum())

    fees = facts.fees.bases
    parcels = [one.fulfilment.basis[name] for one in (facts, new) for name in FULFILMENT]
    return Unmoved(
        fees=lines_with([fees[name] == FeeBasis.UNKNOWN for name in FEES])
        if changes.moves_fees
        else 0,
        parcels=lines_with([basis == CostBasis.UNKNOWN for basis in parcels])
        if changes.moves_parcels
        else 0,
        goods=int((~facts.costs.known & chosen).sum()) if changes.unit_cost else 0,
    )

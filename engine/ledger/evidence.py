"""What is kept of a load so that any of its orders can be worked out again, alone.

An order is worked out again by the very code that worked out the shop, on the rows of that order
and of those that share a parcel with it. Nothing about weights, rates or source rows is stored for
every line: the few rows of one order tell it all when somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.ledger.cost_book import CostBook
from engine.ledger.facts import Before, Facts, Terms, gather
from engine.ledger.fee_frames import FeeBasis, OrderEntries, Pool, PoolOutcome
from engine.ledger.frames import FEES, EventKind, Ledger, OrderState
from engine.ledger.pooled_fees import PooledBefore
from engine.money import Int64Array
from engine.sorting import distinct
from engine.sources.cost_table import EMPTY_COSTS
from engine.sources.frames import EntryRows, Int8Array, Maybe, SourceTables, Texts, TrackingRows
from engine.sources.some_orders import orders_alone, orders_only


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The source rows of all orders, and what can't be told from one order's rows alone.

    tables: as read, the entries of the account with the order and line that each was found to be
    of. bases: FeeBasis of each sale row of the ledger, by column of a cost. pools: the months of
    the account that refer to no order. costs: which rows of the cost files answer for which SKU.
    """

    tables: SourceTables
    terms: Terms
    bases: dict[str, Int8Array]
    pools: tuple[Pool, ...]
    costs: CostBook

    def pool_of(self, column: str, month: int) -> Pool:
        """Return the pool that took the place of a month's estimates."""
        for pool in self.pools:
            if (pool.column, pool.month, pool.outcome) == (column, month, PoolOutcome.REPLACED):
                return pool
        raise LookupError(f"no pool of {column} in month {month}")


def keep_evidence(facts: Facts) -> Evidence:
    """Keep of the facts of a shop what explanations need; columns are shared, not copied."""
    account = _as_found(facts.tables.entries, facts.fees.of_orders)
    tables = replace(orders_only(facts.tables), entries=account)
    bases = facts.fees.bases | facts.fulfilment.basis | {"cogs": facts.costs.basis}
    # The book answers for unit costs: the file that it was made of is large.
    terms = replace(facts.terms, files=replace(facts.terms.files, costs=EMPTY_COSTS))
    return Evidence(tables, terms, bases, facts.fees.pools, facts.costs.book)


def work_out_again(ledger: Ledger, evidence: Evidence, order_id: int) -> Facts:
    """Work out one order, with those that share a parcel with it, from its source rows."""
    ids = in_one_parcel(evidence.tables.tracking, np.array([order_id], np.int64))
    before = Before(evidence.costs, _pooled_before(ledger, evidence, ids))
    return gather(orders_alone(evidence.tables, ids), evidence.terms, before, keeps=True)


def _as_found(rows: EntryRows, named: OrderEntries) -> EntryRows:
    """Return the entries, each with the reference that it was found to have, 0 = to no order."""
    count = len(rows.entry_id)
    order_id, line_id = np.zeros(count, np.int64), np.zeros(count, np.int64)
    order_id[named.row], line_id[named.row] = named.order_id, named.line_id
    nothing = np.broadcast_to(np.zeros(1, np.int64), count)
    return replace(
        rows,
        payment_id=nothing,
        parent_entry_id=nothing,
        order_id=order_id,
        listing_id=nothing,
        line_id=line_id,
        reference_type=Texts(np.broadcast_to(np.full(1, -1, np.int32), count), ()),
        reference_id=nothing,
        balance=Maybe(nothing, np.broadcast_to(np.zeros(1, np.bool_), count)),
        sequence=nothing,
    )


def in_one_parcel(tracking: TrackingRows, ids: Int64Array) -> Int64Array:
    """Return orders, which ascend, and all that are tied to them by tracking codes, ascending."""
    order_id, code = tracking.order_id, tracking.tracking_code.code
    while True:
        is_named = np.zeros(len(tracking.tracking_code.values) + 1, np.bool_)
        is_named[code[np.isin(order_id, ids)]] = True
        is_named[-1] = False  # of parcels without a code
        tied = order_id[is_named[code]]
        more = distinct(np.concatenate((ids, tied)))
        if len(more) == len(ids):
            return ids
        ids = more


def _pooled_before(ledger: Ledger, evidence: Evidence, ids: Int64Array) -> PooledBefore:
    """Return what pools gave the counted ones of these orders, from their ledger rows."""
    sales = int(np.searchsorted(ledger.kind, EventKind.SALE, side="right"))
    orders = ledger.orders
    counted = np.isin(orders.order_id, ids) & (orders.state == OrderState.COUNTED)
    row = np.flatnonzero(np.append(counted, False)[ledger.order[:sales]])
    order_id = orders.order_id[ledger.order[row]]
    known, group = np.unique(order_id, return_inverse=True)
    pooled = {}
    for column in FEES:
        is_pooled = evidence.bases[column][row] == FeeBasis.POOLED
        amount = np.full(len(known), -1, np.int64)
        amount[group[is_pooled]] = 0
        np.add.at(amount, group[is_pooled], ledger.amounts.of(column, row[is_pooled]))
        pooled[column] = amount
    return pooled

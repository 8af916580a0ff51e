"""How the costs of a shop are known: one row = one kind of cost and one label.

It says what share of the sales has costs that are measured, estimated or missing, and what share of
the known amount each label makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.ledger.cost_labels import LABELS
from engine.ledger.costs import LineCosts
from engine.ledger.facts import Facts
from engine.ledger.fee_frames import FEE_COLUMNS
from engine.ledger.frames import FULFILMENT
from engine.ledger.health.stakes import sales_of
from engine.money import MILLION, Int64Array, round_div
from engine.sources.frames import BoolArray

MISSING, MEASURED, ESTIMATED, POOLED = "missing", "measured", "estimated", "pooled"
_BASES = (MISSING, MEASURED, ESTIMATED, POOLED)  # by CostBasis and FeeBasis
_NO_RATE, _LABEL = "no exchange rate", "label"
Key = tuple[str, str]  # label, basis


@dataclass(frozen=True, slots=True)
class ProvenanceRow:
    """One kind of cost and label. basis: measured, pooled, estimated or missing.

    lines: of counted orders. sales: theirs after discounts, minor units. amount: the cost in minor
    units, None if it is missing. share_of_sales, share_of_amount: of the kind of cost, in
    millionths; None of what is missing, or of a total that is not above 0.
    """

    cost: str
    label: str
    basis: str
    lines: int
    sales: int
    amount: int | None
    share_of_sales: int | None
    share_of_amount: int | None


def provenance(facts: Facts) -> tuple[ProvenanceRow, ...]:
    """Return the rows of each kind of cost, the largest sales first."""
    return tuple(row for rows in _kinds(facts) for row in rows)


def _kinds(facts: Facts) -> Iterator[list[ProvenanceRow]]:
    sales = sales_of(facts)
    keys, group = _goods(facts.costs)
    cogs = facts.costs.minor_of_all(facts.lines.quantity)
    yield _rows("cogs", keys, group, sales, cogs)
    plain = [(basis, basis) for basis in _BASES]
    for name in FULFILMENT:
        group, keys = facts.fulfilment.basis[name].astype(np.int64), plain
        if name == "postage":
            keys = [*plain, (_LABEL, MEASURED)]
            group = np.where(_has_label(facts), len(plain), group)
        yield _rows(name, keys, group, sales, facts.fulfilment.columns[name])
    for name in FEE_COLUMNS:
        basis = facts.fees.bases[name].astype(np.int64)
        yield _rows(name, plain, basis, sales, facts.fees.sale[name])


def _goods(costs: LineCosts) -> tuple[list[Key], Int64Array]:
    """Return the labels of unit costs, each with each basis, and which of them each line has."""
    label = costs.answers.label[costs.question].astype(np.int64)
    label = np.where(costs.lacks_rate, len(LABELS), label)
    keys = [(name, basis) for name in (*LABELS, _NO_RATE) for basis in _BASES]
    return keys, label * len(_BASES) + costs.basis


def _has_label(facts: Facts) -> BoolArray:
    """Lines whose postage is that of labels in the payment account, not of the carrier's list."""
    sent = facts.fulfilment
    is_label = sent.postage.is_label[sent.pieces.parcel]
    return sent.pieces.any_by_line(is_label, len(facts.lines.order))


def _rows(
    cost: str, keys: Sequence[Key], group: Int64Array, sales: Int64Array, amount: Int64Array
) -> list[ProvenanceRow]:
    lines, sold, paid = np.zeros((3, len(keys)), np.int64)
    for total, values in ((lines, np.ones_like(sales)), (sold, sales), (paid, amount)):
        np.add.at(total, group, values)
    whole = int(sold.sum()), int(paid.sum())
    found = []
    for number in np.flatnonzero(lines).tolist():
        label, basis = keys[number]
        known = None if basis == MISSING else int(paid[number])
        found.append(
            ProvenanceRow(
                cost,
                label,
                basis,
                int(lines[number]),
                int(sold[number]),
                known,
                _share(int(sold[number]), whole[0]),
                None if known is None else _share(known, whole[1]),
            )
        )
    return sorted(found, key=lambda row: (-row.sales, row.label, row.basis))


def _share(part: int, whole: int) -> int | None:
    return round_div(part * MILLION, whole) if whole > 0 else None

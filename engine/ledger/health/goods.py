"""Findings on the cost of goods: what is missing, old, contradictory or borrowed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.ledger.cost_labels import LABELS, CostMatch
from engine.ledger.facts import Facts
from engine.ledger.frames import NO_SKU, CostBasis
from engine.ledger.health.codes import HealthFinding, found
from engine.ledger.health.stakes import add_up, sales_of
from engine.money import Int64Array
from engine.sources.frames import BoolArray
from engine.sources.owner_rows import UNKNOWN
from engine.sources.skus import find_twins

COST_FILE, MAP_FILE = "cost.csv", "sku_map.csv"
_MONTH_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def goods_findings(facts: Facts) -> Iterator[HealthFinding]:
    """Yield what was found on unit costs, one row a SKU, label or currency."""
    costs = facts.costs
    sales = sales_of(facts)
    yield from _by_sku(facts, sales, "COST_MISSING", ~costs.known & ~costs.lacks_rate)
    yield from _without_rate(facts, sales)
    answers, at = costs.answers, costs.question
    conflict = costs.known & answers.conflict[at]
    own = answers.match[at] <= CostMatch.PREFIX
    yield from _by_sku(facts, sales, "COST_CONFLICT", conflict & own)
    yield from _by_sku(facts, sales, "COST_OLD", costs.known & answers.is_old[at] & own)
    yield from _borrowed(facts, sales, costs.known & ~(conflict & own))
    yield from _ambiguous(facts, sales)
    yield from _twins(facts, sales)


def _by_sku(
    facts: Facts, sales: Int64Array, code: str, chosen: BoolArray
) -> Iterator[HealthFinding]:
    answers, question = facts.costs.answers, facts.costs.question
    skus = (*facts.lines.skus, NO_SKU)
    stakes = add_up(facts.lines.sku, sales, chosen)
    rows = zip(stakes.group, stakes.lines, stakes.sales, stakes.best, strict=True)
    for sku, lines, at_stake, best in rows:
        at = int(question[best])
        is_known = bool(answers.known[at])
        by_hand = bool(answers.by_hand[at])
        yield found(
            code,
            MAP_FILE if by_hand else COST_FILE,
            _what(facts, code, at),
            count=int(lines),
            sales_at_stake=int(at_stake),
            row=int(answers.row_number[at]) if is_known else None,
            column="sku",
            value=skus[sku],
            sku=skus[sku],
            order_id=int(facts.lines.order_id[best]),
        )


def _what(facts: Facts, code: str, at: int) -> str:
    answers = facts.costs.answers
    if code == "COST_OLD":
        return f"the newest cost is {answers.months[at]} months older than a sale"
    if code == "COST_CONFLICT":
        month = int(answers.questions.month[at])
        return (
            f"rows of this SKU differ, as for {_MONTH_NAMES[month % 12]} {month // 12}; the costs "
            "are estimates"
        )
    return "no file tells what it costs; the sales have no cost"


def _without_rate(facts: Facts, sales: Int64Array) -> Iterator[HealthFinding]:
    costs = facts.costs
    currency = costs.answers.currency[costs.question]
    stakes = add_up(currency, sales, costs.lacks_rate)
    rows = zip(stakes.group, stakes.lines, stakes.sales, stakes.best, strict=True)
    for code, lines, at_stake, best in rows:
        name = costs.answers.currencies[code]
        day = np.datetime64(int(facts.orders.day[facts.lines.order[best]]), "D")
        yield found(
            "COST_NOT_CONVERTED",
            "fx_rates.csv",
            f"no rate from {name} to {facts.tables.shop.currency} within 7 days, as on {day}",
            count=int(lines),
            sales_at_stake=int(at_stake),
            column="from",
            value=name,
            order_id=int(facts.lines.order_id[best]),
        )


def _borrowed(facts: Facts, sales: Int64Array, chosen: BoolArray) -> Iterator[HealthFinding]:
    costs = facts.costs
    label = costs.answers.label[costs.question]
    stakes = add_up(label, sales, chosen & (costs.basis == CostBasis.ESTIMATED))
    rows = zip(stakes.group, stakes.lines, stakes.sales, stakes.best, strict=True)
    for code, lines, at_stake, best in rows:
        sku = (*facts.lines.skus, NO_SKU)[facts.lines.sku[best]]
        yield found(
            "COST_ESTIMATED",
            COST_FILE,
            "costs found in this way are estimates",
            count=int(lines),
            sales_at_stake=int(at_stake),
            value=LABELS[code],
            sku=sku,
            order_id=int(facts.lines.order_id[best]),
        )


def _ambiguous(facts: Facts, sales: Int64Array) -> Iterator[HealthFinding]:
    """SKUs whose prefix leads to rows of several codes, unless the owner states their cost."""
    names = facts.costs.book.names
    doubtful = [
        match.is_ambiguous and by_hand.unit_cost == UNKNOWN and not by_hand.cost_code
        for match, by_hand in zip(names.matches, names.by_hand, strict=True)
    ]
    sku = facts.lines.sku
    stakes = add_up(sku, sales, np.array([*doubtful, False], np.bool_)[sku])
    for code, lines, at_stake in zip(stakes.group, stakes.lines, stakes.sales, strict=True):
        others = " and ".join(names.matches[code].candidates)
        yield found(
            "SKU_AMBIGUOUS",
            COST_FILE,
            f"without its prefix it is {others}, which have different cost codes; none is used",
            count=int(lines),
            sales_at_stake=int(at_stake),
            column="sku",
            value=names.skus[code],
            sku=names.skus[code],
        )


def _twins(facts: Facts, sales: Int64Array) -> Iterator[HealthFinding]:
    twins = find_twins(facts.lines.skus)
    place = {sku: number for number, group in enumerate(twins) for sku in group}
    group = np.array([*(place.get(sku, -1) for sku in facts.lines.skus), -1], np.int64)
    of_line = group[facts.lines.sku]
    stakes = add_up(of_line, sales, of_line >= 0)
    for number, lines, at_stake in zip(stakes.group, stakes.lines, stakes.sales, strict=True):
        yield found(
            "SKU_TWINS",
            "order_transactions",
            "they differ in letter case only; reports keep them apart",
            count=int(lines),
            sales_at_stake=int(at_stake),
            column="sku",
            value=" and ".join(twins[number]),
            sku=twins[number][0],
        )

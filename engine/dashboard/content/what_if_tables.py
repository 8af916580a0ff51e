"""What the page What-if shows of an answer: cards, bars and tables, for the page and for files."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from engine.dashboard.bridge import Step
from engine.dashboard.content.supposed_fields import words_of
from engine.dashboard.data import Value
from engine.dashboard.metric_names import at_level
from engine.dashboard.sheets import Cell, Sheet
from engine.dashboard.tables import Heading, Table
from engine.metrics.model import SHOP, Unit
from engine.metrics.registry import REGISTRY
from engine.metrics.what_if import SIGNS, TOTALS, WhatIf

REVENUE, CONTRIBUTION, MARGIN, NET = CARDS = at_level(
    SHOP, "net_revenue", "contribution_profit", "contribution_margin", "net_profit"
)


def value_of(answer: WhatIf, name: str, *, is_after: bool = True) -> Value:
    """Return one metric of the cards, before or after."""
    if name == MARGIN:
        return answer.margin(is_after=is_after)
    return answer.total(name, is_after=is_after)


def sum_of(answer: WhatIf) -> int:
    """Return by how much net profit moves; the bars sum to it."""
    return answer.total(NET, is_after=True) - answer.total(NET, is_after=False)


def steps_of(answer: WhatIf, high_ends: Collection[str]) -> list[Step]:
    """Return the bars from what was earned to what would have been; see `parts_table`."""
    label = REGISTRY[NET].label
    moved = [
        Step(name, REGISTRY[name].label, amount, is_total=False)
        for name, amount in answer.bars.items()
        if amount
    ]
    before, after = (answer.total(NET, is_after=is_after) for is_after in (False, True))
    return [
        Step("before", f"{label}, as it was", before, True, NET in high_ends),
        *moved,
        Step("after", f"{label}, supposed", after, True, NET in high_ends),
    ]


def parts_table(answer: WhatIf, high_ends: Collection[str]) -> Table:
    """Return one row a part of net profit and a subtotal: before, after and the change.

    high_ends: the profits of which costs are missing, so that they are at most what is shown.
    """
    headings = (
        Heading("part", "Part of profit"),
        Heading("before", "As it was", Unit.MONEY),
        Heading("after", "Supposed", Unit.MONEY),
        Heading("change", "Change", Unit.MONEY),
    )
    rows: list[tuple[Cell, ...]] = []
    last = {parts[-1][1]: total for total, parts in TOTALS.items()}
    for name in SIGNS:
        before, after = answer.before[name], answer.after[name]
        rows.append((REGISTRY[name].label, before, after, after - before))
        if name in last:
            total = last[name]
            old, new = (answer.total(total, is_after=is_after) for is_after in (False, True))
            label = f"= {REGISTRY[total].label}{', at most' if total in high_ends else ''}"
            rows.append((label, old, new, new - old))
    return Table("before and after", headings, tuple(rows), "Each part of net profit, as supposed")


def sheet_of(currency: str, answer: WhatIf, table: Table) -> Sheet:
    """Return a table for a file, with what is supposed below it."""
    sheet = table.sheet(currency)
    words = f"supposed: {words_of(answer.changes, currency)}"
    said = (words, *[None] * (len(sheet.columns) - 1))
    return Sheet(sheet.name, sheet.columns, (*sheet.rows, said), sheet.currency)


def skus_table(answer: WhatIf) -> Table:
    """Return the SKUs that move: first those that turn, each time the largest change first."""
    change = answer.by_sku_after - answer.by_sku
    turns = dict.fromkeys(answer.turned[0], "begins to lose")
    turns |= dict.fromkeys(answer.turned[1], "stops losing")
    stays = np.array([sku not in turns for sku in answer.skus], np.bool_)
    rows = np.lexsort((-np.abs(change), stays))
    rows = rows[change[rows] != 0]
    headings = (
        Heading("sku", "SKU"),
        Heading("before", f"{REGISTRY[CONTRIBUTION].label}, as it was", Unit.MONEY),
        Heading("after", "Supposed", Unit.MONEY),
        Heading("change", "Change", Unit.MONEY),
        Heading("turns", "Turns"),
    )
    drawn = tuple(
        (
            answer.skus[row],
            int(answer.by_sku[row]),
            int(answer.by_sku_after[row]),
            int(change[row]),
            turns.get(answer.skus[row]),
        )
        for row in rows.tolist()
    )
    return Table("skus", headings, drawn, f"{len(drawn):,} SKUs, those that turn first")

"""Unit costs by the plainest reading of rule M36: one question after the other, by lists.

Written apart from the engine, which answers all questions at once: it shares nothing with it but
the words for prefixes, sizes and colours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.sources.cost_regions import REGIONS
from engine.sources.sizes import size_of, without_colour
from engine.sources.skus import ladder


@dataclass(frozen=True)
class Row:
    """One row of cost.csv: costs in 1/10,000 by region and month."""

    sku: str
    code: str
    costs: Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class CostOracle:
    """Answers (cost, label) from rows that each have a SKU of their own."""

    rows: Sequence[Row]
    listings: Mapping[int, Sequence[str]]
    by_hand: Mapping[str, str]  # SKU → cost code
    parents: Mapping[str, str]  # SKU → cost code

    def answer(self, sku: str, region: int, month: int) -> tuple[int | None, str]:
        """Return the cost and its label, (None, missing) if nothing answers."""
        for match, rows in (
            ("override", self._code(self.by_hand.get(sku), sku, is_said=True)),
            self._own(sku),
            ("parent", self._code(self.parents.get(sku), sku, is_said=False)),
            ("sibling", self._siblings(sku)),
        ):
            found = self._nearest(rows, region, month)
            if found is None:
                continue
            costs, time, place = found
            if 2 * costs[-1] <= 3 * costs[0]:
                return costs[(len(costs) - 1) // 2], f"{match}/{time}/{place}"
        return None, "missing"

    def _own(self, sku: str) -> tuple[str, list[Row]]:
        steps = ladder(sku)
        deepest = max((len(ladder(row.sku)) for row in self.rows), default=0)
        for total in range(len(steps) + deepest):
            reached = [
                row
                for row in self.rows
                for mine, key in enumerate(steps)
                if total >= mine and ladder(row.sku)[total - mine : total - mine + 1] == (key,)
            ]
            if reached:
                is_one = len({row.code for row in reached}) == 1
                match = "prefix" if total else "direct"
                return match, [r for r in self.rows if r in reached] if is_one else []
        return "direct", []

    def _code(self, code: str | None, sku: str, *, is_said: bool) -> list[Row]:
        rows = [row for row in self.rows if row.code == code]
        same = [row for row in rows if size_of(row.sku) == size_of(sku)]
        is_one = len({size_of(row.sku) for row in rows}) == 1
        return rows if is_said and is_one and not same else same

    def _siblings(self, sku: str) -> list[Row]:
        near = {
            other
            for skus in self.listings.values()
            if sku in skus
            for other in skus
            if other != sku and size_of(other) == size_of(sku)
        }
        found = [row for other in near for row in self._own(other)[1]]
        if not found and (stem := without_colour(sku)):
            found = [row for row in self.rows if without_colour(row.sku) == stem]
        return [row for row in self.rows if row in found]

    def _nearest(
        self, rows: Sequence[Row], region: int, month: int
    ) -> tuple[list[int], str, str] | None:
        for place in (region, *(other for other in range(len(REGIONS)) if other != region)):
            months = {m for row in rows for r, m in row.costs if r == place}
            earlier, later = [m for m in months if m < month], [m for m in months if m > month]
            if month in months:
                at, time = month, "same_month"
            elif earlier:
                at, time = max(earlier), "earlier_month"
            elif later:
                at, time = min(later), "later_month"
            else:
                continue
            costs = sorted(row.costs[place, at] for row in rows if (place, at) in row.costs)
            return costs, time, "asked" if place == region else "other_region"
        return None

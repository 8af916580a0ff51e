"""How a loaded shop opens its figures: to their parts and rows, to orders, and orders to sources.

One class, the part of `EcommerceAnalyticsOptimized` that answers why a figure is what it is. It
reads what loading has kept and computes nothing that the batch answer would say otherwise.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import date
from typing import Literal

import pandas as pd

from engine.errors import UsageError
from engine.ledger.changed_inputs import Changes
from engine.ledger.cost_history import CostSpell, cost_history, cost_ways
from engine.ledger.evidence import Evidence
from engine.ledger.explain_order import explain_order
from engine.ledger.order_explanation import OrderExplanation
from engine.local_time import LocalClock
from engine.metrics import destinations, spreads
from engine.metrics.break_even import BreakEven, break_even
from engine.metrics.compute import Snapshot
from engine.metrics.destinations import Destination
from engine.metrics.explain import explain
from engine.metrics.explain_nodes import Node
from engine.metrics.model import Level
from engine.metrics.order_list import SHOWN, list_orders
from engine.metrics.refund_list import list_refunds
from engine.metrics.spreads import Bin, Delay, ReturnsStep, Spread
from engine.metrics.what_if import Scope, WhatIf, what_if
from engine.periods import Period, day_date
from engine.sources.findings import Findings
from engine.sources.other_prices import OtherPrices, read_other_prices
from engine.sources.price_files import check_zones

Dating = Literal["refund_day", "order_day"]


class Openings:
    """Answers that open a figure, read from what a loaded shop keeps."""

    @property
    @abstractmethod
    def clock(self) -> LocalClock:
        """The shop's wall clock."""

    @property
    @abstractmethod
    def _snapshot(self) -> Snapshot: ...

    @property
    @abstractmethod
    def _evidence(self) -> Evidence: ...

    def explain(
        self,
        metric: str,
        level: Level | str,
        entity: int | str,
        period: Period,
        *,
        refund_dating: Dating = "refund_day",
    ) -> Node:
        """Explain one figure: a tree of values with formulas, down to ledger rows, ids and days.

        metric: a name or synonym. The root's value is that of `calculate_metrics_batch`, in the
        smallest step of its unit; what is in no figure stands in its `left_out`. `check()` of the
        answer computes everything again from the leaves up. Raises as `calculate_metrics_batch`.
        """
        level, dating = asked(level, refund_dating)
        return explain(
            self._snapshot, self._evidence, metric, level, entity, period, refund_dating=dating
        )

    def orders_frame(
        self,
        period: Period,
        *,
        level: Level | str = "shop",
        entity: int | str | None = None,
        refund_dating: Dating = "refund_day",
        metrics: Sequence[str] = SHOWN,
    ) -> pd.DataFrame:
        """List the orders behind the figures of a period, one row an order, in time order.

        Of a listing or SKU its own part of each. metrics: sums of ledger columns. Every amount is
        named as its metric and sums to the batch answer; columns as in
        `engine.metrics.order_list.list_orders`. Raises UnknownEntityError, UsageError.
        """
        level, dating = asked(level, refund_dating)
        return list_orders(
            self._snapshot,
            self.clock,
            period,
            level=level,
            entity=entity,
            refund_dating=dating,
            metrics=metrics,
        )

    def refunds_frame(
        self, period: Period, *, refund_dating: Dating = "refund_day"
    ) -> pd.DataFrame:
        """List the refunds of a period, one row a refund, the newest first.

        Amounts are named as their metrics and sum to the batch answer; columns as in
        `engine.metrics.refund_list.list_refunds`. Credits of the account that stand by themselves
        are on no refund. Raises UsageError.
        """
        _, dating = asked("shop", refund_dating)
        return list_refunds(self._snapshot, self._evidence, period, dating)

    def cost_history(self, sku: str) -> tuple[CostSpell, ...]:
        """What a SKU has cost by region and month, with the row of the file that says so."""
        first = self._snapshot.first_day
        if first is None:
            return ()
        last = day_date(self._snapshot.days_begun - 1)
        return cost_history(self._evidence.costs, sku, first, last)

    def cost_ways(self, day: date) -> dict[str, str]:
        """How the unit cost of each SKU is found in the month of a day, in words."""
        return cost_ways(self._evidence.costs, day)

    def losers_to(
        self, country: str, period: Period, *, refund_dating: Dating = "refund_day"
    ) -> tuple[Destination, ...]:
        """The SKUs that lose in a country (ISO 3166-1) and earn in all others, worst first."""
        return destinations.losers_to(self._snapshot, period, country, refund_dating)

    def order_spread(self, period: Period, spread: Spread) -> tuple[Bin, ...]:
        """How value, contribution or units of the orders placed in a range are spread."""
        return spreads.order_spread(self._snapshot, period, spread)

    def refund_delays(
        self, period: Period, *, refund_dating: Dating = "refund_day"
    ) -> tuple[Delay, ...]:
        """The refunds of a range by the days from their order to them."""
        return spreads.refund_delays(self._snapshot, period, refund_dating)

    def returns_between_datings(self, period: Period) -> tuple[ReturnsStep, ...]:
        """The steps from the returns of a range by refund day to those by order day."""
        return spreads.returns_between_datings(self._snapshot, period)

    def what_if(
        self,
        period: Period,
        changes: Changes,
        scope: Scope | None = None,
        *,
        refund_dating: Dating = "refund_day",
    ) -> WhatIf:
        """Tell what a period would have earned under other prices, costs or rates (M47).

        The orders of the period are worked out again on changed inputs; nothing is stored. Raises
        UnknownEntityError for a scope that no order is of.
        """
        _, dating = asked("shop", refund_dating)
        return what_if(self._snapshot, self._evidence, period, changes, scope or Scope(), dating)

    def read_prices(
        self, files: Sequence[tuple[str, bytes]]
    ) -> tuple[OtherPrices | None, Findings]:
        """Read carrier price files, each a name and its content, for `Changes.prices`.

        None without any. What was noted tells also where they and the shop's zones differ. Raises
        InputFileError for a file that is refused.
        """
        findings = Findings()
        prices = read_other_prices(files, findings)
        if prices is not None and prices.by_zone is not None:
            check_zones(self._evidence.terms.files.zones, prices.by_zone, findings)
        return prices, findings

    def break_even(
        self,
        sku: str,
        period: Period,
        *,
        country: str | None = None,
        refund_dating: Dating = "refund_day",
    ) -> BreakEven:
        """Find the price of a unit at which a SKU stops losing in a range (M48).

        country: ISO 3166-1, for the orders to it alone. Raises UnknownEntityError.
        """
        _, dating = asked("shop", refund_dating)
        return break_even(self._snapshot, self._evidence, period, sku, country, dating)

    def explain_order(self, order_id: int) -> OrderExplanation:
        """Explain one order of any state, down to the source rows behind its ledger rows.

        The order is worked out again from its source rows; `check()` of the answer adds everything
        up and compares it with the ledger. Raises UnknownEntityError.
        """
        return explain_order(self._snapshot.ledger, self._evidence, order_id)


def asked(level: Level | str, refund_dating: Dating) -> tuple[Level, Dating]:
    """Return the level and dating of a question; raises UsageError for unknown ones."""
    if level not in tuple(Level):
        raise UsageError(
            f"There is no level {level!r}.", hint="Levels are shop, listing and product."
        )
    if refund_dating not in ("refund_day", "order_day"):
        raise UsageError(
            f"There is no refund dating {refund_dating!r}.",
            hint="Refunds are dated by refund_day or order_day.",
        )
    return Level(level), refund_dating

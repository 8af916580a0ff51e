"""A second opinion on facts without an order: ads, visits and expenses of an entity and a range.

Written from rules M42 to M45, one question at a time. The days of the ledger are taken as given;
how spans come to days is tested on its own.
"""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from engine.ledger.frames import DayFacts, EventKind, Ledger

Answers = dict[str, int | str | None]


class DayOracle:
    def __init__(self, ledger: Ledger, days_begun: int) -> None:
        self.days_begun = days_begun
        self.skus = list(ledger.skus)
        self.ads = frame(ledger, ledger.ads)
        self.visits = frame(ledger, ledger.visits)
        self.expenses = frame(ledger, ledger.expenses)
        sold = ledger.kind == EventKind.SALE
        self.sales = pd.DataFrame(
            {
                "listing": ledger.listing_ids[ledger.listing[sold]],
                "sku": [ledger.skus[code] for code in ledger.sku[sold]],
                "day": ledger.order_day[sold],
                "sales": (ledger.amounts["value"] - ledger.amounts["discount"])[sold],
            }
        )

    def within(self, rows: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
        return rows[(rows.day >= first) & (rows.day <= last) & (rows.day < self.days_begun)]

    def costs(self, level: str, entity: object, first: int, last: int) -> Answers:
        """Spend, expenses, and how many of them are not known."""
        ads = self.within(self.ads, first, last)
        expenses = self.within(self.expenses, first, last)
        if level == "product":
            spend, unknown = self._shares(str(entity), ads, first, last)
        else:
            own = ads if level == "shop" else ads[ads.listing == entity]
            spend, unknown = int(own.ad_spend.sum()), int(own.unknown_costs.sum())
        if level != "shop" and entity not in (0, "(none)"):
            return {"ad_spend": spend, "operating_expenses": 0, "unknown": unknown}
        unknown += int(expenses.unknown_costs.sum())
        return {
            "ad_spend": spend,
            "operating_expenses": int(expenses.expenses.sum()),
            "unknown": unknown,
        }

    def _shares(self, sku: str, ads: pd.DataFrame, first: int, last: int) -> tuple[int, int]:
        spend = unknown = 0
        sold = self.sales[(self.sales.day >= first) & (self.sales.day <= last)]
        for listing, rows in ads.groupby("listing"):
            by_sku = sold[sold.listing == listing].groupby("sku").sales.sum()
            weights = {name: int(value) for name, value in by_sku.items() if value}
            if listing == 0 or not weights:
                weights = {"(none)": 1}
            if sku in weights:
                spend += self._largest_remainder(int(rows.ad_spend.sum()), weights)[sku]
                unknown += int(rows.unknown_costs.sum())
        return spend, unknown

    def _largest_remainder(self, amount: int, weights: dict[str, int]) -> dict[str, int]:
        total = sum(weights.values())
        exact = {sku: Fraction(abs(amount) * weight, total) for sku, weight in weights.items()}
        share = {sku: int(value) for sku, value in exact.items()}
        order = sorted(weights, key=lambda sku: (share[sku] - exact[sku], self.skus.index(sku)))
        for sku in order[: abs(amount) - sum(share.values())]:
            share[sku] += 1
        return {sku: value if amount >= 0 else -value for sku, value in share.items()}

    def viewed(self, first: int, last: int) -> int:
        """How many listings had a view."""
        visits = self.within(self.visits, first, last)
        return int(visits[visits.views > 0].listing.nunique())

    def seen(self, level: str, entity: object, first: int, last: int) -> Answers:
        """Clicks and visits with all that the shop and its listings have."""
        ads, visits = self.within(self.ads, first, last), self.within(self.visits, first, last)
        if level == "listing":
            ads, visits = ads[ads.listing == entity], visits[visits.listing == entity]
        out: Answers = {
            name: int(ads[name].sum()) for name in ("ad_clicks", "ad_orders", "ad_sales")
        }
        for name in ("visits", "views"):
            known = visits[visits[f"{name}_reported"]]
            out[name] = int(visits[name].sum()) if len(known) else None
            out[f"{name}_days"] = known.day.nunique()
        return out


def frame(ledger: Ledger, facts: DayFacts) -> pd.DataFrame:
    rows = facts.rows
    return pd.DataFrame(
        {
            "listing": ledger.listing_ids[rows.listing],
            "day": rows.day,
            **{name.value: column for name, column in rows.amounts.items()},
            **{f"{name.value}_reported": column for name, column in rows.reported.items()},
        }
    )

"""A second opinion on stock, prices, favourites and reviews of an entity and a range.

One question at a time, from the rule: what was seen on the latest look of the shop that is at most
seven days back. Where that look did not find the entity nothing is known of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from decimal import Decimal, localcontext
from fractions import Fraction

import pandas as pd

from engine.ledger.frames import EventKind, Ledger
from tests.exact import half_away

Answers = dict[str, int | str | None]
CARRIED = 7


def poisson_above(over: int, under: int, limit: int) -> Decimal:
    """P(Poisson(over ÷ under) > limit), term by term with fifty digits."""
    with localcontext(prec=50):
        mean = Decimal(over) / Decimal(under)
        term = total = (-mean).exp()
        for count in range(1, limit + 1):
            term = term * mean / count
            total += term
        return 1 - total


class StateOracle:
    def __init__(self, ledger: Ledger, days_begun: int, first_day: int) -> None:
        self.days_begun, self.first_day = days_begun, first_day
        offers, liked, reviews = ledger.offers, ledger.favourites, ledger.reviews
        self.offers = pd.DataFrame(
            {
                "day": offers.day,
                "listing": ledger.listing_ids[offers.listing],
                "sku": [ledger.skus[code] for code in offers.sku],
                "units": offers.units,
                "on": offers.is_enabled,
                "price": offers.price,
                "value": offers.value,
            }
        )
        self.liked = pd.DataFrame(
            {
                "day": liked.day,
                "listing": ledger.listing_ids[liked.listing],
                "count": liked.count,
            }
        )
        self.reviews = pd.DataFrame(
            {
                "day": reviews.day,
                "listing": ledger.listing_ids[reviews.listing],
                "sku": [ledger.skus[code] for code in reviews.sku],
                "rating": reviews.rating,
            }
        )
        self.look_days = {
            id(rows): sorted(set(rows.day.tolist())) for rows in (self.offers, self.liked)
        }
        sold = ledger.kind == EventKind.SALE
        self.sold = pd.DataFrame(
            {
                "day": ledger.order_day[sold],
                "listing": ledger.listing_ids[ledger.listing[sold]],
                "sku": [ledger.skus[code] for code in ledger.sku[sold]],
                "units": ledger.amounts["quantity"][sold],
            }
        )

    def of(self, rows: pd.DataFrame, level: str, entity: object) -> pd.DataFrame:
        if level == "shop":
            return rows
        return rows[rows["listing" if level == "listing" else "sku"] == entity]

    def look(self, rows: pd.DataFrame, day: int) -> pd.DataFrame:
        """What the latest look of the shop saw, if it is recent enough."""
        at = self.look_day(rows, day)
        return rows[:0] if at is None else rows[rows.day == at]

    def look_day(self, rows: pd.DataFrame, day: int) -> int | None:
        if not self.first_day <= day < self.days_begun:
            return None
        days = self.look_days[id(rows)]
        place = bisect_right(days, day)
        return days[place - 1] if place and days[place - 1] >= day - CARRIED else None

    def looks(self, first: int, elapsed: int) -> Counter[int]:
        """On how many days of a range each look at the shelf is the one that tells."""
        days = (self.look_day(self.offers, day) for day in range(first, first + elapsed))
        return Counter(day for day in days if day is not None)

    def on_shelf(self, level: str, entity: object, first: int, elapsed: int) -> Answers:
        last = first + elapsed - 1
        seen = self.of(self.look(self.offers, last), level, entity)
        seen = seen if elapsed else seen[:0]
        on = seen[seen.on]
        priced = len(on) and bool((on.price >= 0).all())
        total, days = self._values(level, entity, first, elapsed)
        enough = days > 0 and 2 * days >= elapsed
        sold = self.of(self.sold, level, entity)
        recent = sold[(sold.day > last - 28) & (sold.day <= last)]
        return {
            "closing_stock": int(seen.units.sum()) if len(seen) else None,
            "stock_value": self._value(seen),
            "active_offers": len(on) if len(seen) else None,
            "prices": int(on.price.sum()) if priced else None,
            "offer_price_range": int(on.price.max() - on.price.min()) if priced else None,
            "value_total": total if enough else None,
            "value_days": days if enough else None,
            "units_28": int(recent.units.sum()),
            "stockout_days": self._empty_days(level, entity, first, elapsed),
        }

    def _value(self, seen: pd.DataFrame) -> int | None:
        stocked = seen[seen.units > 0]
        costed = stocked[stocked.value >= 0]
        if not len(seen) or (len(stocked) and not len(costed)):
            return None
        return int(costed.value.sum())

    def _values(self, level: str, entity: object, first: int, elapsed: int) -> tuple[int, int]:
        total = days = 0
        own = self.of(self.offers, level, entity)
        for day, times in self.looks(first, elapsed).items():
            value = self._value(own[own.day == day])
            if value is not None:
                total, days = total + value * times, days + times
        return total, days

    def _empty_days(self, level: str, entity: object, first: int, elapsed: int) -> int | None:
        found = None
        own = self.of(self.offers, level, entity)
        for day, times in self.looks(first, elapsed).items():
            seen = own[own.day == day]
            if len(seen):
                found = (found or 0) + times * int((seen.on & (seen.units == 0)).sum())
        return found

    def risk(self, level: str, entity: object, first: int, elapsed: int, days: int) -> int | None:
        """The mean chance of running out, over the SKUs sold in eight weeks; in millionths."""
        last = first + elapsed - 1
        shelf = self.look(self.offers, last)
        if level == "product":
            found = self._risk_of_sku(shelf, str(entity), last, days) if elapsed else None
            return None if found is None else half_away(found * 10**6)
        recent = self.of(self.sold, level, entity)
        recent = recent[(recent.day > last - 56) & (recent.day <= last) & (recent.sku != "(none)")]
        total, pieces = Fraction(0), 0
        for sku, units in recent.groupby("sku").units.sum().items() if elapsed else ():
            risk = self._risk_of_sku(shelf, str(sku), last, days)
            if risk is not None:
                total, pieces = total + risk * int(units), pieces + int(units)
        return half_away(total / pieces * 10**6) if pieces else None

    def _risk_of_sku(self, shelf: pd.DataFrame, sku: str, last: int, days: int) -> Fraction | None:
        seen = shelf[shelf.sku == sku]
        if sku == "(none)" or not len(seen):
            return None
        sold = self.sold[self.sold.sku == sku]
        if not len(sold) or last - sold.day.min() < 28:
            return None
        stock = int(seen.units.sum())
        units = int(sold[(sold.day > last - 56) & (sold.day <= last)].units.sum())
        return Fraction(1) if not stock else Fraction(poisson_above(units * days, 56, stock))

    def favourites(self, level: str, entity: object, first: int, elapsed: int) -> Answers:
        last = self.of(self.look(self.liked, first + elapsed - 1), level, entity)
        before = self.of(self.look(self.liked, first - 1), level, entity)
        if not elapsed:
            last = before = last[:0]
        now = int(last["count"].sum()) if len(last) else None
        then = int(before["count"].sum()) if len(before) else None
        return {
            "favourites": now,
            "favourites_added": None if now is None or then is None else now - then,
            "liked_listings": last.listing.nunique(),
        }

    def rated(self, level: str, entity: object, first: int, last: int) -> Answers:
        rows = self.of(self.reviews, level, entity)
        rows = rows[(rows.day >= first) & (rows.day <= last) & (rows.day < self.days_begun)]
        return {"reviews": len(rows), "stars": int(rows.rating.sum())}

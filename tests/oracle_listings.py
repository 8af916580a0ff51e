"""A second opinion on what is known of listings beside their orders, from its parts."""

from __future__ import annotations

from engine.ledger.frames import Ledger
from tests.exact import over
from tests.oracle_days import DayOracle
from tests.oracle_states import StateOracle

RESTOCK_DAYS = 14
Answers = dict[str, int | str | None]


class ListingOracle:
    def __init__(self, ledger: Ledger, days_begun: int, days: DayOracle) -> None:
        self.days = days
        rows = [facts.rows.day[facts.rows.day < days_begun] for facts in ledger.day_facts]
        events = (ledger.event_day, ledger.order_day, ledger.orders.day)
        first = min((int(day.min()) for day in (*events, *rows) if len(day)), default=days_begun)
        self.states = StateOracle(ledger, days_begun, first)

    def answer(self, out, level, entity, first, last, elapsed, cogs) -> Answers:
        found = self._shelf(out, level, entity, first, last, elapsed, cogs)
        if level == "product":
            return found
        return found | self._seen(out, level, entity, first, last, elapsed)

    def _shelf(self, out, level, entity, first, last, elapsed, cogs) -> Answers:
        found = self.states.on_shelf(level, entity, first, elapsed)
        prices, sold = found.pop("prices"), found.pop("units_28")
        total, days = found.pop("value_total"), found.pop("value_days")
        stock, units = found["closing_stock"], out["units_sold"]
        lasting = None if stock is None else over(stock * 28, sold, 100)
        rated = self.states.rated(level, entity, first, last)
        return found | {
            "offer_price_average": None if prices is None else over(prices, found["active_offers"]),
            "average_stock_value": None if total is None else over(total, days),
            "stock_turnover": None if total is None else over(cogs * days, total, 10**6),
            "sell_through": None if stock is None else over(units, units + stock, 10**6),
            "stockout_risk": self.states.risk(level, entity, first, elapsed, RESTOCK_DAYS),
            "days_of_stock": 0 if stock == 0 else lasting,
            "reviews": rated["reviews"],
            "review_average": over(rated["stars"], rated["reviews"], 10**6),
        }

    def _seen(self, out, level, entity, first, last, elapsed) -> Answers:
        seen = self.days.seen(level, entity, first, last)
        visits = seen["visits"] if seen.pop("visits_days") == elapsed else None
        views = seen["views"] if seen.pop("views_days") == elapsed else None
        spend = out["ad_spend"]
        seen |= self._liked(out, level, entity, first, last, elapsed, views)
        return seen | {
            "cost_per_click": over(spend, seen["ad_clicks"]),
            "cost_per_ad_order": over(spend, seen["ad_orders"]),
            "roas": over(seen["ad_sales"], spend, 10**6),
            "conversion_rate": over(out["orders"], visits or 0, 10**6),
            "sales_per_view": over(out["sales_after_discounts"], views or 0),
            "contribution_per_view": over(out["contribution_profit"], views or 0),
        }

    def _liked(self, out, level, entity, first, last, elapsed, views) -> Answers:
        """Favourites and averages; `views` are those of every day begun, or None."""
        found = self.states.favourites(level, entity, first, elapsed)
        shop = self.states.favourites("shop", None, first, elapsed)
        listings, added = found.pop("liked_listings"), found["favourites_added"]
        now, viewed = found["favourites"], self.days.viewed(first, last)
        found["favourite_to_order_rate"] = over(out["orders"], now or 0, 10**6)
        known = added is not None and views is not None
        found["view_to_favourite_rate"] = over(added, views, 10**6) if known else None
        if level == "shop":
            return found | {
                "views_per_listing": over(views or 0, viewed, 10**6) if views is not None else None,
                "favourites_per_listing": over(now or 0, listings, 10**6),
            }
        whole = self.days.seen("shop", None, first, last)["views"] or 0
        liked = shop["favourites"] or 0
        return found | {
            "views_vs_shop_average": None if views is None else over(views * viewed, whole, 10**6),
            "favourites_vs_shop_average": None
            if now is None
            else over(now * shop["liked_listings"], liked, 10**6),
        }

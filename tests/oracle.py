"""A second opinion on every metric: plain pandas and Python integers, one question at a time.

Written from docs/metrics.md and docs/money-rules.md, not from the kernels, and slow on purpose.
It takes the ledger as given and answers in the integers of the engine: minor units, millionths,
hundredths.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd

from engine.ledger.frames import FEES, FULFILMENT, EventKind, Ledger, OrderState
from engine.periods import Period, day_number
from tests.exact import mode, over, quantile, std
from tests.oracle_days import DayOracle
from tests.oracle_estimates import estimates
from tests.oracle_listings import ListingOracle


class Oracle:
    def __init__(self, ledger: Ledger, days_begun: int) -> None:
        self.days_begun = days_begun
        facts = ledger.orders
        self.orders = pd.DataFrame(
            {
                "order": np.arange(len(facts)),
                "state": facts.state,
                "day": facts.day,
                "seconds": facts.seconds,
                "has_clock": facts.has_clock,
                "hour": facts.hour,
                "customer": facts.customer_id,
                "payment": [
                    facts.payment_methods[code] if code >= 0 else None
                    for code in facts.payment_method
                ],
                "gift": facts.is_gift,
                "shipped": facts.is_shipped,
                "shipped_at": facts.shipped_seconds,
            }
        ).set_index("order", drop=False)
        self.events = pd.DataFrame(
            {
                "kind": ledger.kind,
                "order": ledger.order,
                "source": ledger.source_id,
                "listing": [int(ledger.listing_ids[code]) for code in ledger.listing],
                "sku": [ledger.skus[code] for code in ledger.sku],
                "order_day": ledger.order_day,
                "event_day": ledger.event_day,
                "partial": ledger.is_partial,
                "estimated": ledger.is_estimated,
                "unbounded": ledger.has_no_ceiling,
                **ledger.amounts,
            }
        )
        self.events["contribution"] = contribution(self.events)
        piece = self.events.loc[ledger.parcel_row, ["listing", "sku"]].reset_index(drop=True)
        piece["parcel"] = ledger.parcel_of_piece
        piece["day"] = facts.day[ledger.parcel_order[ledger.parcel_of_piece]]
        self.pieces = piece
        self.days = DayOracle(ledger, days_begun)
        self.listings = ListingOracle(ledger, days_begun, self.days)
        self.lost = pd.DataFrame(
            {
                "order": ledger.uncounted.order,
                "listing": [int(ledger.listing_ids[code]) for code in ledger.uncounted.listing],
                "sku": [ledger.skus[code] for code in ledger.uncounted.sku],
            }
        )
        counted = self.orders[
            (self.orders.state == OrderState.COUNTED) & (self.orders.customer != 0)
        ]
        self.history = {
            customer: rows.tolist() for customer, rows in counted.groupby("customer").day
        }

        paid = self.events.groupby("order").paid.sum()
        given = self.events[self.events.kind == EventKind.REFUND]
        given = (given.refund_amount - given.refund_excess).groupby(given.order).sum()
        self.given_back = {order for order in given.index if given[order] == paid.get(order)}
        # What was paid in another currency is given back in full by its own amounts, which the
        # ledger does not hold.
        converted = np.isin(facts.order_id, ledger.conversions.order_id)
        self.given_back -= set(np.flatnonzero(converted))
        self.given_back |= set(np.flatnonzero(converted & ledger.is_given_back))

    def of(self, frame: pd.DataFrame, level: str, entity: object) -> pd.DataFrame:
        if level == "shop":
            return frame
        return frame[frame["listing" if level == "listing" else "sku"] == entity]

    def answer(
        self, level: str, entity: object, period: Period, dating: str = "refund_day"
    ) -> dict[str, int | str | None]:
        first, last = day_number(period.start), day_number(period.end)
        events = self.of(self.events, level, entity)
        day = events.event_day if dating == "refund_day" else events.order_day
        here = events[(day >= first) & (day <= last)]
        sales = here[here.kind == EventKind.SALE]
        back = here[here.kind == EventKind.REFUND]
        out = self._money(here)
        by_order_day = events[(events.order_day >= first) & (events.order_day <= last)]
        out["returns_value_by_order_day"] = int(by_order_day.returns_value.sum())
        elapsed = max(0, min(period.days, self.days_begun - first))
        placed = self.orders.loc[sorted(sales.order.unique())]
        own = (sales["value"] - sales["discount"]).groupby(sales.order).sum()
        out |= self._orders(out, placed, own, elapsed)
        out |= self._refunds(out, events, back, placed)
        out |= self._customers(level, entity, period, placed, own)
        out |= self._lost(level, entity, first, last, out["orders"])
        done = [order for order in placed.order[placed.shipped] if order not in self.given_back]
        out["completion_rate"] = over(len(done), out["orders"] + out["cancelled_orders"], 10**6)
        out |= self._payments(placed)
        if level != "product":
            out["skus_sold"] = sales[sales.sku != "(none)"].sku.nunique()
        out["profit_basis"] = self._basis(here, sales)
        out |= self._profit(out, level, entity, here, sales, first, last)
        out |= self._after_contribution(out, level, entity, here, first, last)
        out |= self.listings.answer(out, level, entity, first, last, elapsed, int(here.cogs.sum()))
        estimated = ("seasonality_index", "price_elasticity", "customer_lifetime_value")
        out |= dict.fromkeys((*estimated, "payback_days"))
        if elapsed:
            day = "event_day" if dating == "refund_day" else "order_day"
            out |= estimates(self, level, events, period, first + elapsed - 1, out, day)
        return out

    def _money(self, here: pd.DataFrame) -> dict[str, int | str | None]:
        total = {
            name: int(here[name].sum())
            for name in here.columns
            if name not in ("sku", "listing", "kind", "order", "source")
        }
        out: dict[str, int | str | None] = {}
        gms, discounts = total["value"], total["discount"]
        after = gms - discounts
        net_sales = after - total["returns_value"]
        shipping = total["shipping"] - total["shipping_refunded"]
        wrap = total["gift_wrap"] - total["gift_wrap_refunded"]
        revenue = net_sales + shipping + wrap - total["refund_excess"]
        cogs = total["cogs"] - total["cogs_recovered"]
        out |= {
            "gross_merchandise_sales": gms,
            "discounts": discounts,
            "sales_after_discounts": after,
            "returns_value": total["returns_value"],
            "net_sales": net_sales,
            "shipping_income": shipping,
            "gift_wrap_income": wrap,
            "refund_excess": total["refund_excess"],
            "net_revenue": revenue,
            "sales_tax_collected": total["sales_tax"] - total["sales_tax_refunded"],
            "vat_collected": total["vat"] - total["vat_refunded"],
            "order_totals": total["paid"],
            "refunds_total": total["refund_amount"],
            "units_sold": total["quantity"],
            "units_returned": total["quantity_returned"],
            "cogs": cogs,
            "gross_profit": revenue - cogs,
            "average_unit_price": over(after, total["quantity"]),
            "average_unit_cost": over(total["cogs"], total["quantity_costed"]),
            "discount_rate": over(discounts, gms, 10**6),
            "refund_rate_value": over(total["returns_value"], after, 10**6),
            "unit_return_rate": over(total["quantity_returned"], total["quantity"], 10**6),
            "cost_coverage": over(total["sales_costed"], after, 10**6),
            "gross_margin": over(revenue - cogs, revenue, 10**6),
            "costed_gross_margin": over(
                total["net_revenue_costed"] - cogs, total["net_revenue_costed"], 10**6
            ),
            "markup": over(revenue - cogs, cogs, 10**6),
        }
        return out

    def _orders(self, out, placed, own, elapsed) -> dict[str, int | str | None]:
        count = len(placed)
        values = sorted(int(value) for value in own)
        timed = placed[placed.has_clock].seconds.sort_values()
        shipped = placed[placed.has_clock & (placed.shipped_at >= placed.seconds)]
        hours = sorted(shipped.shipped_at - shipped.seconds)
        gap = int(timed.iloc[-1] - timed.iloc[0]) if len(timed) else 0
        gifts, sent = int(placed.gift.sum()), int(placed.shipped.sum())
        return {
            "orders": count,
            "average_order_value": over(out["sales_after_discounts"], count),
            "order_value_p25": quantile(values, Fraction(1, 4)),
            "order_value_median": quantile(values, Fraction(1, 2)),
            "order_value_p75": quantile(values, Fraction(3, 4)),
            "order_value_std": std(values),
            "units_per_order": over(out["units_sold"], count, 10**6),
            "orders_per_day": over(count, elapsed, 10**6),
            "sales_per_day": over(out["sales_after_discounts"], elapsed),
            "gift_orders": gifts,
            "gift_rate": over(gifts, count, 10**6),
            "shipped_orders": sent,
            "shipped_rate": over(sent, count, 10**6),
            "ship_hours_median": quantile(hours, Fraction(1, 2), Fraction(100, 3600)),
            "hours_between_orders": over(gap * 100, 3600 * (len(timed) - 1)),
            "peak_hour": mode(placed[placed.has_clock].hour),
            "peak_weekday": mode((placed.day + 3) % 7 + 1),
            "peak_month": mode(
                pd.Series([(date(1970, 1, 1) + timedelta(int(d))).month for d in placed.day])
            ),
        }

    def _refunds(self, out, events, back, placed) -> dict[str, int | str | None]:
        of_orders = back[back.order >= 0]
        refunded = of_orders.order.nunique()
        ever = set(events[(events.kind == EventKind.REFUND) & (events.order >= 0)].order)
        so_far = sum(order in ever for order in placed.order)
        return {
            "refund_count": len(back[["order", "source"]].drop_duplicates()),
            "refunded_orders": refunded,
            "refund_rate_orders": over(refunded, out["orders"], 10**6),
            "order_refund_share": over(so_far, out["orders"], 10**6),
        }

    def _customers(self, level, entity, period, placed, own) -> dict[str, int | str | None]:
        first, last = day_number(period.start), day_number(period.end)
        known = placed[placed.customer != 0]
        people = set(known.customer)
        new = {c for c in people if self.history[c][0] >= first}
        repeat = {c for c in people if sum(day <= last for day in self.history[c]) >= 2}
        before = self._people(level, entity, period.previous())
        guests = len(placed) - len(known)
        sales = int(own[known.order].sum())
        out: dict[str, int | str | None] = {
            "customers": len(people),
            "new_customers": len(new),
            "returning_customers": len(people) - len(new),
            "repeat_customers": len(repeat),
            "guest_orders": guests,
            "repeat_customer_rate": over(len(repeat), len(people), 10**6),
            "customer_retention_rate": over(len(before & people), len(before), 10**6),
            "orders_per_customer": over(len(known), len(people), 10**6),
            "sales_per_customer": over(sales, len(people)),
        }
        if level == "shop":
            out["days_between_customer_orders"] = self._gap(known)
        return out

    def _people(self, level: str, entity: object, period: Period) -> set[int]:
        events = self.of(self.events, level, entity)
        first, last = day_number(period.start), day_number(period.end)
        chosen = events[(events.order_day >= first) & (events.order_day <= last)]
        orders = self.orders.loc[chosen[chosen.kind == EventKind.SALE].order.unique()]
        return set(orders[orders.customer != 0].customer)

    def _gap(self, known: pd.DataFrame) -> int | None:
        counted = self.orders[self.orders.state == OrderState.COUNTED]
        gaps = []
        for customer, order in zip(known.customer, known.order, strict=True):
            own = counted[(counted.customer == customer) & (counted.order < order)]
            if len(own):
                gaps.append(int(counted.day[order] - own.day.iloc[-1]))
        return quantile(sorted(gaps), Fraction(1, 2), Fraction(100))

    def _lost(self, level, entity, first, last, orders) -> dict[str, int | str | None]:
        rows = self.of(self.lost, level, entity)
        facts = self.orders.loc[rows.order.unique()]
        facts = facts[(facts.day >= first) & (facts.day <= last)]
        cancelled = int((facts.state == OrderState.CANCELLED).sum())
        return {
            "cancelled_orders": cancelled,
            "held_orders": int((facts.state == OrderState.HELD).sum()),
            "cancellation_rate": over(cancelled, orders + cancelled, 10**6),
        }

    def _payments(self, placed: pd.DataFrame) -> dict[str, int | str | None]:
        methods = placed.payment.dropna()
        counts = methods.value_counts()
        total = int(counts.sum())
        squares = int((counts.astype(int) ** 2).sum())
        return {
            "primary_payment_method": mode(methods),
            "payment_methods": len(counts),
            "payment_method_diversity": over(total**2 - squares, total**2, 10**6),
        }

    def _basis(self, here: pd.DataFrame, sales: pd.DataFrame) -> str | None:
        if not len(here):
            return None
        if sales.partial.any():
            return "partial"
        return "estimated" if sales.estimated.any() else "measured"

    def _profit(self, out, level, entity, here, sales, first, last) -> dict[str, int | str | None]:
        revenue, orders = out["net_revenue"], out["orders"]
        costs = {name: int(here[name].sum()) for name in (*FULFILMENT, *FEES)}
        fulfilment = sum(costs[name] for name in FULFILMENT)
        platform = sum(costs[name] for name in FEES if name != "offsite_ads_fees")
        profit = out["gross_profit"] - fulfilment - platform
        ceilings = int(here.cogs_ceiling.sum() + here.fulfilment_ceiling.sum())
        pieces = self.of(self.pieces, level, entity)
        pieces = pieces[(pieces.day >= first) & (pieces.day <= last)]
        parcels = pieces.parcel.nunique()
        bought = [o >= 0 and self._has_customer(o) for o in here.order]
        known = here[np.array(bought, np.bool_)]
        charges, after = int(here.fee_charges.sum()), out["sales_after_discounts"]
        return costs | {
            "fulfilment_cost": fulfilment,
            "shipping_result": out["shipping_income"] - fulfilment,
            "parcels": parcels,
            "fulfilment_cost_per_parcel": over(fulfilment, parcels),
            "landed_cost_per_order": over(out["cogs"] + fulfilment, orders),
            "weight_coverage": over(int(here.sales_weighed.sum()), after, 10**6),
            "platform_fees": platform,
            "fee_credits": int(here.fee_credits.sum()),
            "fee_measured_share": over(int(here.fees_measured.sum()), charges, 10**6),
            "fee_rate": over(platform, revenue, 10**6),
            "fees_retained_on_refunds": int(here.fees_retained.sum()),
            "contribution_profit": profit,
            "contribution_profit_low": None if here.unbounded.any() else profit - ceilings,
            "contribution_margin": over(profit, revenue, 10**6),
            "contribution_per_order": over(profit, orders),
            "contribution_per_unit": over(profit, out["units_sold"]),
            "contribution_per_customer": over(int(known.contribution.sum()), out["customers"]),
            "loss_orders": int((sales.groupby("order").contribution.sum() < 0).sum()),
        }

    def _after_contribution(
        self, out, level, entity, here, first, last
    ) -> dict[str, int | str | None]:
        costs = self.days.costs(level, entity, first, last)
        spend, expenses = costs["ad_spend"], costs["operating_expenses"]
        marketing = spend + out["offsite_ads_fees"]
        after_ads = out["contribution_profit"] - marketing
        net, revenue = after_ads - expenses, out["net_revenue"]
        total = out["cogs"] + out["fulfilment_cost"] + out["platform_fees"] + marketing + expenses
        ceilings = int(here.cogs_ceiling.sum() + here.fulfilment_ceiling.sum())
        unbounded = here.unbounded.any() or costs["unknown"]
        left = revenue - out["platform_fees"] - marketing
        found = {
            "ad_spend": spend,
            "ad_spend_rate": over(spend, out["sales_after_discounts"], 10**6),
            "marketing_cost": marketing,
            "profit_after_ads": after_ads,
            "operating_expenses": expenses,
            "net_profit": net,
            "net_profit_low": None if unbounded else net - ceilings,
            "net_margin": over(net, revenue, 10**6),
            "net_profit_per_unit": over(net, out["units_sold"]),
            "total_costs": total,
            "cost_per_order": over(total, out["orders"]),
            "take_home_rate": over(left, revenue, 10**6),
            "break_even_roas": over(revenue, out["contribution_profit"], 10**6),
        }
        if level == "shop":
            found["customer_acquisition_cost"] = over(marketing, out["new_customers"])
        return found

    def _has_customer(self, order: int) -> bool:
        row = self.orders.loc[order]
        return bool(row.customer != 0 and row.state == OrderState.COUNTED)


def contribution(events: pd.DataFrame) -> pd.Series:
    """What each ledger row leaves after goods, fulfilment and platform fees."""
    earned = events["value"] + events.shipping + events.gift_wrap - events.discount
    given = events.returns_value + events.shipping_refunded + events.gift_wrap_refunded
    goods = events.cogs - events.cogs_recovered
    spent = sum(events[name] for name in (*FULFILMENT, *FEES) if name != "offsite_ads_fees")
    return earned - given - events.refund_excess - goods - spent

"""Which metrics the pages show. A wrong name, or one of another level, fails at import.

The shop's figures are one question for all pages: totals, comparison and series together. A metric
of a later chapter of the catalogue is absent here until it is declared; it is never a zero.
"""

from __future__ import annotations

from engine.dashboard import bridge
from engine.dashboard.metric_names import at_level
from engine.metrics.model import LISTING, PRODUCT, SHOP

CARDS = at_level(
    SHOP,
    "net_revenue",
    "contribution_profit",
    "contribution_margin",
    "orders",
    "average_order_value",
    "new_customers",
    "refund_rate_value",
    "platform_fees",
)
# What the chart can draw; the first is the default.
MEASURES = at_level(
    SHOP,
    "net_revenue",
    "contribution_profit",
    "contribution_margin",
    "gross_profit",
    "gross_margin",
    "orders",
    "average_order_value",
    "order_value_median",
    "units_sold",
    "customers",
    "new_customers",
    "returning_customers",
    "discounts",
    "returns_value",
    "refunds_total",
    "refund_rate_value",
    "cogs",
    "fulfilment_cost",
    "platform_fees",
    "shipping_result",
    "loss_orders",
    "cancelled_orders",
)
LISTING_COLUMNS = at_level(
    LISTING,
    "net_revenue",
    "contribution_profit",
    "contribution_margin",
    "orders",
    "units_sold",
    "refund_rate_value",
    "cost_coverage",
)
PRODUCT_COLUMNS = at_level(
    PRODUCT,
    "net_revenue",
    "contribution_profit",
    "contribution_margin",
    "units_sold",
    "average_unit_price",
    "average_unit_cost",
    "refund_rate_value",
    "cost_coverage",
)
COVERAGE, PROFIT, PROFIT_LOW = at_level(
    SHOP, "cost_coverage", "contribution_profit", "contribution_profit_low"
)
# A profit and what it is if every unknown cost is as high as it can be.
LOW_ENDS = {PROFIT: PROFIT_LOW}
# A range in which all of these are 0 holds nothing at all.
SIGNS_OF_LIFE = at_level(SHOP, "orders", "refund_count", "cancelled_orders", "held_orders")

SHOP_METRICS = tuple(
    dict.fromkeys(
        (
            *CARDS,
            *MEASURES,
            *bridge.METRICS,
            *at_level(SHOP, *LISTING_COLUMNS, *PRODUCT_COLUMNS),
            *SIGNS_OF_LIFE,
            COVERAGE,
            PROFIT_LOW,
        )
    )
)

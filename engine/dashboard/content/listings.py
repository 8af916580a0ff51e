"""Listings: which earn, which cost money, and why."""

from __future__ import annotations

from engine.dashboard.content.entity_page import EntityPage
from engine.dashboard.metric_names import at_level
from engine.metrics.model import LISTING

PAGE = EntityPage(
    name="listings",
    level=LISTING,
    one="listing",
    many="listings",
    columns=at_level(
        LISTING,
        "contribution_profit",
        "net_revenue",
        "units_sold",
        "orders",
        "contribution_margin",
        "profit_after_ads",
        "refund_rate_value",
        "visits",
        "conversion_rate",
        "cost_coverage",
    ),
    cards=at_level(LISTING, "net_revenue", "contribution_profit", "units_sold", "conversion_rate"),
    measures=at_level(
        LISTING,
        "net_revenue",
        "contribution_profit",
        "contribution_margin",
        "profit_after_ads",
        "units_sold",
        "orders",
        "average_unit_price",
        "returns_value",
        "refund_rate_value",
        "visits",
        "conversion_rate",
        "ad_spend",
    ),
    traffic=at_level(
        LISTING,
        "views",
        "visits",
        "orders",
        "conversion_rate",
        "ad_spend",
        "ad_clicks",
        "ad_orders",
        "roas",
        "break_even_roas",
        "cost_per_click",
        "contribution_per_view",
        "profit_after_ads",
    ),
)

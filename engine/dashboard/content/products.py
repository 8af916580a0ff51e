"""Products: what each SKU earns after its own cost, parcel, fees and refunds."""

from __future__ import annotations

from engine.dashboard.content.entity_page import EntityPage
from engine.dashboard.metric_names import at_level
from engine.metrics.model import PRODUCT

PAGE = EntityPage(
    name="products",
    level=PRODUCT,
    one="SKU",
    many="SKUs",
    columns=at_level(
        PRODUCT,
        "contribution_profit",
        "net_revenue",
        "units_sold",
        "average_unit_price",
        "average_unit_cost",
        "cogs",
        "fulfilment_cost",
        "contribution_per_order",
        "units_returned",
        "closing_stock",
        "days_of_stock",
        "cost_coverage",
        "profit_basis",
    ),
    cards=at_level(
        PRODUCT,
        "net_revenue",
        "contribution_profit",
        "units_sold",
        "average_unit_price",
        "average_unit_cost",
        "contribution_per_unit",
        "units_returned",
        "cost_coverage",
    ),
    measures=at_level(
        PRODUCT,
        "net_revenue",
        "contribution_profit",
        "contribution_margin",
        "contribution_per_unit",
        "units_sold",
        "orders",
        "average_unit_price",
        "average_unit_cost",
        "returns_value",
        "refund_rate_value",
    ),
    traffic=(),
)

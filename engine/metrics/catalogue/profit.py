"""Costs and profit, as far as the goods: what they cost, and what is left of the revenue."""

from engine.metrics.catalogue.declare import UP, Declarations
from engine.metrics.model import Basis, Family, Kind, Unit

costs = Declarations(Family.COSTS)

costs.money(
    "cogs",
    "Cost of goods sold",
    "l.cogs − l.cogs_recovered",
    "Known unit costs of what was sold, less goods that came back into stock.",
    synonyms=("total_cost",),
)
costs.ratio(
    "average_unit_cost",
    "Average unit cost",
    Unit.MONEY,
    "l.cogs",
    "l.quantity_costed",
    "Over the pieces whose cost is known.",
)
costs.ratio(
    "cost_coverage",
    "Cost coverage",
    Unit.SHARE,
    "l.sales_costed",
    "sales_after_discounts",
    "Share of sales whose cost is known. Below 1, profit is the high end.",
    direction=UP,
    lowest=0,
    highest=1,
)

profit = Declarations(Family.PROFIT)

profit.money(
    "gross_profit",
    "Gross profit",
    "net_revenue − cogs",
    "Net revenue less the known cost of goods. Contribution margin 1.",
    direction=UP,
    synonyms=("contribution_margin_1",),
)
profit.ratio(
    "gross_margin",
    "Gross margin",
    Unit.SHARE,
    "gross_profit",
    "net_revenue",
    "Gross profit over net revenue; negative when refunds or costs exceed it.",
    direction=UP,
)
profit.ratio(
    "costed_gross_margin",
    "Gross margin on costed sales",
    Unit.SHARE,
    "l.net_revenue_costed − cogs",
    "l.net_revenue_costed",
    "The margin of the sales whose cost is known; not flattered by missing costs.",
    direction=UP,
)
profit.ratio(
    "markup",
    "Markup",
    Unit.MULTIPLE,
    "gross_profit",
    "cogs",
    "Gross profit over cost of goods.",
    direction=UP,
)
profit.add(
    "profit_basis",
    "Basis of profit",
    Unit.TEXT,
    Kind.FLAG,
    Basis(),
    description="How the costs in the profit are known: measured, estimated, or partly unknown.",
)

METRICS = (*costs.metrics, *profit.metrics)

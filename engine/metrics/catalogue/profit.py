"""Costs and profit: what the goods cost, and what each sale leaves."""

from engine.metrics.catalogue.declare import DOWN, UP, Declarations
from engine.metrics.model import ALL_LEVELS, LISTING, SHOP, Basis, Family, Kind, Unit

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
costs.money(
    "total_costs",
    "All costs",
    "cogs + fulfilment_cost + platform_fees + marketing_cost + operating_expenses",
    "Goods, fulfilment, fees, marketing and expenses, as far as they are known.",
    adds_over_time=(SHOP, LISTING),
    direction=DOWN,
)
costs.ratio(
    "cost_per_order",
    "Cost per order",
    Unit.MONEY,
    "total_costs",
    "orders",
    "All costs per order.",
    direction=DOWN,
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
profit.money(
    "contribution_profit",
    "Contribution profit",
    "gross_profit − fulfilment_cost − platform_fees",
    "Gross profit less fulfilment and platform fees, as far as they are known. Contribution "
    "margin 2.",
    direction=UP,
    synonyms=("contribution_margin_2",),
)
profit.money(
    "contribution_profit_low",
    "Contribution profit, low end",
    "contribution_profit − l.cogs_ceiling − l.fulfilment_ceiling",
    "The same if every unknown cost were as high as it can be; unknown if that has no bound.",
    direction=UP,
)
profit.money(
    "marketing_cost",
    "Marketing cost",
    "ad_spend + offsite_ads_fees",
    "The marketplace's ads, and its fees on orders that its advertising elsewhere brought.",
    adds_over_time=(SHOP, LISTING),
    direction=DOWN,
)
profit.money(
    "profit_after_ads",
    "Profit after ads",
    "contribution_profit − marketing_cost",
    "Contribution profit less marketing. Contribution margin 3.",
    adds_over_time=(SHOP, LISTING),
    direction=UP,
    synonyms=("contribution_margin_3",),
)
profit.money(
    "operating_expenses",
    "Operating expenses",
    "f.expenses",
    "Rent, tools and other costs of the shop, spread over the days that they are for. They belong "
    "to no listing and no SKU.",
    direction=DOWN,
)
profit.money(
    "net_profit",
    "Net profit",
    "profit_after_ads − operating_expenses",
    "What is left before income tax, as far as costs are known.",
    adds_over_time=(SHOP, LISTING),
    direction=UP,
    synonyms=("operating_profit",),
)
profit.money(
    "net_profit_low",
    "Net profit, low end",
    "net_profit − l.cogs_ceiling − l.fulfilment_ceiling − f.cost_ceiling",
    "The same if every unknown cost were as high as it can be; unknown if that has no bound, as "
    "with an ad or expense that can't be converted.",
    adds_over_time=(SHOP, LISTING),
    direction=UP,
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
    "contribution_margin",
    "Contribution margin",
    Unit.SHARE,
    "contribution_profit",
    "net_revenue",
    "Contribution profit over net revenue.",
    direction=UP,
    synonyms=("contribution_margin_rate",),
)
profit.ratio(
    "net_margin",
    "Net margin",
    Unit.SHARE,
    "net_profit",
    "net_revenue",
    "Net profit over net revenue.",
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
profit.ratio(
    "contribution_per_order",
    "Contribution per order",
    Unit.MONEY,
    "contribution_profit",
    "orders",
    "Contribution profit per order.",
    direction=UP,
    synonyms=("profit_per_order",),
)
profit.ratio(
    "contribution_per_unit",
    "Contribution per unit",
    Unit.MONEY,
    "contribution_profit",
    "units_sold",
    "Contribution profit per piece sold.",
    direction=UP,
)
profit.ratio(
    "net_profit_per_unit",
    "Net profit per unit",
    Unit.MONEY,
    "net_profit",
    "units_sold",
    "Net profit per piece sold.",
    direction=UP,
)
profit.count(
    "loss_orders",
    "Loss-making orders",
    "o.loss_orders",
    "Orders whose own contribution is below zero, refunds aside. Unknown costs count as absent.",
    adds_over_time=ALL_LEVELS,
    direction=DOWN,
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

"""Customers: who bought, who is new, who came back. Orders without a customer id stay outside."""

from engine.metrics.catalogue.declare import DOWN, UP, Declarations
from engine.metrics.model import ALL_LEVELS, SHOP, Estimate, Family, Kind, Quantile, Unit

customers = Declarations(Family.CUSTOMERS)

customers.count(
    "customers",
    "Customers",
    "d.customers",
    "Different known buyers; recomputed for every period, never added.",
    direction=UP,
)
customers.count(
    "guest_orders",
    "Orders without customer id",
    "o.guest_orders",
    "Left out of every other customer figure.",
    adds_over_time=ALL_LEVELS,
)
customers.count(
    "new_customers",
    "New customers",
    "d.new_customers",
    "Buyers whose first counted order ever in the shop is in the period.",
    adds_over_time=(SHOP,),
    direction=UP,
)
customers.count(
    "returning_customers",
    "Returning customers",
    "customers − new_customers",
    "Buyers who had bought before the period.",
    kind=Kind.DERIVED,
    direction=UP,
)
customers.count(
    "repeat_customers",
    "Repeat customers",
    "d.repeat_customers",
    "Buyers with at least two counted orders ever, up to the last day of the period.",
    direction=UP,
)
customers.ratio(
    "repeat_customer_rate",
    "Repeat customer rate",
    Unit.SHARE,
    "repeat_customers",
    "customers",
    "Share of the buyers who are repeat customers.",
    direction=UP,
    lowest=0,
    highest=1,
    synonyms=("repeat_rate",),
)
customers.ratio(
    "customer_retention_rate",
    "Customer retention rate",
    Unit.SHARE,
    "d.retained_customers",
    "d.previous_customers",
    "Share of the previous period's buyers who bought again in this one.",
    direction=UP,
    lowest=0,
    highest=1,
)
customers.ratio(
    "orders_per_customer",
    "Orders per customer",
    Unit.MULTIPLE,
    "orders − guest_orders",
    "customers",
    "Orders of known buyers per buyer.",
    direction=UP,
)
customers.ratio(
    "sales_per_customer",
    "Sales per customer",
    Unit.MONEY,
    "o.customer_sales",
    "customers",
    "Sales after discounts of known buyers per buyer.",
    direction=UP,
    synonyms=("revenue_per_customer",),
)
customers.ratio(
    "contribution_per_customer",
    "Contribution per customer",
    Unit.MONEY,
    "l.customer_contribution",
    "customers",
    "Contribution profit on the orders of known buyers, per buyer.",
    direction=UP,
    synonyms=("profit_per_customer",),
)
customers.add(
    "days_between_customer_orders",
    "Days between a customer's orders",
    Unit.DAYS,
    Kind.QUANTILE,
    Quantile("customer_gap_days", 1, 2),
    description="Median gap to the same buyer's previous order.",
    levels=(SHOP,),
)
customers.ratio(
    "customer_acquisition_cost",
    "Customer acquisition cost",
    Unit.MONEY,
    "marketing_cost",
    "new_customers",
    "Marketing per buyer who bought for the first time, whether or not an ad brought them.",
    levels=(SHOP,),
    direction=DOWN,
)
customers.add(
    "customer_lifetime_value",
    "Customer value, first year",
    Unit.MONEY,
    Kind.DERIVED,
    Estimate(
        "first_year_value",
        "contribution profit within 364 days of the first order ÷ customers, of those whose first "
        "order lies 365 to 729 days before the last day",
    ),
    description="What a buyer has left in the first year, observed and not extrapolated. Unknown "
    "under 30 such buyers.",
    levels=(SHOP,),
    direction=UP,
    synonyms=("clv", "ltv"),
)
customers.add(
    "payback_days",
    "Payback time, days",
    Unit.INT,
    Kind.DERIVED,
    Estimate(
        "payback",
        "fewest days after the first order at which a customer has left marketing_cost ÷ "
        "new_customers",
        ("marketing_cost", "new_customers"),
    ),
    description="When a new buyer's contribution has paid for the marketing: the first day of the "
    "customer value curve that reaches the acquisition cost. Unknown if none does.",
    levels=(SHOP,),
    direction=DOWN,
    lowest=0,
)

METRICS = tuple(customers.metrics)

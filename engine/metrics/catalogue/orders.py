"""Orders: how many, how large, how they were handled, paid and spread over time."""

from engine.metrics.catalogue.declare import DOWN, UP, Declarations
from engine.metrics.model import (
    ALL_LEVELS,
    LISTING,
    SHOP,
    Diversity,
    Estimate,
    Family,
    Kind,
    Mode,
    Quantile,
    Std,
    Unit,
)

basket = Declarations(Family.BASKET)

basket.count(
    "orders",
    "Orders",
    "o.orders",
    "Counted orders placed in the period with a line of the entity. A refund is never an order.",
    adds_over_time=ALL_LEVELS,
    direction=UP,
)
basket.ratio(
    "average_order_value",
    "Average order value",
    Unit.MONEY,
    "sales_after_discounts",
    "orders",
    "Goods after discounts per order, without shipping and tax, before returns.",
    direction=UP,
)
for name, label, quarter in (
    ("order_value_p25", "Order value, lower quartile", (1, 4)),
    ("order_value_median", "Median order value", (1, 2)),
    ("order_value_p75", "Order value, upper quartile", (3, 4)),
):
    basket.add(
        name,
        label,
        Unit.MONEY,
        Kind.QUANTILE,
        Quantile("order_value", *quarter),
        description="Of the entity's own value after discounts in each order, interpolated.",
        direction=UP,
    )
basket.add(
    "order_value_std",
    "Spread of order value",
    Unit.MONEY,
    Kind.STD,
    Std("order_value"),
    description="How far order values lie from their mean.",
    lowest=0,
)
basket.ratio(
    "units_per_order",
    "Units per order",
    Unit.MULTIPLE,
    "units_sold",
    "orders",
    "Pieces per order.",
    direction=UP,
    synonyms=("items_per_order",),
)
basket.count(
    "skus_sold",
    "SKUs sold",
    "d.skus_sold",
    "Different SKUs sold; lines without a SKU are left out.",
    levels=(SHOP, LISTING),
    synonyms=("unique_skus",),
)
basket.ratio(
    "orders_per_day",
    "Orders per day",
    Unit.MULTIPLE,
    "orders",
    "elapsed_days",
    "Over the days that have begun.",
    direction=UP,
)
basket.count(
    "gift_orders",
    "Gift orders",
    "o.gift_orders",
    "Orders marked as a gift.",
    adds_over_time=ALL_LEVELS,
)
basket.ratio(
    "gift_rate",
    "Gift rate",
    Unit.SHARE,
    "gift_orders",
    "orders",
    "Share of the orders that are gifts.",
    lowest=0,
    highest=1,
)

operations = Declarations(Family.OPERATIONS)

operations.count(
    "cancelled_orders",
    "Cancelled orders",
    "o.cancelled_orders",
    "Cancelled orders placed in the period with a line of the entity; in no other figure.",
    adds_over_time=ALL_LEVELS,
    direction=DOWN,
)
operations.ratio(
    "cancellation_rate",
    "Cancellation rate",
    Unit.SHARE,
    "cancelled_orders",
    "orders + cancelled_orders",
    "Share of all orders placed that were cancelled.",
    direction=DOWN,
    lowest=0,
    highest=1,
)
operations.ratio(
    "completion_rate",
    "Completion rate",
    Unit.SHARE,
    "o.completed_orders",
    "orders + cancelled_orders",
    "Share of all orders placed that were shipped and not refunded in full.",
    direction=UP,
    lowest=0,
    highest=1,
)
operations.count(
    "held_orders",
    "Orders held back",
    "o.held_orders",
    "Orders in a currency that can't be converted; in no other figure. 0 on a healthy shop.",
    adds_over_time=ALL_LEVELS,
    direction=DOWN,
)
operations.count(
    "shipped_orders",
    "Shipped orders",
    "o.shipped_orders",
    "Orders that are on their way, or hold digital goods only.",
    adds_over_time=ALL_LEVELS,
)
operations.ratio(
    "shipped_rate",
    "Shipped share",
    Unit.SHARE,
    "shipped_orders",
    "orders",
    "Share of the orders that have been shipped by now.",
    direction=UP,
    lowest=0,
    highest=1,
    synonyms=("shipping_rate",),
)
operations.add(
    "ship_hours_median",
    "Hours to ship, median",
    Unit.HOURS,
    Kind.QUANTILE,
    Quantile("ship_seconds", 1, 2),
    description="From the order to its first shipment, over orders with both clock times.",
    direction=DOWN,
)
operations.ratio(
    "hours_between_orders",
    "Hours between orders",
    Unit.HOURS,
    "o.span_seconds",
    "o.gaps",
    "Mean gap from one order to the next; null under two orders.",
    direction=DOWN,
)

payments = Declarations(Family.PAYMENTS)

payments.add(
    "primary_payment_method",
    "Main payment method",
    Unit.TEXT,
    Kind.MODE,
    Mode("payment_method"),
    description="The way of paying that most orders used; orders that name none are left out.",
)
payments.count(
    "payment_methods",
    "Payment methods used",
    "d.payment_methods",
    "Different ways of paying among the orders.",
)
payments.add(
    "payment_method_diversity",
    "Payment diversity",
    Unit.SHARE,
    Kind.DERIVED,
    Diversity("payment_method"),
    description="Chance that two orders were paid in different ways; 0 when there is one way.",
    lowest=0,
    highest=1,
)

patterns = Declarations(Family.TIME)

for name, label, code, about in (
    ("peak_hour", "Busiest hour", "hour", "Local hour, 0 to 23, with most orders."),
    ("peak_weekday", "Busiest weekday", "weekday", "ISO weekday, 1 = Monday, with most orders."),
    ("peak_month", "Busiest month", "month", "Month with most orders; telling from a quarter up."),
):
    patterns.add(name, label, Unit.INT, Kind.MODE, Mode(code), description=about)
patterns.add(
    "seasonality_index",
    "Seasonality index",
    Unit.MULTIPLE,
    Kind.RATIO,
    Estimate(
        "seasonality",
        "(sales_after_discounts ÷ elapsed_days) ÷ "
        "(sales_after_discounts of the 365 days to the last one ÷ 365)",
        ("sales_after_discounts",),
    ),
    description="Sales a day against those of the last 365 days; 1 is an ordinary time. Unknown "
    "for calendar years, and within a year of the first sale.",
    lowest=0,
)

METRICS = (*basket.metrics, *operations.metrics, *payments.metrics, *patterns.metrics)

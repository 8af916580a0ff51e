"""Inventory: what is on the shelf, what it is worth, and how long it lasts.

Stock is known of the days on which it was looked at and of a week after each. A day that nobody
looked at is unknown, and never filled from today.
"""

from engine.metrics.catalogue.declare import DOWN, UP, Declarations
from engine.metrics.model import ALL_LEVELS, Estimate, Family, Kind, Unit, linear

inventory = Declarations(Family.INVENTORY)

inventory.count(
    "closing_stock",
    "Closing stock",
    "s.stock",
    "Pieces of enabled offers on the last day, as seen at most 7 days before.",
    kind=Kind.SNAPSHOT,
    adds_over_entities=True,
    synonyms=("stock_on_hand",),
)
inventory.money(
    "stock_value",
    "Stock value",
    "s.stock_value",
    "Closing stock at unit cost, in the region of all other countries and the month in which it "
    "was seen. Stock of SKUs without a cost is left out.",
    kind=Kind.SNAPSHOT,
    adds_over_time=(),
    lowest=0,
)
inventory.ratio(
    "average_stock_value",
    "Average stock value",
    Unit.MONEY,
    "s.stock_value_total",
    "s.stock_value_days",
    "Mean of the daily stock value over the days on which it is known; unknown unless that is half "
    "of the days begun.",
)
inventory.count(
    "active_offers",
    "Active offers",
    "s.offers",
    "Enabled variations on the last day.",
    kind=Kind.SNAPSHOT,
    adds_over_entities=True,
    synonyms=("active_variants",),
)
inventory.ratio(
    "offer_price_average",
    "Average asking price",
    Unit.MONEY,
    "s.prices",
    "active_offers",
    "Mean price of the enabled variations on the last day.",
)
inventory.money(
    "offer_price_range",
    "Range of asking prices",
    "s.highest_price − s.lowest_price",
    "Highest less lowest price of the enabled variations on the last day.",
    kind=Kind.SNAPSHOT,
    adds_over_entities=False,
    adds_over_time=(),
    lowest=0,
)
inventory.add(
    "stock_turnover",
    "Stock turnover",
    Unit.MULTIPLE,
    Kind.DERIVED,
    Estimate(
        "stock_turnover",
        "cost of goods sold ÷ average stock value, from unrounded parts",
        ("l.cogs", "s.stock_value_total", "s.stock_value_days"),
    ),
    description="How often the average stock was sold in the period; not annualised, goods that "
    "came back aside.",
    direction=UP,
)
inventory.ratio(
    "sell_through",
    "Sell-through",
    Unit.SHARE,
    "units_sold",
    "units_sold + closing_stock",
    "Pieces sold over pieces sold and still there.",
    direction=UP,
    lowest=0,
    highest=1,
)
inventory.add(
    "days_of_stock",
    "Days of stock",
    Unit.DAYS,
    Kind.DERIVED,
    Estimate(
        "days_of_stock",
        "closing stock ÷ pieces sold a day in the 28 days to the last one",
        ("closing_stock", "s.units_28"),
    ),
    description="How long the stock lasts at the pace of the last four weeks: 0 without stock, "
    "unknown if nothing was sold.",
)
inventory.add(
    "stockout_days",
    "Stock-out SKU-days",
    Unit.COUNT,
    Kind.SUM,
    linear("f.stockouts"),
    description="Variations × days on which they were for sale with nothing on the shelf.",
    adds_over_entities=True,
    adds_over_time=ALL_LEVELS,
    direction=DOWN,
    lowest=0,
)
inventory.add(
    "stockout_risk",
    "Stock-out risk",
    Unit.SHARE,
    Kind.DERIVED,
    Estimate(
        "stockout_risk",
        "1 without stock, else P(Poisson(pieces a day in the 56 days to the last one × days until "
        "new stock comes) > closing stock)",
    ),
    description="Chance that a SKU runs out before new stock comes (RESTOCK_DAYS). A listing and "
    "the shop have the mean of the SKUs that they sold in those 56 days, by the pieces sold. "
    "Unknown until 28 days after a SKU's first sale.",
    direction=DOWN,
    lowest=0,
    highest=1,
)

METRICS = tuple(inventory.metrics)

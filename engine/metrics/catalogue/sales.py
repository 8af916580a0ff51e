"""Sales: what was sold and what the shop earned from it, before any cost."""

from engine.metrics.catalogue.declare import UP, Declarations
from engine.metrics.model import LISTING, PRODUCT, Estimate, Family, Kind, Unit

sales = Declarations(Family.SALES)

sales.money(
    "gross_merchandise_sales",
    "Gross merchandise sales",
    "l.value",
    "Goods sold at list value: before discount, without shipping and tax.",
    direction=UP,
    synonyms=("gms", "gross_sales"),
)
sales.money(
    "sales_after_discounts",
    "Sales after discounts",
    "gross_merchandise_sales − discounts",
    "Order value: goods less the shop's own discounts. Always by order day.",
    direction=UP,
)
sales.money(
    "net_sales",
    "Net sales",
    "sales_after_discounts − returns_value",
    "Sales after discounts less the merchandise part of refunds.",
    direction=UP,
    synonyms=("product_revenue",),
)
sales.money(
    "shipping_income",
    "Shipping income",
    "l.shipping − l.shipping_refunded",
    "Shipping charged to buyers, less what was refunded of it.",
    synonyms=("shipping_charged", "shipping_revenue"),
)
sales.money(
    "gift_wrap_income",
    "Gift wrap income",
    "l.gift_wrap − l.gift_wrap_refunded",
    "Gift wrap charged, less what was refunded of it.",
)
sales.money(
    "net_revenue",
    "Net revenue",
    "net_sales + shipping_income + gift_wrap_income − refund_excess",
    "What the shop earned before any cost. The denominator of every margin.",
    direction=UP,
    synonyms=("net_revenue_after_refunds",),
)
sales.money(
    "sales_tax_collected",
    "Sales tax collected",
    "l.sales_tax − l.sales_tax_refunded",
    "Sales tax that passes through the shop; part of no revenue and no margin.",
)
sales.money(
    "vat_collected",
    "VAT collected",
    "l.vat − l.vat_refunded",
    "VAT that passes through the shop; part of no revenue and no margin.",
)
sales.money(
    "order_totals",
    "Paid by buyers",
    "l.paid",
    "All that buyers paid, with tax, before refunds. Not the shop's revenue.",
    synonyms=("gross_revenue", "total_revenue"),
)
sales.units(
    "units_sold",
    "Units sold",
    "l.quantity",
    "Pieces sold in counted orders.",
    direction=UP,
    synonyms=("units", "items", "quantity"),
)
sales.ratio(
    "average_unit_price",
    "Average unit price",
    Unit.MONEY,
    "sales_after_discounts",
    "units_sold",
    "What a piece sold for after discounts.",
    synonyms=("revenue_per_item",),
)
sales.ratio(
    "sales_per_day",
    "Sales per day",
    Unit.MONEY,
    "sales_after_discounts",
    "elapsed_days",
    "Over the days that have begun, not over days with sales.",
    direction=UP,
)
sales.add(
    "price_elasticity",
    "Price elasticity",
    Unit.MULTIPLE,
    Kind.DERIVED,
    Estimate(
        "price_elasticity",
        "b₁ of ln units = b₀ + b₁ · ln price + b₂ · week, least squares over the whole ISO weeks "
        "with sales in the 364 days to the last one",
    ),
    description="By how many per cent units change with each per cent of price; the price is sales "
    "after discounts over units, logarithms have seven decimals. Unknown under 20 such weeks or 3 "
    "different prices, or where the price leaves its own trend by less than 5 %. At a listing the "
    "mix of its SKUs blurs it.",
    levels=(LISTING, PRODUCT),
)

METRICS = tuple(sales.metrics)

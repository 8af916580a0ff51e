"""Discounts and refunds: what was taken off the price, and what was given back."""

from engine.metrics.catalogue.declare import DOWN, Declarations
from engine.metrics.model import ALL_LEVELS, Family, Unit

refunds = Declarations(Family.REFUNDS)

refunds.money(
    "discounts",
    "Discounts",
    "l.discount",
    "Coupons and sales given by the shop; free shipping is not in it.",
)
refunds.ratio(
    "discount_rate",
    "Discount rate",
    Unit.SHARE,
    "discounts",
    "gross_merchandise_sales",
    "Share of the list value that was given away.",
    direction=DOWN,
    lowest=0,
    highest=1,
)
refunds.money(
    "returns_value",
    "Returns",
    "l.returns_value",
    "Merchandise part of refunds, on the refund's day unless order day is asked for.",
    direction=DOWN,
)
refunds.money(
    "returns_value_by_order_day",
    "Returns of these orders",
    "l.returns_value_by_order_day",
    "The same refunds on the day of their order, whatever dating is asked for.",
    direction=DOWN,
)
refunds.money(
    "refund_excess",
    "Refunded beyond payment",
    "l.refund_excess",
    "Refunded on top of all that the buyer had paid: goodwill, a real loss.",
    direction=DOWN,
)
refunds.money(
    "refunds_total",
    "Refunded to buyers",
    "l.refund_amount",
    "All money that went back, with shipping and tax: the bank's side.",
    direction=DOWN,
)
refunds.count(
    "refund_count",
    "Refunds",
    "o.refunds",
    "Number of refunds; two of one order are two.",
    adds_over_time=ALL_LEVELS,
    direction=DOWN,
)
refunds.count(
    "refunded_orders",
    "Refunded orders",
    "d.refunded_orders",
    "Orders with a refund in the period; two refunds of an order count once.",
    direction=DOWN,
)
refunds.ratio(
    "order_refund_share",
    "Orders refunded so far",
    Unit.SHARE,
    "o.refunded_so_far",
    "orders",
    "Share of the orders placed in the period that have a refund by now. It grows with time.",
    direction=DOWN,
    lowest=0,
    highest=1,
)
refunds.ratio(
    "refund_rate_value",
    "Refund rate by value",
    Unit.SHARE,
    "returns_value",
    "sales_after_discounts",
    "Returns over sales. By refund day it can exceed 1.",
    direction=DOWN,
    synonyms=("refund_rate",),
)
refunds.ratio(
    "refund_rate_orders",
    "Refund rate by orders",
    Unit.SHARE,
    "refunded_orders",
    "orders",
    "Refunded orders over orders placed. By refund day it can exceed 1.",
    direction=DOWN,
)
refunds.units(
    "units_returned",
    "Units returned",
    "l.quantity_returned",
    "Pieces given back in full; a price concession returns none.",
    direction=DOWN,
)
refunds.ratio(
    "unit_return_rate",
    "Unit return rate",
    Unit.SHARE,
    "units_returned",
    "units_sold",
    "Pieces returned over pieces sold. By refund day it can exceed 1.",
    direction=DOWN,
    synonyms=("return_rate",),
)

METRICS = tuple(refunds.metrics)

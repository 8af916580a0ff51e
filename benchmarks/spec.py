"""The 47 columns that every engine of the benchmarks computes, declared once, as data.

A row of an answer is one entity × one period with an order. Every value is an integer: money in
minor units, shares and multiples in millionths, hours and daily rates in hundredths. An order's
amounts at an entity are the sums of its lines there.
"""

from __future__ import annotations

from dataclasses import dataclass

SUMS = (
    "value",
    "discount",
    "shipping",
    "gift_wrap",
    "sales_tax",
    "quantity",
    "cogs",
    "postage",
    "duty",
    "transaction_fees",
    "processing_fees",
    "listing_fees",
    "vat_on_fees",
)
FEES = ("transaction_fees", "processing_fees", "listing_fees", "vat_on_fees")
# orders; those of guests; known customers, those whose first order ever lies in the period, those
# whose second one lies in it or before; ways of paying; SKUs.
COUNTS = (
    "orders",
    "guest_orders",
    "customers",
    "new_customers",
    "repeat_customers",
    "payment_methods",
    "skus_sold",
)
# Of the orders' value − discount: (numerator, denominator) of the quantile, linear interpolation,
# rounded half up. The smallest and the largest are the ends.
QUANTILES = {
    "order_value_min": (0, 1),
    "order_value_p25": (1, 4),
    "order_value_median": (1, 2),
    "order_value_p75": (3, 4),
    "order_value_max": (1, 1),
}
STD = "order_value_std"  # population, rounded half up
MODES = ("payment", "hour", "weekday", "month")  # of the orders; of equals the smallest code

Terms = tuple[tuple[int, str], ...]


def _plus(*names: str) -> Terms:
    return tuple((1, name) for name in names)


def _minus(*names: str) -> Terms:
    return tuple((-1, name) for name in names)


_SALES: Terms = ((1, "value"), (-1, "discount"))
_REVENUE: Terms = (*_SALES, *_plus("shipping", "gift_wrap"))
_GROSS: Terms = (*_REVENUE, *_minus("cogs"))
_CONTRIBUTION: Terms = (*_GROSS, *_minus("postage", "duty", *FEES))
DERIVED: dict[str, Terms] = {
    "sales_after_discounts": _SALES,
    "net_revenue": _REVENUE,
    "gross_profit": _GROSS,
    "contribution": _CONTRIBUTION,
}
SHARE, HUNDREDTHS = 1_000_000, 100


@dataclass(frozen=True, slots=True)
class Quotient:
    """scale × over ÷ under, rounded half away from zero; null where `under` is not above 0."""

    scale: int
    over: Terms
    under: Terms


# `days` are those of the period that have begun; `span_seconds` lie between the first and the last
# order, `gaps` are one less than the orders.
RATIOS: dict[str, Quotient] = {
    "average_order_value": Quotient(1, _SALES, _plus("orders")),
    "average_unit_price": Quotient(1, _SALES, _plus("quantity")),
    "average_unit_cost": Quotient(1, _plus("cogs"), _plus("quantity")),
    "units_per_order": Quotient(SHARE, _plus("quantity"), _plus("orders")),
    "discount_rate": Quotient(SHARE, _plus("discount"), _plus("value")),
    "gross_margin": Quotient(SHARE, _GROSS, _REVENUE),
    "contribution_margin": Quotient(SHARE, _CONTRIBUTION, _REVENUE),
    "fee_rate": Quotient(SHARE, _plus(*FEES), _REVENUE),
    "repeat_rate": Quotient(SHARE, _plus("repeat_customers"), _plus("customers")),
    "sales_per_day": Quotient(1, _SALES, _plus("days")),
    "orders_per_day": Quotient(SHARE, _plus("orders"), _plus("days")),
    "units_per_day": Quotient(SHARE, _plus("quantity"), _plus("days")),
    "hours_between_orders": Quotient(HUNDREDTHS, _plus("span_seconds"), _plus("gap_seconds")),
}
COLUMNS = (
    *SUMS,
    *COUNTS,
    *QUANTILES,
    STD,
    *(f"{code}_mode" for code in MODES),
    *DERIVED,
    *RATIOS,
)
HELPERS = ("days", "span_seconds", "gap_seconds")  # gap_seconds = 3600 × gaps: for hours
NULL = -(2**62)
# Engines that sum squares as floats may round a spread the other way.
TOLERANCE = {STD: 1}
LEVELS = ("shop", "listing", "product")
ENTITY = {"shop": None, "listing": "listing", "product": "sku"}

assert len(COLUMNS) == 47, len(COLUMNS)

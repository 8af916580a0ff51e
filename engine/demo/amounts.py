"""The money of each demo order and its true share of every line, in minor units of the shop.

The marketplace states some shares on the lines and leaves others out. Where it states them they are
the truth, drawn by a rule of their own; where it does not, the truth is the largest remainder by
value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demo.baskets import Lines
from engine.demo.countries import COUNTRIES, Country
from engine.demo.customers import Buyers
from engine.demo.draws import BoolArray, Draws
from engine.demo.shares import first_lines, split, totals
from engine.demo.sizes import ShopPlan
from engine.money import MILLION, Int64Array, round_div

_COUPON_PPM, _FREE_SHIPPING_PPM, _STATED_PPM = 200_000, 150_000, 600_000
_TAXED_PPM, _WRAPPED_PPM, _GIFT_PPM = 880_000, 30_000, 40_000
# Code, share of the goods in per mille, amount in US cents, weight.
COUPONS = (
    ("SPRING10", 100, 0, 8),
    ("WELCOME15", 150, 0, 5),
    ("THANKS20", 200, 0, 2),
    ("FIVEOFF", 0, 500, 3),
    ("BESTFRIEND", 1_000, 0, 0),
)
_WHOLE_COUPON = 4
_FREE_SHIPPING_CODE = "FREESHIP"
COUPON_CODES = (*(code for code, *_ in COUPONS), _FREE_SHIPPING_CODE)
_STATE_TAX = (0, 40_000, 52_500, 60_000, 62_500, 70_000, 72_500, 82_500, 88_750, 95_000)
_PLANTED_TAX = 80_000
_US = 0  # index into COUNTRIES
# US cents of shipping for the first unit by region, and for each further one.
_SHIPPING = {"US": (595, 250), "EU": (795, 250), "AU": (1_395, 450), "far": (1_295, 350)}
_GIFT_WRAP_CENTS, _VAT_LIMIT_CENTS = 350, 15_000


@dataclass(frozen=True, slots=True)
class Amounts:
    """Order columns (int64[orders]), then line columns (int64[lines]) that sum to them."""

    value: Int64Array
    discount: Int64Array
    shipping: Int64Array
    shipping_discount: Int64Array
    gift_wrap: Int64Array
    tax: Int64Array
    vat: Int64Array
    unbooked: Int64Array
    coupon: Int64Array  # index into COUPON_CODES, −1 = none
    is_gift: BoolArray
    states_coupon: BoolArray
    states_shipping: BoolArray
    states_tax: BoolArray
    line_discount: Int64Array
    line_shipping: Int64Array
    line_gift_wrap: Int64Array
    line_tax: Int64Array
    line_vat: Int64Array
    line_unbooked: Int64Array

    @property
    def paid(self) -> Int64Array:
        """What the buyer paid for the order."""
        income = self.value - self.discount + self.shipping + self.gift_wrap
        return income + self.tax + self.vat + self.unbooked

    @property
    def base(self) -> Int64Array:
        """What the seller earned: goods after discount, shipping and gift wrap."""
        return self.value - self.discount + self.shipping + self.gift_wrap


def draw_amounts(
    shop: ShopPlan, lines: Lines, buyers: Buyers, roles: dict[str, int], draws: Draws
) -> Amounts:
    """Return the amounts of all orders and lines."""
    orders = len(buyers.country)
    value = totals(lines.value, lines.order, orders)
    first = first_lines(lines.order)
    cuts = _discounts(shop, lines, value, first, roles, draws)
    discount, line_discount, coupon, states_coupon = cuts
    free = draws.chance(_FREE_SHIPPING_PPM, orders)
    free[roles["zero_total"]] = True
    full, line_full = _shipping(shop, lines, buyers, first)
    states_shipping = draws.chance(_STATED_PPM, orders)
    shipping = np.where(free, 0, full)
    line_shipping = np.where(
        states_shipping[lines.order],
        np.where(free[lines.order], 0, line_full),
        split(shipping, lines.value, lines.order),
    )
    taxable = lines.value - line_discount + line_shipping
    tax, line_tax, states_tax = _sales_tax(lines, taxable, buyers, roles, draws)
    vat = _vat(shop, totals(taxable, lines.order, orders), value - discount, buyers)
    wrapped = draws.chance(_WRAPPED_PPM, orders)
    wrapped[roles["zero_total"]] = False
    wrapped[[roles["gift_wrap"], roles["refund_in_two_parts"]]] = True
    gift_wrap = np.where(wrapped, shop.price(_GIFT_WRAP_CENTS), 0)
    unbooked = np.zeros(orders, np.int64)
    hidden = roles["tax_only_in_total"]
    unbooked[hidden], tax[hidden], line_tax[first[hidden]] = tax[hidden], 0, 0
    coupon = np.where(free & (full > 0) & (coupon < 0), len(COUPONS), coupon)
    return Amounts(
        value=value,
        discount=discount,
        shipping=shipping,
        shipping_discount=np.where(free, full, 0),
        gift_wrap=gift_wrap,
        tax=tax,
        vat=vat,
        unbooked=unbooked,
        coupon=coupon,
        is_gift=wrapped | draws.chance(_GIFT_PPM, orders),
        states_coupon=states_coupon,
        states_shipping=states_shipping,
        states_tax=states_tax,
        line_discount=line_discount,
        line_shipping=line_shipping,
        line_gift_wrap=split(gift_wrap, lines.value, lines.order),
        line_tax=line_tax,
        line_vat=split(vat, lines.value, lines.order),
        line_unbooked=split(unbooked, lines.value, lines.order),
    )


def _discounts(
    shop: ShopPlan,
    lines: Lines,
    value: Int64Array,
    first: Int64Array,
    roles: dict[str, int],
    draws: Draws,
) -> tuple[Int64Array, Int64Array, Int64Array, BoolArray]:
    """Return the discount of orders and lines, the coupon, and whether the lines state it."""
    orders = len(value)
    coupon = draws.weighted([weight for *_, weight in COUPONS], orders)
    coupon = np.where(draws.chance(_COUPON_PPM, orders), coupon, -1)
    stated = draws.chance(_STATED_PPM, orders)
    coupon[roles["zero_total"]] = _WHOLE_COUPON
    coupon[roles["coupon_on_one_line"]], stated[roles["coupon_on_one_line"]] = 3, True
    for role in ("free_line", "refund_above_item", "refund_of_one_line"):
        coupon[roles[role]] = -1
    permille = np.array([share for _, share, _, _ in COUPONS] + [0], np.int64)[coupon]
    fixed = np.array([shop.price(cents) for _, _, cents, _ in COUPONS] + [0], np.int64)[coupon]
    discount = np.minimum(round_div(value * permille, 1_000) + fixed, value)
    by_value = split(discount, lines.value, lines.order)
    # Stated shares are rounded down and the first line bears the rest.
    whole = np.maximum(value, 1)[lines.order]
    own = lines.value * discount[lines.order] // whole
    one = roles["coupon_on_one_line"]
    own[first[one] : first[one] + 2] = 0
    own[first] += discount - totals(own, lines.order, orders)
    return discount, np.where(stated[lines.order], own, by_value), coupon, stated


def _shipping(
    shop: ShopPlan, lines: Lines, buyers: Buyers, first: Int64Array
) -> tuple[Int64Array, Int64Array]:
    """Return the full shipping charge of orders and lines: a first unit, then further ones."""
    orders = len(buyers.country)
    rates = np.array(
        [[shop.price(cents) for cents in _rate(c)] for c in (*COUNTRIES, None)], np.int64
    )
    base, further = rates[buyers.country][:, 0], rates[buyers.country][:, 1]
    units = np.where(lines.is_digital, 0, lines.quantity)
    line_full = units * further[lines.order]
    bearing = np.flatnonzero(~lines.is_digital)
    bearing = bearing[np.diff(lines.order[bearing], prepend=-1) > 0]  # first physical line
    line_full[bearing] += (base - further)[lines.order[bearing]]
    return totals(line_full, lines.order, orders), line_full


def _rate(country: Country | None) -> tuple[int, int]:
    if country is None or country.region == "US":
        return _SHIPPING["US" if country is not None and country.code == "US" else "far"]
    return _SHIPPING[country.region]


def _sales_tax(
    lines: Lines, taxable: Int64Array, buyers: Buyers, roles: dict[str, int], draws: Draws
) -> tuple[Int64Array, Int64Array, BoolArray]:
    """Return the sales tax of orders and lines; stated ones are rounded line by line."""
    orders = len(buyers.country)
    ppm = np.array(_STATE_TAX, np.int64)[draws.below(len(_STATE_TAX), orders)]
    is_taxed = draws.chance(_TAXED_PPM, orders) & (buyers.country == _US)
    ppm = np.where(is_taxed, ppm, 0)
    for role in (
        "tax_only_in_total",
        "refund_of_tax_alone",
        "refund_above_revenue",
        "refund_of_one_line",
    ):
        ppm[roles[role]] = _PLANTED_TAX
    line_tax = round_div(taxable * ppm[lines.order], MILLION)
    tax = totals(line_tax, lines.order, orders)
    stated = draws.chance(_STATED_PPM, orders)
    by_value = split(tax, lines.value, lines.order)
    return tax, np.where(stated[lines.order], line_tax, by_value), stated


def _vat(shop: ShopPlan, taxable: Int64Array, goods: Int64Array, buyers: Buyers) -> Int64Array:
    """Return the VAT that the marketplace collects on small parcels into some countries."""
    ppm = np.array([c.vat_ppm for c in COUNTRIES] + [0], np.int64)[buyers.country]
    small = goods <= shop.price(_VAT_LIMIT_CENTS)
    return np.where(small, round_div(taxable * ppm, MILLION), 0)

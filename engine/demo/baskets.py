"""What is in each demo order: one row = one order line, ascending by order.

The SKU of a line is kept as the marketplace wrote it, and beside it the SKU that it truly is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demo.calendar_days import Days
from engine.demo.catalogue import NO_SKU, Catalogue
from engine.demo.draws import BoolArray, Draws
from engine.demo.planted import ROLES, has_two_lines
from engine.demo.shares import first_lines
from engine.money import Int64Array

_LINES_AN_ORDER = (780, 160, 45, 15)  # 1.3 lines on average
_QUANTITIES = (880, 90, 20, 10)
_KNOWN_FROM_START = 70  # per cent of the listings; the others are launched later
_LAUNCHED_BY = 80  # per cent of the span after which the last listing is there
_RENAMED_SKU = 8  # was written in small letters until the middle of a month


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of all orders. `written` codes the SKU texts in `texts`, −1 = none."""

    order: Int64Array
    product: Int64Array
    quantity: Int64Array
    price: Int64Array  # of one unit, minor units
    sku: Int64Array  # index into `names`, −1 = belongs to no SKU
    written: Int64Array
    texts: tuple[str, ...]
    names: tuple[str, ...]  # SKUs as reports name them
    is_digital: BoolArray

    def __len__(self) -> int:
        return len(self.order)

    @property
    def value(self) -> Int64Array:
        """Price × quantity, minor units."""
        return self.price * self.quantity


def launch_days(catalogue: Catalogue, days: Days) -> Int64Array:
    """Return the day on which each listing was put up; 0 = it was there before."""
    count = len(catalogue.listings)
    first_new = count * _KNOWN_FROM_START // 100
    number = np.arange(count, dtype=np.int64) - first_new
    launched = number * len(days) * _LAUNCHED_BY // (100 * max(count - first_new, 1))
    planted = np.array([bool(listing.role) for listing in catalogue.listings])
    return np.where(planted, 0, np.maximum(launched, 0))


def draw_lines(
    catalogue: Catalogue, days: Days, day: Int64Array, roles: dict[str, int], draws: Draws
) -> Lines:
    """Return the lines of the orders placed on the days `day`; planted orders get theirs."""
    counts = 1 + draws.weighted(_LINES_AN_ORDER, len(day))
    for role, place in roles.items():
        counts[place] = 2 if has_two_lines(role) else 1
    order = np.repeat(np.arange(len(day), dtype=np.int64), counts)
    product = _launched(
        catalogue, days, draws.weighted(catalogue.popularity, len(order)), day[order]
    )
    quantity = 1 + draws.weighted(_QUANTITIES, len(order))
    first = first_lines(order)
    _plant_products(catalogue, roles, first, product, quantity)
    price = catalogue.price_of(product, days.year[day[order]])
    price[first[roles["free_line"]] + 1] = 0
    sku, written, texts, names = _skus(catalogue, product, days, day[order], roles, first)
    is_digital = np.array([k.kind.cost_permille == 0 for k in catalogue.listings])
    return Lines(
        order,
        product,
        quantity,
        price,
        sku,
        written,
        texts,
        names,
        is_digital[catalogue.listing_of[product]],
    )


def _launched(catalogue: Catalogue, days: Days, product: Int64Array, day: Int64Array) -> Int64Array:
    """Replace products of listings that are not up yet by the first product of an old listing."""
    too_early = launch_days(catalogue, days)[catalogue.listing_of[product]] > day
    oldest = max(1, len(catalogue.listings) * _KNOWN_FROM_START // 100)
    return np.where(too_early, catalogue.first_products[product % oldest], product)


def _plant_products(
    catalogue: Catalogue,
    roles: dict[str, int],
    first: Int64Array,
    product: Int64Array,
    quantity: Int64Array,
) -> None:
    """Give the planted orders their goods; the arrays are changed in place."""
    for number, role in enumerate(ROLES):
        line = first[roles[role]]
        lines = slice(line, line + (2 if has_two_lines(role) else 1))
        product[lines] = np.arange(number, number + 2)[: lines.stop - lines.start]
        quantity[lines] = 1
    custom, digital = catalogue.product_of("custom"), catalogue.product_of("digital")
    shared = len(catalogue.products) - 2  # the second listing of the first SKU, see catalogue
    product[first[roles["null_sku_beside_sku"]] + 1] = custom
    product[first[roles["custom_order"]]] = custom
    product[first[roles["digital_beside_physical"]] + 1] = digital
    product[first[roles["digital_alone"]]] = digital
    product[first[roles["same_sku_twice"]] + 1] = product[first[roles["same_sku_twice"]]]
    product[first[roles["listing_deleted_later"]]] = len(catalogue.products) - 1
    product[first[roles["shared_sku"]]] = shared
    quantity[first[roles["gift_wrap"]]] = 3


def _skus(
    catalogue: Catalogue,
    product: Int64Array,
    days: Days,
    day: Int64Array,
    roles: dict[str, int],
    first: Int64Array,
) -> tuple[Int64Array, Int64Array, tuple[str, ...], tuple[str, ...]]:
    """Return each line's true SKU and the one written, with the texts of both."""
    names = [sku.name for sku in catalogue.skus]
    texts = list(names)
    sku = catalogue.sku_of[product]
    written = sku.copy()
    for number, one in enumerate(catalogue.products):
        if one.marker:
            texts.append(one.marker + names[one.sku])
            written[product == number] = len(texts) - 1
    # Small letters are another SKU in reports, though its costs are the same.
    middle = len(days) // 2
    renamed = (sku == catalogue.sku_of[_RENAMED_SKU]) & (day < middle)
    names.append(names[int(catalogue.sku_of[_RENAMED_SKU])].lower())
    texts.append(names[-1])
    sku, written = (
        np.where(renamed, len(names) - 1, sku),
        np.where(renamed, len(texts) - 1, written),
    )
    spaced = first[roles["sku_with_spaces"]]
    texts.append(f"  {names[int(sku[spaced])]} ")
    written[spaced] = len(texts) - 1
    written[first[roles["sku_from_product"]]] = NO_SKU
    return sku, written, tuple(texts), tuple(names)

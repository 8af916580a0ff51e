"""Rows of orders and of what they consist of: lines, refunds, parcels."""

from __future__ import annotations

import numpy as np

from engine.demo.amounts import COUPON_CODES
from engine.demo.catalogue import Catalogue
from engine.demo.fulfilment import CARRIERS, NOT_SHIPPED
from engine.demo.refunds import NO_LINE, NO_ORDER, REASONS, STATUSES, SUCCESS, UNKNOWN
from engine.demo.shop import DemoShop
from engine.demo.sizes import SECOND_DIGITS
from engine.demo.tables import (
    Column,
    Table,
    bigint,
    boolean,
    integer,
    number,
    same,
    text,
    timestamp,
    word,
)
from engine.money import Int64Array

_STATUSES = (
    "Completed",
    "Paid",
    "Fully Refunded",
    "Partially Refunded",
    "Canceled",
    "Payment Processing",
    "Open",
    "  cOMPLETED ",
    "delivered",
    "on hold",
    "cancelled",
)
_COMPLETED, _PAID, _FULLY, _PARTIALLY, _CANCELED, _PROCESSING, _OPEN = range(7)
_PLANTED_STATUS = {
    "status_blank": -1,
    "status_spelled": 7,
    "status_synonym": 8,
    "status_unknown_paid": 9,
    "status_unknown_unpaid": 9,
    "status_open": 6,
    "cancelled_paid": 4,
    "cancelled_british": 10,
    "refunded_without_row": 2,
}
_METHODS = ("cc", "paypal", "apple_pay", "google_pay", "klarna", "other")
_METHOD_SHARES = np.array([0] * 11 + [1] * 4 + [2] * 2 + [3, 4, 5], np.int64)
_REFUND_IDS, _SHIPMENT_IDS, _ROW_IDS_A_SHOP = 880_000_001, 550_000_001, 100_000_000


def money_of(shop: DemoShop, order: Int64Array, divisor: str, currency: str) -> dict[str, Column]:
    """Return the divisor and currency columns of amounts of some orders, −1 = no order."""
    plan = shop.plan
    second = np.append(shop.is_second, False)[order].astype(np.int64)
    divisors = np.array([plan.divisor, 10**SECOND_DIGITS], np.int64)
    return {
        divisor: integer(divisors[second]),
        currency: text(second, (plan.currency, plan.second_currency)),
    }


def order_rows(shop: DemoShop) -> Table:
    """Return the rows of `orders`."""
    amounts, count = shop.amounts, len(shop.order_id)
    plan = shop.plan
    columns = {
        "order_id": bigint(shop.order_id),
        "shop_id": bigint(same(plan.shop_id, count)),
        "created_timestamp": bigint(shop.seconds),
        "created_datetime": timestamp(shop.seconds),
        "buyer_user_id": bigint(shop.buyers.buyer_id, shop.buyers.is_guest),
    }
    money = (
        ("grand_total", "grand_total", amounts.paid),
        ("subtotal", "subtotal", amounts.value - amounts.discount),
        ("total_price", "total_price", amounts.value),
        ("total_shipping_cost", "shipping", amounts.shipping),
        ("total_tax_cost", "tax", amounts.tax),
        ("total_vat_cost", "vat", amounts.vat),
        ("discount_amt", "discount", amounts.discount),
        ("gift_wrap_price", "gift_wrap", amounts.gift_wrap),
    )
    for name, unit, values in money:
        columns[name] = bigint(values)
        every = np.arange(count)
        columns |= money_of(shop, every, f"{unit}_divisor", f"{unit}_currency_code")
    columns |= {
        "shipping_discount_amt": bigint(amounts.shipping_discount),
        "coupon_code": text(amounts.coupon, COUPON_CODES),
        "item_count": bigint(_item_count(shop)),
        "is_paid": boolean(shop.fulfilment.is_paid),
        "is_shipped": boolean(shop.fulfilment.shipped_at != NOT_SHIPPED),
        "is_gift": boolean(amounts.is_gift),
        "status": text(_status(shop), _STATUSES),
        "payment_method": text(_METHOD_SHARES[shop.order_id % 20], _METHODS),
        "country": text(shop.buyers.written, shop.buyers.texts),
    }
    return Table("orders", columns)


def _item_count(shop: DemoShop) -> Int64Array:
    items = np.zeros(len(shop.order_id), np.int64)
    np.add.at(items, shop.lines.order, shop.lines.quantity)
    return items


def _status(shop: DemoShop) -> Int64Array:
    refunds, fulfilment = shop.refunds, shop.fulfilment
    back = np.zeros(len(shop.order_id), np.int64)
    good = (refunds.order != NO_ORDER) & (refunds.status == SUCCESS) & (refunds.is_superseded == 0)
    np.add.at(back, refunds.order[good], refunds.amount[good])
    status = np.where(fulfilment.shipped_at != NOT_SHIPPED, _COMPLETED, _PAID)
    # Some partial refunds leave the status as it was.
    status = np.where((back > 0) & (shop.order_id % 5 > 0), _PARTIALLY, status)
    status = np.where((back > 0) & (back >= shop.amounts.paid), _FULLY, status)
    unpaid = np.where(shop.order_id % 2, _PROCESSING, _OPEN)
    status = np.where(fulfilment.is_paid, status, unpaid)
    status = np.where(fulfilment.is_cancelled, _CANCELED, status)
    for role, planted in _PLANTED_STATUS.items():
        status[shop.roles[role]] = planted
    return status


def line_rows(shop: DemoShop) -> Table:
    """Return the rows of `order_transactions`."""
    lines, amounts = shop.lines, shop.amounts
    count, order = len(lines), lines.order
    catalogue = shop.catalogue
    shipped = shop.fulfilment.shipped_at[order]
    columns: dict[str, Column] = {
        "order_id": bigint(shop.order_id[order]),
        "transaction_id": bigint(shop.line_id),
        "listing_id": bigint(catalogue.listing_ids[catalogue.listing_of[lines.product]]),
        "product_id": bigint(catalogue.product_ids[lines.product]),
        "sku": text(lines.written, lines.texts),
        "title": text(
            catalogue.listing_of[lines.product], [one.title for one in catalogue.listings]
        ),
        "quantity": integer(lines.quantity),
        "price": bigint(lines.price),
        **money_of(shop, order, "price_divisor", "currency_code"),
        "shipping_cost": bigint(amounts.line_shipping, ~amounts.states_shipping[order]),
        "tax_cost": bigint(amounts.line_tax, ~amounts.states_tax[order]),
        "shop_coupon_amt": bigint(amounts.line_discount, ~amounts.states_coupon[order]),
        "buyer_coupon_amt": bigint(same(0, count)),
        "is_digital": boolean(lines.is_digital),
        "paid_timestamp": bigint(shop.seconds[order], ~shop.fulfilment.is_paid[order]),
        "shipped_timestamp": bigint(shipped, (shipped == NOT_SHIPPED) | lines.is_digital),
        "variation_data": text(lines.product, _variations(catalogue)),
    }
    return Table("order_transactions", columns)


def _variations(catalogue: Catalogue) -> list[str]:
    """Return what the buyer chose, by product, as the marketplace writes it."""
    found = []
    for product in catalogue.products:
        sku = catalogue.skus[product.sku] if product.sku >= 0 else None
        chosen = [] if sku is None else [("Size", sku.size), ("Colour", sku.colour.title())]
        parts = [f'"{name}":"{value}"' for name, value in chosen if value]
        found.append("{" + ",".join(parts) + "}")
    return found


def refund_rows(shop: DemoShop) -> tuple[Table, Table]:
    """Return the rows of `order_refunds` and `order_refund_items`."""
    refunds, plan = shop.refunds, shop.plan
    count = len(refunds)
    base = (plan.shop_id - 1) * _ROW_IDS_A_SHOP
    row_id = base + 1 + np.arange(count, dtype=np.int64)
    unknown = refunds.order == NO_ORDER
    rows = Table(
        "order_refunds",
        {
            "id": bigint(row_id),
            "shop_id": bigint(same(plan.shop_id, count)),
            "order_id": bigint(shop.order_id[np.maximum(refunds.order, 0)], unknown),
            "refund_id": bigint(_REFUND_IDS + 3 * row_id),
            "amount": bigint(refunds.amount),
            **money_of(shop, refunds.order, "amount_divisor", "currency_code"),
            "tax_amount": bigint(refunds.tax, refunds.tax == UNKNOWN),
            "reason": text(refunds.reason, REASONS),
            "status": text(refunds.status, STATUSES),
            "created_timestamp": bigint(refunds.seconds, refunds.seconds == UNKNOWN),
            "is_superseded": boolean(refunds.is_superseded > 0),
        },
    )
    named = np.flatnonzero(refunds.line != NO_LINE)
    line = refunds.line[named]
    listing = shop.catalogue.listing_of[shop.lines.product[line]]
    items = Table(
        "order_refund_items",
        {
            "id": bigint(base + 1 + np.arange(len(named), dtype=np.int64)),
            "order_refund_id": bigint(row_id[named]),
            "transaction_id": bigint(shop.line_id[line], unknown[named]),
            "listing_id": bigint(shop.catalogue.listing_ids[listing]),
            "sku": text(shop.lines.written[line], shop.lines.texts),
            "quantity": integer(shop.lines.quantity[line]),
            "amount": bigint(refunds.item_amount[named]),
            **money_of(shop, refunds.order[named], "amount_divisor", "currency_code"),
            "kind": word("item", len(named)),
        },
    )
    return rows, items


def parcel_rows(shop: DemoShop) -> Table:
    """Return the rows of `order_shipments`."""
    parcels = shop.parcels
    count = len(parcels.order)
    base = _SHIPMENT_IDS + (shop.plan.shop_id - 1) * _ROW_IDS_A_SHOP
    return Table(
        "order_shipments",
        {
            "order_id": bigint(shop.order_id[parcels.order]),
            "shipment_id": bigint(base + np.arange(count, dtype=np.int64)),
            "carrier_name": text(parcels.carrier, CARRIERS),
            "tracking_code": number("TF", parcels.tracking),
            "shipped_timestamp": bigint(parcels.seconds),
        },
    )

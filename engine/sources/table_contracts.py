"""The columns that the engine reads from each source table, with their bounds.

$1 is the shop's id, $2 its currency. Buyers' names, mails and addresses are never selected.
"""

from __future__ import annotations

from engine.sources.contracts import (
    BOOL,
    INT,
    OF_SHOP,
    TEXT,
    Column,
    Contract,
    amount,
    seconds,
)
from engine.sources.listing_contracts import LISTING_CONTRACTS

# An order is in one currency, or in `XXX` when its amounts name several.
_ORDER_CURRENCIES = ", ".join(
    f"coalesce({column}_currency_code, $2)"
    for column in ("grand_total", "total_price", "shipping", "tax", "vat", "discount", "gift_wrap")
)

ORDERS = Contract(
    "orders",
    f"orders o WHERE {OF_SHOP}",
    "order_id",
    (
        Column("order_id", INT, required=True),
        seconds("seconds", "created_timestamp", required=True),
        Column("has_clock", BOOL, "coalesce(time_precision, 'second') <> 'day'", required=True),
        Column("customer_id", INT, "buyer_user_id"),
        Column(
            "currency",
            TEXT,
            f"CASE WHEN least({_ORDER_CURRENCIES}) = greatest({_ORDER_CURRENCIES}) "
            f"THEN least({_ORDER_CURRENCIES}) ELSE 'XXX' END",
            required=True,
        ),
        Column("status", TEXT),
        Column("payment_method", TEXT),
        Column("country", TEXT),
        Column("is_paid", BOOL, required=True),
        Column("is_shipped", BOOL, required=True),
        Column("is_gift", BOOL, "coalesce(is_gift, false)", required=True),
        Column("item_count", INT, "item_count::int8", required=True),
        amount("grand_total", "grand_total", "grand_total_divisor"),
        amount("subtotal", "subtotal", "subtotal_divisor"),
        amount("total_price", "total_price", "total_price_divisor"),
        amount("discount", "discount_amt", "discount_divisor"),
        amount("shipping", "total_shipping_cost", "shipping_divisor"),
        amount("gift_wrap", "gift_wrap_price", "gift_wrap_divisor"),
        amount("sales_tax", "total_tax_cost", "tax_divisor"),
        amount("vat", "total_vat_cost", "vat_divisor"),
    ),
)
LINES = Contract(
    "order_transactions",
    f"order_transactions t JOIN orders o USING (order_id) WHERE {OF_SHOP}",
    "line_id",
    (
        Column("order_id", INT, "t.order_id", required=True),
        Column("line_id", INT, "t.transaction_id", required=True),
        Column("listing_id", INT, "t.listing_id"),
        Column("product_id", INT, "t.product_id"),
        Column("sku", TEXT, "t.sku"),
        Column("quantity", INT, "t.quantity::int8", True, 1, 10**6, "a whole number from 1"),
        amount("price", "t.price", "t.price_divisor", required=True),
        Column("currency", TEXT, "coalesce(t.currency_code, $2)", required=True),
        amount("shipping", "t.shipping_cost", "t.price_divisor"),
        amount("tax", "t.tax_cost", "t.price_divisor"),
        amount("coupon", "t.shop_coupon_amt", "t.price_divisor"),
        Column("is_digital", BOOL, "coalesce(t.is_digital, false)", required=True),
        seconds("shipped_seconds", "t.shipped_timestamp"),
    ),
    alone="order_transactions t",
)
REFUNDS = Contract(
    "order_refunds",
    "order_refunds r LEFT JOIN orders o USING (order_id) "
    "WHERE coalesce(r.shop_id, o.shop_id, $1) = $1 AND NOT r.is_superseded",
    "row_id",
    (
        Column("row_id", INT, "r.id", required=True),
        Column("order_id", INT, "r.order_id"),
        Column("refund_id", INT, "r.refund_id"),
        amount("amount", "r.amount", "r.amount_divisor", required=True),
        amount("tax", "r.tax_amount", "r.amount_divisor"),
        Column("currency", TEXT, "coalesce(r.currency_code, $2)", required=True),
        Column("status", TEXT, "r.status"),
        Column("reason", TEXT, "r.reason"),
        seconds("seconds", "r.created_timestamp"),
    ),
)
REFUND_ITEMS = Contract(
    "order_refund_items",
    "order_refund_items i JOIN order_refunds r ON r.id = i.order_refund_id "
    "LEFT JOIN orders o USING (order_id) "
    "WHERE coalesce(r.shop_id, o.shop_id, $1) = $1 AND NOT r.is_superseded",
    "item_id",
    (
        Column("refund_row_id", INT, "i.order_refund_id", required=True),
        Column("item_id", INT, "i.id", required=True),
        Column("line_id", INT, "i.transaction_id"),
        Column("listing_id", INT, "i.listing_id"),
        Column("sku", TEXT, "i.sku"),
        Column("quantity", INT, "i.quantity::int8", lowest=0),
        amount(
            "amount",
            "(CASE WHEN coalesce(i.currency_code, $2) = coalesce(r.currency_code, $2) "
            "THEN i.amount ELSE 0 END)",
            "i.amount_divisor",
            required=True,
        ),
    ),
)
PRODUCTS = Contract(
    "listing_products",
    f"listing_products p JOIN listings o USING (listing_id) WHERE {OF_SHOP}",
    "product_id",
    (
        Column("product_id", INT, "p.product_id", required=True),
        Column("listing_id", INT, "p.listing_id", required=True),
        Column("sku", TEXT, "p.sku"),
    ),
)
LISTINGS = Contract(
    "listings",
    f"listings o WHERE {OF_SHOP}",
    "listing_id",
    (Column("listing_id", INT, required=True), Column("title", TEXT, required=True)),
)
ENTRIES = Contract(
    "ledger_entries",
    "ledger_entries o WHERE " + OF_SHOP + " AND NOT is_superseded",
    "entry_id",
    (
        Column("entry_id", INT, required=True),
        Column("kind", TEXT, "ledger_type", required=True),
        amount("amount", "amount", "amount_divisor", required=True),
        Column("currency", TEXT, required=True),
        seconds("seconds", "created_timestamp", required=True),
        # Read where it may be all that says what an entry refers to; elsewhere it is long and idle.
        Column(
            "description",
            TEXT,
            "CASE WHEN coalesce(nullif(order_id, 0), nullif(listing_id, 0),"
            " nullif(transaction_id, 0)) IS NULL THEN description END",
        ),
        Column("payment_id", INT, "related_payment_id"),
        Column("parent_entry_id", INT),
        Column("order_id", INT),
        Column("listing_id", INT),
        Column("line_id", INT, "transaction_id"),
        Column("reference_type", TEXT),
        Column("reference_id", INT),
        amount("balance", "balance", "amount_divisor"),
        Column("sequence", INT, "sequence_number"),
    ),
)
PAYMENTS = Contract(
    "order_payments",
    f"order_payments p JOIN orders o USING (order_id) WHERE {OF_SHOP}",
    "payment_id",
    (
        Column("payment_id", INT, "p.payment_id", required=True),
        Column("order_id", INT, "p.order_id", required=True),
        Column(
            "rank",
            INT,
            "(CASE p.source WHEN 'api' THEN 0 WHEN 'payments' THEN 1 ELSE 2 END)::int8",
            required=True,
        ),
        Column("listing_currency", TEXT, "p.listing_currency_code"),
        Column("account_currency", TEXT, "p.currency_code", required=True),
        # What no currency is worth is no rate: then the table of rates answers.
        Column(
            "rate",
            INT,
            "(CASE WHEN p.exchange_rate BETWEEN 0 AND 1000000 "
            "THEN p.exchange_rate * 100000000 END)::int8",
        ),
    ),
    alone="order_payments p",
)
TRACKING = Contract(
    "order_shipments (tracking codes)",
    f"order_shipments s JOIN orders o USING (order_id) WHERE {OF_SHOP}",
    "order_id",
    (
        Column("order_id", INT, "s.order_id", required=True),
        # A word without a digit, such as "none", is no code: its orders are parcels of their own.
        Column(
            "tracking_code",
            TEXT,
            r"CASE WHEN s.tracking_code ~ '\d' "
            r"THEN upper(regexp_replace(s.tracking_code, '\s', '', 'g')) END",
        ),
        Column("carrier", TEXT, "s.carrier_name"),
        seconds("seconds", "s.shipped_timestamp"),
    ),
    alone="order_shipments s",
)
CONTRACTS = (
    ORDERS,
    LINES,
    REFUNDS,
    REFUND_ITEMS,
    PRODUCTS,
    LISTINGS,
    ENTRIES,
    PAYMENTS,
    TRACKING,
    *LISTING_CONTRACTS,
)

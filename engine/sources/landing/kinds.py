"""The kinds of files that can be imported: which columns each has, and how it is recognised.

A kind is known by its header alone, never by the file's name. Kinds stand in the order in which the
files of a folder are read, so that what a file refers to is there before it.
"""

from __future__ import annotations

from engine.sources.records import Layout

SALES = Layout(
    "sales",
    {
        "order_id": (),
        "ordered_at": (),
        "sku": (),
        "listing_id": (),
        "quantity": (),
        "unit_price": (),
        "currency": (),
        "line_id": (),
        "title": (),
        "buyer_id": (),
        "country": (),
        "discount": (),
        "shipping": (),
        "tax": (),
        "status": (),
        "shipped_at": (),
    },
    required=(
        ("order_id",),
        ("ordered_at",),
        ("sku", "listing_id"),
        ("quantity",),
        ("unit_price",),
        ("currency",),
    ),
    wanted="for sales: order_id, ordered_at, sku or listing_id, quantity, unit_price, currency",
)
REFUNDS = Layout(
    "refunds",
    {
        "refund_id": (),
        "date": (),
        "amount": (),
        "currency": (),
        "order_id": (),
        "sku": (),
        "listing_id": (),
        "quantity": (),
        "tax_amount": (),
        "reason": (),
    },
    required=(("refund_id",), ("date",), ("amount",), ("currency",)),
    wanted="for refunds: refund_id, date, amount, currency",
)
LAYOUTS = (SALES, REFUNDS)
READING_ORDER = {layout.kind: place for place, layout in enumerate(LAYOUTS)}
BUYER_COLUMNS = frozenset({"buyer_id"})

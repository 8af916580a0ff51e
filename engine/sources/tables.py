"""Reads the source tables of one shop into typed frames, all from one instant of the database.

Each table has a contract; what breaks it stops the load before any arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.database.arrow import Query, Snapshot
from engine.errors import ShopCurrencyError, UnknownShopError, did_you_mean
from engine.money import Int64Array, currency_digits
from engine.sources.frames import (
    BoolArray,
    EntryRows,
    LineRows,
    ListingRows,
    Maybe,
    OrderRows,
    PaymentRows,
    ProductRows,
    RefundItemRows,
    RefundRows,
    ShipmentRows,
    Shop,
    SourceTables,
    Texts,
    TrackingRows,
)
from engine.sources.table_contracts import CONTRACTS, TRACKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Frame = TypeVar("Frame", bound=DataclassInstance)


def read_shops(snapshot: Snapshot) -> list[Shop]:
    """Read all shops, ascending by id."""
    table = snapshot.read(
        "SELECT shop_id, name, time_zone, currency, country, week_start, "
        "(extract(epoch FROM synced_at) * 1000000)::int8 AS synced, is_demo "
        "FROM shops ORDER BY shop_id"
    )
    return [
        Shop(
            shop_id=row["shop_id"],
            name=row["name"],
            time_zone=row["time_zone"],
            currency=row["currency"],
            country=row["country"],
            week_start=row["week_start"],
            synced_at=None
            if row["synced"] is None
            else datetime.fromtimestamp(row["synced"] / 1_000_000, UTC),
            is_demo=row["is_demo"],
        )
        for row in table.to_pylist()
    ]


def choose_shop(shops: list[Shop], wanted: int | str | None) -> Shop:
    """Return the wanted shop; None means the only one.

    Raises UnknownShopError where there is no such shop or no choice, ShopCurrencyError for a
    currency with three decimals.
    """
    if not shops:
        raise UnknownShopError(
            "There is no shop in the database yet.",
            hint="Load the demo shop: python -m engine demo. Or your own: python -m engine import.",
        )
    named = ", ".join(f"{shop.shop_id} {shop.name}" for shop in shops)
    if wanted is None and len(shops) > 1:
        raise UnknownShopError(f"There are several shops: {named}.", hint="Name one of them.")
    chosen = [s for s in shops if wanted is None or str(wanted) in (str(s.shop_id), s.name)]
    if not chosen:
        raise UnknownShopError(
            f"There is no shop {wanted!r}; there are: {named}.",
            hint=did_you_mean(str(wanted), [shop.name for shop in shops]),
        )
    shop = chosen[0]
    if currency_digits(shop.currency) > 2:
        raise ShopCurrencyError(
            f"The shop {shop.name} is kept in {shop.currency}, which has three decimals; "
            "reports hold two decimals.",
            hint="Keep the shop in a currency with at most two decimals.",
        )
    return shop


def read_tables(snapshot: Snapshot, shop: Shop) -> SourceTables:
    """Read every source table of one shop; raises ContractError for rows that break a contract."""
    queries = {}
    for contract in CONTRACTS:
        sql = contract.select()
        parameters = (shop.shop_id, shop.currency) if "$2" in sql else (shop.shop_id,)
        queries[contract.table] = Query(sql, parameters)
    answers = snapshot.read_all(queries)
    read = {contract.table: contract.check(answers[contract.table]) for contract in CONTRACTS}
    return SourceTables(
        shop=shop,
        orders=_frame(OrderRows, read["orders"], "order_id"),
        lines=_frame(LineRows, read["order_transactions"], "order_id", "line_id"),
        refunds=_frame(RefundRows, read["order_refunds"], "row_id"),
        refund_items=_frame(RefundItemRows, read["order_refund_items"], "refund_row_id", "item_id"),
        shipments=_frame(ShipmentRows, read["order_shipments"], "order_id"),
        products=_frame(ProductRows, read["listing_products"], "product_id"),
        listings=_frame(ListingRows, read["listings"], "listing_id"),
        entries=_frame(EntryRows, read["ledger_entries"], "entry_id"),
        payments=_frame(PaymentRows, read["order_payments"], "payment_id"),
        tracking=_frame(TrackingRows, read[TRACKING.table], "order_id"),
    )


def _frame(kind: type[Frame], table: pa.Table, *keys: str) -> Frame:
    """Make a typed frame of a table, ascending by keys; each field is the column of its name."""
    ordered = _sorted(table, *keys)
    return kind(**{f.name: _READ[str(f.type)](ordered, f.name) for f in fields(kind)})


def _sorted(table: pa.Table, *keys: str) -> pa.Table:
    order = np.lexsort([_integers(table, key) for key in reversed(keys)])
    return table.take(order)


def _integers(table: pa.Table, name: str) -> Int64Array:
    column: Any = table[name].combine_chunks()
    filled = pc.fill_null(column, 0) if column.null_count else column
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.int64)


def _maybe(table: pa.Table, name: str) -> Maybe:
    column: Any = table[name].combine_chunks()
    known = column.is_valid().to_numpy(zero_copy_only=False)
    return Maybe(_integers(table, name), np.asarray(known, dtype=np.bool_))


def _flags(table: pa.Table, name: str) -> BoolArray:
    column: Any = table[name].combine_chunks()
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _texts(table: pa.Table, name: str) -> Texts:
    column: Any = table[name].combine_chunks()
    codes = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False)
    return Texts(codes.astype(np.int32), tuple(column.dictionary.to_pylist()))


# How a field of each type is read.
_READ: dict[str, Callable[[pa.Table, str], Any]] = {
    "Int64Array": _integers,
    "Maybe": _maybe,
    "BoolArray": _flags,
    "Texts": _texts,
}

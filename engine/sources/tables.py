"""Reads the source tables of one shop into typed frames, all from one instant of the database.

Each table has a contract; what breaks it stops the load before any arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.database.arrow import Query, Snapshot
from engine.errors import ShopCurrencyError, UnknownShopError, did_you_mean
from engine.money import Int64Array, currency_digits
from engine.sources.frames import (
    AdRows,
    BoolArray,
    EntryRows,
    FavouriteRows,
    LineRows,
    ListingRows,
    Maybe,
    OfferRows,
    OrderRows,
    PaymentRows,
    ProductRows,
    RefundItemRows,
    RefundRows,
    ReviewRows,
    ShipmentRows,
    Shop,
    SourceTables,
    Texts,
    TrackingRows,
    VisitRows,
)
from engine.sources.listing_contracts import FAVOURITES
from engine.sources.table_contracts import CONTRACTS, TRACKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Frame = TypeVar("Frame", bound=DataclassInstance)

_MANY_WORDS = 65_536  # from here on the words of a column stay where Arrow has them


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


def read_tables(snapshot: Snapshot, shop: Shop, *, is_alone: bool = False) -> SourceTables:
    """Read every source table of one shop; raises ContractError for rows that break a contract.

    is_alone: the database holds no other shop.
    """
    queries = {}
    for contract in CONTRACTS:
        sql = contract.select(is_alone=is_alone)
        parameters = (shop.shop_id, shop.currency) if "$2" in sql else (shop.shop_id,)
        queries[contract.table] = Query(sql, parameters)
    answers = snapshot.read_all(queries)
    for contract in CONTRACTS:
        contract.check(answers[contract.table])

    def frame(kind: type[Frame], table: str, *keys: str) -> Frame:
        return _frame(kind, answers.pop(table), *keys)  # the answer is let go with its frame made

    tracking = frame(TrackingRows, TRACKING.table, "order_id")
    return SourceTables(
        shop=shop,
        orders=frame(OrderRows, "orders", "order_id"),
        lines=frame(LineRows, "order_transactions", "order_id", "line_id"),
        refunds=frame(RefundRows, "order_refunds", "row_id"),
        refund_items=frame(RefundItemRows, "order_refund_items", "refund_row_id", "item_id"),
        shipments=first_shipments(tracking),
        products=frame(ProductRows, "listing_products", "product_id"),
        listings=frame(ListingRows, "listings", "listing_id"),
        entries=frame(EntryRows, "ledger_entries", "entry_id"),
        payments=frame(PaymentRows, "order_payments", "payment_id"),
        tracking=tracking,
        ads=frame(AdRows, "listing_ad_stats", "row_id"),
        visits=frame(VisitRows, "listing_visit_stats", "row_id"),
        reviews=frame(ReviewRows, "reviews", "line_id"),
        offers=frame(OfferRows, "product_offerings", "product_id"),
        offers_before=frame(OfferRows, "stock_snapshots", "day", "product_id"),
        favourites=frame(FavouriteRows, FAVOURITES.table, "listing_id"),
        favourites_before=frame(FavouriteRows, "listing_snapshots", "day", "listing_id"),
    )


def first_shipments(parcels: TrackingRows) -> ShipmentRows:
    """Return the first known shipment of each order."""
    rows = np.flatnonzero(parcels.seconds.known)
    order_id, seconds = parcels.order_id[rows], parcels.seconds.value[rows]
    begin = np.flatnonzero(np.append(True, order_id[1:] != order_id[:-1])[: len(order_id)])
    first = np.minimum.reduceat(seconds, begin) if len(begin) else seconds
    return ShipmentRows(order_id[begin], first)


def _frame(kind: type[Frame], table: pa.Table, *keys: str) -> Frame:
    """Make a typed frame of a table, ascending by keys; each field is the column of its name."""
    ordered = _sorted(table, *keys)
    return kind(**{f.name: _READ[str(f.type)](ordered, f.name) for f in fields(kind)})


def _sorted(table: pa.Table, *keys: str) -> pa.Table:
    columns = [_integers(table, key) for key in keys]
    return table if _ascends(columns) else table.take(np.lexsort(columns[::-1]))


def _ascends(columns: Sequence[Int64Array]) -> bool:
    """Tell whether rows already stand in the order of these columns, as they mostly do."""
    is_tied = np.ones(max(len(columns[0]) - 1, 0), np.bool_)
    for column in columns:
        if np.any(is_tied & (column[1:] < column[:-1])):
            return False
        is_tied &= column[1:] == column[:-1]
    return True


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
    words = column.dictionary
    few = len(words) <= _MANY_WORDS
    return Texts(codes.astype(np.int32), tuple(words.to_pylist()) if few else ManyWords(words))


class ManyWords(Sequence[str]):
    """The words of a column that hardly repeats any, as Arrow holds them: no object for each."""

    def __init__(self, words: pa.StringArray) -> None:
        self._words = words

    def __len__(self) -> int:
        return len(self._words)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return ManyWords(self._words[index])
        return str(self._words[index].as_py())


# How a field of each type is read.
_READ: dict[str, Callable[[pa.Table, str], Any]] = {
    "Int64Array": _integers,
    "Maybe": _maybe,
    "BoolArray": _flags,
    "Texts": _texts,
}

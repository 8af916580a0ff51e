"""Payment account entries, each with what it is and what it refers to: one row = one entry.

Rules M27 and M28 of docs/money-rules.md. An entry's reference is the first of: its own columns,
its typed reference, its parent's reference, its payment's order, the single known id in its
description. Amounts turn round here: a charge is > 0. Nothing is added up, so that identical
entries stay two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import NO_LISTING, Orders
from engine.ledger.sales import Lines
from engine.money import Int64Array
from engine.sources.folding import fold
from engine.sources.frames import BoolArray, EntryRows, Int8Array, Int32Array, PaymentRows
from engine.sources.ledger_types import Bucket, bucket_of

BUCKETS = tuple(Bucket)
_PARENTS = 3  # how far a chain of parents is followed
_LINE, _ORDER, _LISTING = range(3)
_TYPE_WORDS = {
    _LINE: ("transaction",),
    _ORDER: ("receipt", "order", "shop receipt"),
    _LISTING: ("listing",),
}
_PAYMENT_WORDS = ("payment", "shop payment")
# A number that is no share, no amount, and no part of a longer number.
_ID = re.compile(r"(?<!\d)(?<!\d[.,])\d{1,18}(?!\d)(?![.,]\d)(?!\s?%)", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Ascending by entry id; amounts in source units, in the entry's own currency."""

    entry_id: Int64Array
    bucket: Int8Array  # index into BUCKETS
    charge: Int64Array  # > 0 costs the shop, < 0 is a credit
    order: Int32Array  # index into Orders, −1 = none that is known
    line: Int32Array  # row of the lines, −1 = none that is known
    listing_id: Int64Array  # 0 = none
    is_named: BoolArray  # it refers to something, known or not
    unknown_types: dict[str, int]

    def __len__(self) -> int:
        return len(self.entry_id)


def refer(
    rows: EntryRows,
    payments: PaymentRows,
    orders: Orders,
    lines: Lines,
    listing_ids: Int64Array,
    shop_id: int,
) -> Entries:
    """Classify the entries and find what each refers to.

    lines: of all orders, counted or not. listing_ids: the known ones, for descriptions.
    """
    buckets, unknown = _buckets(rows)
    known = (lines.line_id, orders.order_id, listing_ids)
    found = _references(rows, payments, known)
    line = positions(lines.line_id, found[_LINE])
    order = positions(orders.order_id, found[_ORDER])
    if len(lines.order):
        order = np.where(line >= 0, lines.order[line], order)
    is_named = np.asarray(found.any(axis=0))
    listing_id = np.where(found[_LISTING] == -shop_id, NO_LISTING, found[_LISTING])
    return Entries(
        entry_id=rows.entry_id,
        bucket=buckets,
        charge=-rows.amount,
        order=order.astype(np.int32),
        line=line.astype(np.int32),
        listing_id=listing_id,
        is_named=is_named,
        unknown_types=unknown,
    )


def _buckets(rows: EntryRows) -> tuple[Int8Array, dict[str, int]]:
    found = [bucket_of(text) for text in rows.kind.values]
    nameless = BUCKETS.index(Bucket.OTHER)
    index = np.array([BUCKETS.index(bucket) for bucket, _ in found] + [nameless], np.int8)
    count = np.bincount(rows.kind.code + 1, minlength=len(found) + 1)
    unknown = {
        text: int(count[code + 1])
        for code, (text, (_, is_known)) in enumerate(zip(rows.kind.values, found, strict=True))
        if not is_known and count[code + 1]
    }
    if count[0]:
        unknown[""] = int(count[0])
    return index[rows.kind.code], unknown


def _references(
    rows: EntryRows, payments: PaymentRows, known: tuple[Int64Array, Int64Array, Int64Array]
) -> Int64Array:
    """Return the ids of line, order and listing that each entry refers to; int64[3, entries]."""
    found = _own_references(rows)
    blank = np.flatnonzero(~found.any(axis=0))
    last = _last_resort(rows, payments, blank, known)
    found[:, blank] = last
    parent = positions(rows.entry_id, rows.parent_entry_id[blank])
    child, parent, last = blank[parent >= 0], parent[parent >= 0], last[:, parent >= 0]
    for _ in range(_PARENTS if len(child) else 0):
        through = found[:, parent]
        found[:, child] = np.where(through.any(axis=0), through, last)
    return found


def _own_references(rows: EntryRows) -> Int64Array:
    columns = {_LINE: rows.line_id, _ORDER: rows.order_id, _LISTING: rows.listing_id}
    found = np.stack([columns[kind] for kind in sorted(columns)])
    blank = ~found.any(axis=0)
    for kind, words in _TYPE_WORDS.items():
        found[kind] = np.where(blank & _is_typed(rows, words), rows.reference_id, found[kind])
    return found


def _is_typed(rows: EntryRows, words: tuple[str, ...]) -> BoolArray:
    kinds = [fold(text.replace("_", " ")) for text in rows.reference_type.values]
    return np.array([kind in words for kind in kinds] + [False])[rows.reference_type.code]


def _last_resort(
    rows: EntryRows,
    payments: PaymentRows,
    blank: Int64Array,
    known: tuple[Int64Array, Int64Array, Int64Array],
) -> Int64Array:
    """What entries without a reference of their own say by their payment or description."""
    found = np.zeros((3, len(blank)), np.int64)
    if not len(blank):
        return found
    by_type = np.where(_is_typed(rows, _PAYMENT_WORDS), rows.reference_id, 0)[blank]
    payment_id = rows.payment_id[blank]
    payment = positions(payments.payment_id, np.where(payment_id != 0, payment_id, by_type))
    has_payment = payment >= 0
    found[_ORDER, has_payment] = payments.order_id[payment[has_payment]]
    silent = np.flatnonzero(found[_ORDER] == 0)
    found[:, silent] = _described(rows, blank[silent], known)
    return found


def _described(
    rows: EntryRows, at: Int64Array, known: tuple[Int64Array, Int64Array, Int64Array]
) -> Int64Array:
    """Return the one known id in each entry's description; nothing where there are two."""
    codes, text_of = np.unique(rows.description.code[at], return_inverse=True)
    numbers = [
        (index, int(number))
        for index, code in enumerate(codes.tolist())
        if code >= 0
        for number in set(_ID.findall(rows.description.values[code]))
    ]
    text = np.array([index for index, _ in numbers], np.int64)
    number = np.array([value for _, value in numbers], np.int64)
    found = np.zeros((3, len(codes)), np.int64)
    count = np.zeros(len(codes), np.int64)
    for kind, ids in enumerate(known):
        hit = positions(ids, number) >= 0
        found[kind, text[hit]] = number[hit]
        np.add.at(count, text[hit], 1)
    return np.where(count == 1, found, 0)[:, text_of.ravel()]


def positions(ids: Int64Array, wanted: Int64Array) -> Int64Array:
    """Return where each wanted id stands among ids in any order; −1 if it doesn't, or is 0."""
    place = np.full(len(wanted), -1, np.int64)
    named = np.flatnonzero(wanted)
    if not len(ids) or not len(named):
        return place
    is_ascending = bool(np.all(ids[1:] >= ids[:-1]))
    by_id = None if is_ascending else np.argsort(ids, kind="stable")
    ascending = ids if by_id is None else ids[by_id]
    at = np.minimum(np.searchsorted(ascending, wanted[named]), len(ids) - 1)
    found = ascending[at] == wanted[named]
    place[named[found]] = at[found] if by_id is None else by_id[at[found]]
    return place

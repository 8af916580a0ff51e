"""The fees of every order by kind, each either measured, pooled or estimated.

Rules M29 to M33 of docs/money-rules.md. The estimate of a kind gives way to any charge of that kind
that the payment account has for the order, and its credit to any credit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.ledger.amounts import Amounts
from engine.ledger.estimated_fees import KINDS, Estimate, Estimator
from engine.ledger.fee_backtest import Trial
from engine.ledger.fee_frames import FeeBasis, Pool
from engine.ledger.measured_fees import (
    POOLED,
    WEIGHTS,
    MeasuredOrders,
    PlacedEntries,
    charges_of,
    credits_of,
)
from engine.ledger.pooled_fees import PooledBefore, pool, pooled_before
from engine.ledger.postings import RefundRows, SaleRows
from engine.money import Int64Array
from engine.sources.fee_schedule import NO_ROW
from engine.sources.frames import Int8Array, Int32Array
from engine.sources.ledger_types import FEE_BUCKETS, Bucket


@dataclass(frozen=True, slots=True, eq=False)
class FeeBook:
    """One kind of fee.

    charges: `sale` and `from_entries`, the part of it that entries say. refund: int64[refund
    rows]; entry_credits: the sum that entries say. basis: FeeBasis of each order. schedule_row:
    behind the estimate of each order, NO_ROW where there is none.
    """

    charges: Amounts
    refund: Int64Array
    entry_credits: int
    basis: Int8Array
    schedule_row: Int32Array
    pools: tuple[Pool, ...]

    @property
    def sale(self) -> Int64Array:
        """The fee of each sale row; int64[sale rows]."""
        return self.charges["sale"]

    @property
    def from_entries(self) -> Int64Array:
        """What entries say of it; int64[sale rows]."""
        return self.charges["from_entries"]


def charges_held(sale: Int64Array, from_entries: Int64Array) -> Amounts:
    """Return what a book has of its sale rows."""
    return Amounts((("sale", sale), ("from_entries", from_entries)))


Books = dict[Bucket, FeeBook]


def open_books(
    placed: PlacedEntries,
    account: MeasuredOrders,
    sold: SaleRows,
    given: RefundRows,
    estimator: Estimator,
    trial: Trial,
    before: PooledBefore | None = None,
) -> Books:
    """Book every kind of fee of every counted order and refund; the entries' pools are decided.

    trial: notes each estimate beside what is booked. An estimate is as large as the shop, so none
    outlives the booking of its kind. before: what pools gave these orders when the whole shop was
    booked; None = decide it here.
    """
    books: Books = {}
    none = np.zeros(given.rows, np.int64)

    def book(bucket: Bucket) -> FeeBook:
        weights = sold.of(WEIGHTS[bucket]), given.of(WEIGHTS[bucket])
        estimate = estimator.estimate(bucket) if bucket in KINDS else None
        booked = _book(bucket, placed, account, sold, given, estimate, weights, none, before)
        if estimate is not None:
            trial.note(bucket, estimate, booked.sale)
        return booked

    def book_vat() -> FeeBook:
        """VAT comes last: it is taken of the other fees as they were booked, and goes by them."""
        known = np.ones(sold.groups, np.bool_)
        for bucket in KINDS:
            known &= books[bucket].basis != FeeBasis.UNKNOWN
        vat = estimator.estimate_vat(charges_in(books, KINDS, sold), known)
        weights = charges_in(books, books, sold), credits_in(books, books, given)
        credited = credits_in(books, KINDS, given)
        return _book(Bucket.VAT, placed, account, sold, given, vat, weights, credited, before)

    for bucket in FEE_BUCKETS:
        if bucket is not Bucket.VAT:
            books[bucket] = book(bucket)
    books[Bucket.VAT] = book_vat()
    trial.note_vat(estimator, books[Bucket.VAT].sale)
    return books


def _book(
    bucket: Bucket,
    placed: PlacedEntries,
    account: MeasuredOrders,
    sold: SaleRows,
    given: RefundRows,
    estimate: Estimate | None,
    weights: tuple[Int64Array, Int64Array],
    credited: Int64Array,
    before: PooledBefore | None,
) -> FeeBook:
    """Book one kind of fee; weights: of sale rows and refund rows; credited: of other kinds."""
    sale = charges_of(placed, bucket, sold, weights[0])
    refund = credits_of(placed, bucket, given, weights[1])
    entry_credits = int(refund.sum())
    basis = np.full(sold.groups, FeeBasis.MEASURED, np.int8)
    basis[account.unknown[bucket]] = FeeBasis.UNKNOWN
    row = np.full(sold.groups, NO_ROW, np.int32)
    if estimate is None:
        return FeeBook(charges_held(sale, sale), refund, entry_credits, basis, row, ())
    is_open = ~(account.is_measured | account.charged[bucket])
    pools: tuple[Pool, ...] = ()
    if bucket in POOLED:
        if before is None:
            pooled = pool(placed, bucket, sold, estimate, is_open, weights[0])
        else:
            pooled = pooled_before(before[bucket.value], sold, weights[0])
        sale = sale + pooled.lines
        basis[pooled.replaced] = FeeBasis.POOLED
        is_open &= ~pooled.replaced
        pools = pooled.pools
    basis[is_open] = np.where(estimate.known[is_open], FeeBasis.ESTIMATED, FeeBasis.UNKNOWN)
    estimated = np.where(sold.to_rows(is_open), estimate.lines, 0)
    # Where the account has a credit of the kind, no other one is made up.
    refund = refund + estimate.credits(given, is_open & ~account.named[bucket], credited)
    row[is_open] = estimate.row[is_open]
    charges = charges_held(sale + estimated, sale)
    return FeeBook(charges, refund, entry_credits, basis, row, pools)


def charges_in(
    books: Mapping[Bucket, FeeBook], kinds: Iterable[Bucket], sold: SaleRows
) -> Int64Array:
    """Charges of some kinds on each sale row."""
    return np.asarray(sum((books[kind].sale for kind in kinds), np.zeros(sold.rows, np.int64)))


def credits_in(
    books: Mapping[Bucket, FeeBook], kinds: Iterable[Bucket], given: RefundRows
) -> Int64Array:
    """Credits of some kinds on each refund row, ≥ 0."""
    return -np.asarray(sum((books[kind].refund for kind in kinds), np.zeros(given.rows, np.int64)))

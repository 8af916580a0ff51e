"""Where the fees of an order come from: entries of the account, a month's pool, or the schedule.

Rules M27 to M35 of docs/money-rules.md. What the account says is told entry by entry; what is
estimated is told with the row of the schedule, and with its base and rate.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.ledger.estimated_fees import KINDS, Estimate
from engine.ledger.explain_entries import entry_parts
from engine.ledger.explained import (
    ESTIMATED,
    MEASURED,
    POOLED,
    UNKNOWN,
    Part,
    Why,
    parts_of,
    plain,
    trimmed,
    whole_part,
)
from engine.ledger.fee_books import charges_in, credits_in
from engine.ledger.fee_frames import FeeBasis
from engine.ledger.fees import retained
from engine.ledger.measured_fees import WEIGHTS
from engine.ledger.one_order import OneOrder
from engine.ledger.pooled_fees import months_of
from engine.ledger.postings import UNIT
from engine.money import UNIT_SCALE, Int64Array
from engine.sources.fee_schedule import NO_ROW, FeeRow
from engine.sources.ledger_types import FEE_BUCKETS, Bucket

_RATE_DIGITS = 6


def explain_fees(one: OneOrder) -> Iterator[Part]:
    """Yield the parts of the fee columns of a counted order: its sale, refunds, and memo."""
    for bucket in FEE_BUCKETS:
        teller = _Kind(one, bucket)
        yield from teller.charges()
        yield from teller.credits()
    yield from _retained(one)


class _Kind:
    """One kind of fee of one order."""

    def __init__(self, one: OneOrder, bucket: Bucket) -> None:
        self.one, self.bucket, self.work = one, bucket, one.work
        self.book = self.work.books[bucket]
        self.basis = FeeBasis(int(self.book.basis[one.group]))
        self.weights = self._weights()
        self.estimate = self._estimate()

    def charges(self) -> Iterator[Part]:
        """Yield what the lines of the sale bear."""
        one, rows = self.one, slice(*self._sale_rows())
        yield from entry_parts(one, self.bucket, self.weights[0][rows], self.weights[1])
        if self.basis is FeeBasis.POOLED:
            yield from self._pooled(rows)
        elif self.estimate is None or self._is_from_account:
            return
        elif self.basis is FeeBasis.UNKNOWN:
            why = Why("M32", UNKNOWN, *self._schedule_row(), "no amount is stated for this fee")
            for row in one.sale_rows:
                yield Part(row, self.bucket.value, None, why)
        elif self.basis is FeeBasis.ESTIMATED:
            yield from self._estimated(rows)

    @property
    def _is_from_account(self) -> bool:
        account, group = self.work.account, self.one.group
        return bool(account.is_measured[group] or account.charged[self.bucket][group])

    def _sale_rows(self) -> tuple[int, int]:
        starts, group = self.work.sold.starts, self.one.group
        return int(starts[group]), int(starts[group + 1])

    def _weights(self) -> tuple[Int64Array, Int64Array]:
        """What the order's entries of this kind are split by: of sale rows and refund rows."""
        work = self.work
        if self.bucket is not Bucket.VAT:
            return work.sold.of(WEIGHTS[self.bucket]), work.given.of(WEIGHTS[self.bucket])
        others = [kind for kind in work.books if kind is not Bucket.VAT]
        return (
            charges_in(work.books, others, work.sold),
            credits_in(work.books, others, work.given),
        )

    def _estimate(self) -> Estimate | None:
        work = self.work
        if self.bucket is not Bucket.VAT:
            return work.estimator.estimate(self.bucket) if self.bucket in KINDS else None
        known = np.ones(work.sold.groups, np.bool_)
        for kind in KINDS:
            known &= work.books[kind].basis != FeeBasis.UNKNOWN
        return work.estimator.estimate_vat(charges_in(work.books, KINDS, work.sold), known)

    def _stated(self) -> FeeRow | None:
        assert self.estimate is not None
        number = int(self.estimate.row[self.one.group])
        return None if number == NO_ROW else self.work.estimator.schedule.rows[number]

    def _schedule_row(self) -> tuple[str, str]:
        stated, file = self._stated(), self.work.estimator.schedule.file
        return file, f"row {stated.row_number}" if stated else "no row is in force"

    def _estimated(self, rows: slice) -> Iterator[Part]:
        one, column, stated = self.one, self.bucket.value, self._stated()
        if stated is None or self.estimate is None:
            return
        amount = int(self.estimate.amount[one.group])
        lines = self.estimate.lines[rows]
        if UNIT in stated.base:
            for row, share, units in zip(
                one.sale_rows, lines.tolist(), self._units(rows), strict=True
            ):
                formula = f"{plain(stated.fixed or 0, UNIT_SCALE)} {stated.currency} × {units}"
                yield whole_part(row, column, share, self._why(formula))
            return
        weights = self.estimate.weights(self.work.sold, self._other_fees)[rows]
        why = self._why(self._formula(stated, int(self.estimate.of_orders["whole"][one.group])))
        yield from parts_of(one.sale_rows, column, amount, weights, why)

    @property
    def _other_fees(self) -> Int64Array | None:
        if self.bucket is not Bucket.VAT:
            return None
        return charges_in(self.work.books, KINDS, self.work.sold)

    def _units(self, rows: slice) -> list[int]:
        units: list[int] = self.work.sold.parts[UNIT][rows].tolist()
        return units

    def _why(self, formula: str) -> Why:
        return Why("M32", ESTIMATED, *self._schedule_row(), formula)

    def _formula(self, stated: FeeRow, whole: int) -> str:
        base = plain(whole, self.one.digits)
        words = [f"{trimmed(stated.ppm or 0, _RATE_DIGITS)} × {base}"]
        if stated.fixed:
            words.append(f"+ {plain(stated.fixed, UNIT_SCALE)} {stated.currency}")
        if stated.cap is not None:
            words.append(f"at most {plain(stated.cap, UNIT_SCALE)} {stated.currency}")
        if stated.below is not None:
            limit = plain(stated.below, UNIT_SCALE)
            words.append(f"only below {limit} {stated.currency}")
        return " ".join(words)

    def _pooled(self, rows: slice) -> Iterator[Part]:
        """The order's part of a month's entries, by its estimate, then on its lines."""
        one, column = self.one, self.bucket.value
        month = int(months_of(self.work.sold.day[[one.group]])[0])
        pool = one.evidence.pool_of(column, month)
        weight = int(self.weights[0][rows].sum())
        if pool.is_by_estimate and self.estimate is not None:
            weight = int(self.estimate.amount[one.group])
        digits = one.digits
        formula = (
            f"{plain(pool.charged, digits)} of {pool.orders} orders × {plain(weight, digits)} ÷ "
            f"{plain(pool.weights, digits)}"
        )
        name = np.datetime_as_string(np.datetime64(month, "M"))
        why = Why("M31", POOLED, "payment account", f"pool of {column}, {name}", formula)
        whole = int(self.book.sale[rows].sum())
        yield from parts_of(one.sale_rows, column, whole, self.weights[0][rows], why)

    def credits(self) -> Iterator[Part]:
        """Yield what refunds bring back by estimate; the account's credits are told already."""
        one, work = self.one, self.work
        named = work.account.named[self.bucket][one.group]
        if self.estimate is None or self._is_from_account or named:
            return
        if self.basis is not FeeBasis.ESTIMATED:
            return
        used = np.zeros(work.sold.groups, np.bool_)
        used[one.group] = True
        none = np.zeros(work.given.rows, np.int64)
        is_vat = self.bucket is Bucket.VAT
        credited = credits_in(work.books, KINDS, work.given) if is_vat else none
        steps, weight = self.estimate.credit_steps(work.given, used, credited)
        creditable = int(self.estimate.of_orders["creditable"][one.group])
        if not creditable:
            return
        whole = int(self.estimate.of_orders["own_whole"][one.group])
        own_digits = one.digits if is_vat else one.own_digits
        for refund in np.flatnonzero(work.given.sale_group == one.group).tolist():
            digits = one.digits
            part = int(work.given.sums(weight)[refund])
            formula = (
                f"{plain(creditable, digits)} × {plain(part, own_digits)} ÷ "
                f"{plain(whole, own_digits)}, "
                "with what was given back before"
            )
            why = Why("M33", ESTIMATED, *self._schedule_row(), formula)
            yield from _over_refund(
                one, refund, self.bucket.value, -int(steps[refund]), weight, why
            )


def _over_refund(
    one: OneOrder, refund: int, column: str, whole: int, weight: Int64Array, why: Why
) -> Iterator[Part]:
    low, high = one.work.given.starts[refund], one.work.given.starts[refund + 1]
    rows = [one.refund_row(event) for event in one.work.given.row[low:high].tolist()]
    yield from parts_of(rows, column, whole, weight[low:high], why)


def _retained(one: OneOrder) -> Iterator[Part]:
    """Yield the fees kept on refunds: their part of all fees, less what was credited (M34)."""
    work = one.work
    part, weight, credited = retained(work)
    for refund in np.flatnonzero(work.given.sale_group == one.group).tolist():
        why = Why("M34", _memo_basis(one), "fees of the order", "", "all fees × refunded ÷ paid")
        yield from _over_refund(one, refund, "fees_retained", int(part[refund]), weight, why)
        for at in range(int(work.given.starts[refund]), int(work.given.starts[refund + 1])):
            less = Why("M34", why.basis, "fees of the order", "", "less what was credited")
            row = one.refund_row(int(work.given.row[at]))
            yield whole_part(row, "fees_retained", -int(credited[at]), less)


def _memo_basis(one: OneOrder) -> str:
    bases = {FeeBasis(int(book.basis[one.group])) for book in one.work.books.values()}
    if FeeBasis.UNKNOWN in bases:
        return UNKNOWN
    return ESTIMATED if FeeBasis.ESTIMATED in bases else MEASURED

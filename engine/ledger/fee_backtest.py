"""How good the estimates of fees are: one row = one kind of fee and one month of order days.

Only orders whose fees are measured can tell. Nothing here is booked.
"""

from __future__ import annotations

import numpy as np

from engine.ledger.estimated_fees import KINDS, Estimate, Estimator
from engine.ledger.fee_frames import Backtest
from engine.ledger.pooled_fees import months_of
from engine.ledger.postings import SaleRows
from engine.money import Int64Array
from engine.sources.frames import BoolArray
from engine.sources.ledger_types import Bucket


class Trial:
    """Compares what was measured with the estimates of the same orders, one kind after the other.

    An estimate is as large as the shop: what is to be told of it is taken when its fees are booked,
    so that it can go before the next one is made. `fees` and `known` are what all the estimates
    together say, int64[sale rows] and bool[orders]: what VAT on them would be taken of.
    """

    def __init__(self, sold: SaleRows, is_measured: BoolArray) -> None:
        self._sold = sold
        self._chosen = np.flatnonzero(is_measured)
        self._months, self._at = np.unique(months_of(sold.day[self._chosen]), return_inverse=True)
        self._found: dict[Bucket, list[Backtest]] = {}
        self._fees = np.zeros(sold.rows, np.int64)
        self._known = np.ones(sold.groups, np.bool_)

    def note(self, bucket: Bucket, estimate: Estimate, charged: Int64Array) -> None:
        """Take down what an estimate says; charged: int64[sale rows], as booked."""
        self._compare(bucket, estimate, charged)
        self._fees += estimate.lines
        self._known &= estimate.known

    def note_vat(self, estimator: Estimator, charged: Int64Array) -> None:
        """Take down what VAT on the estimates noted before would be."""
        self._compare(Bucket.VAT, estimator.estimate_vat(self._fees, self._known), charged)

    def results(self) -> tuple[Backtest, ...]:
        """Return what was found, by kind and ascending by month."""
        return tuple(row for kind in (*KINDS, Bucket.VAT) for row in self._found[kind])

    def _compare(self, bucket: Bucket, estimate: Estimate, charged: Int64Array) -> None:
        chosen = self._chosen
        known = estimate.known[chosen]
        measured = self._sold.sums(charged)[chosen] * known
        sums = np.zeros((4, len(self._months)), np.int64)
        figures = (known, measured, estimate.amount[chosen], ~known)
        for total, figure in zip(sums, figures, strict=True):
            np.add.at(total, self._at.ravel(), figure)
        self._found[bucket] = [
            Backtest(bucket.value, month, *figures)
            for month, figures in zip(self._months.tolist(), sums.T.tolist(), strict=True)
        ]

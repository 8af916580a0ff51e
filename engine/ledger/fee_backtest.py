"""How good the estimates of fees are: one row = one kind of fee and one month of order days.

Only orders whose fees are measured can tell. Nothing here is booked.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.ledger.amounts import Amounts
from engine.ledger.estimated_fees import Estimate
from engine.ledger.fee_frames import Backtest
from engine.ledger.pooled_fees import months_of
from engine.ledger.postings import SaleRows
from engine.sources.frames import BoolArray
from engine.sources.ledger_types import Bucket


def backtest(
    sale: Amounts,
    estimates: Mapping[Bucket, Estimate],
    sold: SaleRows,
    is_measured: BoolArray,
) -> tuple[Backtest, ...]:
    """Compare the measured charges with the estimates of the same orders, ascending by month.

    sale: by Bucket, int64[sale rows], measured for the orders of is_measured: bool[orders].
    """
    chosen = np.flatnonzero(is_measured)
    months, at = np.unique(months_of(sold.day[chosen]), return_inverse=True)
    at = at.ravel()
    found = []
    for bucket, estimate in estimates.items():
        known = estimate.known[chosen]
        sums = np.zeros((4, len(months)), np.int64)
        figures = (known, sold.sums(sale[bucket])[chosen] * known, estimate.amount[chosen], ~known)
        for total, figure in zip(sums, figures, strict=True):
            np.add.at(total, at, figure)
        found += [
            Backtest(bucket.value, month, *figures)
            for month, figures in zip(months.tolist(), sums.T.tolist(), strict=True)
        ]
    return tuple(found)

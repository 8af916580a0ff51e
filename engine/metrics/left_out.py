"""What of a range is in no figure for want of an exchange rate; one row = one currency.

Unlike currencies are never added up (M17): what can't be converted is held back, and counted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from engine.periods import Period


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is held back in a currency; None = of orders in several ones, which no rate helps.

    first, last: the days whose rate is missing.
    """

    currency: str | None
    orders: int
    refunds: int
    first: date
    last: date


def left_out(held: pd.DataFrame, period: Period) -> tuple[LeftOut, ...]:
    """Return what is held back of a period by currency; held: as `held_frame` gives it."""
    if held.empty:
        return ()
    here = held[held["day"].between(period.start, period.end)]
    return tuple(
        LeftOut(
            currency=None if pd.isna(currency) else str(currency),
            orders=int(rows["refund_id"].isna().sum()),
            refunds=int(rows["refund_id"].notna().sum()),
            first=rows["day"].min(),
            last=rows["day"].max(),
        )
        for currency, rows in here.groupby("currency", dropna=False, sort=True)
    )

"""What has no rate is counted by currency, of the days of a range and of no others."""

from __future__ import annotations

from datetime import date

import pandas as pd

from engine.metrics.left_out import LeftOut, left_out
from engine.periods import Period

OCTOBER = Period.containing("MONTHLY", date(2026, 10, 1))


def held(*rows: tuple[int, int | None, str, str | None]) -> pd.DataFrame:
    """Rows of `held_frame`: order, refund, day, currency (None for several)."""
    return pd.DataFrame(
        {
            "order_id": pd.array([order for order, *_ in rows], dtype="Int64"),
            "refund_id": pd.array([refund for _, refund, *_ in rows], dtype="Int64"),
            "day": [date.fromisoformat(day) for _, _, day, _ in rows],
            "currency": pd.array([currency for *_, currency in rows], dtype="string"),
            "is_in_several": [currency is None for *_, currency in rows],
        }
    )


def test_orders_and_refunds_are_counted_by_currency_with_the_days_of_their_rates() -> None:
    rows = held(
        (4, None, "2026-10-30", None),
        (1, None, "2026-10-02", "CHF"),
        (3, None, "2026-10-04", "SEK"),
        (1, 5, "2026-10-09", "CHF"),
        (2, None, "2026-10-04", "CHF"),
        (5, None, "2026-11-01", "NOK"),
    )
    assert left_out(rows, OCTOBER) == (
        LeftOut("CHF", 2, 1, date(2026, 10, 2), date(2026, 10, 9)),
        LeftOut("SEK", 1, 0, date(2026, 10, 4), date(2026, 10, 4)),
        LeftOut(None, 1, 0, date(2026, 10, 30), date(2026, 10, 30)),
    )


def test_of_a_range_without_such_rows_nothing_is_left_out() -> None:
    rows = held((5, None, "2026-11-01", "NOK"))
    assert left_out(rows, OCTOBER) == left_out(rows[:0], OCTOBER) == ()

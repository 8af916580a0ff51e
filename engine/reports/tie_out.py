"""The shop's months held against its payment account: one row = one month and kind of cost.

From what the account charged in the month to what the shop's row says: less what is of other days,
plus what other months were charged for this one, less what is in no figure, plus what the figure
has from elsewhere (estimates, price lists, statistics). That last part is the residual. What the
balance of the account moved by without an entry is named beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.analytics import EcommerceAnalyticsOptimized
from engine.metrics.account_statement import BookedRow
from engine.metrics.formats import known
from engine.metrics.model import SHOP
from engine.money import currency_digits, format_money, to_decimal
from engine.periods import Period

_STEPS = ("charged", "to_other_days", "from_other_days", "not_booked")


@dataclass(frozen=True, slots=True)
class TiedCost:
    """One kind of cost of a month; figure: of the shop's row, minor units, None = unknown."""

    booked: BookedRow
    figure: int | None

    @property
    def elsewhere(self) -> int | None:
        """What the figure has that the account has not."""
        return None if self.figure is None else self.figure - self.booked.booked


@dataclass(frozen=True, slots=True)
class TiedMonth:
    """One month; unexplained: by currency, what its balance moved by without an entry."""

    month: Period
    costs: tuple[TiedCost, ...]
    unexplained: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class TieOut:
    """All months that the account has entries of, ascending, in the shop's currency."""

    currency: str
    months: tuple[TiedMonth, ...] = ()


def tie_out(analytics: EcommerceAnalyticsOptimized, months: Sequence[Period]) -> TieOut:
    """Hold the shop's figures of these months against the account; none for a shop without one."""
    shop, days = analytics.shop, analytics.account_days
    if days is None:
        return TieOut(shop.currency)
    held = [month for month in months if month.start <= days[1] and days[0] <= month.end]
    booked = {month: analytics.account_booked(month) for month in held}
    names = list(dict.fromkeys(row.bucket.value for rows in booked.values() for row in rows))
    if not names:
        return TieOut(shop.currency)
    frame = analytics.calculate_metrics_batch(held, level=SHOP, metrics=names)
    figures = {row["period_start"]: row for row in frame.to_dict("records")}
    return TieOut(
        shop.currency,
        tuple(
            TiedMonth(
                month,
                tuple(
                    TiedCost(row, _amount(figures[month.start][row.bucket.value])) for row in rows
                ),
                tuple(
                    (one.currency, one.unexplained) for one in analytics.account_statements(month)
                ),
            )
            for month, rows in booked.items()
        ),
    )


def _amount(value: Any) -> int | None:
    plain = known(value)
    assert plain is None or isinstance(plain, int), "a kind of cost is an amount"
    return plain


def tie_out_records(found: TieOut) -> list[dict[str, Any]]:
    """Return the months as plain values; an amount is a text, so that it stays exact."""
    digits = currency_digits(found.currency)

    def said(amount: int | None, of: int = digits) -> str | None:
        return None if amount is None else str(to_decimal(amount, of))

    return [
        {
            "month": one.month.start.isoformat(),
            "costs": [
                {
                    "kind": cost.booked.bucket.value,
                    **{name: said(getattr(cost.booked, name)) for name in _STEPS},
                    "booked": said(cost.booked.booked),
                    "elsewhere": said(cost.elsewhere),
                    "figure": said(cost.figure),
                }
                for cost in one.costs
            ],
            "unexplained": {
                currency: said(amount, currency_digits(currency))
                for currency, amount in one.unexplained
            },
        }
        for one in found.months
    ]


def tie_out_lines(found: TieOut) -> list[str]:
    """Return the same for people: one line in all, and one for each balance that is not whole."""
    if not found.months:
        return []
    costs = [cost for one in found.months for cost in one.costs]
    charged = sum(cost.booked.charged for cost in costs)
    booked = sum(cost.booked.booked for cost in costs)
    elsewhere = sum(cost.elsewhere or 0 for cost in costs)

    def said(amount: int) -> str:
        return format_money(amount, found.currency)

    lines = [
        f"  Payment account, {len(found.months)} months: {said(charged)} charged, {said(booked)} "
        f"of it in these months' figures, which have {said(elsewhere)} from elsewhere."
    ]
    for one in found.months:
        lines += [
            f"  {one.month.start:%Y-%m}: the balance moved by {format_money(amount, currency)} "
            "without an entry."
            for currency, amount in one.unexplained
            if amount
        ]
    return lines

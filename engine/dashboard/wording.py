"""Dates and ranges in words, and shop texts made safe for Markdown.

Months have English names whatever the machine's locale, so that page and test agree.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from engine.money import currency_digits, to_decimal
from engine.periods import Period, PeriodKind

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def day_words(day: date, *, year: bool = True) -> str:
    """Return `3 Mar 2024`, or `3 Mar`."""
    words = f"{day.day} {_MONTHS[day.month - 1]}"
    return f"{words} {day.year}" if year else words


def range_words(period: Period) -> str:
    """Return `1 Nov to 22 Nov 2026`, with both years where they differ, or the one day."""
    if period.start == period.end:
        return day_words(period.start)
    same_year = period.start.year == period.end.year
    return f"{day_words(period.start, year=not same_year)} to {day_words(period.end)}"


def days_words(count: int) -> str:
    """Return `1 day`, `22 days`."""
    return "1 day" if count == 1 else f"{count:,} days"


def bucket_words(kind: PeriodKind, start: date) -> str:
    """Return the name of a calendar period: `9 Nov 2026`, `week of 9 Nov 2026`, `Q4 2026`."""
    if kind is PeriodKind.WEEKLY:
        return f"week of {day_words(start)}"
    if kind is PeriodKind.MONTHLY:
        return f"{_MONTHS[start.month - 1]} {start.year}"
    if kind is PeriodKind.QUARTERLY:
        return f"Q{(start.month + 2) // 3} {start.year}"
    return str(start.year) if kind is PeriodKind.YEARLY else day_words(start)


def tick_words(kind: PeriodKind, start: date, *, with_year: bool) -> str:
    """Return what stands below a bar: `9 Nov`, `Nov`, `Q4`; the year on a line of its own."""
    if kind is PeriodKind.YEARLY:
        return str(start.year)
    if kind in (PeriodKind.MONTHLY, PeriodKind.QUARTERLY):
        words = bucket_words(kind, start).removesuffix(f" {start.year}")
    else:
        words = day_words(start, year=False)
    return f"{words}<br>{start.year}" if with_year else words


def moment_words(moment: datetime, today: date) -> str:
    """Return the local clock time, with its date where that is not today."""
    clock = f"{moment:%H:%M}"
    return clock if moment.date() == today else f"{day_words(moment.date())} {clock}"


def price_words(price: int, digits: int, currency: str) -> str:
    """Return a price of more decimals than cents, without needless ones: `5.16 USD`, `0.125 USD`.

    digits: decimals of the integer `price`.
    """
    exact = f"{to_decimal(price, digits):,f}"
    cents = exact.index(".") + 1 + currency_digits(currency)
    shown = exact[:cents] + exact[cents:].rstrip("0")
    return f"{shown.removesuffix('.')} {currency}"


def escape(text: str) -> str:
    """Return a shop's own text so that Markdown shows it letter by letter, on one line."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def listed(words: list[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)

"""Dates in words, and shop texts that Markdown must not read."""

from datetime import date, datetime

import pytest

from engine.dashboard.wording import (
    bucket_words,
    day_words,
    days_words,
    escape,
    listed,
    moment_words,
    price_words,
    range_words,
    tick_words,
)
from engine.periods import Period, PeriodKind


@pytest.mark.parametrize(
    ("price", "digits", "currency", "words"),
    [
        (51_600, 4, "USD", "5.16 USD"),
        (1_250, 4, "USD", "0.125 USD"),
        (50_000, 4, "USD", "5.00 USD"),
        (12_345_000_000, 6, "JPY", "12,345 JPY"),
    ],
)
def test_a_price_has_its_cents_and_finer_only_where_it_is(
    price: int, digits: int, currency: str, words: str
) -> None:
    assert price_words(price, digits, currency) == words


def test_a_range_says_each_year_once_where_it_can() -> None:
    assert range_words(Period.custom(date(2026, 11, 1), date(2026, 11, 22))) == (
        "1 Nov to 22 Nov 2026"
    )
    assert range_words(Period.custom(date(2025, 12, 30), date(2026, 1, 2))) == (
        "30 Dec 2025 to 2 Jan 2026"
    )
    assert range_words(Period.custom(date(2026, 3, 3), date(2026, 3, 3))) == "3 Mar 2026"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (PeriodKind.DAILY, "9 Nov 2026"),
        (PeriodKind.WEEKLY, "week of 9 Nov 2026"),
        (PeriodKind.MONTHLY, "Nov 2026"),
        (PeriodKind.QUARTERLY, "Q4 2026"),
        (PeriodKind.YEARLY, "2026"),
    ],
)
def test_each_grain_names_its_buckets(kind: PeriodKind, words: str) -> None:
    assert bucket_words(kind, date(2026, 11, 9)) == words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (PeriodKind.DAILY, "9 Nov"),
        (PeriodKind.WEEKLY, "9 Nov"),
        (PeriodKind.MONTHLY, "Nov"),
        (PeriodKind.QUARTERLY, "Q4"),
    ],
)
def test_below_a_bar_the_year_has_a_line_of_its_own(kind: PeriodKind, words: str) -> None:
    assert tick_words(kind, date(2026, 11, 9), with_year=False) == words
    assert tick_words(kind, date(2026, 11, 9), with_year=True) == f"{words}<br>2026"


def test_counts_of_days_have_their_plural() -> None:
    assert (days_words(1), days_words(1096)) == ("1 day", "1,096 days")


def test_a_moment_of_another_day_says_the_day() -> None:
    moment = datetime(2026, 3, 3, 14, 5)
    assert moment_words(moment, date(2026, 3, 3)) == "14:05"
    assert moment_words(moment, date(2026, 3, 4)) == "3 Mar 2026 14:05"


@pytest.mark.parametrize(
    "text", ["*bold*", "$x$", ":red[x]", "[a](b)", "<b>", "a_b", "`code`", "#"]
)
def test_no_mark_of_a_shops_text_is_left_to_markdown(text: str) -> None:
    shown = escape(text)
    assert shown.replace("\\", "") == text
    assert all(shown[i - 1] == "\\" for i, letter in enumerate(shown) if letter in "*$:[]()<>_`#")


def test_line_breaks_become_spaces_and_letters_stay() -> None:
    assert escape("Çiğdem's\n\nshop & co") == "Çiğdem\\'s shop \\& co"


def test_lists_end_with_and() -> None:
    assert listed([]) == ""
    assert listed(["3 orders"]) == "3 orders"
    assert listed(["3 orders", "1 refund"]) == "3 orders and 1 refund"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_a_day_is_written_without_the_machines_locale() -> None:
    assert day_words(date(2024, 3, 3)) == "3 Mar 2024"

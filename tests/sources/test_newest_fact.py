"""How far the facts of a shop reach: the default watermark."""

from __future__ import annotations

from datetime import date, datetime

from tests.shop_builder import Entry, Line, Order, Span, a_shop, tables, utc

ORDER = Order(1, datetime(2026, 3, 5, 10, 15), [Line(11, "A", 1, 1_000, 101)])


def test_it_is_the_moment_after_the_newest_order_refund_or_entry():
    assert tables(a_shop(), [ORDER]).newest_fact() == utc("2026-03-05T07:15:01")
    entry = Entry(1, "prolist", -100, datetime(2026, 3, 6, 12))
    assert tables(a_shop(), [ORDER], entries=[entry]).newest_fact() == utc("2026-03-06T09:00:01")


def test_a_row_of_one_day_reaches_to_the_end_of_that_day_in_the_shops_zone():
    day = Span(1, 101, date(2026, 3, 9), date(2026, 3, 9), "DAILY", visits=3)
    assert tables(a_shop(), [ORDER], visits=[day]).newest_fact() == utc("2026-03-09T21:00:00")


def test_a_month_does_not_say_how_far_the_facts_reach():
    month = Span(1, 101, date(2026, 3, 1), date(2026, 3, 31), "MONTHLY", spend=100)
    assert tables(a_shop(), [ORDER], ads=[month]).newest_fact() == utc("2026-03-05T07:15:01")


def test_a_program_that_syncs_says_it_itself():
    shop = a_shop(synced_at=utc("2026-03-20T00:00:00"))
    assert tables(shop, [ORDER]).newest_fact() == utc("2026-03-20T00:00:00")

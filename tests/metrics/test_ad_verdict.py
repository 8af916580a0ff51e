"""Whether ads pay (M49), by hand."""

from __future__ import annotations

import pytest

from engine.metrics.ad_verdict import Pays, Verdict, judge


@pytest.mark.parametrize(
    ("orders", "roas", "wanted"),
    [
        (7, 8.0, Verdict(Pays.YES)),  # 1.2816 · 8 ÷ 4 = 2.5632, squared 6.57: seven will do
        (6, 8.0, Verdict(Pays.TOO_LITTLE, 7)),
        (2, 2.0, Verdict(Pays.NO)),  # 1.2816 · 2 ÷ 2, squared 1.64
        (1, 2.0, Verdict(Pays.TOO_LITTLE, 2)),
        (900, 4.0, Verdict(Pays.TOO_LITTLE, None)),  # at the break-even no number of orders tells
        (0, 0.0, Verdict(Pays.NO_ORDER)),
        (0, None, None),
    ],
)
def test_a_return_is_set_apart_from_a_break_even_of_4_by_enough_orders(orders, roas, wanted):
    assert judge(orders, roas, 4.0, 500, 500) == wanted


def test_where_costs_are_missing_ads_that_lose_lose_all_the_same_and_no_others_pay():
    assert judge(50, 8.0, 4.0, 500, 300) == Verdict(Pays.COSTS_MISSING)
    assert judge(50, 8.0, 4.0, 500, None) == Verdict(Pays.COSTS_MISSING)
    assert judge(50, 2.0, 4.0, 500, 300) == Verdict(Pays.NO)


def test_a_listing_that_earns_nothing_has_no_return_from_which_ads_pay():
    assert judge(3, 9.0, None, -1, -1) == Verdict(Pays.NO)
    assert judge(3, 9.0, None, 0, 0) is None

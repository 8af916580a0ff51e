from __future__ import annotations

import numpy as np
import pytest

from engine.demo.order_tables import line_rows, order_rows
from engine.demo.shares import totals
from engine.demo.shop import Demo, DemoShop


def test_grand_total_is_the_sum_of_its_parts(each_shop: DemoShop) -> None:
    orders = {name: column.values for name, column in order_rows(each_shop).columns.items()}
    parts = (
        orders["total_price"]
        - orders["discount_amt"]
        + orders["total_shipping_cost"]
        + orders["gift_wrap_price"]
        + orders["total_tax_cost"]
        + orders["total_vat_cost"]
    )
    rest = orders["grand_total"] - parts
    hidden = each_shop.roles["tax_only_in_total"]
    assert rest[hidden] > 0
    assert np.delete(rest, hidden).tolist() == [0] * (len(rest) - 1)
    assert (orders["subtotal"] == orders["total_price"] - orders["discount_amt"]).all()


@pytest.mark.parametrize("part", ["discount", "shipping", "gift_wrap", "tax", "vat", "unbooked"])
def test_shares_of_the_lines_add_up_to_the_order(each_shop: DemoShop, part: str) -> None:
    amounts, order = each_shop.amounts, each_shop.lines.order
    shares = getattr(amounts, f"line_{part}")
    assert (totals(shares, order, len(amounts.value)) == getattr(amounts, part)).all()
    assert shares.min() >= 0


def test_price_times_quantity_adds_up_to_total_price(each_shop: DemoShop) -> None:
    lines = {name: column.values for name, column in line_rows(each_shop).columns.items()}
    value = lines["price"] * lines["quantity"]
    assert (
        totals(value, each_shop.lines.order, len(each_shop.order_id)) == each_shop.amounts.value
    ).all()


def test_no_line_gets_more_discount_than_its_value(each_shop: DemoShop) -> None:
    assert (each_shop.amounts.line_discount <= each_shop.lines.value).all()


def test_lines_state_all_shares_of_an_order_or_none(each_shop: DemoShop) -> None:
    missing = line_rows(each_shop).columns["shipping_cost"].missing
    assert missing is not None
    order = each_shop.lines.order
    by_order = totals(missing.astype(np.int64), order, len(each_shop.order_id))
    lines = np.bincount(order)
    assert set(np.unique(by_order / lines).tolist()) == {0.0, 1.0}


def test_stated_shares_are_not_those_by_value(default_shop: DemoShop) -> None:
    """Else a reader that ignores what the lines state would go unnoticed."""
    amounts, lines = default_shop.amounts, default_shop.lines
    by_value = (
        amounts.shipping[lines.order] * lines.value // np.maximum(amounts.value[lines.order], 1)
    )
    stated = amounts.states_shipping[lines.order]
    assert (np.abs(amounts.line_shipping - by_value)[stated] > 1).sum() > 500


def test_shares_of_coupons_shipping_and_refunds_are_as_planned(default_shop: DemoShop) -> None:
    amounts, refunds = default_shop.amounts, default_shop.refunds
    assert 0.18 < (amounts.discount > 0).mean() < 0.22
    assert 0.13 < (amounts.shipping_discount > 0).mean() < 0.17
    assert 0.015 < default_shop.fulfilment.is_cancelled.mean() < 0.025
    counted = default_shop.fulfilment.counts[refunds.order] & (refunds.order >= 0)
    assert 0.02 < len(np.unique(refunds.order[counted])) / 12_000 < 0.035


def test_yen_amounts_have_divisor_1(small_demo: Demo) -> None:
    shop = small_demo.shops[1]
    columns = order_rows(shop).columns
    assert set(columns["grand_total_divisor"].values[~shop.is_second].tolist()) == {1}
    code = columns["grand_total_currency_code"]
    assert {code.words[at] for at in code.values[~shop.is_second]} == {"JPY"}


def test_a_few_orders_of_each_shop_are_in_a_second_currency(each_shop: DemoShop) -> None:
    columns = order_rows(each_shop).columns
    second = np.flatnonzero(each_shop.is_second)
    assert 2 <= len(second) <= len(each_shop.order_id) // 50
    assert np.isin(each_shop.refunds.order, second).any()
    assert not set(second.tolist()) & set(each_shop.roles.values())
    assert set(columns["tax_divisor"].values[second].tolist()) == {100}
    code = columns["tax_currency_code"]
    wanted = {"USD": "EUR", "JPY": "USD"}[each_shop.plan.currency]
    assert {code.words[at] for at in code.values[second]} == {wanted}

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from engine.demo.costs import UNKNOWN, cost_lookup
from engine.demo.refund_truth import GOODS, SALES_TAX, divide_refunds
from engine.demo.shop import Demo, DemoShop
from engine.demo.truth import COLUMNS, LEVELS, count_truth, line_costs, truth_text


def level_sums(demo: Demo, shop: DemoShop, column: str) -> list[int]:
    totals = count_truth(demo, shop).totals
    return [sum(row[column] for key, row in totals.items() if key[0] == level) for level in LEVELS]


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "orders"])
def test_skus_and_listings_add_up_to_the_shop(
    small_demo: Demo, each_shop: DemoShop, column: str
) -> None:
    shop, listings, skus = level_sums(small_demo, each_shop, column)
    assert shop == listings == skus > 0


def test_an_order_with_two_skus_counts_once_for_the_shop(
    small_demo: Demo, each_shop: DemoShop
) -> None:
    shop, listings, skus = level_sums(small_demo, each_shop, "orders")
    assert shop == each_shop.fulfilment.counts.sum()
    assert shop < listings <= skus


def test_refunds_of_both_dates_are_the_same_sum(small_demo: Demo, each_shop: DemoShop) -> None:
    by_day, by_order_day = (
        level_sums(small_demo, each_shop, name)[0] for name in ("refunds", "refunds_by_order_day")
    )
    assert by_day == by_order_day
    totals = count_truth(small_demo, each_shop).totals
    assert any(row["refunds"] != row["refunds_by_order_day"] for row in totals.values())


def test_orders_that_do_not_count_are_nowhere(small_demo: Demo, each_shop: DemoShop) -> None:
    counted = each_shop.fulfilment.counts[each_shop.lines.order]
    assert level_sums(small_demo, each_shop, "value")[0] == each_shop.lines.value[counted].sum()
    assert not counted.all()


def test_a_full_refund_empties_every_part_of_its_order(each_shop: DemoShop) -> None:
    order = each_shop.roles["refund_in_two_parts"]
    rows = [row for row in divide_refunds(each_shop) if row.order == order]
    assert sum(row.amount for row in rows) == each_shop.amounts.paid[order]
    lines = np.flatnonzero(each_shop.lines.order == order)
    for n in range(2):
        goods = each_shop.lines.value[lines[n]] - each_shop.amounts.line_discount[lines[n]]
        assert rows[n].parts[GOODS] + rows[n + 2].parts[GOODS] == goods


def test_a_refund_of_tax_touches_no_goods(each_shop: DemoShop) -> None:
    order = each_shop.roles["refund_of_tax_alone"]
    (row,) = [row for row in divide_refunds(each_shop) if row.order == order]
    assert row.parts[SALES_TAX] == row.amount > 0


def test_what_exceeds_the_order_is_goodwill(each_shop: DemoShop) -> None:
    order = each_shop.roles["refund_above_paid"]
    (row,) = [row for row in divide_refunds(each_shop) if row.order == order]
    assert row.excess == 500


def test_a_refund_of_an_unknown_order_keeps_the_listing_it_names(each_shop: DemoShop) -> None:
    named, bare = [row for row in divide_refunds(each_shop) if row.order == -1]
    assert (named.parts[GOODS], named.parts[SALES_TAX]) == (2_500, 250)
    assert named.listing == each_shop.catalogue.listing_of[each_shop.lines.product[0]]
    assert (bare.listing, bare.sku, bare.amount) == (-1, -1, 1_290)


def test_a_cost_is_that_of_the_month_or_of_the_nearest_earlier_one(default_demo: Demo) -> None:
    costs = default_demo.costs
    gap = int(np.flatnonzero(~costs.has_column)[0])
    sku = np.array([0, 0])
    region = np.array([0, 0])
    month = costs.months[[gap, gap - 1]]
    found = cost_lookup(costs, sku, region, month)
    assert found[0] == found[1] == costs.stated[0, 0, gap - 1] > 0


def test_a_cost_is_never_taken_from_a_later_month_or_from_no_sku(default_demo: Demo) -> None:
    costs = default_demo.costs
    late = 36  # costed from the middle of the span
    middle = len(costs.months) // 2
    months = costs.months[[middle - 1, middle + 3]]
    found = cost_lookup(costs, np.array([late, late]), np.array([0, 0]), months)
    assert found[0] == UNKNOWN
    assert found[1] > 0
    assert cost_lookup(costs, np.array([-1]), np.array([0]), months[:1]).tolist() == [UNKNOWN]


def test_most_sales_have_a_known_cost_and_some_do_not(default_demo: Demo) -> None:
    shop = default_demo.shops[0]
    known = line_costs(default_demo, shop) != UNKNOWN
    assert 0.9 < shop.lines.value[known].sum() / shop.lines.value.sum() < 0.99


def test_a_renamed_sku_keeps_its_costs_and_is_another_sku(default_demo: Demo) -> None:
    shop = default_demo.shops[0]
    small = shop.lines.names[-1]
    own = shop.lines.sku == len(shop.lines.names) - 1
    assert small == small.lower()
    assert own.any()
    assert (line_costs(default_demo, shop)[own] != UNKNOWN).any()
    assert any(key[1] == small for key in count_truth(default_demo, shop).totals)


def test_yen_costs_are_converted_at_the_rate_of_the_order_day(small_demo: Demo) -> None:
    shop = small_demo.shops[1]
    to_us = shop.buyers.country[shop.lines.order] == 0  # region 0, so that no table is needed
    line = int(np.flatnonzero((line_costs(small_demo, shop) > 0) & to_us)[0])
    order = int(shop.lines.order[line])
    rate = int(small_demo.rates["USD", "JPY"].at(shop.day[order : order + 1])[0])
    unit = cost_lookup(
        small_demo.costs,
        shop.lines.sku[line : line + 1],
        np.array([0]),
        shop.days.month[shop.day[order : order + 1]],
    )[0]
    yen = int(unit) * int(shop.lines.quantity[line]) * rate / 10**8 / 10**4
    assert abs(line_costs(small_demo, shop)[line] - yen) <= 0.5


def test_the_truth_file_says_what_it_is_about(small_demo: Demo) -> None:
    truth = json.loads(truth_text(small_demo))
    assert (truth["size"], truth["seed"], truth["last"]) == ("demo", 1, "2026-10-31")
    first = truth["shops"][0]
    assert first["currency"] == "USD"
    assert {"case_id", "order_id", "about"} == set(first["cases"][0])
    row = next(r for r in first["totals"] if r["level"] == "shop" and r["month"] == "2024-02")
    assert row["orders"] > 0
    assert date.fromisoformat(truth["first"]) == small_demo.plan.first

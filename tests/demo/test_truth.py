from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from engine.demo.cost_truth import true_costs
from engine.demo.costs import UNKNOWN
from engine.demo.refund_truth import GOODS, SALES_TAX, divide_refunds
from engine.demo.shop import Demo, DemoShop
from engine.demo.truth import COLUMNS, LEVELS, _sale_columns, count_truth, line_costs, truth_text
from engine.ledger.cost_labels import CostMatch


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
    value = _sale_columns(small_demo, each_shop)["value"]
    assert level_sums(small_demo, each_shop, "value")[0] == value[counted].sum()
    own = ~each_shop.is_second[each_shop.lines.order]
    assert value[own].tolist() == each_shop.lines.value[own].tolist()
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


def answer(demo: Demo, sku: int, region: int, place: int) -> tuple[int, str]:
    """The true cost and its label of a SKU in the month at a place of the sheet."""
    costs = true_costs(demo.shops[0].catalogue, demo.costs)
    month = demo.costs.months[[place]]
    unit, label = costs.of(np.array([sku]), np.array([region]), month)
    return int(unit[0]), str(label[0])


def test_a_cost_is_that_of_the_month_or_of_the_nearest_earlier_one(default_demo: Demo) -> None:
    costs = default_demo.costs
    gap = int(np.flatnonzero(~costs.has_column)[0])
    before = int(costs.stated[0, 0, gap - 1])
    assert answer(default_demo, 0, 0, gap - 1) == (before, "direct/same_month/asked")
    assert answer(default_demo, 0, 0, gap) == (before, "direct/earlier_month/asked")


def test_a_cost_of_a_later_month_and_of_another_region_say_so(default_demo: Demo) -> None:
    costs = default_demo.costs
    late = 36  # costed from the middle of the span
    first = int(np.flatnonzero(costs.stated[late, 0] >= 0)[0])
    found = int(costs.stated[late, 0, first]), "direct/later_month/asked"
    assert answer(default_demo, late, 0, first - 1) == found
    without_eu = 100
    assert (costs.stated[without_eu, 1] == UNKNOWN).all()
    place = int(np.flatnonzero(costs.stated[without_eu, 0] >= 0)[0])
    found = int(costs.stated[without_eu, 0, place]), "direct/same_month/other_region"
    assert answer(default_demo, without_eu, 1, place) == found
    assert answer(default_demo, -1, 0, place) == (UNKNOWN, "missing")


def test_the_demo_shows_every_rung_of_the_ladder(default_demo: Demo) -> None:
    labels = {label for _, label in count_truth(default_demo, default_demo.shops[0]).cost_labels}
    assert {label.split("/")[0] for label in labels} == {match.name.lower() for match in CostMatch}
    parts = {part for label in labels for part in label.split("/")[1:]}
    assert parts == {"same_month", "earlier_month", "later_month", "asked", "other_region"}


def test_the_demo_shows_weights_of_every_file(default_demo: Demo) -> None:
    labels = count_truth(default_demo, default_demo.shops[0]).weight_labels
    assert set(labels.values()) == {"sku_map", "duties", "parent", "default"}


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
    (unit,), _ = true_costs(shop.catalogue, small_demo.costs).of(
        shop.lines.sku[line : line + 1],
        np.array([0]),
        shop.days.month[shop.day[order : order + 1]],
    )
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
    sku = next(row for row in first["skus"] if len(row["cost_labels"]) > 1)
    assert sum(sku["cost_labels"].values()) > 0
    assert sku["weight_label"] in ("sku_map", "duties", "parent", "default")
    assert date.fromisoformat(truth["first"]) == small_demo.plan.first

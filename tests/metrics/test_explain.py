"""Every figure opens down to ledger rows, orders, ids and days that come to it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import (
    CatalogueError,
    LevelError,
    ReconciliationError,
    UnknownEntityError,
    UnknownMetricError,
)
from engine.local_time import local_clock
from engine.metrics.compute import Snapshot, build_snapshot, compute_block, entity_ids
from engine.metrics.explain import explain
from engine.metrics.explain_nodes import Leaves, Node
from engine.metrics.explain_parts import leaves_of
from engine.metrics.model import Kind, Level, Metric, Unit
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from tests import worked_shop
from tests.any_shop import START, AnyShop, any_shop
from tests.shop_builder import Line, Order, a_shop, snapshot_of, tables

MARCH = Period.containing("MONTHLY", date(2026, 3, 1))
DATINGS = ("refund_day", "order_day")


def opened(metric: str, level: Level = Level.SHOP, entity: int | str = 1, **more) -> Node:
    found = explain(*worked_shop.opened(), metric, level, entity, more.pop("period", MARCH), **more)
    found.check()
    return found


def batch_value(snapshot: Snapshot, metric: Metric, level, entity, period, dating):
    column = compute_block(
        snapshot, [period], level, [metric], entities=[entity], refund_dating=dating
    ).columns[metric.name]
    if not column.known[0]:
        return None
    value = int(column.values[0])
    return column.texts[value] if metric.unit is Unit.TEXT else value


def signed_leaves(node: Node, sign: int = 1) -> Iterator[tuple[int, Leaves]]:
    """Yield the leaves at the ends of the branches, each with how the top takes them."""
    if node.leaves is not None:
        yield sign, node.leaves
        return
    for child in node.children:
        yield from signed_leaves(child, sign * child.sign)


@pytest.mark.parametrize("dating", DATINGS)
@pytest.mark.parametrize("metric", REGISTRY.metrics.values(), ids=lambda metric: metric.name)
def test_every_metric_of_every_entity_of_the_worked_shop(metric: Metric, dating: str) -> None:
    snapshot, evidence = worked_shop.opened()
    for level in metric.levels:
        for entity in entity_ids(snapshot, level):
            root = explain(
                snapshot, evidence, metric.name, level, entity, MARCH, refund_dating=dating
            )
            root.check()
            assert root.value == batch_value(snapshot, metric, level, entity, MARCH, dating)
            if metric.kind is Kind.SUM and root.value is not None:
                total = sum(sign * leaves.total for sign, leaves in signed_leaves(root))
                assert total == root.value


def test_a_period_that_has_not_begun_opens_like_any_other() -> None:
    april = Period.custom(date(2026, 4, 12), date(2026, 4, 20))
    for metric in REGISTRY.metrics.values():
        if Level.SHOP in metric.levels:
            opened(metric.name, period=april)
    stock = opened("days_of_stock", period=april)
    sold = next(node for node in stock.walk() if node.name == "s.units_28")
    assert (stock.value, sold.value, len(sold.leaves)) == (None, None, 0)


@settings(deadline=None, max_examples=30)
@given(any_shop(), st.integers(-10, 60), st.integers(0, 90), st.randoms(use_true_random=False))
def test_any_metric_of_any_shop_opens_and_adds_up(
    shop: AnyShop, first: int, days: int, draw
) -> None:
    ledger, _, evidence = shop.load()
    clock = local_clock("Europe/Istanbul")
    begun = clock.days_begun(shop.source.newest_fact())
    snapshot = build_snapshot(ledger, begun, begun)
    day = START.date() + timedelta(days=first)
    period = Period.custom(day, day + timedelta(days=days))
    for metric in draw.sample(list(REGISTRY.metrics.values()), 12):
        level, dating = draw.choice(metric.levels), draw.choice(DATINGS)
        entity = draw.choice(entity_ids(snapshot, level))
        root = explain(snapshot, evidence, metric.name, level, entity, period, refund_dating=dating)
        root.check()
        assert root.value == batch_value(snapshot, metric, level, entity, period, dating)


def test_the_leaves_of_a_sum_are_order_lines_with_rule_and_source() -> None:
    fees = opened("transaction_fees").children[0].leaves.frame()
    rows = fees[["order_id", "line_id", "event", "amount", "rule", "basis", "source"]]
    assert rows.to_numpy().tolist() == [
        [1001, 11, "sale", 394, "M29", "measured", "payment account"],
        [1001, 12, "sale", 296, "M29", "measured", "payment account"],
        [1003, 31, "sale", 208, "M32", "estimated", "etsy_fees.csv"],
        [1003, 32, "sale", 579, "M32", "estimated", "etsy_fees.csv"],
        [1004, 41, "sale", 325, "M32", "estimated", "etsy_fees.csv"],
        [1002, 21, "refund", -90, "M33", "estimated", "etsy_fees.csv"],
    ]
    assert str(fees["day"].iloc[-1].date()) == "2026-03-03"
    assert str(fees["order_day"].iloc[-1].date()) == "2026-02-26"


def test_a_row_whose_cost_is_unknown_is_a_leaf_without_an_amount() -> None:
    frame = opened("cogs").children[0].leaves.frame()
    unknown = frame[frame["basis"] == "unknown"]
    assert unknown["order_id"].tolist() == [1004]
    assert unknown["amount"].isna().all()
    assert frame["amount"].sum() == 7021


def test_a_ratio_shows_both_parts_down_to_their_leaves() -> None:
    root = opened("contribution_margin")
    assert [child.name for child in root.children] == ["contribution_profit", "net_revenue"]
    assert [child.value for child in root.children] == [7666, 26311]
    assert root.value == round(7666 / 26311 * 1_000_000)
    assert root.basis == "unknown"  # the goods of 1004 have no cost


def test_a_ratio_of_a_sum_names_the_sum() -> None:
    root = opened("landed_cost_per_order")
    assert [child.name for child in root.children] == ["cogs + fulfilment_cost", "orders"]
    assert root.children[0].value == 7021 + 6575


def test_a_quantile_shows_its_two_neighbours() -> None:
    root = opened("order_value_median")
    assert [(child.formula, child.value) for child in root.children] == [
        ("order 1004", 4500),
        ("order 1001", 9501),
    ]
    assert root.value == (4500 + 9501 + 1) // 2
    assert root.leaves.amount.tolist() == [0, 4500, 9501, 12100]


def test_a_distinct_count_shows_its_ids() -> None:
    [part] = opened("customers").children
    assert part.leaves.columns["customer_id"].tolist() == [1, 2]
    [part] = opened("skus_sold").children
    assert part.leaves.columns["sku"].tolist() == ["A-BLUE", "A-RED", "B", "C"]


def test_a_mode_shows_its_table_the_most_frequent_first() -> None:
    root = opened("primary_payment_method")
    assert root.value == "cc"
    assert [(child.label, child.value) for child in root.children] == [
        ("cc", 2),
        ("other", 1),
        ("paypal", 1),
    ]


def test_what_is_in_no_figure_stands_at_the_root() -> None:
    out = {node.name: node.value for node in opened("net_revenue").left_out}
    assert out == {
        "o.cancelled_orders": 1,
        "o.held_orders": 0,
        "l.unbooked": 0,
        "l.rows_partial": 1,
        "f.unknown_costs": 0,
    }
    cancelled = opened("net_revenue").left_out[0]
    assert cancelled.leaves.columns["order_id"].tolist() == [1005]


def test_a_refund_moves_with_its_dating() -> None:
    assert opened("returns_value").children[0].leaves.total == 1170
    assert opened("returns_value", refund_dating="order_day").children[0].leaves.total == 0


@pytest.mark.parametrize(
    ("metric", "level", "entity", "error", "words"),
    [
        ("net_revenu", Level.SHOP, 1, UnknownMetricError, "Did you mean net_revenue"),
        ("skus_sold", Level.PRODUCT, "B", LevelError, "does not exist at level 'product'"),
        ("orders", Level.LISTING, 999, UnknownEntityError, "The shop has no listing 999"),
        ("orders", Level.PRODUCT, "A-READ", UnknownEntityError, "Did you mean A-RED"),
    ],
)
def test_wrong_questions_are_the_batchs_errors(metric, level, entity, error, words) -> None:
    with pytest.raises(error, match=words):
        explain(*worked_shop.opened(), metric, level, entity, MARCH)


def test_a_leaf_that_is_one_cent_off_is_raised() -> None:
    root = opened("shipping_income")
    part = root.children[0]
    wrong = part.leaves.amount.copy()
    wrong[0] += 1
    broken = replace(part, leaves=Leaves({**part.leaves.columns, "amount": wrong}))
    with pytest.raises(
        ReconciliationError, match=r"l.shipping does not add up: it is 1299 but .* 1300"
    ):
        replace(root, children=(broken, *root.children[1:])).check()


def test_a_part_without_leaves_says_where_to_name_them() -> None:
    with pytest.raises(CatalogueError, match=r"which rows the part o\.unheard_of is made of"):
        leaves_of("o.unheard_of", None)


def test_a_tree_becomes_plain_values_for_json() -> None:
    plain = opened("shipping_income").as_dict(leaves=2)
    assert (plain["name"], plain["value"], plain["unit"]) == ("shipping_income", 1080, "money")
    assert [len(child["leaves"]) for child in plain["children"]] == [2, 1]
    assert [child["sign"] for child in plain["children"]] == [1, -1]
    assert plain["left_out"][0]["name"] == "o.cancelled_orders"


def test_a_shop_of_guests_only_has_no_customers() -> None:
    order = Order(1, datetime(2026, 3, 5, 10), [Line(11, "B", 1, 4500, 102)])
    snapshot = snapshot_of(tables(a_shop(), [order]))
    names = ["customers", "new_customers", "repeat_customers", "guest_orders"]
    chosen = REGISTRY.choose(Level.SHOP, names)
    block = compute_block(snapshot, [MARCH], Level.SHOP, chosen)
    assert [int(block.columns[name].values[0]) for name in names] == [0, 0, 0, 1]

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import CatalogueError, LevelError, UnknownMetricError
from engine.metrics.catalogue.declare import Declarations
from engine.metrics.glossary import metrics_page
from engine.metrics.model import Family, Kind, Level, Ratio, Unit, linear
from engine.metrics.registry import REGISTRY, build_registry


def declared(*metrics):
    return build_registry([*REGISTRY.metrics.values(), *metrics])


def one(name="new_metric", formula="l.value", about="A sentence.", **more):
    family = Declarations(Family.SALES)
    family.money(name, "Label", formula, about, **more)
    return family.metrics[0]


def ratio(over, under):
    return Ratio(linear(over), linear(under))


def test_a_misspelled_metric_is_met_with_the_nearest_names():
    with pytest.raises(UnknownMetricError, match="There is no metric 'net_revenu'") as caught:
        REGISTRY["net_revenu"]
    assert caught.value.hint.startswith("Did you mean net_revenue")
    assert caught.value.exit_code == 2


def test_a_synonym_is_the_metric():
    assert REGISTRY["gms"] is REGISTRY["gross_merchandise_sales"]


def test_a_metric_is_refused_at_a_level_that_it_does_not_have():
    with pytest.raises(LevelError, match="does not exist at level 'product'") as caught:
        REGISTRY.choose(Level.PRODUCT, ["skus_sold"])
    assert caught.value.hint == "It exists at: shop, listing."


def test_metrics_come_in_the_order_asked_for():
    names = ["orders", "discounts", "net_sales"]
    assert [metric.name for metric in REGISTRY.choose(Level.SHOP, names)] == names


@pytest.mark.parametrize(
    ("metric", "problem"),
    [
        (one("net_sales"), "net_sales is declared twice"),
        (one(formula="nothing_known"), "names nothing_known, which is not declared"),
        (one(formula="net_sales + skus_sold"), "needs skus_sold, which product does not have"),
        (one(formula="orders"), "adds over entities, but its input orders does not"),
        (one(about="no full stop"), "the description of new_metric is not a sentence"),
        (one(formula="new_metric + net_sales"), "new_metric is defined by itself"),
        (one(synonyms=("orders",)), "synonym orders is a metric"),
        (one(synonyms=("gms",)), "gms is declared twice"),
    ],
)
def test_the_catalogue_is_checked_as_a_whole(metric, problem):
    with pytest.raises(CatalogueError, match=problem) as caught:
        declared(metric)
    assert caught.value.exit_code == 70


def changed(name, **more):
    return [replace(m, **more) if m.name == name else m for m in REGISTRY.metrics.values()]


@pytest.mark.parametrize(
    ("name", "more", "problem"),
    [
        ("orders", {"levels": (Level.PRODUCT, Level.SHOP)}, "orders has to name its levels"),
        ("orders", {"levels": ()}, "orders has to name its levels from the shop down"),
        ("skus_sold", {"adds_over_time": (Level.PRODUCT,)}, "at a level that it does not have"),
        ("gross_margin", {"adds_over_entities": True}, "is a ratio, which never adds up"),
        ("peak_hour", {"adds_over_time": (Level.SHOP,)}, "is a mode, which never adds up"),
        ("customers", {"adds_over_entities": True}, "never adds up over entities"),
        ("gross_profit", {"adds_over_time": ()}, "contribution_profit adds over time where its"),
        ("gross_margin", {"kind": Kind.SUM}, "declared a sum, but its formula is a ratio"),
        ("profit_basis", {"kind": Kind.DERIVED}, "but its formula is a flag"),
        ("units_sold", {"unit": Unit.MONEY}, "unit_return_rate is a share of money"),
        ("net_sales", {"unit": Unit.COUNT}, "net_sales is in count, but adds up money"),
        ("average_order_value", {"formula": ratio("orders", "customers")}, "but divides count"),
        ("gift_rate", {"formula": ratio("gift_orders", "net_sales")}, "is a share of money"),
        ("gift_rate", {"formula": ratio("orders + net_sales", "orders")}, "different units on one"),
        ("gift_rate", {"lowest": 1}, "gift_rate has no value between 1 and 1"),
        ("profit_basis", {"lowest": 0}, "profit_basis is a text and has no bounds"),
        ("markup", {"highest": 9}, "markup has an upper bound, which only shares have"),
        ("orders", {"lowest": None}, "orders is a count and is never below 0"),
        ("orders", {"label": "orders"}, "does not begin with a capital letter"),
        ("orders", {"since": 0}, "orders has to say since which version"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(name, more, problem):
    with pytest.raises(CatalogueError, match=problem):
        build_registry(changed(name, **more))


def test_every_problem_is_named_at_once():
    wrong = [replace(m, description="no", since=0) for m in REGISTRY.metrics.values()]
    with pytest.raises(CatalogueError) as caught:
        build_registry(wrong)
    assert str(caught.value).count("\n") == 2 * len(REGISTRY.metrics)


def test_a_changed_definition_changes_the_version():
    changed = [
        replace(metric, formula=linear("l.base")) if metric.name == "order_totals" else metric
        for metric in REGISTRY.metrics.values()
    ]
    assert build_registry(REGISTRY.metrics.values()).version == REGISTRY.version
    assert build_registry(changed).version != REGISTRY.version


@pytest.mark.parametrize("text", ["", "a +", "a b", "+ a", "a * b"])
def test_a_formula_is_a_sum_of_names(text):
    if not text:
        assert linear(text).terms == ()
        return
    with pytest.raises(ValueError, match="not a sum of names"):
        linear(text)


def test_bounds_are_those_of_shares():
    for metric in REGISTRY.metrics.values():
        if metric.highest == 1:
            assert metric.unit is Unit.SHARE, metric.name


def test_every_metric_stands_on_the_page():
    page = metrics_page()
    assert all(f"`{name}`" in page for name in REGISTRY.metrics)

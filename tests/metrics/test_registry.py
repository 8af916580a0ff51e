from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import CatalogueError, LevelError, UnknownMetricError
from engine.metrics.catalogue.declare import Declarations
from engine.metrics.glossary import metrics_page
from engine.metrics.model import Family, Level, Unit, linear
from engine.metrics.registry import REGISTRY, build_registry


def declared(*metrics):
    return build_registry([*REGISTRY.metrics.values(), *metrics])


def one(name="new_metric", formula="l.value", about="A sentence.", **more):
    family = Declarations(Family.SALES)
    family.money(name, "Label", formula, about, **more)
    return family.metrics[0]


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
    ],
)
def test_the_catalogue_is_checked_as_a_whole(metric, problem):
    with pytest.raises(CatalogueError, match=problem) as caught:
        declared(metric)
    assert caught.value.exit_code == 70


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

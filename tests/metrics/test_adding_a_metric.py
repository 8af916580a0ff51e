"""Adding a metric touches one file of the catalogue and one migration: everything else follows."""

from __future__ import annotations

import re
from datetime import date

import pytest

from engine.database.migrate import MIGRATIONS_FOLDER
from engine.metrics.answers import as_frame, as_records
from engine.metrics.catalogue.declare import UP, Declarations
from engine.metrics.compute import compute_block
from engine.metrics.dimensions import Dimension, dimensions_of
from engine.metrics.explain import explain
from engine.metrics.glossary import metrics_page
from engine.metrics.model import Family, Level, Unit
from engine.metrics.registry import REGISTRY, build_registry
from engine.periods import Period
from engine.reports.spec import report_table
from engine.settings import PROJECT_FOLDER
from tests import worked_shop

MARCH = Period.containing("MONTHLY", date(2026, 3, 1))
ENGINE = PROJECT_FOLDER / "engine"


@pytest.fixture
def new_metric():
    """One declaration, as a catalogue file would hold it, in a catalogue that has all others."""
    baskets = Declarations(Family.BASKET)
    baskets.ratio(
        "paid_per_order",
        "Paid per order",
        Unit.MONEY,
        "order_totals",
        "orders",
        "What buyers paid per order, with tax.",
        direction=UP,
    )
    extended = build_registry([*REGISTRY.metrics.values(), *baskets.metrics])
    (metric,) = baskets.metrics
    assert extended[metric.name] is metric
    REGISTRY.metrics[metric.name] = metric
    yield metric
    del REGISTRY.metrics[metric.name]


def test_a_declaration_is_enough_to_compute_break_down_open_store_and_show_it(new_metric):
    block = compute_block(worked_shop.snapshot(), [MARCH], Level.SHOP, [new_metric])
    (record,) = as_records(block, 2)
    assert str(record["paid_per_order"]) == "71.37"  # 285.47 over 4 orders
    assert as_frame(block)["paid_per_order"].tolist() == [7137]
    assert Dimension.COUNTRY in dimensions_of(new_metric)
    opened = explain(*worked_shop.opened(), "paid_per_order", Level.SHOP, 1, MARCH)
    opened.check()
    assert [child.value for child in opened.children] == [28547, 4]
    for level in Level:
        assert "paid_per_order" in [field.name for field in report_table(level, 2).fields]
    assert "### Paid per order · `paid_per_order`" in metrics_page()


def test_every_metric_is_declared_in_one_file_of_the_catalogue():
    texts = {file.name: file.read_text() for file in (ENGINE / "metrics/catalogue").glob("*.py")}
    for name in REGISTRY.metrics:
        declaration = re.compile(rf'\(\s*"{name}",\s*"[A-Z]')
        declared = [file for file, text in texts.items() if declaration.search(text)]
        assert len(declared) == 1, (name, declared)


def test_every_report_column_comes_from_one_migration():
    table = re.compile(r'(?:CREATE|ALTER) TABLE "(?:shop|listing|product)_reports"([^;]*)')
    columns = {
        file.parent.name: {
            column
            for body in table.findall(file.read_text())
            for column in re.findall(r'(?:^|ADD COLUMN)\s+"(\w+)"', body, re.MULTILINE)
        }
        for file in MIGRATIONS_FOLDER.glob("*/migration.sql")
    }
    for name in REGISTRY.metrics:
        found = [migration for migration, names in columns.items() if name in names]
        assert len(found) == 1, (name, found)

"""What a page prints, what the batch call answers and what the reports store are one figure.

Entities and complete periods are drawn at random from the stored rows, and every column of a level
is compared. The shop's owner has files, so hardly a column is without values.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.bounds import at_most, is_high_end
from engine.dashboard.data import Figures
from engine.dashboard.pages import COMPARE
from engine.database.url import DatabaseUrl
from engine.metrics.formats import text
from engine.metrics.model import SHOP, Level, Unit
from engine.metrics.registry import REGISTRY
from engine.periods import GRAINS, Period, PeriodKind
from engine.reports.spec import ENTITY_FIELDS, TABLE_NAMES, VERSION_COLUMNS, Scope
from tests.reports.conftest import copy_of, run_once

# Daily rows are many; the last months of a year have periods of all kinds.
FIRST, LAST = date(2025, 9, 1), date(2025, 12, 31)
# A SKU of so small a shop is not sold at enough prices for an elasticity.
NEVER_KNOWN = {"price_elasticity"}
DRAWN = 60  # rows of each level that are asked for again
PAGES = 3  # pages of each level that are opened, with two rows each


@dataclass(frozen=True)
class Stored:
    """One complete row of a report table: whose it is, and all its columns as they are stored."""

    entity: int | str
    period: Period
    columns: dict[str, Any]


@pytest.fixture(scope="module")
def stored(
    server_url: DatabaseUrl, shop_template: DatabaseUrl, shop_files: Path
) -> Iterator[dict[Level, list[Stored]]]:
    """The complete rows of a report run over the demo shop, by level."""
    with copy_of(server_url, shop_template.database) as url:
        run_once(url, shop_files, Scope(first=FIRST, last=LAST))
        yield {level: rows_of(url, level) for level in Level}


def rows_of(url: DatabaseUrl, level: Level) -> list[Stored]:
    key = "shop_id" if level is SHOP else ENTITY_FIELDS[level].name
    with psycopg.connect(url.libpq(), row_factory=dict_row) as connection:
        found = connection.execute(
            f"SELECT * FROM {TABLE_NAMES[level]} "
            f"WHERE is_complete ORDER BY {key}, period_type, period_start".encode()
        ).fetchall()
    return [
        Stored(
            row[key],
            Period(PeriodKind(row["period_type"]), row["period_start"], row["period_end"]),
            {name: value for name, value in row.items() if name not in VERSION_COLUMNS},
        )
        for row in found
    ]


def drawn(rows: list[Stored], count: int, seed: str) -> list[Stored]:
    """So many rows, of every kind of period in turn."""
    dice = random.Random(seed)
    by_kind = [[row for row in rows if row.period.kind is kind] for kind in GRAINS]
    return [dice.choice(by_kind[at % len(GRAINS)]) for at in range(count)]


@pytest.mark.parametrize("level", list(Level))
def test_a_stored_row_is_the_answer_of_the_batch_call_in_every_column(
    level: Level, stored: dict[Level, list[Stored]], analytics: EcommerceAnalyticsOptimized
) -> None:
    names = [metric.name for metric in REGISTRY.at_level(level)]
    known = set()
    for row in drawn(stored[level], DRAWN, f"batch {level}"):
        asked = None if level is SHOP else [row.entity]
        (answer,) = analytics.calculate_metrics_batch(
            [row.period], level=level, entities=asked, as_frame=False
        )
        columns = [*answer.keys() - {"entity_id"}]
        assert {name: plain(row.columns[name]) for name in columns} == {
            name: plain(answer[name]) for name in columns
        }
        assert answer["entity_id"] == row.entity
        assert row.columns.keys() - {*columns} <= {"shop_id", "listing_id", "sku", "currency"}
        known |= {name for name in names if answer[name] is not None}
    assert {*names} - known <= NEVER_KNOWN


@pytest.mark.parametrize("level", list(Level))
def test_a_page_prints_every_column_of_a_stored_row(
    level: Level, stored: dict[Level, list[Stored]], shop_app
) -> None:
    # Where neither side has an order the page says so and prints no figures.
    sold = [row for row in stored[level] if row.columns["units_sold"]]
    rows = drawn(sold, 2 * PAGES, f"page {level}")
    for before, after in zip(rows[::2], rows[1::2], strict=True):
        chosen = {} if level is SHOP else {"a_id": str(before.entity), "b_id": str(after.entity)}
        at = shop_app(COMPARE, of=level.value, a=days(before), b=days(after), **chosen)
        (table,) = [one.value for one in at.dataframe if "metric" in one.value.columns]
        table = table.set_index("metric")
        metrics = REGISTRY.at_level(level)
        assert len(table) == len(metrics)
        for side, row in (("before", before), ("after", after)):
            assert table[side].to_dict() == {
                metric.label: marked(metric.name, row, level) for metric in metrics
            }


def marked(name: str, row: Stored, level: Level) -> str:
    """Return what a page prints of a column; a profit that lacks costs is the high end."""
    shown = printed(REGISTRY[name].unit, row.columns[name])
    numbers = {
        column: float(value) if isinstance(value, Decimal) else value
        for column, value in row.columns.items()
    }
    figures = Figures({row.period: numbers}, row.columns["currency"], level)
    return at_most(shown) if is_high_end(name, figures, row.period) else shown


def plain(value: Any) -> Any:
    """Hours and days are NUMERIC(18,2) in the tables and floats of two decimals in an answer."""
    return Decimal(str(value)) if isinstance(value, (float, Decimal)) else value


def printed(unit: Unit, value: Any) -> str:
    """A stored value as the registry writes it: money is stored in major units."""
    if unit is Unit.MONEY and value is not None:
        value = int(value.scaleb(2))
    return text(unit, value, "USD")


def days(row: Stored) -> list[str]:
    return [row.period.start.isoformat(), row.period.end.isoformat()]

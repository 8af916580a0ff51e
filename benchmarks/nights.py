"""The report rows that the benchmark of writing writes: one row = one SKU and one day, seeded.

They fill every column of the report table of SKUs; a quarter of the values of metrics are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from engine.database.blocks import (
    NULL_INT64,
    Block,
    Field,
    Kind,
    Values,
    Words,
    row_digests,
)
from engine.metrics.model import PRODUCT
from engine.money import Int64Array
from engine.reports.spec import report_table

TABLE = report_table(PRODUCT, 2)
_FIRST_DAY = np.datetime64("2021-01-01")
_FIRST_NIGHT = datetime(2026, 1, 1, 1, tzinfo=UTC)
_SKUS = 1_000
_UNKNOWN = 0.25  # of the values of a metric
_WORDS = {
    "profit_basis": ["measured", "estimated", "partial"],
    "primary_payment_method": ["apple_pay", "cc", "google_pay", "other", "paypal"],
}


@dataclass(frozen=True, slots=True)
class Night:
    """What one run writes; two nights have the same keys, and no row of equal values."""

    run_id: int
    block: Block
    digests: Int64Array

    @property
    def known_at(self) -> datetime:
        """The instant from which the rows are known."""
        return _FIRST_NIGHT + timedelta(days=self.run_id)


def make_night(run_id: int, rows: int) -> Night:
    """Draw the rows of a run, whose number is also the seed."""
    draw = np.random.default_rng(run_id)
    header = _header(rows)
    metrics = [field for field in TABLE.fields if field.name not in header]
    block = header | {field.name: _drawn(field, draw, rows) for field in metrics}
    return Night(run_id, block, row_digests(TABLE, block))


def _header(rows: int) -> dict[str, Values]:
    """Return the columns that are the same every night: which SKU and day a row is about."""
    row = np.arange(rows)
    one = np.ones(rows, np.int64)
    same = np.zeros(rows, np.int32)
    day = _FIRST_DAY + row // _SKUS
    return {
        "shop_id": one,
        "sku": Words((row % _SKUS).astype(np.int32), [f"SKU-{n:05d}" for n in range(_SKUS)]),
        "period_type": Words(same, ["DAILY"]),
        "period_start": day,
        "period_end": day,
        "period_days": one,
        "elapsed_days": one,
        "is_complete": np.ones(rows, np.bool_),
        "currency": Words(same, ["USD"]),
    }


def _drawn(field: Field, draw: np.random.Generator, rows: int) -> Values:
    """Draw the values of a metric; they are such as the checks of every column let through."""
    unknown = draw.random(rows) < _UNKNOWN
    match field.kind:
        case Kind.MONEY:
            return np.where(unknown, NULL_INT64, draw.integers(-1_000_000, 10_000_000, rows))
        case Kind.INTEGER:
            return np.where(unknown, NULL_INT64, draw.integers(1, 8, rows))
        case Kind.HUNDREDTHS:
            return np.where(unknown, np.nan, draw.integers(0, 100_000, rows) / 100)
        case Kind.DOUBLE:
            return np.where(unknown, np.nan, draw.random(rows))
        case Kind.TEXT:
            words = _WORDS[field.name]
            codes = np.where(unknown, -1, draw.integers(0, len(words), rows))
            return Words(codes.astype(np.int32), words)
    raise ValueError(f"{field.name}: no metric is of the kind {field.kind.name}")

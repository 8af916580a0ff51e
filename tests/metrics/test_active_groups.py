"""Groups with a row are looked up, or read off the days: both ways find the same."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from engine.metrics import compute
from engine.metrics.model import LISTING, PRODUCT, Level
from engine.metrics.registry import REGISTRY
from engine.periods import Period, PeriodKind, periods_between
from tests import worked_shop

DAYS = (date(2026, 2, 20), date(2026, 4, 10))
MONTHS = [*periods_between(PeriodKind.MONTHLY, *DAYS), Period.custom(*DAYS)]


@pytest.mark.parametrize("level", [LISTING, PRODUCT])
def test_looking_up_finds_the_groups_that_the_days_have(
    level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = worked_shop.snapshot()
    metrics = REGISTRY.choose(level, ("net_sales", "orders", "ad_spend", "customers"))
    monkeypatch.setattr(compute, "LOOK_UP", 0)
    looked_up = compute.compute_block(snapshot, MONTHS, level, metrics)
    monkeypatch.setattr(compute, "LOOK_UP", 10**9)
    read_off = compute.compute_block(snapshot, MONTHS, level, metrics)
    assert len(looked_up)
    assert np.array_equal(looked_up.entity, read_off.entity)
    assert np.array_equal(looked_up.period, read_off.period)
    for name, column in looked_up.columns.items():
        assert np.array_equal(column.values, read_off.columns[name].values), name
        assert np.array_equal(column.known, read_off.columns[name].known), name

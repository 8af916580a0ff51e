"""Restocking and dead stock of tests/stock_shop.py, each day worked out from the Poisson sum."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from engine.metrics.compute import compute_block
from engine.metrics.model import PRODUCT, SHOP
from engine.metrics.registry import REGISTRY
from engine.metrics.stock_list import FARTHEST, age_table, first_look, stock_table
from engine.periods import Period, day_number
from tests import stock_shop
from tests.oracle_states import poisson_above

SNAPSHOT = stock_shop.snapshot()
TODAY = date(2026, 3, 31)


def table(day: date = TODAY) -> pd.DataFrame:
    return stock_table(SNAPSHOT, day_number(day)).set_index("sku")


def test_a_row_says_what_the_metrics_of_its_sku_say() -> None:
    names = ["closing_stock", "active_offers", "stock_value", "stockout_risk"]
    drawn = table()
    assert list(drawn.index) == ["BLUE", "RED"]
    for sku in drawn.index:
        block = compute_block(
            SNAPSHOT,
            [Period.custom(TODAY, TODAY)],
            PRODUCT,
            REGISTRY.choose(PRODUCT, names),
            entities=[sku],
        )
        for name in names:
            column = block.columns[name]
            shown = drawn.loc[sku, name]
            if not column.known[0]:
                assert shown is pd.NA, name
            elif name == "stockout_risk":
                assert round(shown * 10**6) == column.values[0]
            else:
                assert shown == column.values[0], name


def test_the_forecast_is_the_risk_read_the_other_way_round() -> None:
    """RED: 6 pieces in 56 days, 8 on the shelf; the first days with a chance of 10, 50, 90 %."""
    red = table().loc["RED"]
    assert red["daily_units"] == pytest.approx(6 / 56)
    for column, chance in (("runs_out_from", 0.1), ("runs_out", 0.5), ("runs_out_by", 0.9)):
        days = (red[column] - TODAY).days
        assert poisson_above(6 * days, 56, 8) >= chance > poisson_above(6 * (days - 1), 56, 8)
    assert (red["runs_out_from"] - red["order_by"]).days == 14
    assert not red["is_due"]


def test_what_has_no_pace_has_no_forecast() -> None:
    """BLUE was first sold eleven days ago: too few to say how fast it goes."""
    blue = table().loc["BLUE"]
    assert blue[["runs_out_from", "runs_out", "runs_out_by", "order_by"]].isna().all()
    assert blue["last_sale"] == date(2026, 3, 20)
    assert blue["days_since_sale"] == 11
    assert not blue["is_due"]


def test_a_day_that_nobody_looked_at_has_no_row() -> None:
    assert table(date(2026, 3, 10)).empty
    assert table(date(2020, 1, 1)).empty
    assert table(date(2027, 1, 1)).empty
    assert age_table(SNAPSHOT, day_number(date(2026, 3, 10))).empty
    assert first_look(SNAPSHOT) == date(2026, 2, 27)


def test_ages_add_up_to_the_stock_of_the_shop() -> None:
    ages = age_table(SNAPSHOT, day_number(TODAY))
    names = ["closing_stock", "stock_value"]
    block = compute_block(
        SNAPSHOT, [Period.custom(TODAY, TODAY)], SHOP, REGISTRY.choose(SHOP, names)
    )
    for name in names:
        assert ages[name].sum() == block.columns[name].values[0]
    assert list(ages["since_sale"]) == ["30 days or less"]
    assert list(ages["skus"]) == [2]


@pytest.mark.parametrize(("ordered", "is_due"), [(1, False), (200, True)])
def test_a_sku_is_due_when_it_may_run_out_before_new_stock_comes(
    ordered: int, is_due: bool
) -> None:
    red = stock_table(stock_shop.snapshot(of_red=ordered), day_number(TODAY)).iloc[1]
    assert red["is_due"] == is_due == (red["stockout_risk"] >= 0.1)
    assert (red["order_by"] == TODAY) == is_due


def test_the_farthest_forecast_is_none() -> None:
    red = stock_table(stock_shop.snapshot(of_red=1, stock=5_000), day_number(TODAY)).iloc[1]
    assert red["runs_out_from"] is None
    assert red["closing_stock"] / red["daily_units"] > FARTHEST


def test_unsold_for_ninety_days_is_dead_and_the_day_before_is_not() -> None:
    """RED was sold on 15 January only; 90 days on is 15 April."""
    days = [date(2026, 4, 14), date(2026, 4, 15)]
    for day, is_dead in zip(days, (False, True), strict=True):
        noon = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        shop = stock_shop.snapshot(of_red=0, watermark=noon)
        red = stock_table(shop, day_number(day)).iloc[1]
        assert red["days_since_sale"] == (day - date(2026, 1, 15)).days
        assert red["is_dead"] == is_dead

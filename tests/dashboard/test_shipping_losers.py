"""Losing parcels, SKUs that lose where duty is due, and what weight costs: the engine's numbers."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.dashboard import pages
from engine.dashboard.content import shipping_losers
from engine.dashboard.content.break_even_price import price_words
from engine.dashboard.content.shipping_losers import DUTY_COUNTRY, PARCEL_COLUMNS, WEIGHT_COLUMNS
from engine.dashboard.filters import Filters
from engine.metrics.formats import known, number
from engine.metrics.registry import REGISTRY
from engine.ranges import RangeName


@pytest.fixture
def period(view_of):
    return view_of(Filters(RangeName.TWELVE_MONTHS)).period


@pytest.fixture
def open_tab(shop_app):
    def open_(tab: str, **query):
        return shop_app(pages.SHIPPING, range="12 months", shipping=tab, **query)

    return open_


@pytest.mark.parametrize("only", [False, True])
def test_losing_parcels_stand_worst_first_and_each_adds_up(
    only: bool, open_tab, analytics, period
) -> None:
    query = {"only us": "true"} if only else {}
    at = open_tab("Losing parcels", **query)
    (drawn,) = [table.value for table in at.dataframe]
    frame = analytics.orders_frame(period, metrics=PARCEL_COLUMNS)
    losing = frame[frame["is_placed"] & (frame["shipping_result"] < 0)]
    if only:
        losing = losing[losing["country"] == DUTY_COUNTRY]
        assert set(drawn["country"]) == {DUTY_COUNTRY}
    assert len(drawn) == min(len(losing), 100) > 5
    assert list(drawn["shipping_result"]) == sorted(drawn["shipping_result"])
    assert drawn["shipping_result"].iloc[0] == losing["shipping_result"].min() / 100
    costs = drawn["postage"] + drawn["duty"] + drawn["import_tax"] + drawn["carrier_fee"]
    assert ((drawn["shipping_income"] - costs - drawn["shipping_result"]).abs() < 0.001).all()
    assert any(f"{len(losing):,} of " in one.value for one in at.caption)


def test_losers_to_the_country_with_duty_are_the_breakdowns(open_tab, analytics, period) -> None:
    (drawn,) = [table.value for table in open_tab("To the US").dataframe]
    names = ["contribution_profit", "units_sold"]
    each = analytics.calculate_metrics_batch([period], level="product", metrics=names)
    there = analytics.calculate_metrics_batch(
        [period], level="product", metrics=names, breakdown="country"
    )
    there = there[there["country"] == DUTY_COUNTRY].set_index("entity_id")
    whole = each.set_index("entity_id").loc[there.index]
    # What names no order has no country, and the account of the demo has no such entries.
    elsewhere = whole[names] - there[names]
    loses = (there["contribution_profit"] < 0) & (elsewhere["contribution_profit"] > 0)
    loses &= (there["units_sold"] > 0) & (elsewhere["units_sold"] > 0)
    wanted = there[loses]["contribution_profit"].sort_values()
    assert len(drawn) == len(wanted) > 0
    assert [round(value * 100) for value in drawn["profit"]] == list(wanted)
    assert set(drawn["sku"]) == set(wanted.index)
    assert (drawn["profit_of_unit"] <= 0).all()
    assert (drawn["profit_of_unit_elsewhere"] >= 0).all()


def test_break_even_prices_are_the_engines_and_asked_for(
    open_tab, analytics, period, monkeypatch
) -> None:
    monkeypatch.setattr(shipping_losers, "MOST_PRICES", 3)
    at = open_tab("To the US", **{"break even": "true"})
    (drawn,) = [table.value for table in at.dataframe]
    ends = analytics.calculate_metrics_batch(
        [period],
        level="product",
        metrics=["contribution_profit", "contribution_profit_low"],
        breakdown="country",
    )
    ends = ends[ends["country"] == DUTY_COUNTRY].set_index("entity_id")
    assert drawn["break_even"].notna().any()
    for row in drawn.head(3).to_dict("records"):
        found = analytics.break_even(row["sku"], period, country=DUTY_COUNTRY)
        assert found.profit == round(row["profit"] * 100)
        most, least = ends.loc[row["sku"], ["contribution_profit", "contribution_profit_low"]]
        assert found.lacks_costs == (known(most) != known(least))
        if found.price is None:
            assert pd.isna(row["break_even"])
        else:
            assert row["break_even"] == price_words(found, "USD")
            assert row["break_even"].startswith("≥ ") == found.lacks_costs
            assert found.price > round(row["price"] * 100)


def test_weights_ascend_and_are_the_engines_groups(open_tab, analytics, period) -> None:
    (drawn,) = [table.value for table in open_tab("By weight").dataframe]
    weights = [float(one) for one in drawn["tier"] if one != "(none)"]
    assert weights == sorted(weights)
    groups = analytics.calculate_metrics_batch(
        [period], level="shop", metrics=WEIGHT_COLUMNS, breakdown="tier"
    )
    for name in WEIGHT_COLUMNS:
        wanted = (number(REGISTRY[name].unit, value, "USD") for value in groups[name])
        assert sorted(drawn[name].dropna()) == sorted(v for v in wanted if v is not None), name

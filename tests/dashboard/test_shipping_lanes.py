"""The lanes of Shipping & duties: the engine's own groups, nothing added up here."""

from __future__ import annotations

import pytest

from engine.dashboard import pages
from engine.dashboard.content.shipping_lanes import BASES, BY_COLUMNS, CHARTS, COLUMNS
from engine.dashboard.filters import Filters
from engine.metrics.formats import number
from engine.metrics.registry import REGISTRY
from engine.ranges import RangeName


@pytest.fixture
def period(view_of):
    return view_of(Filters(RangeName.TWELVE_MONTHS)).period


def frame_of(at, column: str):
    """The table of the page that has this column first."""
    (drawn,) = [table.value for table in at.dataframe if table.value.columns[0] == column]
    return drawn


def numbers(frame, name: str) -> list[float]:
    drawn = (number(REGISTRY[name].unit, one, "USD") for one in frame[name])
    return sorted(one for one in drawn if one is not None)


@pytest.mark.parametrize("basis", [one for one in BASES if one != "All"])
def test_parcels_whose_cost_is_known_in_one_way_are_the_engines_groups(
    basis: str, shop_app, analytics, period
) -> None:
    drawn = frame_of(shop_app(pages.SHIPPING, range="12 months", basis=basis), "country")
    pairs = analytics.calculate_metrics_batch(
        [period], level="shop", metrics=BY_COLUMNS, breakdown=("country", "parcel_basis")
    )
    wanted = pairs[pairs["parcel_basis"] == BASES[basis]]
    assert 0 < len(drawn) == len(wanted)
    for name in BY_COLUMNS:
        assert sorted(drawn[name].dropna()) == numbers(wanted, name), name


def test_a_country_in_the_address_has_its_own_lanes_and_skus(shop_app, analytics, period) -> None:
    at = shop_app(pages.SHIPPING, range="12 months", country="DE", by="Zone")
    ask = {"metrics": BY_COLUMNS, "breakdown": ("zone", "country")}
    lanes = analytics.calculate_metrics_batch([period], level="shop", **ask)
    lanes = lanes[lanes["country"] == "DE"]
    skus = analytics.calculate_metrics_batch(
        [period], level="product", metrics=COLUMNS, breakdown="country"
    )
    skus = skus[skus["country"] == "DE"]
    zones, (total, each) = (
        frame_of(at, "zone"),
        [t.value for t in at.dataframe if "name" in t.value],
    )
    assert list(total["name"]) == ["All to DE"]
    assert sorted(each["name"]) == sorted(skus["entity_id"])
    for name in COLUMNS:
        assert sorted(zones[name].dropna()) == numbers(lanes, name), name
        assert sorted(each[name].dropna()) == numbers(skus, name), name
    assert total["parcels"].iloc[0] == lanes["parcels"].sum() > 0


def test_lanes_are_charted_as_charged_against_cost_or_by_margin(shop_app) -> None:
    said = []
    for chart in CHARTS:
        at = shop_app(pages.SHIPPING, range="12 months", lanes=chart)
        said.append(at.get("plotly_chart")[-1].proto.alt)
    assert said[0].startswith("Shipping income against fulfilment cost: US ")
    assert said[1].startswith("Contribution margin: ")

"""From a row to what stands behind it: another page opens with the same filters."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.dashboard import drill, filter_bar, pages
from engine.dashboard.filters import Filters
from engine.metrics.model import LISTING, PRODUCT
from engine.periods import Period
from engine.ranges import RangeName
from engine.settings import PROJECT_FOLDER


@pytest.mark.parametrize(
    ("page", "key"), [(pages.PRODUCTS, "sku"), (pages.LISTINGS, "listing")], ids=["SKU", "listing"]
)
def test_a_row_opens_its_page_with_the_same_range(
    page: Path, key: str, shop_app, analytics
) -> None:
    level = PRODUCT if key == "sku" else LISTING
    frame = analytics.calculate_metrics_batch(
        [every_day(analytics)], level=level, metrics=["orders"]
    )
    entity = frame["entity_id"].iloc[0]
    at = shop_app(range="12 months")
    at.session_state["leaving for"] = (page, {key: str(entity)})
    at.run()
    assert not at.exception
    assert at.query_params[key] == str(entity)
    assert at.selectbox(key="range").value == "12 months"
    assert at.selectbox(key=f"pick {key}").value == str(entity)


def test_of_very_many_the_best_sold_are_offered_and_any_other_can_be_typed(
    shop_app, analytics, view_of, monkeypatch
) -> None:
    monkeypatch.setattr(drill, "MOST_CHOICES", 5)
    period = view_of(Filters(RangeName.TWELVE_MONTHS)).period
    frame = analytics.calculate_metrics_batch([period], level="product", metrics=["net_revenue"])
    best = frame.sort_values("net_revenue", ascending=False)["entity_id"].tolist()
    at = shop_app(pages.PRODUCTS, range="12 months")
    assert at.selectbox(key="pick sku").options == ["All SKUs", *best[:5]]
    linked = shop_app(pages.PRODUCTS, range="12 months", sku=best[8])
    assert not linked.exception
    assert linked.selectbox(key="pick sku").value == best[8]
    assert linked.subheader[0].value.replace("\\", "") == best[8]


@pytest.mark.parametrize(
    ("typed", "chosen"), [("A", "A"), (" B ", "B"), ("no such SKU", ""), ("", "")]
)
def test_what_is_typed_is_an_id_or_nothing(typed: str, chosen: str) -> None:
    assert filter_bar.typed("SKU", typed, {"": "", "A": "A"}, {"A": "A", "B": "B"}, "") == chosen


def every_day(analytics) -> Period:
    return Period.custom(analytics.first_day, analytics.today)


def test_pages_are_left_in_one_place_only() -> None:
    for path in (PROJECT_FOLDER / "engine" / "dashboard").rglob("*.py"):
        if path.name != Path(drill.__file__).name:
            assert "switch_page" not in path.read_text("utf-8"), path.name

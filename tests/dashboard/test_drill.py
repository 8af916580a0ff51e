"""From a row to what stands behind it: another page opens with the same filters."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.dashboard import drill, pages
from engine.metrics.model import LISTING, PRODUCT
from engine.periods import Period
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


def every_day(analytics) -> Period:
    return Period.custom(analytics.first_day, analytics.today)


def test_pages_are_left_in_one_place_only() -> None:
    for path in (PROJECT_FOLDER / "engine" / "dashboard").rglob("*.py"):
        if path.name != Path(drill.__file__).name:
            assert "switch_page" not in path.read_text("utf-8"), path.name

"""The real program in a real browser: drawn without errors, wide and narrow, light and dark."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from docs.images.make_pictures import chromium_path
from engine.dashboard.content.overview import CARDS
from engine.metrics.registry import REGISTRY
from tests.dashboard.visit import GROUND, GROUNDS, Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="needs the system's Chromium"),
]


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_overview_is_drawn(width: int, chromium: Browser, site: str, tmp_path: Path) -> None:
    visit = Visit(chromium, site, width)
    page = visit.open()
    assert page.locator("[data-testid=stMetric]").count() == len(CARDS)
    assert page.locator(".js-plotly-plot").count() == 2
    assert visit.moves_sideways() == 0, "nothing but a table moves sideways"
    cut = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMetricValue] *')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
    )
    assert cut == [], "every value of a card is readable in full"
    for mode, ground in GROUNDS.items():
        page.emulate_media(color_scheme=mode)  # type: ignore[arg-type]
        page.wait_for_function(f"{GROUND} === {ground!r}")
        page.screenshot(path=tmp_path / f"overview-{mode}-{width}.png")
    assert visit.errors == []
    assert visit.said == []
    page.close()


def test_filters_stand_in_the_address_and_back_moves_the_measure(
    chromium: Browser, site: str
) -> None:
    visit = Visit(chromium, site)
    page = visit.open()
    page.locator("[data-testid=stSidebar]").get_by_text("Last year", exact=True).click()
    expect(page.get_by_text("compared with 1 Oct to 30 Oct 2025")).to_be_visible()
    measure = page.get_by_role("combobox", name="Measure")
    measure.fill("Gross margin")
    measure.press("Enter")
    page.wait_for_url("**/?compare=Last+year&metric=gross_margin")
    page.go_back()
    page.wait_for_url("**/?compare=Last+year")
    expect(measure).to_have_value(REGISTRY["net_revenue"].label)
    page.go_forward()
    expect(measure).to_have_value(REGISTRY["gross_margin"].label)
    assert visit.errors == []
    page.close()


def test_a_mailed_link_shows_the_same_days(chromium: Browser, site: str) -> None:
    visit = Visit(chromium, site)
    page = visit.open("/?range=Custom&dates=2026-03-05&dates=2026-05-18&grain=Week")
    expect(page.get_by_text("5 Mar to 18 May 2026", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Glossary").click()
    expect(page.get_by_role("heading", name="Glossary")).to_be_visible()
    assert "dates=2026-03-05&dates=2026-05-18" in page.url, "the filters stay between pages"
    assert visit.errors == []
    page.close()


def test_a_click_on_a_month_of_a_cohort_opens_the_orders_of_its_days(
    chromium: Browser, site: str
) -> None:
    visit = Visit(chromium, site)
    page = visit.open_any("/customers?customers=Cohorts&cohort=Orders&range=12+months")
    table = page.locator("[data-testid=stDataFrame] canvas").first
    table.click(position={"x": 255, "y": 50}, force=True)  # the newest cohort, its first month
    page.wait_for_url("**/orders?**dates=**")
    asked = parse_qs(urlsplit(page.url).query)
    (group,) = asked["buyers"]
    assert group.removeprefix("first-") == asked["dates"][0][:7], "orders of the first month"
    assert asked["range"] == ["Custom"]
    assert visit.errors == []
    page.close()


def test_an_export_holds_every_listing_in_full(chromium: Browser, site: str) -> None:
    visit = Visit(chromium, site)
    page = visit.open("/?range=All+time")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Listings as CSV").click()
    download = waiting.value
    assert download.suggested_filename == (
        "overview-listings_tuftmoor-felt_2023-11-01_2026-10-31.csv"
    )
    content = Path(download.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) > 50
    assert {"entity_id", "name", "net_revenue", "gross_profit", "order_value_std"} <= set(rows[0])
    page.close()


def test_a_phone_opens_with_the_sidebar_closed(chromium: Browser, site: str) -> None:
    visit = Visit(chromium, site, width=390)
    page = visit.open()
    expect(page.get_by_label("Compare with")).not_to_be_in_viewport()
    heights = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMetric]')]"
        ".map(card => card.getBoundingClientRect().top)"
    )
    assert heights[0] == heights[1] < heights[2], "two cards beside each other"
    assert visit.errors == []
    page.close()

"""Every page in a real browser: without errors, wide and narrow, light and dark, and for everyone.

Whether a page can be read and used by everyone is judged by axe-core, whose script comes with a
Python package: no test asks the internet.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from docs.images.make_pictures import chromium_path
from engine.dashboard.pages import OVERVIEW, PAGES, Entry
from tests.dashboard.visit import GROUND, GROUNDS, Visit, window

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-core comes with requirements-dev.txt"
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="needs the system's Chromium"),
]
WIDTHS = (1440, 390)
# The theme changes colours and nothing else: one theme is held against all rules.
ALL_RULES: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS = ALL_RULES | {"runOnly": ["color-contrast"]}
# Labels and values of cards of which the end is not drawn.
CUT = """[...document.querySelectorAll('[data-testid=stMetricLabel], [data-testid=stMetricLabel] *,'
    + '[data-testid=stMetricValue] *')]
    .filter(e => getComputedStyle(e).textOverflow === 'ellipsis' && e.clientWidth > 0)
    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"""
SEVERE = ("serious", "critical")
# What Streamlit's own parts break, by the rule of axe and what is in the part; nothing else is let
# through. No option of Streamlit changes these.
STREAMLITS_OWN = {
    ("list", "stSidebarNavItems"): "the navigation puts each section of its list into a div",
    ("listitem", '<li class="st-emotion-cache'): "the same list, seen from its entries",
    ("svg-img-alt", "highlighted_points_marks"): "the small line of a card, whose value is text",
}


def link(entry: Entry, **more: str) -> str:
    """Return the address of a page, over a range in which everything happens."""
    path = "" if entry.path == OVERVIEW else entry.path.stem
    query = "&".join(f"{name}={value}" for name, value in {"range": "12+months", **more}.items())
    return f"/{path}?{query}"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.path.stem)
def test_a_page_and_its_tabs_are_drawn_without_errors_and_barriers(
    entry: Entry, width: int, windows: dict[int, BrowserContext], site: str, tmp_path: Path
) -> None:
    visit = Visit(windows[width], site)
    page = visit.open_any(link(entry))
    assert page.get_by_role("heading", name=entry.title, level=1).count() == 1
    for mode, rules in (("light", ALL_RULES), ("dark", COLOURS)):
        page.emulate_media(color_scheme=mode)
        page.wait_for_function(f"{GROUND} === {GROUNDS[mode]!r}")
        assert severe(axe.Axe().run(page, options=rules).response["violations"]) == [], mode
    page.screenshot(path=tmp_path / f"{entry.path.stem}-{width}.png")
    for tab in page.get_by_role("tab").all():
        tab.click()
        visit.settle()
        assert tab.get_attribute("aria-selected") == "true"
        nothing_went_wrong(visit)
    nothing_went_wrong(visit)
    page.close()


def nothing_went_wrong(visit: Visit) -> None:
    """Fail for an error of the page, of the console or of a request, and for a page too wide."""
    page = visit.page
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.get_by_text("Something went wrong").count() == 0
    assert visit.moves_sideways() == 0, "nothing but a table moves sideways"
    assert page.evaluate(CUT) == [], "label and value of a card are readable in full"
    assert visit.errors == []
    assert visit.said == []


@pytest.fixture(scope="module")
def windows(chromium: Browser) -> Iterator[dict[int, BrowserContext]]:
    """A browser window of each width; pages in it share what they have fetched."""
    opened = {width: chromium.new_context(**window(width)) for width in WIDTHS}
    yield opened
    for one in opened.values():
        one.close()


def severe(violations: list[dict[str, Any]]) -> list[str]:
    """Return the severe findings that no part of Streamlit makes, a line an element."""
    return [
        f"{found['id']}: {node['html'][:300]} — {node['failureSummary'][:200]}"
        for found in violations
        if found["impact"] in SEVERE
        for node in found["nodes"]
        if not any(found["id"] == rule and part in node["html"] for rule, part in STREAMLITS_OWN)
    ]

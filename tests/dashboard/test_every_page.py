"""Every page in a real browser: without errors, wide and narrow, light and dark, and for everyone.

Whether a page can be read and used by everyone is judged by axe-core, whose script comes with a
Python package: no test asks the internet.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from docs.images.make_pictures import chromium_path
from engine.dashboard.pages import OVERVIEW, PAGES, Entry
from tests.dashboard.visit import Visit

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-core comes with requirements-dev.txt"
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="needs the system's Chromium"),
]
LOOKS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
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


@pytest.mark.parametrize(("width", "mode"), LOOKS)
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.path.stem)
def test_a_page_is_drawn_without_errors_and_barriers(
    entry: Entry, width: int, mode: str, chromium: Browser, site: str, tmp_path: Path
) -> None:
    visit = Visit(chromium, site, width, mode)
    page = visit.open_any(link(entry))
    assert page.get_by_role("heading", name=entry.title, level=1).count() == 1
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.get_by_text("Something went wrong").count() == 0
    assert visit.moves_sideways() == 0, "nothing but a table moves sideways"
    page.screenshot(path=tmp_path / f"{entry.path.stem}-{mode}-{width}.png", full_page=True)
    assert visit.errors == []
    assert visit.said == []
    assert severe(axe.Axe().run(page).response["violations"]) == []
    page.close()


def severe(violations: list[dict[str, Any]]) -> list[str]:
    """Return the severe findings that no part of Streamlit makes, a line an element."""
    return [
        f"{found['id']}: {node['html'][:300]} — {node['failureSummary'][:200]}"
        for found in violations
        if found["impact"] in SEVERE
        for node in found["nodes"]
        if not any(found["id"] == rule and part in node["html"] for rule, part in STREAMLITS_OWN)
    ]

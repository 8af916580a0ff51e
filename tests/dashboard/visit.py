"""A reader's visit with a real browser: what the page draws, and all that goes wrong meanwhile."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from docs.images.make_pictures import wait_until_drawn

HEIGHT = 900
GROUND = "getComputedStyle(document.querySelector('.stApp')).backgroundColor"
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(14, 17, 23)"}
# Streamlit's page asks for these below its own address first, and goes on without.
_PROBES = ("/_stcore/health", "/_stcore/host-config")


def window(width: int, mode: str = "light") -> dict[str, Any]:
    """Return how wide a browser window is, and what its reader prefers."""
    return {
        "viewport": {"width": width, "height": HEIGHT},
        "color_scheme": mode,
        "timezone_id": "Europe/Istanbul",
    }


class Visit:
    """A page with what went wrong while it was open; `said` is what the console called errors."""

    def __init__(
        self,
        chromium: Browser | BrowserContext,
        site: str,
        width: int = 1440,
        mode: str = "light",
    ) -> None:
        self.site = site
        self.errors: list[str] = []
        self.said: list[str] = []
        self.page: Page = (
            chromium.new_page(**window(width, mode))
            if isinstance(chromium, Browser)
            else chromium.new_page()
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self._foreign(request.url))
        self.page.on("response", lambda answer: self._failed(answer.status, answer.url))
        self.page.on("console", self._console)

    def _foreign(self, url: str) -> None:
        if not url.startswith((self.site, "data:", "blob:")):
            self.errors.append(f"asks another host: {url}")

    def _failed(self, status: int, url: str) -> None:
        if status >= 400 and not url.endswith(_PROBES):
            self.errors.append(f"{status} {url}")

    def _console(self, line: ConsoleMessage) -> None:
        if line.type == "error" and not line.location["url"].endswith(_PROBES):
            self.said.append(line.text)

    def open(self, path: str = "/") -> Page:
        """Open a page of numbers, charts and tables, and wait for all three."""
        self.page.goto(f"{self.site}{path}")
        wait_until_drawn(self.page)
        return self.page

    def open_any(self, path: str) -> Page:
        """Open any page, and wait until the program has nothing more to send."""
        self.page.goto(f"{self.site}{path}")
        self.page.wait_for_selector("[data-testid=stHeading] h1", timeout=60_000)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the program has nothing more to send, and a moment for what it has sent."""
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        self.page.wait_for_timeout(700)  # charts, small lines and fonts
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")

    def moves_sideways(self) -> int:
        """Return by how many pixels the page itself, not a table in it, is too wide."""
        found: int = self.page.evaluate(
            "(() => { const main = document.querySelector('[data-testid=stMain]');"
            " return main.scrollWidth - main.clientWidth })()"
        )
        return found

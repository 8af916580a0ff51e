"""Makes the pictures of the README: `make pictures`.

It loads the demo shop into a database of its own in a temporary folder, serves the dashboard on a
free port of this machine and photographs a few pages in the system's Chromium.
Nothing is downloaded and nothing of the project's own data is touched.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
PICTURES = Path(__file__).resolve().parent
# File name, colour mode, and the address of the page.
SHOTS = (
    ("overview-light", "light", "/?range=Last+90+days"),
    ("overview-dark", "dark", "/?range=Last+90+days"),
    ("profit-bridge", "light", "/profit_bridge?range=Last+90+days"),
    ("shipping", "light", "/shipping?range=Last+90+days"),
    ("explain", "dark", "/listings?range=Last+90+days&explain=net_profit"),
)
WIDTH, HEIGHT = 1440, 1180
_START_SECONDS = 60.0
_DRAWN = ".js-plotly-plot .main-svg, [data-testid=stDataFrame] canvas"
# Sandboxing needs rights that containers lack; the rest keeps Chromium from calling home.
_CHROMIUM = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str | None:
    """Return where the system's Chromium is, None where there is none."""
    return (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )


@contextmanager
def served(environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """Serve the dashboard with these settings on a free port; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py"]
    options = ["--server.port", str(port), "--server.headless", "true"]
    with log.open("w") as out:
        program = subprocess.Popen(
            [*command, *options],
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdout=out,
            stderr=out,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/_stcore/health", program, log)
            yield address
        finally:
            program.terminate()
            program.wait(30)


def _wait_for(url: str, program: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and program.poll() is None:
        try:
            with urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The dashboard did not start:\n{log.read_text()}")


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the system's Chromium; raises RuntimeError where there is none."""
    path = chromium_path()
    if path is None:
        raise RuntimeError("There is no Chromium; install the package chromium, or set CHROMIUM.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(_CHROMIUM))
        try:
            yield opened
        finally:
            opened.close()


def wait_until_drawn(page: Page) -> None:
    """Wait until numbers, charts and tables of a page stand."""
    page.wait_for_selector("[data-testid=stMetricValue]", timeout=60_000)
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
    page.wait_for_selector("[data-testid=stDataFrame] canvas", timeout=60_000)
    page.wait_for_timeout(1_500)  # small lines and fonts settle


def main() -> None:
    """Make all pictures."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        home = Path(folder)
        home.chmod(0o711)  # for root, the database runs as another account
        environment = {
            "DATABASE_URL": "",
            "DATA_FOLDER": str(home / "data"),
            "CSV_FOLDER": str(home / "csv_inputs"),
        }
        subprocess.run(
            [sys.executable, "-m", "engine", "demo"],
            cwd=PROJECT,
            env={**os.environ, **environment},
            check=True,
        )
        with served(environment, home / "dashboard.log") as address, browser() as chromium:
            for name, mode, link in SHOTS:
                page = chromium.new_page(
                    viewport={"width": WIDTH, "height": HEIGHT},
                    color_scheme="dark" if mode == "dark" else "light",
                    timezone_id="Europe/Istanbul",
                )
                page.goto(f"{address}{link}")
                page.wait_for_selector(_DRAWN, timeout=60_000)
                page.wait_for_timeout(4_000)  # tables, small lines and fonts settle
                if "explain=" in link:
                    page.get_by_text("Explain a number").scroll_into_view_if_needed()
                    page.mouse.wheel(0, HEIGHT)
                    page.wait_for_timeout(2_000)
                path = PICTURES / f"{name}.png"
                page.screenshot(path=path)
                page.close()
                print(path.relative_to(PROJECT))


if __name__ == "__main__":
    main()

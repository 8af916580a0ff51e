"""How fast the served dashboard is: first numbers, changes of page and filter, 20 readers at once.

    python benchmarks/dashboard.py [--orders 12000] [--readers 20] [--clicks 12] [--keep]
    python benchmarks/dashboard.py --data-folder data --csv-folder csv --orders 5000000 [--keep]

Loads a demo shop into a database of its own in a temporary folder, or takes one that exists and
only reads it; serves it on a free port of this machine and asks as a browser would, without
drawing. One JSON line a measurement; nothing but this machine is spoken to. Cold = from the start
of the program, whose database runs already. A month or year is asked for the first time.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click

from benchmarks.measure import PROJECT, emit, load, median
from benchmarks.sessions import Drawn, reader
from docs.images.make_pictures import served
from engine.dashboard.pages import OVERVIEW, PAGES
from engine.ranges import RangeName

# Milliseconds. Cold, page and filter are those of the demo shop; month and year of any shop.
DEMO = 12_000  # orders
BUDGET = {
    "cold": 5_000,
    "page": 300,
    "filter": 300,
    "month": 1_000,
    "year": 2_000,
    "readers": 1_000,
}
LONGEST_LOAD = 900  # seconds that a large shop may take to load
MOST_READERS, MOST_CLICKS = 50, 100
THINKING = 1.0  # seconds between two clicks of one reader
PATHS = tuple("" if page.path == OVERVIEW else page.path.stem for page in PAGES)
_NEW = {"month": RangeName.LAST_MONTH, "year": RangeName.LAST_YEAR}
_RANGES = (RangeName.LAST_90_DAYS, RangeName.YEAR_TO_DATE, RangeName.TWELVE_MONTHS)


@contextmanager
def known_site(data_folder: Path, csv_folder: Path) -> Iterator[tuple[str, float]]:
    """Serve a shop that exists; yields its address and when the program was started."""
    settings = {
        "DATABASE_URL": "",
        "DATA_FOLDER": str(data_folder.resolve()),
        "CSV_FOLDER": str(csv_folder.resolve()),
    }
    with tempfile.TemporaryDirectory(prefix="bench-dashboard-") as folder:
        started = time.perf_counter()
        with served(settings, Path(folder) / "dashboard.log") as site:
            yield site, started


@contextmanager
def demo_site(orders: int) -> Iterator[tuple[str, float]]:
    """Serve a demo shop of its own; yields its address and when the program was started."""
    with tempfile.TemporaryDirectory(prefix="bench-dashboard-") as folder:
        home = Path(folder)
        home.chmod(0o711)  # for root, the database runs as another account
        settings = {
            "DATABASE_URL": "",
            "DATA_FOLDER": str(home / "data"),
            "CSV_FOLDER": str(home / "csv_inputs"),
        }
        subprocess.run(
            [sys.executable, "-m", "engine", "demo", "--orders", str(orders)],
            cwd=PROJECT,
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        started = time.perf_counter()
        with served(settings, home / "dashboard.log") as site:
            yield site, started


def first_numbers(site: str, started: float) -> float:
    """Return the seconds from the program's start to the first card of the Overview."""
    while time.perf_counter() - started < LONGEST_LOAD:
        with reader(site) as one:
            begun = time.perf_counter()
            drawn = one.open()
        if drawn.seconds_to_cards is not None:
            return begun + drawn.seconds_to_cards - started
        time.sleep(0.05)
    raise SystemExit(f"No number was drawn within {LONGEST_LOAD} s of the program's start.")


def peak_of_the_program() -> int:
    """Return the most memory so far of the program that is served, in megabytes (Linux)."""
    peaks = [0]
    for child in Path("/proc/self/task").glob("*/children"):
        for pid in child.read_text().split():
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            peaks += [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
    return max(peaks) // 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """What one reader got of a page: visits, and changes of its range, new ones and known.

    new: a month and a year that this page was not asked for before.
    """

    visits: list[Drawn]
    filters: list[Drawn]
    new: dict[str, Drawn]

    @property
    def every(self) -> list[Drawn]:
        """All runs of the page."""
        return [*self.visits, *self.filters, *self.new.values()]


def page_and_filter(site: str, path: str, repeat: int) -> Asked:
    """Visit a page from another one, and change its range."""
    elsewhere = "glossary" if path != "glossary" else ""
    pages = []
    with reader(site) as one:
        one.open(path)
        for _ in range(repeat):
            one.open(elsewhere)
            pages.append(one.open(path))
        new = {name: one.choose("Range", asked) for name, asked in _NEW.items()}
        filters = [one.choose("Range", _RANGES[at % len(_RANGES)]) for at in range(repeat)]
    return Asked(pages, filters, new)


def click_through(site: str, seed: int, clicks: int, ready: threading.Barrier) -> list[Drawn]:
    """Return what one reader got who opens pages and turns the range, in an order of its own."""
    chosen = random.Random(seed)
    drawn = []
    with reader(site) as one:
        ready.wait(60)
        drawn.append(one.open(chosen.choice(PATHS)))
        for _ in range(clicks):
            time.sleep(chosen.uniform(0, 2 * THINKING))
            if chosen.random() < 0.5:
                drawn.append(one.open(chosen.choice(PATHS)))
            else:
                drawn.append(one.choose("Range", chosen.choice(_RANGES)))
    return drawn


def many_readers(site: str, readers: int, clicks: int) -> list[Drawn]:
    """Return what so many readers got at once."""
    ready = threading.Barrier(readers)
    with ThreadPoolExecutor(readers) as pool:
        work = [pool.submit(click_through, site, seed, clicks, ready) for seed in range(readers)]
        return [drawn for session in work for drawn in session.result()]


def percentile(values: list[float], percent: int) -> float:
    """Return the smallest value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


@click.command()
@click.option(
    "--orders",
    default=DEMO,
    show_default=True,
    help="Orders of the demo shop, or of the database that exists.",
)
@click.option(
    "--data-folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A local database that exists, in place of a demo shop of its own.",
)
@click.option(
    "--csv-folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The owner's files of that database.",
)
@click.option("--repeat", default=6, show_default=True, help="Changes measured on each page.")
@click.option("--readers", type=click.IntRange(1, MOST_READERS), default=20, show_default=True)
@click.option("--clicks", type=click.IntRange(1, MOST_CLICKS), default=12, show_default=True)
@click.option("--keep", is_flag=True, help="Add the figures to benchmarks/results.jsonl.")
def main(
    orders: int,
    data_folder: Path | None,
    csv_folder: Path | None,
    repeat: int,
    readers: int,
    clicks: int,
    keep: bool,
) -> None:
    """Measure the served dashboard."""
    if (data_folder is None) != (csv_folder is None):
        raise click.UsageError("--data-folder and --csv-folder go together.")
    known = data_folder and csv_folder and known_site(data_folder, csv_folder)
    with known or demo_site(orders) as (site, started):
        cold = first_numbers(site, started)
        emit(
            "dashboard cold",
            keep,
            orders=orders,
            first_numbers_ms=round(1000 * cold),
            budget_ms=BUDGET["cold"],
            load=load(),
        )
        failed = 0
        for path in PATHS:
            asked = page_and_filter(site, path, repeat)
            failed += sum(len(drawn.errors) for drawn in asked.every)
            emit(
                "dashboard page",
                keep,
                orders=orders,
                page=path or "overview",
                page_ms=round(1000 * median([drawn.seconds for drawn in asked.visits])),
                filter_ms=round(1000 * median([drawn.seconds for drawn in asked.filters])),
                month_ms=round(1000 * asked.new["month"].seconds),
                year_ms=round(1000 * asked.new["year"].seconds),
                kilobytes=max(drawn.bytes_sent for drawn in asked.every) // 1000,
                budget_ms={name: BUDGET[name] for name in ("page", "filter", "month", "year")},
                load=load(),
            )
        drawn = many_readers(site, readers, clicks)
        seconds = [one.seconds for one in drawn]
        failed += sum(len(one.errors) for one in drawn)
        emit(
            "dashboard readers",
            keep,
            orders=orders,
            readers=readers,
            runs=len(drawn),
            errors=failed,
            median_ms=round(1000 * median(seconds)),
            p95_ms=round(1000 * percentile(seconds, 95)),
            peak_megabytes=peak_of_the_program(),
            budget_ms=BUDGET["readers"],
            load=load(),
        )
    if failed:
        raise SystemExit(f"{failed} runs of a page failed.")


if __name__ == "__main__":
    main()

"""What the measurements must reach, and whether they do; one row = one budget.

Only `report.py --check` fails for one that is not reached. What was not measured is told as such.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.batch import BUDGET as RATIOS
from benchmarks.dashboard import BUDGET as PAGE
from benchmarks.dashboard import DEMO
from benchmarks.ledger import WHAT_IF
from benchmarks.live import BUDGET as LIVE
from benchmarks.read import BUDGET as READ
from benchmarks.shop import ORDERS
from benchmarks.write import BUDGET as WRITE
from benchmarks.write import CHANGED

EXPONENT = 1.05  # of the engine's processor time from M to L
MEMORY = 1_200  # MB a million orders, and for a shop of less
LEDGER = 20  # processor seconds for a million orders, of shops of half a million and more
UNCHANGED = 0.6  # of the seconds of the first run
_MILLION = 1_000_000

Measured = dict[str, Any]
Found = dict[tuple[str, ...], Measured]


@dataclass(frozen=True, slots=True)
class Budget:
    """A figure and its bound: the most that it may be, or the least where `is_least`.

    value: None if it was not measured. form: how both are written, such as `{:.2f} × pandas`.
    """

    what: str
    limit: float
    value: float | None
    form: str
    is_least: bool = False

    @property
    def bound(self) -> str:
        """The budget as text."""
        return f"{'≥' if self.is_least else '≤'} {self.form.format(self.limit)}"

    @property
    def shown(self) -> str:
        """The measurement as text."""
        return "–" if self.value is None else self.form.format(self.value)

    @property
    def is_reached(self) -> bool | None:
        """Whether the budget is kept, None if nobody measured."""
        if self.value is None:
            return None
        return self.value >= self.limit if self.is_least else self.value <= self.limit

    @property
    def verdict(self) -> str:
        """The same as text."""
        return {None: "not measured", True: "reached", False: "not reached"}[self.is_reached]


def budgets(found: Found) -> list[Budget]:
    """Return every budget beside the last measurement of it."""
    parts = (_batch, _live, _load, _dashboard, _write, _nightly)
    return [one for part in parts for one in part(found)]


def measured_by(found: Found, benchmark: str) -> list[Measured]:
    """Return what was measured, the smallest shop first."""
    lines = [line for key, line in found.items() if key[0] == benchmark]
    return sorted(lines, key=lambda line: int(line.get("orders", 0)))


def _batch(found: Found) -> Iterator[Budget]:
    ratios = {line["size"]: line for line in measured_by(found, "batch ratios")}
    for key in ("wall_seconds", "processor_seconds"):
        for name, most in RATIOS.items():
            rival = "pandas" if name == "pandas" else "polars or DuckDB"
            value = ratios.get("M", {}).get(key, {}).get(name)
            time = key.removesuffix("_seconds")
            yield Budget(f"47 columns on M, {time} time", most, value, f"{{:.2f}} × {rival}")
    batch = measured_by(found, "batch")
    yield Budget("growth from M to L, power of the orders", EXPONENT, growth(batch), "{:.2f}")
    ours = {line["size"]: line["peak_megabytes"] for line in batch if line["engine"] == "ours"}
    most = MEMORY * ORDERS["L"] / _MILLION
    yield Budget("47 columns on L, memory", most, ours.get("L"), "{:,.0f} MB")


def growth(batch: list[Measured]) -> float | None:
    """Return the exponent of the engine's time by orders from M to L; None if one is missing."""
    ours = {line["size"]: line for line in batch if line["engine"] == "ours"}
    if not {"M", "L"} <= ours.keys():
        return None
    key = "processor_seconds"
    time = math.log(ours["L"][key] / ours["M"][key])
    return time / math.log(ORDERS["L"] / ORDERS["M"])


def _live(found: Found) -> Iterator[Budget]:
    took = {line["range"]: line for line in measured_by(found, "live") if line["size"] == "L"}
    for name, most in LIVE.items():
        value = took.get(name, {}).get("processor_ms")
        yield Budget(f"a question about {name} on L", most, value, "{:.1f} ms")


def _load(found: Found) -> Iterator[Budget]:
    for line in measured_by(found, "load"):
        name = f"load of {line['orders']:,} orders"
        most = MEMORY * max(line["orders"] / _MILLION, 1)
        yield Budget(f"{name}, memory", most, line["peak_megabytes"], "{:,.0f} MB")
        if line["orders"] >= _MILLION / 2:
            most, took = (
                LEDGER * line["orders"] / _MILLION,
                line["stage_processor_seconds"]["ledger"],
            )
            yield Budget(
                f"ledger of {line['orders']:,} orders, processor time", most, took, "{:.1f} s"
            )
        yield Budget(f"{name}, identities", 0, line["broken_identities"], "{:.0f} broken")
    tables = measured_by(found, "read")
    for orders in sorted({line["orders"] for line in tables}):
        read = [line for line in tables if line["orders"] == orders]
        walls = [line["rows"] / line["rows_a_second"] for line in read]
        raw = sum(wall * line["part_of_raw_copy"] for wall, line in zip(walls, read, strict=True))
        part = raw / sum(walls)
        yield Budget(f"reading {orders:,} orders", READ, part, "{:.2f} × a raw COPY", True)


def _dashboard(found: Found) -> Iterator[Budget]:
    """First numbers and warm pages of the demo shop, new ranges and many readers of any shop."""
    for line in measured_by(found, "dashboard cold"):
        if line["orders"] <= DEMO:
            name = f"first numbers of {line['orders']:,} orders, cold"
            yield Budget(name, PAGE["cold"], line["first_numbers_ms"], "{:,.0f} ms")
    pages = measured_by(found, "dashboard page")
    for orders in sorted({line["orders"] for line in pages}):
        own = [line for line in pages if line["orders"] == orders]
        asked = {"month": "a new month", "year": "a new year"}
        if orders <= DEMO:
            asked = {"page": "opened again", "filter": "a known range"} | asked
        for key, words in asked.items():
            slowest = max(line[f"{key}_ms"] for line in own)
            what = f"slowest page of {orders:,} orders, {words}"
            yield Budget(what, PAGE[key], slowest, "{:,.0f} ms")
    for line in measured_by(found, "dashboard readers"):
        what = f"{line['readers']} readers of {line['orders']:,} orders"
        yield Budget(f"{what}, errors", 0, line["errors"], "{:.0f}")
        if line["orders"] <= DEMO:
            yield Budget(f"{what}, 95 of 100", PAGE["readers"], line["p95_ms"], "{:,.0f} ms")
        most = MEMORY * max(line["orders"] / _MILLION, 1)
        yield Budget(f"{what}, memory", most, line["peak_megabytes"], "{:,.0f} MB")
    for line in measured_by(found, "what-if"):
        most = WHAT_IF * line["orders"] / (_MILLION / 2)
        name = f"a what-if of {line['orders']:,} orders"
        yield Budget(name, most, line["wall_seconds"], "{:.1f} s")


def _write(found: Found) -> Iterator[Budget]:
    speeds = {line["run"]: line["rows_a_second"] for line in measured_by(found, "write")}
    what = "writing report rows that all changed"
    yield Budget(what, WRITE, speeds.get(CHANGED), "{:,.0f} rows a second", True)


def _nightly(found: Found) -> Iterator[Budget]:
    runs = {line["run"]: line for line in measured_by(found, "nightly")}
    written = part = None
    if {"first", "unchanged"} <= runs.keys():
        counts = runs["unchanged"]["rows"]
        written = counts["inserted"] + counts["updated"] + counts["removed"]
        part = runs["unchanged"]["seconds"] / runs["first"]["seconds"]
    yield Budget("an unchanged night, rows written", 0, written, "{:.0f}")
    yield Budget("an unchanged night, time", UNCHANGED, part, "{:.2f} × the first")

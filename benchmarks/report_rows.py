"""The tables of docs/performance.md: a heading, then one row a measurement, all cells texts."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.budgets import Budget, Found, Measured, growth, measured_by
from benchmarks.one_engine import ENGINES

STAGES = ("read", "files", "ledger", "health", "levels")


def budget_rows(rows: list[Budget]) -> Iterator[tuple[str, ...]]:
    yield "what", "budget", "measured", ""
    for row in rows:
        yield row.what, row.bound, row.shown, row.verdict


def batch_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
    yield "size", "rows", "engine", "wall s", "processor s", "peak MB", "load"
    by_size = sorted(lines, key=lambda line: (line["rows"], ENGINES.index(line["engine"])))
    for line in by_size:
        yield (
            line["size"],
            f"{line['rows']:,}",
            line["engine"],
            f"{line['wall_seconds']:.2f}",
            f"{line['processor_seconds']:.2f}",
            f"{line['peak_megabytes']:,}",
            str(line["highest_load"]),
        )


def ratio_lines(found: Found, batch: list[Measured]) -> Iterator[str]:
    for line in measured_by(found, "batch ratios"):
        for key, what in (("wall_seconds", "wall"), ("processor_seconds", "processor")):
            against = ", ".join(f"{ratio:.2f} × {name}" for name, ratio in line[key].items())
            yield f"- {line['size']}, {what} time: {against}."
    if (exponent := growth(batch)) is not None:
        yield f"- From M to L processor time grows with the orders to the power of {exponent:.2f}."


def live_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
    yield "size", "range", "values", "median ms", "processor ms", "budget ms", "load"
    for line in sorted(lines, key=lambda line: ("SML".find(line["size"]), line["values"])):
        yield (
            line["size"],
            line["range"],
            f"{line['values']:,}",
            f"{line['median_ms']:.1f}",
            f"{line['processor_ms']:.1f}",
            str(line["budget_ms"]),
            str(line["load"]),
        )


def stage_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
    yield ("orders", *STAGES, "all")
    for line in sorted(lines, key=lambda line: int(line["orders"])):
        walls, worked = line["stage_seconds"], line["stage_processor_seconds"]
        yield (
            f"{line['orders']:,}",
            *(f"{walls[stage]:.1f} / {worked[stage]:.1f}" for stage in STAGES),
            f"{line['wall_seconds']:.1f} / {line['processor_seconds']:.1f}",
        )


def load_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
    yield "orders", "ledger rows", "peak MB", "identities", "load"
    for line in sorted(lines, key=lambda line: int(line["orders"])):
        yield (
            f"{line['orders']:,}",
            f"{line['ledger_rows']:,}",
            f"{line['peak_megabytes']:,}",
            f"{line['identities']}, {line['broken_identities']} broken",
            str(line["load"]),
        )


def step_rows(line: Measured) -> Iterator[tuple[str, ...]]:
    yield "step", f"share of the ledger's processor time, {line['orders']:,} orders"
    for step, share in line["shares"].items():
        yield step, f"{share:.1%}"


def catalogue_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
    yield "orders", "metrics", "rows", "values", "wall s", "processor s", "load"
    for line in sorted(lines, key=lambda line: int(line["orders"])):
        yield (
            f"{line['orders']:,}",
            str(line["metrics"]),
            f"{line['rows']:,}",
            f"{line['values']:,}",
            f"{line['wall_seconds']:.1f}",
            f"{line['processor_seconds']:.1f}",
            str(line["load"]),
        )


def dashboard_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
    yield "page", "orders", "again", "known range", "new month", "new year", "kB", "load"
    for line in sorted(lines, key=lambda line: int(line["orders"])):
        yield (
            line["page"],
            f"{line['orders']:,}",
            *(f"{line[f'{name}_ms']:,}" for name in ("page", "filter", "month", "year")),
            f"{line['kilobytes']:,}",
            str(line["load"]),
        )


def reader_rows(lines: list[Measured], cold: list[Measured]) -> Iterator[tuple[str, ...]]:
    first = {line["orders"]: line["first_numbers_ms"] / 1000 for line in cold}
    yield (
        "orders",
        "first numbers, s",
        "readers",
        "runs",
        "errors",
        "median",
        "95 of 100",
        "peak MB",
    )
    for line in sorted(lines, key=lambda line: int(line["orders"])):
        yield (
            f"{line['orders']:,}",
            f"{first[line['orders']]:.1f}" if line["orders"] in first else "–",
            *(f"{line[name]:,}" for name in ("readers", "runs", "errors")),
            *(f"{line[name]:,} ms" for name in ("median_ms", "p95_ms")),
            f"{line['peak_megabytes']:,}",
        )


def read_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
    yield "table", "rows", "rows a second", "part of raw COPY", "load"
    for line in sorted(lines, key=lambda line: int(line["orders"])):
        yield (
            line["table"],
            f"{line['rows']:,}",
            f"{line['rows_a_second']:,}",
            f"{line['part_of_raw_copy']:.2f}",
            str(line["load"]),
        )


def write_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
    yield "way", "rows", "columns", "rows a second", "part of raw COPY", "load before", "load"
    for line in lines:
        yield (
            line["run"],
            f"{line['rows']:,}",
            str(line["columns"]),
            f"{line['rows_a_second']:,}",
            f"{line['part_of_raw_copy']:.2f}",
            str(line["load_before"]),
            str(line["load"]),
        )


def nightly_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
    yield "run", "seconds", "rows computed", "rows written", "peak MB", "load"
    for line in lines:
        counts = line["rows"]
        yield (
            line["run"],
            f"{line['seconds']:.1f}",
            f"{counts['computed']:,}",
            f"{counts['inserted'] + counts['updated'] + counts['removed']:,}",
            f"{line['peak_megabytes']:,}",
            f"{line['load']:.2f}",
        )

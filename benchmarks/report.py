"""Writes docs/performance.md from the committed measurements, and checks them against the budgets.

    python benchmarks/report.py            writes the page and prints the table of budgets
    python benchmarks/report.py --check    exits with 1 if the page is old or a budget is not kept

Of measurements of the same thing the last one in benchmarks/results.jsonl counts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click

from benchmarks.budgets import Budget, Measured, budgets, growth
from benchmarks.measure import PROJECT, RESULTS
from benchmarks.one_engine import ENGINES

PAGE = PROJECT / "docs" / "performance.md"
_INTRODUCTION = """\
# Performance

Written by `python benchmarks/report.py` from `benchmarks/results.jsonl`; `make bench` measures
again. Seconds are of one machine and depend on what else it does, so each row names the load (how
many processes wanted a core); processor seconds and ratios say more than the clock.
"""
_BATCH = """\
## 47 columns of five grains and three levels

The same table of order lines (`benchmarks/shop.py`), the same 47 columns (`benchmarks/spec.py`),
each engine in a process of its own, after its table is read; the median of the rounds. Each answer
of a level and grain is let go before the next is taken. Every rival gives the same rows on S and
the same sums on each size, or it is not timed.
"""
_LIVE = """\
## Live questions

One question = 26 figures of the shop, the daily series of 8 sums, and the 50 listings and SKUs that
sold most; warm, median. Budgets are for size L.
"""
_LOAD = """\
## Loading a shop

`python benchmarks/ledger.py` on a demo (`python -m engine demo --size M`), wall / processor seconds
by stage: the tables are read, the owner's files, the ledger is built and checked (order lines,
refunds, unit costs, parcels, fees, days of ads and visits), its findings are put together, and it
is sorted into the levels that answers come from.
"""
_CATALOGUE = """\
## The whole catalogue

Also from `python benchmarks/ledger.py`: every metric, for all periods of the five grains at the
three levels, of the loaded shop, in one thread.
"""
_READ = """\
## Reading the tables

Rows a second, and the part of what a binary COPY reaches that nobody decodes (budget 0.7).
"""
_WRITE = """\
## Writing report rows

`python benchmarks/write.py`, invented rows of SKUs with a quarter of their values unknown, and the
table's indexes and checks: a COPY of ready-made bytes, the same rows through the engine into an
empty table, and all of them changed, staged and merged, without and with their earlier versions
kept. The budget is for the rows that all changed, without versions.
"""
_NIGHTLY = """\
## Nightly reports

`python benchmarks/nightly.py --from-nothing`: a run into empty tables, and one with nothing to
write.
"""
_BUDGETS = """\
## Budgets

`python benchmarks/report.py --check` fails while one of them is not reached.
"""
STAGES = ("read", "files", "ledger", "health", "levels")
_SUBJECT = ("size", "engine", "range", "table", "orders", "run")


def latest() -> dict[tuple[str, ...], Measured]:
    """Return the last measurement of each thing, by benchmark and subject."""
    found: dict[tuple[str, ...], Measured] = {}
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []
    for line in map(json.loads, lines):
        found[line["benchmark"], *(str(line.get(name, "")) for name in _SUBJECT)] = line
    return found


def _of(found: dict[tuple[str, ...], Measured], benchmark: str) -> list[Measured]:
    return [line for key, line in found.items() if key[0] == benchmark]


def page(found: dict[tuple[str, ...], Measured]) -> str:
    """Return the page."""
    parts = [_INTRODUCTION, "\n".join(_machine(found))]
    parts += [_BUDGETS, _table(_budget_rows(budgets(found)))]
    if batch := _of(found, "batch"):
        parts += [_BATCH, _table(_batch_rows(batch)), "\n".join(_ratio_lines(found, batch))]
    if live := _of(found, "live"):
        parts += [_LIVE, _table(_live_rows(live))]
    if loads := _of(found, "load"):
        parts += [_LOAD, _table(_stage_rows(loads)), _table(_load_rows(loads))]
    if steps := _of(found, "ledger steps"):
        parts.append(_table(_step_rows(max(steps, key=lambda line: int(line["orders"])))))
    if answers := _of(found, "catalogue"):
        parts += [_CATALOGUE, _table(_catalogue_rows(answers))]
    if read := _of(found, "read"):
        parts += [_READ, _table(_read_rows(read))]
    if written := _of(found, "write"):
        parts += [_WRITE, _table(_write_rows(written))]
    if nightly := _of(found, "nightly"):
        parts += [_NIGHTLY, _table(_nightly_rows(nightly))]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _machine(found: dict[tuple[str, ...], Measured]) -> Iterator[str]:
    """Yield one line for each machine; its packages are those of any of its measurements."""
    packages: dict[str, Measured] = {}
    for line in found.values():
        place = line["machine"]
        name = f"{place['processor']}, {place['cores']} cores, {place['memory_gigabytes']} GB"
        packages.setdefault(name, {}).update({"Python": place["python"], **place["versions"]})
    for name, versions in packages.items():
        yield f"Machine: {name}.\n" + ", ".join(f"{k} {v}" for k, v in versions.items()) + "."


def _budget_rows(rows: list[Budget]) -> Iterator[tuple[str, ...]]:
    yield "what", "budget", "measured", ""
    for row in rows:
        yield row.what, row.bound, row.shown, row.verdict


def _batch_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
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


def _ratio_lines(found: dict[tuple[str, ...], Measured], batch: list[Measured]) -> Iterator[str]:
    for line in _of(found, "batch ratios"):
        for key, what in (("wall_seconds", "wall"), ("processor_seconds", "processor")):
            against = ", ".join(f"{ratio:.2f} × {name}" for name, ratio in line[key].items())
            yield f"- {line['size']}, {what} time: {against}."
    if (exponent := growth(batch)) is not None:
        yield f"- From M to L processor time grows with the orders to the power of {exponent:.2f}."


def _live_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
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


def _stage_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
    yield ("orders", *STAGES, "all")
    for line in sorted(lines, key=lambda line: int(line["orders"])):
        walls, worked = line["stage_seconds"], line["stage_processor_seconds"]
        yield (
            f"{line['orders']:,}",
            *(f"{walls[stage]:.1f} / {worked[stage]:.1f}" for stage in STAGES),
            f"{line['wall_seconds']:.1f} / {line['processor_seconds']:.1f}",
        )


def _load_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
    yield "orders", "ledger rows", "peak MB", "identities", "load"
    for line in sorted(lines, key=lambda line: int(line["orders"])):
        yield (
            f"{line['orders']:,}",
            f"{line['ledger_rows']:,}",
            f"{line['peak_megabytes']:,}",
            f"{line['identities']}, {line['broken_identities']} broken",
            str(line["load"]),
        )


def _step_rows(line: Measured) -> Iterator[tuple[str, ...]]:
    yield "step", f"share of the ledger's processor time, {line['orders']:,} orders"
    for step, share in line["shares"].items():
        yield step, f"{share:.1%}"


def _catalogue_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
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


def _read_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
    yield "table", "rows", "rows a second", "part of raw COPY", "load"
    for line in sorted(lines, key=lambda line: int(line["orders"])):
        yield (
            line["table"],
            f"{line['rows']:,}",
            f"{line['rows_a_second']:,}",
            f"{line['part_of_raw_copy']:.2f}",
            str(line["load"]),
        )


def _write_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
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


def _nightly_rows(lines: list[Measured]) -> Iterator[tuple[str, ...]]:
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


def _table(rows: Any) -> str:
    head, *others = rows
    lines = [head, tuple("---" for _ in head), *others]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if something is wrong.")
def main(check: bool) -> None:
    """Write or check the page of measurements."""
    found = latest()
    text = page(found)
    kept = budgets(found)
    if not check:
        PAGE.write_text(text, encoding="utf-8")
        click.echo(_table(_budget_rows(kept)))
        return
    problems = [f"{b.what}: {b.shown}, budget {b.bound}" for b in kept if b.is_reached is False]
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        problems.append("docs/performance.md is not what benchmarks/report.py writes")
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()

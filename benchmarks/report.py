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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click

from benchmarks import report_rows as rows
from benchmarks.budgets import Found, Measured, budgets, measured_by
from benchmarks.measure import PROJECT, RESULTS

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
_DASHBOARD = """\
## The dashboard

`python benchmarks/dashboard.py`: server time of each page in milliseconds, from the request to the
end of the run that draws it; opened again, with a range that it had before, and with a month and a
year that it never had. Then many readers at once, who click every other second, and the seconds
from the start of the program to its first number.
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
_SUBJECT = ("size", "engine", "range", "table", "orders", "run", "page")


def latest() -> Found:
    """Return the last measurement of each thing, by benchmark and subject."""
    found: Found = {}
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []
    for line in map(json.loads, lines):
        found[line["benchmark"], *(str(line.get(name, "")) for name in _SUBJECT)] = line
    return found


def page(found: Found) -> str:
    """Return the page."""
    parts = [_INTRODUCTION, "\n".join(_machine(found))]
    parts += [_BUDGETS, _table(rows.budget_rows(budgets(found)))]
    if batch := measured_by(found, "batch"):
        parts += [_BATCH, _table(rows.batch_rows(batch)), "\n".join(rows.ratio_lines(found, batch))]
    if live := measured_by(found, "live"):
        parts += [_LIVE, _table(rows.live_rows(live))]
    if loads := measured_by(found, "load"):
        parts += [_LOAD, _table(rows.stage_rows(loads)), _table(rows.load_rows(loads))]
    if steps := measured_by(found, "ledger steps"):
        parts.append(_table(rows.step_rows(max(steps, key=lambda line: int(line["orders"])))))
    if answers := measured_by(found, "catalogue"):
        parts += [_CATALOGUE, _table(rows.catalogue_rows(answers))]
    if pages := measured_by(found, "dashboard page"):
        readers, cold = (measured_by(found, f"dashboard {name}") for name in ("readers", "cold"))
        parts += [
            _DASHBOARD,
            _table(rows.dashboard_rows(pages)),
            _table(rows.reader_rows(readers, cold)),
        ]
    if read := measured_by(found, "read"):
        parts += [_READ, _table(rows.read_rows(read))]
    if written := measured_by(found, "write"):
        parts += [_WRITE, _table(rows.write_rows(written))]
    if nightly := measured_by(found, "nightly"):
        parts += [_NIGHTLY, _table(rows.nightly_rows(nightly))]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _machine(found: Found) -> Iterator[str]:
    """Yield one line for each machine; its packages are those of any of its measurements."""
    packages: dict[str, Measured] = {}
    for line in found.values():
        place = line["machine"]
        name = f"{place['processor']}, {place['cores']} cores, {place['memory_gigabytes']} GB"
        packages.setdefault(name, {}).update({"Python": place["python"], **place["versions"]})
    for name, versions in packages.items():
        yield f"Machine: {name}.\n" + ", ".join(f"{k} {v}" for k, v in versions.items()) + "."


def _table(lines: Iterator[tuple[str, ...]]) -> str:
    head, *others = lines
    every = [head, tuple("---" for _ in head), *others]
    return "\n".join("| " + " | ".join(row) + " |" for row in every)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if something is wrong.")
def main(check: bool) -> None:
    """Write or check the page of measurements."""
    found = latest()
    text = page(found)
    kept = budgets(found)
    if not check:
        PAGE.write_text(text, encoding="utf-8")
        click.echo(_table(rows.budget_rows(kept)))
        return
    problems = [f"{b.what}: {b.shown}, budget {b.bound}" for b in kept if b.is_reached is False]
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        problems.append("docs/performance.md is not what benchmarks/report.py writes")
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()

"""How long the nightly reports take: a run, and a second one that has nothing to write.

    python benchmarks/nightly.py [--database URL] [--from-nothing] [--late-changes] [--keep]

Runs the report program twice on a database and prints one JSON line for each run: wall seconds and
seconds by stage, rows computed and written, peak memory. The database is DATABASE_URL, or the local
one; its report tables are written as by any other run, and emptied first by --from-nothing.

--late-changes is for a demo shop that may be spoilt: it writes a cost.csv of its own beforehand,
adds a night after a late refund and one after a dearer unit cost, and asks the three questions
about the month of both: as first reported, as known after the refund, and now.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measure import PROJECT, emit, load

TABLES = (
    "shop_reports, listing_reports, product_reports, report_restatements, report_alerts, "
    "report_runs"
)


def run_once(name: str) -> dict[str, Any]:
    """Run the program as a process and return what it took."""
    begun = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, str(PROJECT / "reportsv4_optimized.py"), "--json", "--quiet"],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begun
    if ended.returncode:
        sys.exit(ended.returncode)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    shops = json.loads(ended.stdout)["shops"]
    counts = (
        *("rows_computed", "rows_inserted", "rows_updated", "rows_unchanged", "rows_removed"),
        *("revisions_written", "restated_periods"),
    )
    return {
        "run": name,
        "seconds": round(seconds, 2),
        "stage_seconds": {one["shop"]: one["stage_seconds"] for one in shops},
        "rows": {name.removeprefix("rows_"): sum(one[name] for one in shops) for name in counts},
        "peak_megabytes": usage.ru_maxrss // 1024,  # of the largest child so far
        "load": load(),
    }


def empty_report_tables() -> None:
    """Empty the report tables of the database in the settings."""
    from engine.database import prepare
    from engine.database.write import write_transaction

    with write_transaction(prepare(), application_name="benchmark") as connection:
        connection.execute(f"TRUNCATE {TABLES}")


def refuse_older_reports() -> None:
    """End here if there are earlier versions, which would answer for what was first reported."""
    from engine.database import prepare
    from engine.database.arrow import open_snapshot

    with open_snapshot(prepare()) as snapshot:
        if len(snapshot.read("SELECT 1 FROM report_revisions LIMIT 1")):
            sys.exit("--late-changes needs a database without earlier versions of reports.")


def spoil_costs(dearer: str = "") -> None:
    """Write a cost.csv of our own into the folder of the settings."""
    from benchmarks.changes import write_costs
    from engine.database import prepare
    from engine.settings import Settings

    settings = Settings.load()
    write_costs(prepare(settings), settings.csv_path, dearer=dearer)


def late_nights(keep: bool) -> dict[str, Any]:
    """Measure a night after a late refund and one after a dearer unit cost.

    Returns net profit of the month of both, asked for in the three ways, and why it moved.
    """
    from benchmarks.changes import MONTH, add_late_refund, sold_most, three_answers
    from engine.database import prepare

    url = prepare()
    add_late_refund(url)
    emit("nightly", keep, **run_once("late refund"))
    between = datetime.now(UTC)
    spoil_costs(dearer=sold_most(url)[0])
    emit("nightly", keep, **run_once("dearer unit cost"))
    found = three_answers(url, between)
    return {
        "month": MONTH.isoformat(),
        "net_profit": {name: str(getattr(found, name)) for name in ("first", "known", "now")},
        "causes": {cause: str(amount) for cause, amount in sorted(found.causes.items())},
        "unexplained": str(found.now - found.first - sum(found.causes.values())),
    }


@click.command()
@click.option("--database", help="Address of the database.  [default: DATABASE_URL]")
@click.option("--from-nothing", is_flag=True, help="Empty the report tables first.")
@click.option("--late-changes", is_flag=True, help="Two more nights; spoils a demo shop.")
@click.option("--keep", is_flag=True, help="Add the figures to benchmarks/results.jsonl.")
def main(database: str | None, from_nothing: bool, late_changes: bool, keep: bool) -> None:
    """Measure runs of the reports and print a JSON line for each."""
    if database:
        os.environ["DATABASE_URL"] = database
    if from_nothing:
        empty_report_tables()
    if late_changes:
        refuse_older_reports()
        spoil_costs()
    for name in ("first", "unchanged"):
        emit("nightly", keep, **run_once(name))
    if late_changes:
        emit("history", keep, **late_nights(keep))


if __name__ == "__main__":
    main()

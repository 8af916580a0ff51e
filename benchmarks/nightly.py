"""How long the nightly reports take: a run, and a second one that has nothing to write.

    python benchmarks/nightly.py [--database URL] [--from-nothing] [--keep]

Runs the report program twice on a database and prints one JSON line for each run: wall seconds and
seconds by stage, rows computed and written, peak memory. The database is DATABASE_URL, or the local
one; its report tables are written as by any other run, and emptied first by --from-nothing.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
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
    counts = ("computed", "inserted", "updated", "unchanged", "removed")
    return {
        "run": name,
        "seconds": round(seconds, 2),
        "stage_seconds": {one["shop"]: one["stage_seconds"] for one in shops},
        "rows": {count: sum(one[f"rows_{count}"] for one in shops) for count in counts},
        "peak_megabytes": usage.ru_maxrss // 1024,  # of the largest child so far
        "load": load(),
    }


def empty_report_tables() -> None:
    """Empty the report tables of the database in the settings."""
    from engine.database import prepare
    from engine.database.write import write_transaction

    with write_transaction(prepare(), application_name="benchmark") as connection:
        connection.execute(f"TRUNCATE {TABLES}")


@click.command()
@click.option("--database", help="Address of the database.  [default: DATABASE_URL]")
@click.option("--from-nothing", is_flag=True, help="Empty the report tables first.")
@click.option("--keep", is_flag=True, help="Add the figures to benchmarks/results.jsonl.")
def main(database: str | None, from_nothing: bool, keep: bool) -> None:
    """Measure two runs of the reports and print a JSON line for each."""
    if database:
        os.environ["DATABASE_URL"] = database
    if from_nothing:
        empty_report_tables()
    for name in ("first", "unchanged"):
        emit("nightly", keep, **run_once(name))


if __name__ == "__main__":
    main()

"""How long a shop takes to load, and which step takes which share of it.

    python benchmarks/ledger.py [--keep]

Loads the shop of the settings, a demo of a size (`python -m engine demo --size M`), twice: once for
the seconds and the memory, once under the profiler for the shares of the steps. The identities of
the ledger are checked on the way, as on every load.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click

from benchmarks.measure import emit, load, peak_megabytes, timed
from engine import EcommerceAnalyticsOptimized

# Step → the functions whose time it is, by module and name; none of them calls another of them.
STEPS = {
    "orders and lines": (("orders", "build_orders"), ("sales", "resolve_lines")),
    "order amounts to lines": (("sales", "allocate_sales"),),
    "refunds": (("refunds", "select_refunds"), ("refund_cells", "split_refunds")),
    "fees": (("fees", "book_fees"),),
    "parcels, postage, duties": (("fulfilment", "fulfil"),),
    "ledger rows": (("events", "_sale_rows"), ("events", "_refund_rows"), ("events", "_together")),
    "identities": (("reconcile", "reconcile"),),
    "levels": (("compute", "build_snapshot"),),
}


def shares(stats: pstats.Stats) -> dict[str, float]:
    """Return the share of each step in the time of building ledger and levels."""
    taken: dict[tuple[str, str], float] = {}
    for (file, _, name), (_, _, _, cumulated, _) in stats.stats.items():  # type: ignore[attr-defined]
        key = (Path(file).stem, name)
        taken[key] = taken.get(key, 0.0) + cumulated
    whole = taken["analytics", "_build"]
    found = {step: sum(taken.get(f, 0.0) for f in steps) / whole for step, steps in STEPS.items()}
    return {step: round(share, 3) for step, share in found.items()} | {
        "all else": round(1 - sum(found.values()), 3)
    }


@click.command()
@click.option("--keep", is_flag=True, help="Add the figures to benchmarks/results.jsonl.")
def main(keep: bool) -> None:
    """Measure a load and the steps of its ledger."""
    analytics, wall, processor = timed(EcommerceAnalyticsOptimized.load)
    emit(
        "load",
        keep,
        orders=len(analytics.snapshot.ledger.orders),
        ledger_rows=len(analytics.snapshot.ledger),
        wall_seconds=round(wall, 2),
        processor_seconds=round(processor, 2),
        stage_seconds=analytics.stage_seconds,
        peak_megabytes=peak_megabytes(),
        identities=len(analytics.identities),
        broken_identities=sum(identity.difference != 0 for identity in analytics.identities),
        load=load(),
    )
    del analytics
    profile = cProfile.Profile()
    profile.runcall(EcommerceAnalyticsOptimized.load)
    emit("ledger steps", keep, shares=shares(pstats.Stats(profile)), load=load())


if __name__ == "__main__":
    main()

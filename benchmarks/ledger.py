"""How long a shop takes to load by stage, and which step of the ledger takes which share of it.

    python benchmarks/ledger.py [--keep] [--load-only]

Loads the shop of the settings, a demo of a size (`python -m engine demo --size M`), twice: once for
the seconds and the memory, once under the profiler for the shares of the steps. Only the stage
"ledger" builds the ledger, from tables and files in memory to its rows and their identities;
reading, findings and the levels that answers come from are stages of their own. In between every
metric of the catalogue is answered for all periods of the five grains at the three levels, in one
thread, and a what-if of every order is worked out.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import time
from functools import partial
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click

from benchmarks.measure import emit, load, peak_megabytes, timed
from engine import EcommerceAnalyticsOptimized
from engine.ledger.changed_inputs import Changes
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.metrics.what_if import Scope, WhatIf
from engine.periods import GRAINS, Period, periods_between

WHAT_IF = 3  # seconds for all orders of half a million

# Step → the functions whose time it is, by module and name; none of them calls another of them.
STEPS = {
    "orders and lines": (("orders", "build_orders"), ("sales", "resolve_lines")),
    "rates, what is held back": (("holding", "hold_back"),),
    "order amounts to lines": (("sales", "allocate_sales"),),
    "refunds": (("refunds", "select_refunds"), ("refund_cells", "split_refunds")),
    "fees": (("fee_work", "work_out_fees"), ("fees", "book_fees")),
    "parcels, postage, duties": (("fulfilment", "fulfil"),),
    "unit costs": (("facts", "_cost_book"), ("facts", "_line_costs")),
    "listings and SKUs": (("entities", "of"),),
    "ads, visits, expenses by day": (("events", "_day_facts"),),
    "stock, prices, favourites, reviews": (
        ("observations", "seen_offers"),
        ("observations", "seen_favourites"),
        ("observations", "written_reviews"),
    ),
    "ledger rows": (
        ("events", "_sale_rows"),
        ("events", "_refund_rows"),
        ("events", "_adjustment_rows"),
        ("events", "_key_order"),
        ("events", "_together"),
        ("groupings", "first_parcels"),
        ("groupings", "refund_reasons"),
        ("groupings", "cost_codes"),
    ),
    "payment account": (("account", "account_of"),),
    "identities": (("reconcile", "reconcile"),),
}


def shares(stats: pstats.Stats) -> dict[str, float]:
    """Return the share of each step in the processor time of building the ledger."""
    taken: dict[tuple[str, str], float] = {}
    for (file, _, name), (_, _, _, cumulated, _) in stats.stats.items():  # type: ignore[attr-defined]
        key = (Path(file).stem, name)
        taken[key] = taken.get(key, 0.0) + cumulated
    whole = taken["events", "build_ledger"] + taken["reconcile", "reconcile"]
    found = {step: sum(taken.get(f, 0.0) for f in steps) / whole for step, steps in STEPS.items()}
    return {step: round(share, 3) for step, share in found.items()} | {
        "all else": round(1 - sum(found.values()), 3)
    }


def answer_everything(analytics: EcommerceAnalyticsOptimized) -> tuple[int, int]:
    """Compute all that the report tables hold; returns how many rows and values it was."""
    rows = values = 0
    for level, kind in product(Level, GRAINS):
        assert analytics.first_day is not None
        periods = list(periods_between(kind, analytics.first_day, analytics.today))
        block = analytics.calculate_block(periods, level=level)
        rows += len(block)
        values += len(block) * len(block.columns)
    return rows, values


def suppose(analytics: EcommerceAnalyticsOptimized) -> WhatIf:
    """Work out what all orders of the shop had earned at carrier prices ten per cent higher."""
    assert analytics.first_day is not None
    everything = Period.custom(analytics.first_day, analytics.today)
    return analytics.what_if(everything, Changes(carrier_price=100_000), Scope())


@click.command()
@click.option("--keep", is_flag=True, help="Add the figures to benchmarks/results.jsonl.")
@click.option("--load-only", is_flag=True, help="Leave the catalogue and the shares of steps out.")
def main(keep: bool, load_only: bool) -> None:
    """Measure a load and the steps of its ledger."""
    analytics, wall, processor = timed(EcommerceAnalyticsOptimized.load)
    orders = len(analytics.snapshot.ledger.orders)
    emit(
        "load",
        keep,
        orders=orders,
        ledger_rows=len(analytics.snapshot.ledger),
        wall_seconds=round(wall, 2),
        processor_seconds=round(processor, 2),
        stage_seconds=analytics.stage_seconds,
        stage_processor_seconds=analytics.stage_processor_seconds,
        peak_megabytes=peak_megabytes(),
        identities=len(analytics.identities),
        broken_identities=sum(identity.difference != 0 for identity in analytics.identities),
        load=load(),
    )
    if load_only:  # a shop of millions of orders has no memory left for the rest
        return
    (rows, values), wall, processor = timed(partial(answer_everything, analytics))
    emit(
        "catalogue",
        keep,
        orders=orders,
        metrics=len(REGISTRY.metrics),
        rows=rows,
        values=values,
        wall_seconds=round(wall, 2),
        processor_seconds=round(processor, 2),
        load=load(),
    )
    answer, wall, processor = timed(partial(suppose, analytics))
    emit(
        "what-if",
        keep,
        orders=answer.orders,
        wall_seconds=round(wall, 2),
        processor_seconds=round(processor, 2),
        budget_seconds=WHAT_IF,
        load=load(),
    )
    del analytics, answer
    profile = cProfile.Profile(time.process_time)  # the clock of a busy machine says little
    profile.runcall(EcommerceAnalyticsOptimized.load)
    found = shares(pstats.Stats(profile))
    emit("ledger steps", keep, orders=orders, shares=found, load=load())


if __name__ == "__main__":
    main()

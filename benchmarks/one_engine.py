"""One engine on one size, once: the child process of `batch.py`, which alone is told the time.

    python benchmarks/one_engine.py ENGINE SIZE [--sums] [--rows FILE]

The table is read before the clock starts. Every engine gives the answer of one level and grain
after the other, and each is let go before the next one is taken, as a program does that writes them
down. Prints one JSON line: seconds and memory. What is compared is found in runs of its own, which
are not timed: --sums adds the sum of every column, --rows writes all rows, to be compared one by
one.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click
import numpy as np
import pyarrow.parquet as pq

from benchmarks.measure import load, peak_megabytes, timed
from benchmarks.shop import ORDERS, lines_file
from benchmarks.spec import COLUMNS, NULL

ENGINES = ("ours", "pandas", "polars", "duckdb")


def run(engine: str, size: str) -> dict[str, Any]:
    """Return the measurement of one run."""
    module, lines = _module(engine), [pq.read_table(lines_file(size))]
    before = load()
    # The table is handed over, so that an engine that copies it may let it go.
    count, wall, processor = timed(lambda: _taken(module.compute(lines.pop())))
    return {
        "engine": engine,
        "size": size,
        "answers": count,
        "wall_seconds": round(wall, 3),
        "processor_seconds": round(processor, 3),
        "peak_megabytes": peak_megabytes(),
        "load_before": before,
    }


def _taken(answers: Iterator[tuple[tuple[str, str], Any]]) -> int:
    """Take every answer, keep none, and return how many there were."""
    count = 0
    for _, answer in answers:
        del answer
        count += 1
    return count


def answered_columns(engine: str, size: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yield all columns by `level/grain/column`, for checks; nothing is timed."""
    module = _module(engine)
    for (level, grain), answer in module.compute(pq.read_table(lines_file(size))):
        found = module.columns_of(answer) if engine == "ours" else answer
        for name in ("entity", "period", *COLUMNS):
            yield f"{level}/{grain}/{name}", found[name]


def _module(engine: str) -> Any:
    return importlib.import_module(
        f"benchmarks.{engine if engine == 'ours' else engine + '_rival'}"
    )


def sums(engine: str, size: str) -> dict[str, Any]:
    """Return the number of rows, and for each column the exact sum and how many are unknown."""
    rows, found = 0, {}
    for name, values in answered_columns(engine, size):
        known = values[values != NULL]
        # Large values are summed in Python integers.
        is_large = int(np.abs(known).max(initial=0)) > 2**40
        total = known.sum(dtype=object) if is_large else known.sum()
        found[name] = [int(total), len(values) - len(known)]
        rows += len(values) if name.endswith("/entity") else 0
    return {"engine": engine, "size": size, "rows": rows, "sums": found}


@click.command()
@click.argument("engine", type=click.Choice(ENGINES))
@click.argument("size", type=click.Choice(list(ORDERS)))
@click.option("--sums", "is_summed", is_flag=True, help="Sum the columns; time nothing.")
@click.option("--rows", type=click.Path(path_type=Path), help="Write all rows; time nothing.")
def main(engine: str, size: str, is_summed: bool, rows: Path | None) -> None:
    """Measure one engine on one size, or say what it finds."""
    if rows is not None:
        np.savez(rows, **dict(answered_columns(engine, size)))  # type: ignore[arg-type]
        click.echo(json.dumps({"engine": engine, "size": size}))
        return
    click.echo(json.dumps(sums(engine, size) if is_summed else run(engine, size)))


if __name__ == "__main__":
    main()

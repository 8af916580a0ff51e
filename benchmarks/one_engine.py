"""One engine on one size, once: the child process of `batch.py`, which alone is told the time.

    python benchmarks/one_engine.py ENGINE SIZE [--rows FILE]

The table is read before the clock starts. Prints one JSON line: seconds, memory, and the sum of
every column of every level and grain; --rows writes all rows, to be compared one by one.
"""

from __future__ import annotations

import importlib
import json
import sys
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


def run(engine: str, size: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the measurement of one run, and all its columns by `level/grain/column`."""
    module = importlib.import_module(
        f"benchmarks.{engine if engine == 'ours' else engine + '_rival'}"
    )
    lines = pq.read_table(lines_file(size))
    before = load()
    answers, wall, processor = timed(lambda: module.compute(lines))
    measured = {
        "engine": engine,
        "size": size,
        "wall_seconds": round(wall, 3),
        "processor_seconds": round(processor, 3),
        "peak_megabytes": peak_megabytes(),
        "load_before": before,
    }
    columns: dict[str, np.ndarray] = {}
    for (level, grain), answer in answers.items():
        found = module.columns_of(answer) if engine == "ours" else answer
        for name in ("entity", "period", *COLUMNS):
            columns[f"{level}/{grain}/{name}"] = found[name]
    # Exact sums of known values, in Python integers; what is unknown is counted.
    measured["sums"] = {
        name: [int(values[values != NULL].sum(dtype=object)), int((values == NULL).sum())]
        if int(np.abs(values).max(initial=0)) > 2**40
        else [int(values[values != NULL].sum()), int((values == NULL).sum())]
        for name, values in columns.items()
    }
    measured["rows"] = sum(len(v) for name, v in columns.items() if name.endswith("/entity"))
    return measured, columns


@click.command()
@click.argument("engine", type=click.Choice(ENGINES))
@click.argument("size", type=click.Choice(list(ORDERS)))
@click.option("--rows", type=click.Path(path_type=Path), help="Write all rows here.")
def main(engine: str, size: str, rows: Path | None) -> None:
    """Measure one engine on one size."""
    measured, columns = run(engine, size)
    if rows is not None:
        np.savez(rows, **columns)  # type: ignore[arg-type]
    click.echo(json.dumps(measured))


if __name__ == "__main__":
    main()

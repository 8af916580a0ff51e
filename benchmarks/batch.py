"""How long 47 columns of all five grains and three levels take: the engine beside its rivals.

    python benchmarks/batch.py [--size M]… [--engine pandas]… [--rounds 3] [--quick] [--keep]

Each engine runs in a process of its own, engines in turn, on the same table. Before anything is
timed the rivals must give the same rows on S, and on each size the same sums, in runs of their own.
Answers are taken one after the other and none is kept. A rival that is not installed is named and
left out (`make bench` installs them). --quick is one round on
100,000 orders and fails if a ratio of processor time is lost, with room for a busy machine; whether
a full run keeps the budgets is for `report.py` to say.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click
import numpy as np

from benchmarks.measure import child, emit, load, median
from benchmarks.one_engine import ENGINES
from benchmarks.spec import TOLERANCE

# Wall and processor time against pandas, and against the better of polars and DuckDB, on M.
BUDGET = {"pandas": 0.5, "others": 0.8}
# Of processor time, which a busy machine stretches for all alike. 0.48 and 0.26 were reached with
# six processes to a core; the rest is room, as this guards against falling back and claims nothing.
QUICK_BUDGET = {"pandas": 0.9, "others": 0.6}


def installed() -> list[str]:
    """Return the engines that are here, and say which are not."""
    missing = [name for name in ENGINES[1:] if importlib.util.find_spec(name) is None]
    for name in missing:
        emit("batch", engine=name, skipped="not installed; make bench installs it")
    return [name for name in ENGINES if name not in missing]


def compare_rows(engines: list[str], size: str) -> None:
    """Exit with 1 unless every engine gives the same rows."""
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.npz" for name in engines}
        for name, file in files.items():
            child("one_engine.py", name, size, "--rows", str(file))
        ours = np.load(files["ours"])
        for name in engines[1:]:
            theirs = np.load(files[name])
            wrong = [column for column in ours.files if not _equal(column, ours, theirs)]
            if wrong:
                sys.exit(f"{name} differs on {size} in {', '.join(wrong[:5])}; it is not timed.")
            emit("batch", engine=name, size=size, equal_columns=len(ours.files))


def _equal(column: str, ours: Any, theirs: Any) -> bool:
    left, right = ours[column], theirs[column]
    if left.shape != right.shape:
        return False
    return bool(np.all(np.abs(left - right) <= TOLERANCE.get(column.rpartition("/")[2], 0)))


def check_sums(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Exit with 1 if a rival's column does not come to the same."""
    for column, (total, unknown) in ours["sums"].items():
        other, other_unknown = theirs["sums"].get(column, (None, None))
        allowed = TOLERANCE.get(column.rpartition("/")[2], 0) * ours["rows"]
        if other is None or abs(other - total) > allowed or other_unknown != unknown:
            sys.exit(f"{theirs['engine']} differs in {column}: {other}, expected {total}.")


def measure(engines: list[str], size: str, rounds: int) -> dict[str, dict[str, float]]:
    """Return the median figures of each engine; exits with 1 if one finds something else."""
    ours, *others = (child("one_engine.py", name, size, "--sums") for name in engines)
    for theirs in others:
        check_sums(ours, theirs)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in engines}
    for turn in range(rounds):
        for name in (*engines[turn % len(engines) :], *engines[: turn % len(engines)]):
            runs[name].append(child("one_engine.py", name, size))
    figures = ("wall_seconds", "processor_seconds", "peak_megabytes")
    return {
        name: {key: median([run[key] for run in found]) for key in figures}
        | {"rows": ours["rows"], "highest_load": max(run["load_before"] for run in found)}
        for name, found in runs.items()
    }


def ratios(found: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return the engine's time as a part of each rival's, and of the better one of the others."""
    compared: dict[str, dict[str, float]] = {}
    for key in ("wall_seconds", "processor_seconds"):
        ours = found["ours"][key]
        rivals = {name: ours / found[name][key] for name in found if name != "ours"}
        others = [ratio for name, ratio in rivals.items() if name != "pandas"]
        if others:
            rivals["others"] = max(others)
        compared[key] = {name: round(ratio, 3) for name, ratio in rivals.items()}
    return compared


def is_within(ratio_to: dict[str, float], budget: dict[str, float]) -> bool:
    """Tell whether every ratio that could be measured keeps its budget."""
    return all(ratio_to.get(name, 0) <= most for name, most in budget.items())


@click.command()
@click.option("--size", "sizes", multiple=True, default=("S", "M"), show_default=True)
@click.option("--engine", "wanted", multiple=True, help="Only these; ours is always measured.")
@click.option("--rounds", default=3, show_default=True)
@click.option("--quick", is_flag=True, help="One round on 100,000 orders; checks ratios only.")
@click.option("--keep", is_flag=True, help="Add the figures to benchmarks/results.jsonl.")
def main(
    sizes: tuple[str, ...], wanted: tuple[str, ...], rounds: int, quick: bool, keep: bool
) -> None:
    """Compare the engine with its rivals."""
    engines = [name for name in installed() if not wanted or name in ("ours", *wanted)]
    compare_rows(engines, "tiny" if quick else "S")
    for size in ("quick",) if quick else sizes:
        found = measure(engines, size, 1 if quick else rounds)
        for name, figures in found.items():
            emit("batch", keep, engine=name, size=size, **figures)
        compared = ratios(found)
        if len(engines) == 1:
            continue
        emit("batch ratios", keep, size=size, load=load(), **compared)
        if quick and not is_within(compared["processor_seconds"], QUICK_BUDGET):
            sys.exit(f"A ratio of processor time is above what must be kept: {QUICK_BUDGET}.")


if __name__ == "__main__":
    main()

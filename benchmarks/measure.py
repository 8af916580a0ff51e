"""What every benchmark records beside its figure: machine, versions, load; one JSON line each."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
RESULTS = PROJECT / "benchmarks" / "results.jsonl"
_PACKAGES = ("numpy", "pandas", "pyarrow", "polars", "duckdb")


def machine() -> dict[str, Any]:
    """Return what a figure depends on."""
    return {
        "cores": os.cpu_count(),
        "memory_gigabytes": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "processor": _processor(),
        "python": platform.python_version(),
        "versions": {name: version for name in _PACKAGES if (version := _version(name))},
        "commit": _commit(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _commit() -> str:
    asked = ["git", "-C", str(PROJECT), "rev-parse", "--short", "HEAD"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return found.stdout.strip()


def load() -> float:
    """Return how many processes have wanted a core in the last minute."""
    return round(os.getloadavg()[0], 2)


def peak_megabytes() -> int:
    """Return the largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return what some work gives, its wall seconds and its processor seconds of all threads."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - processor


def median(values: list[float]) -> float:
    """Return the middle value, of an even number the lower one."""
    return sorted(values)[(len(values) - 1) // 2]


def emit(benchmark: str, keep: bool = False, **figures: Any) -> None:
    """Print one measurement; `keep` adds it, with the machine, to the committed results."""
    line = {"benchmark": benchmark, **figures}
    print(json.dumps(line), flush=True)
    if keep:
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line | {"machine": machine()}) + "\n")


def child(script: str, *arguments: str) -> dict[str, Any]:
    """Run a script of this folder in a process of its own, and return its last JSON line."""
    ended = subprocess.run(
        [sys.executable, str(PROJECT / "benchmarks" / script), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return answer

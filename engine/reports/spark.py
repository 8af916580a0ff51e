"""`--engine spark`: one task a shop on a cluster, each doing what the local loop does.

The driver hands out shop ids and collects how each shop went; figures never pass through it. A task
reads its shop by Arrow, computes, and writes in its own transaction under the shop's own lock. A
task that is repeated meets its own lock or its own rows, so repeating does no harm.

The address of the database is no argument of a task: each worker has it from its own environment,
where the cluster keeps its secrets.
"""

from __future__ import annotations

import io
import os
import pickle
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from engine.database import prepare
from engine.errors import SetupError
from engine.reports.calls import run_call
from engine.reports.desk import Call
from engine.reports.outcome import ShopOutcome
from engine.settings import Settings

SUMMARY = "shop_id long, outcome binary"


def run_on_spark(call: Call, shop_ids: Sequence[int]) -> list[ShopOutcome]:
    """Work on every shop in a task of its own and return how each one went, ascending by id.

    Raises SetupError if the package is not installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise SetupError(
            f"--engine spark needs the package {error.name}, which is not installed.",
            hint="Run: python -m pip install -r requirements-spark.txt. It needs Java 17.",
        ) from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (
        SparkSession.builder.appName("reports")
        # Two attempts at one shop at once would only wait for each other's lock.
        .config("spark.speculation", "false")
        .config("spark.sql.adaptive.enabled", "false")  # it would put small shops into one task
        .config("spark.sql.shuffle.partitions", str(max(len(shop_ids), 1)))
        .getOrCreate()
    )
    try:
        shops = session.createDataFrame([(shop_id,) for shop_id in shop_ids], "shop_id long")
        tasks = shops.groupBy("shop_id").applyInArrow(task_of(call), SUMMARY)
        rows = tasks.collect()
    finally:
        session.stop()
    outcomes: list[ShopOutcome] = [pickle.loads(row["outcome"]) for row in rows]
    return sorted(outcomes, key=lambda outcome: outcome.shop_id)


def task_of(call: Call) -> Callable[[pa.Table], pa.Table]:
    """Return the function that a task runs on the rows of its shop."""

    def run_shop(shops: pa.Table) -> pa.Table:  # Spark reads the types of its signature
        settings = Settings.load()
        url = prepare(settings, client="required", deadline_seconds=settings.retry_deadline)
        ids, outcomes = [], []
        for shop_id in shops["shop_id"].to_pylist():
            own = replace(call, shops=(str(shop_id),))
            for outcome in run_call(own, settings, url, say=lambda _: None, stream=io.StringIO()):
                ids.append(outcome.shop_id)
                outcomes.append(pickle.dumps(outcome))
        columns: list[Any] = [pa.array(ids, pa.int64()), pa.array(outcomes, pa.binary())]
        return pa.Table.from_arrays(columns, ["shop_id", "outcome"])

    return run_shop

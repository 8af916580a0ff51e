"""DuckDB on the benchmark's table, on all cores: one statement for each level and grain.

Its best known form: the orders of an entity as a table of its own, one aggregation for each grain,
modes in two steps (its own `mode` takes longer and breaks ties as it likes).
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.rounding import with_quotients
from benchmarks.shop import DAYS, NEVER, PAYMENT_METHODS, Grain, grains
from benchmarks.spec import ENTITY, LEVELS, MODES, QUANTILES, STD, SUMS

DOMAINS = {"payment": len(PAYMENT_METHODS), "hour": 24, "weekday": 8, "month": 13}
_OF_ORDER = ("day", "seconds", "customer", "customer_first_day", "customer_second_day", *MODES)


def compute(lines: pa.Table) -> Iterator[tuple[tuple[str, str], dict[str, np.ndarray]]]:
    """Yield the columns of each level and grain, with keys `entity` and `period`."""
    with duckdb.connect() as connection:
        connection.register("lines", lines)
        for grain in grains():
            calendar = pa.table(
                {
                    "day": np.arange(DAYS, dtype=np.int32),
                    "period": grain.of_day.astype(np.int64),
                    "first": grain.first[grain.of_day],
                    "last": grain.last[grain.of_day],
                }
            )
            connection.register(f"calendar_{grain.kind.value}", calendar)
        for level in LEVELS:
            entity = f"{ENTITY[level]}::BIGINT" if ENTITY[level] else "0::BIGINT"
            connection.execute(_orders(entity))
            for grain in grains():
                yield (level, grain.kind.value), _grain(connection, entity, grain)


def _orders(entity: str) -> str:
    sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in SUMS)
    firsts = ", ".join(f"any_value({name}) AS {name}" for name in _OF_ORDER)
    return (
        f'CREATE OR REPLACE TEMP TABLE orders AS SELECT {entity} AS entity, "order", {sums}, '
        f"{firsts} FROM lines GROUP BY ALL"
    )


def _grain(
    connection: duckdb.DuckDBPyConnection, entity: str, grain: Grain
) -> dict[str, np.ndarray]:
    calendar = f"calendar_{grain.kind.value}"
    sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in SUMS)
    points = ", ".join(str(above / below) for above, below in QUANTILES.values())
    modes = ", ".join(
        f"{code}_counts AS (SELECT entity, period, "
        f"{DOMAINS[code] - 1} - max(n * {DOMAINS[code]} + {DOMAINS[code] - 1} - {code}) "
        f"% {DOMAINS[code]} AS {code}_mode, count(*) AS {code}_different FROM "
        f"(SELECT entity, period, {code}::BIGINT AS {code}, count(*) AS n FROM rows GROUP BY ALL) "
        "GROUP BY ALL)"
        for code in MODES
    )
    joins = " ".join(f"JOIN {code}_counts USING (entity, period)" for code in MODES)
    quantiles = ", ".join(
        f"floor(points[{place}] + 0.5)::BIGINT AS {name}"
        for place, name in enumerate(QUANTILES, start=1)
    )
    statement = f"""
        WITH rows AS (SELECT * FROM orders JOIN {calendar} USING (day)),
        sums AS (
            SELECT entity, period, {sums}, count(*) AS orders,
                count(*) FILTER (customer < 0) AS guest_orders,
                quantile_cont((value - discount)::DOUBLE, [{points}]) AS points,
                floor(stddev_pop(value - discount) + 0.5)::BIGINT AS {STD},
                max(seconds) - min(seconds) AS span_seconds
            FROM rows GROUP BY ALL),
        customers AS (
            SELECT entity, period, count(*) AS customers,
                count(*) FILTER (customer_first_day >= first) AS new_customers,
                count(*) FILTER (customer_second_day <> {NEVER} AND customer_second_day <= last)
                    AS repeat_customers
            FROM (SELECT DISTINCT entity, period, customer, customer_first_day,
                      customer_second_day, first, last FROM rows WHERE customer >= 0)
            GROUP BY entity, period),
        skus AS (
            SELECT entity, period, count(*) AS skus_sold FROM
                (SELECT DISTINCT {entity} AS entity, period, sku FROM lines
                 JOIN {calendar} USING (day))
            GROUP BY ALL),
        {modes}
        SELECT sums.* EXCLUDE (points), {quantiles}, coalesce(customers, 0) AS customers,
            coalesce(new_customers, 0) AS new_customers,
            coalesce(repeat_customers, 0) AS repeat_customers, skus_sold,
            payment_different AS payment_methods,
            {", ".join(f"{code}_mode" for code in MODES)}
        FROM sums LEFT JOIN customers USING (entity, period) JOIN skus USING (entity, period)
        {joins} ORDER BY entity, period"""
    columns = connection.execute(statement).fetchnumpy()
    found = {name: np.asarray(column, np.int64) for name, column in columns.items()}
    found["days"] = grain.days[found["period"]]
    found["gap_seconds"] = 3600 * (found["orders"] - 1)
    return with_quotients(found)

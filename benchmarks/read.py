"""How fast the source tables are read, beside the server's own binary COPY of the same columns.

    python benchmarks/read.py [--keep]

Reads a demo in the database of the settings (`python -m engine demo --size M`), its tables of
10,000 rows and more. The COPY is not decoded: it is the ceiling for everything that reads over this
connection.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click
import psycopg

from benchmarks.measure import emit, load, timed
from engine.database import prepare
from engine.database.arrow import open_snapshot
from engine.database.url import DatabaseUrl
from engine.sources.table_contracts import CONTRACTS
from engine.sources.tables import choose_shop, read_shops, read_tables

BUDGET = 0.7  # of the rows a second of the raw COPY
_LARGE = 10_000  # rows; a smaller table says nothing


def raw_copy(url: DatabaseUrl, statement: str) -> int:
    """Run a binary COPY of a SELECT and throw the bytes away; returns how many there were."""
    with (
        psycopg.connect(url.libpq()) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT binary)") as rows,  # type: ignore[arg-type]
    ):
        return sum(len(part) for part in rows)


@click.command()
@click.option("--keep", is_flag=True, help="Add the figures to benchmarks/results.jsonl.")
def main(keep: bool) -> None:
    """Measure reading of every large table, and of all of them together."""
    url = prepare()
    with open_snapshot(url, connections=2) as snapshot:
        shops = read_shops(snapshot)
        shop = choose_shop(shops, shops[0].shop_id if shops else None)
        orders = snapshot.read("SELECT count(*) FROM orders")[0][0].as_py()
        for contract in CONTRACTS:
            statement = contract.select(is_alone=len(shops) == 1)
            values = {"$1": str(shop.shop_id), "$2": f"'{shop.currency}'"}
            for name, value in values.items():
                statement = statement.replace(name, value)
            table, wall, processor = timed(lambda text=statement: snapshot.read(text))  # type: ignore[misc]
            if table.num_rows < _LARGE:
                continue
            _, raw, _ = timed(lambda text=statement: raw_copy(url, text))  # type: ignore[misc]
            emit(
                "read",
                keep,
                orders=orders,
                table=contract.table,
                rows=table.num_rows,
                rows_a_second=round(table.num_rows / wall),
                processor_seconds=round(processor, 2),
                part_of_raw_copy=round(raw / wall, 3),
                budget=BUDGET,
                load=load(),
            )
    with open_snapshot(url, connections=2) as snapshot:
        _, wall, processor = timed(lambda: read_tables(snapshot, shop, is_alone=len(shops) == 1))
        figures = {"wall_seconds": round(wall, 2), "processor_seconds": round(processor, 2)}
        emit("read all", keep, orders=orders, load=load(), **figures)


if __name__ == "__main__":
    main()

"""How fast report rows are written: into an empty table, and where every stored row changed.

    python benchmarks/write.py [--rows 100000] [--repeat 3] [--keep]

Writes the rows of `nights.py` into the report table of SKUs as it is, indexes and checks included,
of a local database of its own in a temporary folder. The yardstick is a COPY of the same bytes,
ready made, into the same empty table. The clock runs from the connection to the end of the commit;
what is told is the median of the rounds.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click
import psycopg

from benchmarks.measure import emit, load, median, timed
from benchmarks.nights import TABLE, Night, make_night
from engine.database.local_postgres import LocalServer
from engine.database.merge import MergeCounts, merge
from engine.database.migrate import migrate
from engine.database.revisions import Keeping
from engine.database.url import DatabaseUrl
from engine.database.write import write_transaction
from engine.reports.spec import VERSION_COLUMNS

BUDGET = 25_000  # rows a second where every row changed
RAW, EMPTY, CHANGED, KEPT = "raw COPY", "empty table", "all changed", "all changed, versions kept"
COLUMNS = len(TABLE.fields) + len(VERSION_COLUMNS)
_PIECE = 2**20  # bytes that the yardstick sends at a time

Took = tuple[float, float]  # wall seconds, processor seconds of this process


@contextmanager
def own_database() -> Iterator[DatabaseUrl]:
    """Yield a migrated database without rows, on a server in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="bench-write-") as folder:
        home = Path(folder)
        home.chmod(0o711)  # for root, the server runs as another account
        server = LocalServer(home / "data")
        try:
            yield server.open(lambda url: migrate(url, say=lambda _: None))
        finally:
            server.close()


def add_shop(url: DatabaseUrl) -> None:
    """Write the shop and the two runs that the rows refer to."""
    with psycopg.connect(url.libpq()) as connection:
        connection.execute(
            "INSERT INTO shops (shop_id, name, time_zone, currency, buyer_salt) "
            "VALUES (1, 'Benchmark', 'UTC', 'USD', '')"
        )
        connection.execute(
            "INSERT INTO report_runs (call_id, shop_id, status, stage, started_at, command, host, "
            "process_id, code_version, registry_version, settings_hash, settings) "
            "SELECT gen_random_uuid(), 1, 'RUNNING', 'write', now(), '', '', 1, '', 1, '', '{}' "
            "FROM generate_series(1, 2)"
        )


def write(url: DatabaseUrl, night: Night, *, keeping: Keeping | None = None) -> MergeCounts:
    """Write the rows of a night as a run does, in a transaction of its own."""
    with write_transaction(url, application_name="benchmark") as connection:
        return merge(
            connection,
            TABLE,
            [(night.block, night.digests)],
            run_id=night.run_id,
            computed_at=night.known_at,
            keeping=keeping,
        )


def copy_out(url: DatabaseUrl) -> bytes:
    """Return the stored rows as the bytes of a binary COPY."""
    statement = f"COPY {TABLE.name} TO STDOUT (FORMAT binary)"
    with (
        psycopg.connect(url.libpq()) as connection,
        connection.cursor() as cursor,
        cursor.copy(statement.encode()) as parts,
    ):
        return b"".join(parts)


def copy_in(url: DatabaseUrl, rows: bytes) -> None:
    """Send such bytes into the table, in a transaction like that of `write`."""
    with (
        write_transaction(url, application_name="benchmark") as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {TABLE.name} FROM STDIN (FORMAT binary)".encode()) as copy,
    ):
        for start in range(0, len(rows), _PIECE):
            copy.write(rows[start : start + _PIECE])


def round_of(url: DatabaseUrl, first: Night, second: Night) -> dict[str, Took]:
    """Measure each way once, of the same rows; leaves those of the second night behind.

    Raises RuntimeError where a night did not become exactly the rows that it was to.
    """
    count = len(first.digests)
    keeping = Keeping(second.run_id, second.known_at)
    took = {}

    def expect(way: str, expected: MergeCounts, work: Callable[[], MergeCounts]) -> None:
        _settle(url)
        counts, *seconds = timed(work)
        if counts != expected:
            raise RuntimeError(f"{way}: {expected} was expected, not {counts}")
        took[way] = seconds[0], seconds[1]

    empty(url)
    expect(EMPTY, MergeCounts(count, 0, 0), lambda: write(url, first))
    rows = copy_out(url)
    empty(url)
    _settle(url)
    _, *seconds = timed(lambda: copy_in(url, rows))
    took[RAW] = seconds[0], seconds[1]
    expect(CHANGED, MergeCounts(0, count, 0), lambda: write(url, second))
    empty(url)
    copy_in(url, rows)
    kept = MergeCounts(0, count, 0, revisions=count)
    expect(KEPT, kept, lambda: write(url, second, keeping=keeping))
    return took


def empty(url: DatabaseUrl) -> None:
    """Empty the table; the versions kept so far stay, as the database lets nobody delete them."""
    with psycopg.connect(url.libpq()) as connection:
        connection.execute(f"TRUNCATE {TABLE.name}".encode())


def _settle(url: DatabaseUrl) -> None:
    """Let the server write what it still owes the disk, so that no way pays for another one."""
    with psycopg.connect(url.libpq(), autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def server_version(url: DatabaseUrl) -> str:
    """Return the version of the server, as `17.2`."""
    with psycopg.connect(url.libpq()) as connection:
        return connection.info.parameter_status("server_version") or ""


@click.command()
@click.option("--rows", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--repeat", type=click.IntRange(1), default=3, show_default=True)
@click.option("--keep", is_flag=True, help="Add the figures to benchmarks/results.jsonl.")
def main(rows: int, repeat: int, keep: bool) -> None:
    """Measure the writing of report rows, the ways side by side in each round."""
    load_before = load()
    first, second = make_night(1, rows), make_night(2, rows)
    with own_database() as url:
        add_shop(url)
        versions = {"psycopg": psycopg.__version__, "postgresql": server_version(url)}
        rounds = [round_of(url, first, second) for _ in range(repeat)]
    raw = median([took[RAW][0] for took in rounds])
    for way in (RAW, EMPTY, CHANGED, KEPT):
        wall, processor = (median([took[way][n] for took in rounds]) for n in (0, 1))
        emit(
            "write",
            keep,
            run=way,
            rows=rows,
            columns=COLUMNS,
            rows_a_second=round(rows / wall),
            processor_seconds=round(processor, 2),
            part_of_raw_copy=round(raw / wall, 3),
            budget=BUDGET if way == CHANGED else None,
            rounds=repeat,
            **versions,
            load_before=load_before,
            load=load(),
        )


if __name__ == "__main__":
    main()

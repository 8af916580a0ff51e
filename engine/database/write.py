"""Writes many rows at once, by COPY, inside one transaction.

`write_transaction` opens the transaction in which a file, or the reports of a shop, land whole or
not at all; `copy_rows` loads new rows, `delete_rows` removes rows by their key. Rows that may be
there already go through upsert.py, the report tables through merge.py; both put their rows into a
temporary table made here. Nothing here decides anything about a value.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from engine.database.copy_image import SIGNATURE, TRAILER, Column, image
from engine.database.server_errors import explain
from engine.database.url import DatabaseUrl

Connection = psycopg.Connection[tuple[Any, ...]]

ROWS_AN_IMAGE = 2_000  # about 3 MB of a report table: stays in the processor's cache
IMAGES_AHEAD = 3
WRITE_TIMEOUT_MS = 600_000
LOCK_TIMEOUT_MS = 5_000


@contextmanager
def write_transaction(
    url: DatabaseUrl,
    *,
    application_name: str,
    statement_timeout_ms: int = WRITE_TIMEOUT_MS,
    lock_timeout_ms: int = LOCK_TIMEOUT_MS,
) -> Iterator[Connection]:
    """Open a connection and one transaction; commit at the end, roll back on any error.

    Raises SourceError if the server is out of reach or goes away (whether a commit that was under
    way got through, only a look at the tables tells), ContractError if a table or column is
    missing, ConfigurationError if the account lacks a right.
    """
    settings = {
        "TimeZone": "UTC",
        "statement_timeout": f"{statement_timeout_ms}ms",
        "lock_timeout": f"{lock_timeout_ms}ms",
        "work_mem": "64MB",
    }
    if not url.pgbouncer:
        # Keeps temporary tables in memory; can only be said before the first of a session, and a
        # pooler's sessions may have had theirs.
        settings["temp_buffers"] = "256MB"
    try:
        conninfo = url.libpq(application_name=application_name)
        with psycopg.connect(conninfo, prepare_threshold=None) as connection:
            calls = ", ".join(["set_config(%s, %s, true)"] * len(settings))
            connection.execute(
                f"SELECT {calls}", [part for one in settings.items() for part in one]
            )
            yield connection
    except psycopg.Error as error:
        misused = error.sqlstate is None and not isinstance(error, psycopg.OperationalError)
        explained = None if misused else explain(url, str(error), error.sqlstate)
        if explained is None:
            raise
        raise explained from error


def copy_rows(connection: Connection, table: str, columns: Mapping[str, Column]) -> int:
    """COPY new rows into a table and return their number; columns left out get their defaults.

    `table` is a plain name in the connection's schema. Where the table numbers its own `id` and
    the rows bring theirs, the numbering goes on after the largest one.
    """
    count = row_count(columns)
    if not count:
        return 0

    def part(rows: slice) -> list[Column]:
        return [column.part(rows) for column in columns.values()]

    copy_parts(connection, table, list(columns), count, part)
    if "id" in columns:
        _count_on(connection, table)
    return count


def copy_parts(
    connection: Connection,
    table: str,
    names: Sequence[str],
    count: int,
    part: Callable[[slice], Sequence[Column]],
) -> None:
    """COPY `count` rows whose columns `part` makes of some neighbouring rows at a time.

    It is called in a second thread, while the parts before are on their way.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(table), comma_list(map(sql.Identifier, names))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(SIGNATURE)
        for chunk in _images(part, count):
            copy.write(chunk)
        copy.write(TRAILER)


def delete_rows(connection: Connection, table: str, key: Mapping[str, Column]) -> int:
    """Delete the rows with these values in the key columns and return how many there were."""
    if not row_count(key):
        return 0
    stage = staged(connection, table, key)
    deleted = connection.execute(
        sql.SQL("DELETE FROM {} live USING {} stage WHERE {}").format(
            sql.Identifier(table), sql.Identifier(stage), same_key(list(key))
        )
    )
    return deleted.rowcount


def staged(connection: Connection, table: str, columns: Mapping[str, Column]) -> str:
    """Copy rows into a temporary table with the column types of `table`, and return its name.

    It lives until rows for the same table are staged again, or the transaction ends.
    """
    stage = make_stage(connection, table, list(columns))
    copy_rows(connection, stage, columns)
    return stage


def make_stage(connection: Connection, table: str, names: Sequence[str]) -> str:
    """Make an empty temporary table with some columns of `table`, and return its name.

    It takes the place of an earlier one, and lives until the transaction ends.
    """
    stage = f"staged_{table}"
    connection.execute(
        sql.SQL(
            "DROP TABLE IF EXISTS pg_temp.{stage}; CREATE TEMP TABLE {stage} ON COMMIT DROP "
            "AS SELECT {columns} FROM {table} WITH NO DATA"
        ).format(
            stage=sql.Identifier(stage),
            columns=comma_list(map(sql.Identifier, names)),
            table=sql.Identifier(table),
        )
    )
    return stage


def row_count(columns: Mapping[str, Column]) -> int:
    """Return how many rows the columns have; raises ValueError if they differ or are none."""
    counts = {name: len(column) for name, column in columns.items()}
    if len(set(counts.values())) != 1:
        raise ValueError(f"columns of one length are expected: {counts}")
    return next(iter(counts.values()))


def comma_list(parts: Iterable[sql.Composable]) -> sql.Composable:
    """Return parts of a statement with commas between them."""
    return sql.SQL(", ").join(parts)


def same_key(key: Sequence[str]) -> sql.Composable:
    """Return the condition that the rows `live` and `stage` have the same key."""
    return sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier("live", name), sql.Identifier("stage", name))
        for name in key
    )


def _images(part: Callable[[slice], Sequence[Column]], count: int) -> Iterator[bytes]:
    """Yield the images of all rows; some are built ahead while the caller sends."""

    def build(start: int) -> bytes:
        return image(part(slice(start, start + ROWS_AN_IMAGE)))

    with ThreadPoolExecutor(1) as builder:
        ahead: deque[Future[bytes]] = deque()
        for start in range(0, count, ROWS_AN_IMAGE):
            ahead.append(builder.submit(build, start))
            if len(ahead) > IMAGES_AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _count_on(connection: Connection, table: str) -> None:
    connection.execute(
        sql.SQL(
            "SELECT setval(counter, (SELECT greatest(max(id), 1) FROM {table})) "
            "FROM pg_get_serial_sequence({name}, 'id') AS counter WHERE counter IS NOT NULL"
        ).format(table=sql.Identifier(table), name=sql.Literal(f'"{table}"'))
    )

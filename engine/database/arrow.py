"""Reads whole tables as Arrow, all of them from one snapshot of the database.

Every SELECT of a `Snapshot` sees the same moment, so that a sum over one table agrees with a sum
over another while programs write. Several connections can read at once and still share it. Rows
never become Python objects, and nothing here can write: the transactions are read only.

Rows stream in batches, by COPY. The driver does that for statements without bound parameters only:
with them the server's whole answer lies in memory first. So ids and words are written into the
statement as literals; only lists are bound.

What a SELECT must do itself: name its columns, and cast what Arrow has no exact type for (NUMERIC
to a count of minor units, jsonb and uuid to text). A column without that is refused.
"""

from __future__ import annotations

import queue
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql.dbapi
import pyarrow as pa
from psycopg.sql import Literal

from engine.database.server_errors import explain
from engine.database.url import DatabaseUrl
from engine.errors import ContractError, SourceError

_TEXT = pa.dictionary(pa.int32(), pa.string())
_PARAMETER = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT and the values of its `$1`, `$2`, …"""

    sql: str
    parameters: tuple[Any, ...] = ()


class Snapshot:
    """One moment of the database, to be read any number of times; safe to share among threads."""

    def __init__(self, url: DatabaseUrl, connections: Sequence[Any]) -> None:
        self._url = url
        self._size = len(connections)
        self._free: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for connection in connections:
            self._free.put(connection)

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """Run one SELECT; texts come dictionary-encoded, timestamps as UTC, NULLs as Arrow's.

        Waits for a free connection. Raises ContractError for a missing table or column and for a
        column that was not cast, SourceError if the server goes away or the time is up.
        """
        if all(isinstance(value, int | str) for value in parameters):
            sql, parameters = _with_literals(sql, parameters), ()
        connection = self._free.get()
        try:
            with _explained(self._url), connection.cursor() as cursor:
                cursor.execute(sql, tuple(parameters) or None)
                return _encoded(cursor.fetch_record_batch())
        finally:
            self._free.put(connection)

    def read_all(self, queries: Mapping[str, Query]) -> dict[str, pa.Table]:
        """Run several SELECTs, as many at once as there are connections; same keys."""
        with ThreadPoolExecutor(self._size) as readers:
            running = {
                name: readers.submit(self.read, query.sql, query.parameters)
                for name, query in queries.items()
            }
            return {name: future.result() for name, future in running.items()}


@contextmanager
def open_snapshot(
    url: DatabaseUrl,
    *,
    statement_timeout_ms: int | None = None,
    connections: int = 1,
    application_name: str = "engine read",
) -> Iterator[Snapshot]:
    """Open a snapshot in `REPEATABLE READ, READ ONLY` transactions that end with the block.

    Raises SourceError if the server is out of reach.
    """
    address = url.libpq(read_only=True, application_name=application_name)
    with ExitStack() as stack:
        with _explained(url):
            first = stack.enter_context(
                adbc_driver_postgresql.dbapi.connect(address, autocommit=True)
            )
            opened = [first] + [stack.enter_context(_another(first)) for _ in range(1, connections)]
        for connection in opened:
            stack.enter_context(_transaction(url, connection, statement_timeout_ms))
        if connections > 1:
            _share(url, opened)
        yield Snapshot(url, opened)


def _another(connection: Any) -> Any:
    """Connect once more, without asking again which types the database has: that takes longest."""
    another = connection.adbc_clone()
    another.adbc_connection.set_autocommit(True)
    return another


@contextmanager
def _transaction(
    url: DatabaseUrl, connection: Any, statement_timeout_ms: int | None
) -> Iterator[None]:
    with _explained(url):
        _run(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _run(connection, "SET LOCAL TimeZone = 'UTC'")
        if statement_timeout_ms is not None:
            _run(connection, f"SET LOCAL statement_timeout = {int(statement_timeout_ms)}")
    yield
    # Read-only: there is nothing to lose, and a lost connection has ended it already.
    with suppress(adbc_driver_manager.Error, OSError):
        _run(connection, "COMMIT")


def _share(url: DatabaseUrl, connections: Sequence[Any]) -> None:
    """Give all connections the snapshot of the first one."""
    first, *others = connections
    with _explained(url):
        with first.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot() AS name")
            name = cursor.fetch_arrow_table()["name"][0].as_py()
        for connection in others:
            _run(connection, f"SET TRANSACTION SNAPSHOT '{name}'")


def _with_literals(sql: str, values: Sequence[int | str]) -> str:
    """Return a statement with its `$1`, `$2`, … written out, quoted by the database's own rules."""
    return _PARAMETER.sub(lambda match: Literal(values[int(match[1]) - 1]).as_string(), sql)


def _run(connection: Any, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _explained(url: DatabaseUrl) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # Amid the rows the driver knows no SQLSTATE, only the server's words.
        timed_out = "statement timeout" in str(error)
        explained = explain(url, str(error), "57014") if timed_out else None
        raise explained or SourceError(
            f"The database {url} broke a query off: {url.scrub(str(error)).strip()}",
            hint="Check that the server runs; its log says more.",
        ) from error
    except adbc_driver_manager.Error as error:
        misused = error.sqlstate is None and not isinstance(
            error, adbc_driver_manager.OperationalError
        )
        explained = None if misused else explain(url, str(error), error.sqlstate)
        if explained is None:
            raise
        raise explained from error


def _encoded(reader: pa.RecordBatchReader) -> pa.Table:
    """Collect the batches of a result, each text column encoded as soon as its batch is here."""
    fields = [_checked(field) for field in reader.schema]
    batches = [
        pa.record_batch(
            [
                column.dictionary_encode() if pa.types.is_string(column.type) else column
                for column in batch.columns
            ],
            schema=pa.schema(fields),
        )
        for batch in reader
    ]
    return pa.Table.from_batches(batches, schema=pa.schema(fields)).unify_dictionaries()


def _checked(field: pa.Field[Any]) -> pa.Field[Any]:
    if isinstance(field.type, pa.BaseExtensionType):
        raise ContractError(
            f"The column {field.name} of a query has no exact Arrow type ({field.type}); "
            "expected a cast in the SELECT, as (amount * 100)::int8 or detail::text."
        )
    kind = _TEXT if pa.types.is_string(field.type) else field.type
    return pa.field(field.name, kind)

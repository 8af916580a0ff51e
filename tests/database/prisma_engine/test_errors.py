"""A failed call raises the client's class for it, with the server's own words and codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from engine.database.url import DatabaseUrl

Call = Callable[[Any], Any]


def fails(call: Call, db: Any, kind: type[Exception], message: str) -> Any:
    with pytest.raises(kind, match=message) as caught:
        call(db)
    return caught.value


@pytest.mark.parametrize(
    ("call", "name", "code", "message"),
    [
        (
            lambda db: db.sender.create(data={"name": "Ada"}),
            "UniqueViolationError",
            "P2002",
            r"Unique constraint failed on the fields: \(`name`\)",
        ),
        (
            lambda db: db.parcel.create(data={"id": 1, "code": "A", "senderId": 99}),
            "ForeignKeyViolationError",
            "P2003",
            "parcels_sender_id_fkey",
        ),
        (
            lambda db: db.parcel.create(data={"id": 1}),
            "MissingRequiredValueError",
            "P2009",
            "`data.code`: A value is required",
        ),
        (
            lambda db: db.parcel.find_first(where={"colour": "red"}),
            "FieldNotFoundError",
            "P2009",
            "findFirstParcel.where.colour",
        ),
        (
            lambda db: db.parcel.find_unique_or_raise(where={"id": 1}),
            "RecordNotFoundError",
            "P2025",
            "Expected a record, found none",
        ),
        (
            lambda db: db.parcel.create(
                data={"id": 1, "code": "A", "sender": {"connect": {"id": 99}}}
            ),
            "RecordNotFoundError",
            "P2025",
            "No 'Sender' record",
        ),
        (
            lambda db: db.query_raw("SELECT colour FROM parcels"),
            "RawQueryError",
            "P2010",
            'column "colour" does not exist',
        ),
        (
            lambda db: db.execute_raw("INSERT INTO senders (name) VALUES ('Ada')"),
            "RawQueryError",
            "P2010",
            r"Key \(name\)=\(Ada\) already exists",
        ),
        (
            lambda db: db.parcel.create(data={"id": 1, "code": "A", "weight": 2**31}),
            "DataError",
            None,
            'value "2147483648" is out of range for type integer',
        ),
        (
            lambda db: db.sender.create(data={"name": "A\0B"}),
            "DataError",
            None,
            "invalid byte sequence",
        ),
    ],
)
def test_each_failure_has_its_class(
    db: Any, operations: ModuleType, call: Call, name: str, code: str | None, message: str
) -> None:
    db.sender.create(data={"name": "Ada"})
    kind = getattr(operations.errors, name)
    error = fails(call, db, kind, message)
    assert (type(error), error.code) == (kind, code)


def test_a_missing_table_and_a_missing_column_are_named(
    db: Any, sql: Any, operations: ModuleType
) -> None:
    sql.execute("ALTER TABLE stamps RENAME TO marks")
    sql.execute("ALTER TABLE senders RENAME COLUMN name TO title")
    try:
        no_table = operations.errors.TableNotFoundError
        error = fails(lambda db: db.stamp.find_first(), db, no_table, "public.stamps")
        assert error.table == "public.stamps"
        no_column = operations.errors.DataError
        error = fails(lambda db: db.sender.find_first(), db, no_column, "senders.name")
        assert error.code == "P2022"
    finally:
        sql.execute("ALTER TABLE marks RENAME TO stamps")
        sql.execute("ALTER TABLE senders RENAME COLUMN title TO name")


def test_a_broken_check_carries_the_servers_code_and_no_row(
    db: Any, sql: Any, operations: ModuleType
) -> None:
    sql.execute("ALTER TABLE parcels ADD CONSTRAINT heavy CHECK (weight > 0)")
    try:
        error = fails(
            lambda db: db.parcel.create(data={"id": 1, "code": "secret", "weight": 0}),
            db,
            operations.errors.DataError,
            'violates check constraint "heavy"',
        )
    finally:
        sql.execute("ALTER TABLE parcels DROP CONSTRAINT heavy")
    assert error.meta == {"code": "23514"}
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"host": "/nowhere"}, "P1001", "ENOENT /nowhere"),
        ({"host": "127.0.0.1", "port": 1, "tls_in_use": False}, "P1001", "ECONNREFUSED"),
        ({"database": "no_such_database"}, "P1003", "no_such_database"),
        ({"user": "no_such_account"}, "P1010", "Access denied|no pg_hba.conf entry"),
    ],
)
def test_a_server_that_does_not_let_in_is_told_by_its_code(
    node_thread: Any,
    operations_database: DatabaseUrl,
    operations: ModuleType,
    change: dict[str, Any],
    code: str,
    message: str,
) -> None:
    failure = operations.errors.DataError
    with node_thread().opened(replace(operations_database, **change)) as db:
        assert fails(lambda db: db.sender.count(), db, failure, message).code == code
        in_transaction = fails(lambda db: db.tx().__enter__(), db, failure, ".")
        assert in_transaction.code == code


def test_two_writers_of_one_row_are_told_as_a_conflict(
    db: Any, sql: Any, operations: ModuleType
) -> None:
    db.sender.create(data={"name": "Ada"})
    conflict = pytest.raises(operations.errors.DataError)
    with conflict as caught, db.tx() as tx:
        tx.execute_raw("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        tx.sender.count()
        sql.execute("UPDATE senders SET name = 'Bob'")
        tx.sender.update_many(where={"id": 1}, data={"name": "Cleo"})
    assert caught.value.code == "P2034"

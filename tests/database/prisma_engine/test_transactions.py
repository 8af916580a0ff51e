"""What is written together is there together or not at all."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from engine.database.client import ClientThread
from engine.database.url import DatabaseUrl


def names(db: Any) -> list[str]:
    return [row.name for row in db.sender.find_many(order={"name": "asc"})]


def test_a_transaction_is_seen_when_it_is_committed(db: Any, sql: Any) -> None:
    with db.tx() as tx:
        tx.sender.create(data={"name": "Ada"})
        assert tx.sender.count() == 1
        assert sql.execute("SELECT count(*) FROM senders").fetchone() == (0,)
    assert names(db) == ["Ada"]


def test_an_error_rolls_the_transaction_back(db: Any) -> None:
    def half_done() -> None:
        with db.tx() as tx:
            tx.sender.create(data={"name": "Ada"})
            raise KeyError("of the caller")

    with pytest.raises(KeyError, match="of the caller"):
        half_done()
    assert names(db) == []


def test_an_error_of_the_database_rolls_the_transaction_back(
    db: Any, operations: ModuleType
) -> None:
    def twice_the_same() -> None:
        with db.tx() as tx:
            tx.sender.create(data={"name": "Ada"})
            tx.sender.create(data={"name": "Ada"})

    with pytest.raises(operations.errors.UniqueViolationError):
        twice_the_same()
    assert names(db) == []


def test_a_transaction_that_takes_too_long_expires(db: Any, operations: ModuleType) -> None:
    def too_slow() -> None:
        with db.tx(timeout=timedelta(milliseconds=100)) as tx:
            tx.sender.create(data={"name": "Ada"})
            time.sleep(0.3)
            tx.sender.create(data={"name": "Bob"})

    with pytest.raises(operations.errors.TransactionExpiredError, match="expired transaction"):
        too_slow()
    assert names(db) == []


def test_two_transactions_do_not_see_each_other(db: Any) -> None:
    with db.tx() as first, db.tx() as second:
        first.sender.create(data={"name": "Ada"})
        second.sender.create(data={"name": "Bob"})
        assert names(first) == ["Ada"]
        assert names(second) == ["Bob"]
    assert names(db) == ["Ada", "Bob"]


def test_a_batch_is_written_as_one(db: Any) -> None:
    with db.batch_() as batch:
        batch.sender.create({"name": "Ada"})
        batch.sender.create({"name": "Bob"})
        batch.sender.update(where={"name": "Ada"}, data={"name": "Cleo"})
        batch.execute_raw("UPDATE senders SET name = upper(name) WHERE name = $1", "Bob")
        assert names(db) == []
    assert names(db) == ["BOB", "Cleo"]


def test_a_batch_fails_as_one(db: Any, operations: ModuleType) -> None:
    batch = db.batch_().__enter__()
    batch.sender.create({"name": "Ada"})
    batch.sender.create({"name": "Ada"})
    with pytest.raises(operations.errors.UniqueViolationError, match="name"):
        batch.commit()
    assert names(db) == []


def test_without_a_free_connection_the_call_says_so(
    node_thread: Any, operations_database: DatabaseUrl, operations: ModuleType
) -> None:
    narrow = replace(
        operations_database, parameters=(("connection_limit", "1"), ("pool_timeout", "1"))
    )
    busy = pytest.raises(operations.errors.DataError, match="timeout exceeded")
    with node_thread().opened(narrow) as db, db.tx() as tx:
        tx.sender.count()
        with busy as refused:
            db.sender.count()
        assert refused.value.code == "P1001"
        assert tx.sender.count() == 0  # the one connection still works


def test_many_questions_at_once_get_their_own_answers(
    client_thread: ClientThread, db: Any, operations_database: DatabaseUrl
) -> None:
    db.parcel.create_many(data=[{"id": number, "code": f"P{number}"} for number in range(100)])

    async def all_at_once(client: Any) -> list[Any]:
        calls = (client.parcel.find_unique(where={"id": number}) for number in range(100))
        return await asyncio.gather(*calls)

    rows = asyncio.run(client_thread.ask(all_at_once, operations_database))
    assert [row.code for row in rows] == [f"P{number}" for number in range(100)]

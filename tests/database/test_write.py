import dataclasses
from typing import Any

import numpy as np
import psycopg
import pytest

from engine.database.copy_image import bigint, integer, text
from engine.database.url import DatabaseUrl
from engine.database.write import (
    ROWS_AN_IMAGE,
    copy_rows,
    delete_rows,
    row_count,
    write_transaction,
)
from engine.errors import ConfigurationError, ContractError, SourceError


def select(url: DatabaseUrl, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url.libpq()) as connection:
        return connection.execute(sql.encode()).fetchall()


@pytest.fixture
def notes_url(empty_database_url: DatabaseUrl) -> DatabaseUrl:
    with psycopg.connect(empty_database_url.libpq()) as connection:
        connection.execute(
            "CREATE TABLE notes (id bigserial PRIMARY KEY, word text, place int DEFAULT 7)"
        )
    return empty_database_url


def test_rows_beyond_one_image_all_arrive_in_order(notes_url: DatabaseUrl) -> None:
    count = 3 * ROWS_AN_IMAGE + 17
    numbers = np.arange(1, count + 1)
    words = [None if n % 5 == 0 else f"word {n}" for n in numbers.tolist()]
    with write_transaction(notes_url, application_name="test") as connection:
        assert copy_rows(connection, "notes", {"id": bigint(numbers), "word": text(words)}) == count
    found = select(notes_url, "SELECT id, word, place FROM notes ORDER BY ctid")
    assert found == [(n, word, 7) for n, word in zip(numbers.tolist(), words, strict=True)]


def test_the_tables_own_numbering_goes_on_after_the_copied_ids(notes_url: DatabaseUrl) -> None:
    with write_transaction(notes_url, application_name="test") as connection:
        copy_rows(connection, "notes", {"id": bigint([41, 5])})
        copy_rows(connection, "notes", {"word": text(["next"])})
    assert select(notes_url, "SELECT id FROM notes WHERE word = 'next'") == [(42,)]


def test_no_rows_are_no_statement(notes_url: DatabaseUrl) -> None:
    with write_transaction(notes_url, application_name="test") as connection:
        assert copy_rows(connection, "notes", {"id": bigint([])}) == 0
        assert delete_rows(connection, "notes", {"id": bigint([])}) == 0


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="columns of one length are expected"):
        row_count({"a": bigint([1]), "b": bigint([1, 2])})
    with pytest.raises(ValueError, match="columns of one length are expected"):
        row_count({})


def test_an_error_leaves_nothing_behind(notes_url: DatabaseUrl) -> None:
    def write_twice() -> None:
        with write_transaction(notes_url, application_name="test") as connection:
            copy_rows(connection, "notes", {"id": bigint([1, 2])})
            copy_rows(connection, "notes", {"id": bigint([2])})

    with pytest.raises(psycopg.errors.UniqueViolation, match="notes_pkey"):
        write_twice()
    assert select(notes_url, "SELECT count(*) FROM notes") == [(0,)]


def test_rows_are_deleted_by_their_whole_key(notes_url: DatabaseUrl) -> None:
    with write_transaction(notes_url, application_name="test") as connection:
        copy_rows(
            connection,
            "notes",
            {"id": bigint([1, 2, 3]), "word": text(["a", "b", "c"]), "place": integer([1, 2, 3])},
        )
        key = {"word": text(["a", "b", "z"]), "place": integer([1, 9, 9])}
        assert delete_rows(connection, "notes", key) == 1
    assert select(notes_url, "SELECT word FROM notes ORDER BY id") == [("b",), ("c",)]


def test_the_session_is_in_utc_and_has_its_limits(notes_url: DatabaseUrl) -> None:
    with write_transaction(notes_url, application_name="test") as connection:
        row = connection.execute(
            "SELECT current_setting('TimeZone'), current_setting('statement_timeout'), "
            "current_setting('lock_timeout'), current_setting('temp_buffers')"
        ).fetchone()
    assert row == ("UTC", "10min", "5s", "256MB")


def test_behind_a_pooler_the_transaction_sets_what_the_session_cannot(
    notes_url: DatabaseUrl,
) -> None:
    pooled = dataclasses.replace(notes_url, parameters=(("pgbouncer", "true"),))
    with write_transaction(pooled, application_name="test", lock_timeout_ms=70) as connection:
        row = connection.execute(
            "SELECT current_setting('TimeZone'), current_setting('lock_timeout'), "
            "current_setting('temp_buffers')"
        ).fetchone()
    assert row == ("UTC", "70ms", "8MB")


@pytest.mark.parametrize(
    ("table", "column", "message"),
    [("nowhere", "id", 'lacks a table .*"nowhere"'), ("notes", "gone", 'lacks a column .*"gone"')],
)
def test_what_is_missing_is_named_with_the_remedy(
    notes_url: DatabaseUrl, table: str, column: str, message: str
) -> None:
    with (
        pytest.raises(ContractError, match=message) as raised,
        write_transaction(notes_url, application_name="test") as connection,
    ):
        copy_rows(connection, table, {column: bigint([1])})
    assert "python -m engine migrate" in raised.value.hint


def test_a_missing_right_is_told_with_the_remedy(notes_url: DatabaseUrl) -> None:
    with (
        pytest.raises(ConfigurationError, match=r"may not do this: .*notes") as raised,
        write_transaction(notes_url, application_name="test") as connection,
    ):
        connection.execute("SET LOCAL ROLE pg_monitor; DELETE FROM notes")
    assert "GRANT" in raised.value.hint


def test_a_lock_of_another_program_is_waited_for_only_so_long(notes_url: DatabaseUrl) -> None:
    with psycopg.connect(notes_url.libpq()) as other:
        other.execute("LOCK TABLE notes")
        with (
            pytest.raises(SourceError, match="Another program holds a lock"),
            write_transaction(
                notes_url, application_name="test", lock_timeout_ms=100
            ) as connection,
        ):
            copy_rows(connection, "notes", {"place": integer([1])})


def test_a_server_that_goes_away_is_a_source_error_and_nothing_is_written(
    notes_url: DatabaseUrl,
) -> None:
    end_it = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"

    def write_and_lose_the_server() -> None:
        with write_transaction(notes_url, application_name="doomed") as connection:
            copy_rows(connection, "notes", {"place": integer([1])})
            with psycopg.connect(notes_url.libpq(), autocommit=True) as other:
                other.execute(end_it, ("doomed",))
            copy_rows(connection, "notes", {"place": integer([2])})

    with pytest.raises(SourceError, match="out of reach"):
        write_and_lose_the_server()
    assert select(notes_url, "SELECT count(*) FROM notes") == [(0,)]


def test_an_unreachable_server_is_told_without_the_password() -> None:
    url = DatabaseUrl.parse("postgresql://app:top-secret@127.0.0.1:1/app")
    with (
        pytest.raises(SourceError, match="out of reach") as raised,
        write_transaction(url, application_name="test"),
    ):
        pass
    assert "top-secret" not in str(raised.value)

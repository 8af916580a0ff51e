import threading
import time
from datetime import UTC, date, datetime

import psycopg
import pyarrow as pa
import pytest

from engine.database.arrow import Query, open_snapshot
from engine.database.url import DatabaseUrl
from engine.errors import ContractError, SourceError


def run(url: DatabaseUrl, sql: str) -> None:
    with psycopg.connect(url.libpq(), autocommit=True) as connection:
        connection.execute(sql.encode())


@pytest.fixture
def counters_url(empty_database_url: DatabaseUrl) -> DatabaseUrl:
    run(
        empty_database_url,
        "CREATE TABLE counters (id bigint, name text); "
        "INSERT INTO counters VALUES (1, 'a'), (NULL, 'b'), (3, NULL), (4, 'a')",
    )
    return empty_database_url


def test_all_tables_are_read_at_one_moment(counters_url: DatabaseUrl) -> None:
    with open_snapshot(counters_url) as snapshot:
        before = snapshot.read("SELECT id FROM counters")
        run(counters_url, "INSERT INTO counters VALUES (5, 'late')")
        assert snapshot.read("SELECT id FROM counters").num_rows == before.num_rows == 4
    with open_snapshot(counters_url) as later:
        assert later.read("SELECT id FROM counters").num_rows == 5


def test_connections_that_read_at_once_share_the_moment(counters_url: DatabaseUrl) -> None:
    with open_snapshot(counters_url, connections=3) as snapshot:
        run(counters_url, "DELETE FROM counters")
        # Each read sleeps, so that all three connections are at work together.
        wait = "SELECT id, pg_sleep(0.3)::text AS waited, pg_backend_pid() AS pid FROM counters"
        queries = {str(n): Query(f"{wait} WHERE id = $1", (1,)) for n in range(3)}
        tables = snapshot.read_all(queries)
    assert list(tables) == ["0", "1", "2"]
    assert [table["id"].to_pylist() for table in tables.values()] == [[1], [1], [1]]
    assert len({table["pid"][0].as_py() for table in tables.values()}) == 3


def test_threads_wait_for_a_free_connection(counters_url: DatabaseUrl) -> None:
    rows: list[int] = []
    with open_snapshot(counters_url, connections=2) as snapshot:
        threads = [
            threading.Thread(
                target=lambda: rows.append(snapshot.read("SELECT id FROM counters").num_rows)
            )
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert rows == [4] * 8


def test_columns_keep_exact_types_and_their_nulls(counters_url: DatabaseUrl) -> None:
    with open_snapshot(counters_url) as snapshot:
        table = snapshot.read(
            "SELECT NULL::int8 AS gap, 9007199254740993::int8 AS big, true AS truth, "
            "0.1::float8 AS share, date '2024-02-29' AS day, "
            "timestamp(3) '2026-03-29 01:30:00.123' AS local, "
            "timestamptz '2026-03-29 01:30:00+03' AS moment, "
            "(12.34 * 10 ^ 2)::int8 AS minor, 'MONTHLY'::varchar AS word"
        )
    assert table.schema.types == [
        *(pa.int64(), pa.int64(), pa.bool_(), pa.float64(), pa.date32()),
        *(pa.timestamp("us"), pa.timestamp("us", "UTC"), pa.int64()),
        pa.dictionary(pa.int32(), pa.string()),
    ]
    assert table.to_pylist() == [
        {
            "gap": None,
            "big": 9007199254740993,
            "truth": True,
            "share": 0.1,
            "day": date(2024, 2, 29),
            "local": datetime(2026, 3, 29, 1, 30, 0, 123000),
            "moment": datetime(2026, 3, 28, 22, 30, tzinfo=UTC),
            "minor": 1234,
            "word": "MONTHLY",
        }
    ]


def test_texts_are_codes_into_one_list_of_words(counters_url: DatabaseUrl) -> None:
    run(
        counters_url,
        "INSERT INTO counters "
        "SELECT n, rpad('word ' || n % 7, 200) FROM generate_series(5, 90000) n",
    )
    with open_snapshot(counters_url) as snapshot:
        names = snapshot.read("SELECT name FROM counters WHERE id > 4")["name"]
    assert names.num_chunks > 1, "the rows come in several batches"
    words = names.combine_chunks().dictionary.to_pylist()
    assert sorted(word.strip() for word in words) == [f"word {n}" for n in range(7)]


def test_a_result_without_rows_has_its_columns(counters_url: DatabaseUrl) -> None:
    with open_snapshot(counters_url) as snapshot:
        empty = snapshot.read("SELECT id, name FROM counters WHERE id = $1", (99,))
    assert (empty.num_rows, empty.column_names) == (0, ["id", "name"])


def test_parameters_are_bound_by_number(counters_url: DatabaseUrl) -> None:
    with open_snapshot(counters_url) as snapshot:
        found = snapshot.read(
            "SELECT id FROM counters WHERE name = $2 AND id = ANY($1) ORDER BY id",
            ([1, 3, 4], "a"),
        )
    assert found["id"].to_pylist() == [1, 4]


def test_words_and_numbers_are_written_into_the_statement_as_they_are(
    counters_url: DatabaseUrl,
) -> None:
    run(counters_url, r"INSERT INTO counters VALUES (-7, 'it''s \ $1')")
    with open_snapshot(counters_url) as snapshot:
        found = snapshot.read(
            "SELECT id - $2 AS id FROM counters WHERE name = $1 AND id = $2", (r"it's \ $1", -7)
        )
    assert found["id"].to_pylist() == [0]


def test_rows_stream_in_batches_whatever_is_asked_for(counters_url: DatabaseUrl) -> None:
    run(
        counters_url,
        "INSERT INTO counters SELECT n, rpad('', 900) FROM generate_series(5, 40000) n",
    )
    with open_snapshot(counters_url) as snapshot:
        table = snapshot.read("SELECT name FROM counters WHERE id > $1", (4,))
    assert table["name"].num_chunks > 1


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT id FROM nowhere", r'lacks a table .*"nowhere" does not exist'),
        ("SELECT vanished FROM counters", r'lacks a column .*"vanished" does not exist'),
    ],
)
def test_what_is_missing_is_named_with_the_remedy(
    counters_url: DatabaseUrl, sql: str, message: str
) -> None:
    with pytest.raises(ContractError, match=message) as raised, open_snapshot(counters_url) as s:
        s.read(sql)
    assert "python -m engine migrate" in raised.value.hint


@pytest.mark.parametrize("expression", ["1.5", "'{}'::jsonb", "gen_random_uuid()"])
def test_a_type_without_exact_arrow_form_is_refused(
    counters_url: DatabaseUrl, expression: str
) -> None:
    with (
        pytest.raises(ContractError, match="The column amount of a query has no exact Arrow type"),
        open_snapshot(counters_url) as snapshot,
    ):
        snapshot.read(f"SELECT {expression} AS amount")


def test_a_snapshot_cannot_write(counters_url: DatabaseUrl) -> None:
    with (
        pytest.raises(Exception, match="read-only transaction"),
        open_snapshot(counters_url) as snapshot,
    ):
        snapshot.read("DELETE FROM counters RETURNING id")
    with open_snapshot(counters_url) as snapshot:
        assert snapshot.read("SELECT id FROM counters").num_rows == 4


@pytest.mark.parametrize(
    "slow", ["SELECT pg_sleep(20)::text AS waited", "SELECT count(*) FROM generate_series(1, 1e12)"]
)
def test_a_query_that_takes_too_long_is_stopped(counters_url: DatabaseUrl, slow: str) -> None:
    begun = time.monotonic()
    with (
        pytest.raises(SourceError, match="took longer than allowed"),
        open_snapshot(counters_url, statement_timeout_ms=200) as snapshot,
    ):
        snapshot.read(slow)
    assert time.monotonic() - begun < 10


def test_a_server_that_goes_away_is_a_source_error(counters_url: DatabaseUrl) -> None:
    end_it = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed'"
    )
    with open_snapshot(counters_url, application_name="doomed") as snapshot:
        run(counters_url, end_it)
        with pytest.raises(SourceError, match="out of reach"):
            snapshot.read("SELECT id FROM counters")


def test_an_error_amid_the_rows_is_told_in_the_servers_words(counters_url: DatabaseUrl) -> None:
    amid = "SELECT 100 / (150000 - n) AS share FROM generate_series(1, 200000) n"
    with (
        pytest.raises(SourceError, match=r"broke a query off: .*division by zero"),
        open_snapshot(counters_url) as snapshot,
    ):
        snapshot.read(amid)


def test_an_unreachable_server_is_told_without_the_password() -> None:
    url = DatabaseUrl.parse("postgresql://app:top-secret@127.0.0.1:1/app")
    with pytest.raises(SourceError, match="out of reach") as raised, open_snapshot(url):
        pass
    assert raised.value.exit_code == 4
    assert "top-secret" not in str(raised.value)
    assert raised.value.hint


def test_the_session_is_in_utc(counters_url: DatabaseUrl) -> None:
    with open_snapshot(counters_url) as snapshot:
        zone = snapshot.read("SELECT current_setting('TimeZone') AS zone")
    assert zone["zone"].to_pylist() == ["UTC"]


def test_an_error_in_the_block_goes_up_as_it_is(counters_url: DatabaseUrl) -> None:
    with pytest.raises(KeyError, match="mine"), open_snapshot(counters_url):
        raise KeyError("mine")

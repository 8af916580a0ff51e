from datetime import datetime
from typing import Any

import psycopg
import pytest

from engine.database.copy_image import Column, bigint, integer, text
from engine.database.upsert import Upserted, UpsertRule, upsert
from engine.database.url import DatabaseUrl
from engine.database.write import write_transaction
from engine.errors import ContractError

BY_ID = UpsertRule(key=("listing_id",))
LONG_AGO = datetime(2020, 1, 1)


def listings(**columns: list[Any]) -> dict[str, Column]:
    """Rows of the table listings; what is not given is the same in all of them."""
    count = len(columns["listing_id"])
    values = {
        **{name: [""] * count for name in ("title", "description", "tags", "url")},
        **{name: [0] * count for name in ("price", "quantity", "creation_timestamp")},
        "state": ["active"] * count,
        "currency_code": ["USD"] * count,
        "source": ["sales"] * count,
        **columns,
    }
    return {name: _column(name, found) for name, found in values.items()}


def _column(name: str, values: list[Any]) -> Column:
    if name == "import_row":
        return integer(values)
    if any(isinstance(value, str) for value in values):
        return text(values)
    missing = [value is None for value in values]
    return bigint([0 if value is None else value for value in values], missing)


def land(url: DatabaseUrl, rule: UpsertRule = BY_ID, **columns: list[Any]) -> Upserted:
    with write_transaction(url, application_name="test") as connection:
        return upsert(connection, "listings", listings(**columns), rule)


def counts(landed: Upserted) -> tuple[int, int, int]:
    return landed.inserted, landed.updated, landed.unchanged


def stored(url: DatabaseUrl, columns: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url.libpq()) as connection:
        sql = f"SELECT {columns} FROM listings ORDER BY listing_id"
        return connection.execute(sql.encode()).fetchall()


def backdate(url: DatabaseUrl) -> None:
    with psycopg.connect(url.libpq()) as connection:
        connection.execute("UPDATE listings SET updated_at = %s", (LONG_AGO,))


def test_rows_are_inserted_updated_or_left_alone(database_url: DatabaseUrl) -> None:
    assert counts(land(database_url, listing_id=[1, 2], title=["a", "b"])) == (2, 0, 0)
    landed = land(database_url, listing_id=[1, 2, 3], title=["a", "changed", "new"])
    assert counts(landed) == (1, 1, 1)
    assert (landed.inserted_keys.tolist(), landed.updated_keys.tolist()) == ([3], [2])
    assert stored(database_url, "title") == [("a",), ("changed",), ("new",)]


def test_the_same_rows_again_change_nothing_at_all(database_url: DatabaseUrl) -> None:
    rows: dict[str, list[Any]] = {"listing_id": [1, 2], "title": ["a", "b"], "views": [None, 5]}
    land(database_url, **rows)
    backdate(database_url)
    before = stored(database_url, "ctid, xmin")
    assert counts(land(database_url, **rows)) == (0, 0, 2)
    assert stored(database_url, "ctid, xmin") == before, "not even locked"


def test_only_a_change_sets_updated_at(database_url: DatabaseUrl) -> None:
    land(database_url, listing_id=[1, 2], title=["a", "b"])
    backdate(database_url)
    land(database_url, listing_id=[1, 2], title=["a", "changed"])
    (first,), (second,) = stored(database_url, "updated_at")
    assert first == LONG_AGO
    assert second > LONG_AGO


def test_where_a_row_came_from_is_no_change_by_itself(database_url: DatabaseUrl) -> None:
    land(database_url, listing_id=[1], import_row=[2])
    assert counts(land(database_url, listing_id=[1], import_row=[9])) == (0, 0, 1)
    assert stored(database_url, "import_row") == [(2,)]
    assert counts(land(database_url, listing_id=[1], import_row=[9], title=["x"])) == (0, 1, 0)
    assert stored(database_url, "import_row") == [(9,)]


def test_a_blank_never_overwrites_a_value(database_url: DatabaseUrl) -> None:
    land(database_url, listing_id=[1], views=[5], language=["en"])
    landed = land(database_url, listing_id=[1], views=[None], language=["tr"])
    assert counts(landed) == (0, 1, 0)
    assert stored(database_url, "views, language") == [(5, "tr")]
    assert counts(land(database_url, listing_id=[1], views=[None])) == (0, 0, 1)


def test_a_blank_overwrites_where_the_rule_says_so(database_url: DatabaseUrl) -> None:
    land(database_url, listing_id=[1], views=[5])
    rule = UpsertRule(key=("listing_id",), blanks_overwrite=True)
    assert counts(land(database_url, rule, listing_id=[1], views=[None])) == (0, 1, 0)
    assert stored(database_url, "views") == [(None,)]


def test_a_protected_row_is_completed_and_never_overwritten(database_url: DatabaseUrl) -> None:
    rule = UpsertRule(key=("listing_id",), protected_source="api")
    land(database_url, listing_id=[1, 2], title=["a", "b"], views=[None, 5], source=["api", "api"])
    landed = land(database_url, rule, listing_id=[1, 2], title=["x", "y"], views=[7, 8])
    assert counts(landed) == (0, 1, 1)
    assert stored(database_url, "title, views, source") == [("a", 7, "api"), ("b", 5, "api")]


def test_a_row_of_the_protected_source_overwrites_all(database_url: DatabaseUrl) -> None:
    rule = UpsertRule(key=("listing_id",), protected_source="api")
    land(database_url, listing_id=[1], title=["a"])
    land(database_url, rule, listing_id=[1], title=["x"], source=["api"])
    land(database_url, rule, listing_id=[1], title=["y"], source=["api"])
    assert stored(database_url, "title, source") == [("y", "api")]


def test_two_rows_with_one_key_are_refused(database_url: DatabaseUrl) -> None:
    with pytest.raises(ContractError, match=r"2 keys occur more than once .*listing_id = 1; 2"):
        land(database_url, listing_id=[1, 2, 3, 2, 1])
    assert stored(database_url, "listing_id") == []


def test_a_made_up_id_of_something_else_is_an_error_never_an_update(
    database_url: DatabaseUrl,
) -> None:
    land(database_url, listing_id=[-5, -6], external_id=["A-1", None])
    with pytest.raises(ContractError, match=r"external_id = -5, B-2, A-1") as raised:
        land(database_url, listing_id=[-5, -6], external_id=["B-2", "C-3"], title=["x", "y"])
    assert raised.value.exit_code == 5
    assert stored(database_url, "title, external_id") == [("", None), ("", "A-1")]


def test_rows_of_an_unknown_source_cannot_meet_protected_ones(database_url: DatabaseUrl) -> None:
    rule = UpsertRule(key=("listing_id",), protected_source="api")
    columns = listings(listing_id=[1])
    del columns["source"]
    with (
        pytest.raises(ValueError, match="rows for listings need a source"),
        write_transaction(database_url, application_name="test") as connection,
    ):
        upsert(connection, "listings", columns, rule)


def test_a_key_of_several_columns_without_other_columns(empty_database_url: DatabaseUrl) -> None:
    with psycopg.connect(empty_database_url.libpq()) as connection:
        connection.execute("CREATE TABLE pairs (a bigint, b text, PRIMARY KEY (a, b))")
    rule = UpsertRule(key=("a", "b"))
    with write_transaction(empty_database_url, application_name="test") as connection:
        first = upsert(connection, "pairs", {"a": bigint([1, 1]), "b": text(["x", "y"])}, rule)
        again = upsert(connection, "pairs", {"a": bigint([1, 2]), "b": text(["y", "y"])}, rule)
    assert counts(first) == (2, 0, 0)
    assert counts(again) == (1, 0, 1)


def test_no_rows_are_no_statement(database_url: DatabaseUrl) -> None:
    with write_transaction(database_url, application_name="test") as connection:
        assert counts(upsert(connection, "nowhere", {"a": bigint([])}, UpsertRule(("a",)))) == (
            0,
            0,
            0,
        )

"""Each type comes back as it was given, at its limits too, and is stored as what it is."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

LOOK_ALIKE = '{"$type":"BigInt","value":"1"}'
AWKWARD = f'"\'\\ \\" \\n \n\r\t $1 {{}} [] , {LOOK_ALIKE} é 😀 \x01 \x85 \u2028 \u2029 end'
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def stored(db: Any, field: str, value: Any) -> Any:
    """Write one field, and return what the client reads back in a call of its own."""
    db.sample.create(data={"id": 1, field: value})
    return getattr(db.sample.find_unique(where={"id": 1}), field)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("whole", 2**31 - 1),
        ("whole", -(2**31)),
        ("large", 2**63 - 1),
        ("large", -(2**63)),
        ("large", 2**53 + 1),
        ("exact", Decimal("12345678901234567890.0123456789")),
        ("exact", Decimal("-0.0000000001")),
        ("real", 0.1),
        ("real", -1.5e300),
        ("real", 5e-324),
        ("flag", False),
        ("moment", datetime(2024, 2, 29, 23, 59, 59, 999000, UTC)),
        ("moment", datetime(1, 1, 1, tzinfo=UTC)),
        ("moment", datetime(9999, 12, 31, 23, 59, 59, 999000, UTC)),
        ("zonedMoment", datetime(2024, 3, 31, 1, 30, tzinfo=UTC)),
        ("day", datetime(2024, 2, 29, tzinfo=UTC)),
        ("carrier", "AIR"),
        ("uuid", UUID),
        ("text", ""),
        ("text", "null"),
        ("text", AWKWARD),
        ("text", LOOK_ALIKE),
        ("texts", [AWKWARD, "", "a,b", LOOK_ALIKE]),
        ("wholes", [2**31 - 1, -(2**31), 0]),
        ("larges", [2**63 - 1, -(2**63)]),
        ("reals", [0.1, -1e-300]),
        ("exacts", [Decimal("0.0000000001"), Decimal("-1")]),
        ("flags", [True, False]),
        ("moments", [datetime(2024, 1, 1, 0, 0, 0, 123000, UTC)]),
        ("days", [datetime(2024, 1, 1, tzinfo=UTC)]),
        ("carriers", ["AIR", "ROAD"]),
        ("uuids", [UUID]),
        ("texts", []),
    ],
)
def test_a_value_comes_back_as_it_was_given(db: Any, field: str, value: Any) -> None:
    assert stored(db, field, value) == value


def test_text_is_stored_to_the_character(db: Any, sql: Any) -> None:
    db.sample.create(data={"id": 1, "text": AWKWARD, "texts": [AWKWARD]})
    assert sql.execute("SELECT text, texts FROM samples").fetchone() == (AWKWARD, [AWKWARD])


def test_bytes_come_back(db: Any, sql: Any, operations: ModuleType) -> None:
    every_byte = bytes(range(256))
    encoded = operations.Base64.encode(every_byte)
    db.sample.create(data={"id": 1, "raw": encoded, "raws": [encoded]})
    row = db.sample.find_unique(where={"id": 1})
    assert [row.raw.decode(), row.raws[0].decode()] == [every_byte, every_byte]
    assert sql.execute("SELECT raw, raws FROM samples").fetchone() == (every_byte, [every_byte])


def test_a_number_with_a_fraction_keeps_sixteen_digits(db: Any) -> None:
    assert stored(db, "real", 0.30000000000000004) == pytest.approx(0.3, rel=1e-15)


def test_a_moment_is_cut_to_milliseconds(db: Any) -> None:
    given = datetime(2024, 1, 1, 12, 0, 0, 999999, UTC)
    assert stored(db, "moment", given) == given.replace(microsecond=999000)


def test_a_moment_without_zone_is_utc_and_one_with_zone_is_converted(db: Any, sql: Any) -> None:
    in_istanbul = datetime(2024, 7, 1, 3, 0, tzinfo=timezone(timedelta(hours=3)))
    db.sample.create(data={"id": 1, "moment": datetime(2024, 7, 1), "zonedMoment": in_istanbul})
    midnight = datetime(2024, 7, 1, tzinfo=UTC)
    row = sql.execute("SELECT moment, zoned_moment FROM samples").fetchone()
    assert row == (midnight.replace(tzinfo=None), midnight)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused(
    db: Any, operations: ModuleType, number: float
) -> None:
    with pytest.raises(operations.errors.DataError, match="expected a finite number"):
        db.sample.create(data={"id": 1, "real": number})


def test_an_integer_beyond_64_bits_is_refused(db: Any, operations: ModuleType) -> None:
    with pytest.raises(operations.errors.DataError, match="BigInt"):
        db.sample.create(data={"id": 1, "large": 2**63})


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"a": [1, None, {"b": 1.5}], "$type": "Json", "value": "1"}, "object"),
        ({"text": LOOK_ALIKE, "key": AWKWARD}, "object"),
        ([LOOK_ALIKE, 2**53 - 1], "array"),
        (LOOK_ALIKE, "string"),
        ("plain", "string"),
        (1.5, "number"),
        (True, "boolean"),
        (None, "null"),
    ],
)
def test_json_is_stored_as_json(
    db: Any, sql: Any, operations: ModuleType, value: Any, kind: str
) -> None:
    assert stored(db, "facts", operations.Json(value)) == value
    row = sql.execute("SELECT jsonb_typeof(facts), facts::text FROM samples").fetchone()
    assert row is not None
    assert (row[0], json.loads(row[1])) == (kind, value)


def test_lists_of_json_come_back(db: Any, sql: Any, operations: ModuleType) -> None:
    values = [{"a": [1]}, [LOOK_ALIKE], "text", None, 1]
    assert stored(db, "factList", [operations.Json(value) for value in values]) == values
    kinds = "SELECT array_agg(jsonb_typeof(item)) FROM samples, unnest(fact_list) AS item"
    assert sql.execute(kinds).fetchone() == (["object", "array", "string", "null", "number"],)


def test_json_inside_a_related_row_is_json(db: Any, sql: Any, operations: ModuleType) -> None:
    stamps = [{"number": 1, "facts": operations.Json({"a": 1})}, {"number": 2, "facts": None}]
    db.parcel.create(data={"id": 1, "code": "A", "stamps": {"create": stamps}})
    kinds = "SELECT number, jsonb_typeof(facts) FROM stamps ORDER BY number"
    assert sql.execute(kinds).fetchall() == [(1, "object"), (2, None)]
    where = {"stamps": {"some": {"facts": {"equals": operations.Json({"a": 1})}}}}
    assert db.parcel.count(where=where) == 1


def test_json_null_is_not_a_missing_value(db: Any, sql: Any, operations: ModuleType) -> None:
    db.sample.create(data={"id": 1, "facts": operations.Json(None)})
    db.sample.create(data={"id": 2, "facts": None})
    rows = sql.execute("SELECT facts IS NULL FROM samples ORDER BY id").fetchall()
    assert rows == [(False,), (True,)]
    found = db.sample.find_many(where={"facts": {"equals": operations.Json(None)}})
    assert [row.id for row in found] == [1]
    db.sample.update(where={"id": 1}, data={"facts": None})
    assert sql.execute("SELECT count(facts) FROM samples").fetchone() == (0,)


def test_json_can_be_filtered_by_path_and_text(db: Any, operations: ModuleType) -> None:
    db.sample.create(data={"id": 1, "facts": operations.Json({"a": {"b": "hello"}})})
    db.sample.create(data={"id": 2, "facts": operations.Json({"a": {"b": "other"}})})
    inside = {"path": ["a", "b"], "string_contains": "ell"}
    equal = {"path": ["a", "b"], "equals": operations.Json("other")}
    assert [row.id for row in db.sample.find_many(where={"facts": inside})] == [1]
    assert [row.id for row in db.sample.find_many(where={"facts": equal})] == [2]


def test_lists_can_be_set_appended_to_and_searched(db: Any, operations: ModuleType) -> None:
    db.sample.create(data={"id": 1, "larges": [1], "factList": [operations.Json(1)]})
    changes = {
        "larges": {"push": [2**60 + 1]},
        "factList": {"set": [operations.Json({"a": 1})]},
        "texts": {"set": ["x"]},
    }
    row = db.sample.update(where={"id": 1}, data=changes)
    assert (row.larges, row.factList, row.texts) == ([1, 2**60 + 1], [{"a": 1}], ["x"])
    assert db.sample.count(where={"larges": {"has": 2**60 + 1}}) == 1
    assert db.sample.count(where={"texts": {"is_empty": True}}) == 0


def test_a_missing_list_is_read_as_an_empty_one(db: Any) -> None:
    row = db.sample.create(data={"id": 1})
    assert [row.texts, row.factList, row.carriers] == [[], [], []]


def test_raw_queries_return_each_type(db: Any) -> None:
    rows = db.query_raw(
        """SELECT 1::int4 AS whole, 9223372036854775807::int8 AS large, 1.50::numeric AS exact,
                  1.50::numeric::text AS digits, 0.1::float8 AS real, 'x'::text AS text,
                  $1::jsonb AS facts, true AS flag, NULL AS nothing, ARRAY[1, 2] AS wholes,
                  '\\x00ff'::bytea AS raw, DATE '2024-02-29' AS day,
                  TIMESTAMPTZ '2024-02-29 12:00:00.5+03' AS moment""",
        json.dumps({"$type": "BigInt", "value": "1"}),
    )
    assert rows == [
        {
            "whole": 1,
            "large": 2**63 - 1,
            "exact": 1.5,  # the client makes floats of numerics here: ask for text
            "digits": "1.50",
            "real": 0.1,
            "text": "x",
            "facts": {"$type": "BigInt", "value": "1"},
            "flag": True,
            "nothing": None,
            "wholes": [1, 2],
            "raw": base64.b64encode(b"\x00\xff").decode(),
            "day": "2024-02-29",
            "moment": "2024-02-29T09:00:00.500+00:00",
        }
    ]

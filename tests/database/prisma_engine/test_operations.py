"""Every operation of the client, once, against a real server."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

TEN_PARCELS = [
    {"id": number, "code": f"P{number}", "weight": number % 3, "carrier": carrier}
    for number, carrier in enumerate(["ROAD", "RAIL", "AIR", "ROAD", "RAIL"] * 2)
]


def ids(rows: list[Any]) -> list[int]:
    return [row.id for row in rows]


@pytest.fixture
def ten(db: Any) -> Any:
    db.parcel.create_many(data=TEN_PARCELS)
    return db


def test_create_returns_the_row_with_its_defaults(db: Any) -> None:
    row = db.parcel.create(data={"id": 1, "code": "A"})
    assert (row.id, row.code, row.weight, row.carrier, row.note) == (1, "A", 1, "ROAD", None)


def test_find_unique_by_key_and_by_unique_field(ten: Any) -> None:
    assert ten.parcel.find_unique(where={"id": 3}).code == "P3"
    assert ten.parcel.find_unique(where={"code": "P4"}).id == 4
    assert ten.parcel.find_unique(where={"code": "none"}) is None


def test_find_unique_by_a_key_of_two_fields(db: Any) -> None:
    db.parcel.create(data={"id": 1, "code": "A", "stamps": {"create": {"number": 7}}})
    key = {"parcelId_number": {"parcelId": 1, "number": 7}}
    assert db.stamp.find_unique(where=key).number == 7


def test_or_raise_finds_or_raises(ten: Any, operations: ModuleType) -> None:
    assert ten.parcel.find_unique_or_raise(where={"id": 3}).code == "P3"
    assert ten.parcel.find_first_or_raise(where={"code": "P5"}).id == 5
    with pytest.raises(operations.errors.RecordNotFoundError, match="Expected a record"):
        ten.parcel.find_unique_or_raise(where={"id": 99})
    with pytest.raises(operations.errors.RecordNotFoundError, match="Expected a record"):
        ten.parcel.find_first_or_raise(where={"code": "none"})


def test_find_first_takes_the_first_in_order(ten: Any) -> None:
    assert ten.parcel.find_first(where={"carrier": "AIR"}, order={"id": "desc"}).id == 7


def test_find_many_skips_takes_and_orders(ten: Any) -> None:
    rows = ten.parcel.find_many(skip=2, take=3, order=[{"weight": "desc"}, {"id": "asc"}])
    assert ids(rows) == [8, 1, 4]  # weights 2: 2 5 8, then 1: 1 4 7


def test_find_many_goes_on_after_a_cursor(ten: Any) -> None:
    rows = ten.parcel.find_many(cursor={"id": 4}, skip=1, take=2, order={"id": "asc"})
    assert ids(rows) == [5, 6]


def test_find_many_distinct_takes_one_of_each(ten: Any) -> None:
    rows = ten.parcel.find_many(distinct=["carrier"], order={"id": "asc"})
    assert ids(rows) == [0, 1, 2]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"weight": {"gte": 2}}, [2, 5, 8]),
        ({"id": {"in": [1, 99]}}, [1]),
        ({"id": {"not_in": list(range(9))}}, [9]),
        ({"code": {"startswith": "P", "endswith": "7"}}, [7]),
        ({"code": {"contains": "p1", "mode": "insensitive"}}, [1]),
        ({"AND": [{"carrier": "ROAD"}, {"NOT": [{"weight": 0}]}]}, [5, 8]),
        ({"OR": [{"id": 1}, {"id": 2}], "carrier": "AIR"}, [2]),
        ({"carrier": {"in": ["AIR"]}}, [2, 7]),
        ({"note": None, "id": 4}, [4]),
        ({"NOT": [{"note": None}]}, []),
    ],
)
def test_find_many_filters(ten: Any, where: Any, found: list[int]) -> None:
    assert ids(ten.parcel.find_many(where=where, order={"id": "asc"})) == found


def test_include_takes_arguments_and_goes_deeper(db: Any) -> None:
    parcels = [
        {"id": number, "code": f"P{number}", "stamps": {"create": [{"number": 1}, {"number": 2}]}}
        for number in range(3)
    ]
    db.sender.create(data={"name": "Ada", "parcels": {"create": parcels}})
    of_two = {"where": {"id": {"gt": 0}}, "order_by": {"id": "desc"}, "take": 2}
    of_one = {"where": {"number": 2}}
    sender = db.sender.find_first(include={"parcels": {**of_two, "include": {"stamps": of_one}}})
    assert [(row.id, [stamp.number for stamp in row.stamps]) for row in sender.parcels] == [
        (2, [2]),
        (1, [2]),
    ]


def test_a_relation_can_be_filtered_by(db: Any) -> None:
    db.sender.create(data={"name": "Ada", "parcels": {"create": [{"id": 1, "code": "A"}]}})
    db.sender.create(data={"name": "Bob"})
    some = db.sender.find_many(where={"parcels": {"some": {"code": "A"}}})
    none = db.sender.find_many(where={"parcels": {"none": {"code": "A"}}})
    theirs = db.parcel.find_many(where={"sender": {"is": {"name": "Ada"}}})
    assert [row.name for row in some + none] == ["Ada", "Bob"]
    assert ids(theirs) == [1]


def test_update_changes_sets_and_counts_on(ten: Any) -> None:
    row = ten.parcel.update(
        where={"id": 2}, data={"weight": {"increment": 40}, "note": "new", "carrier": "RAIL"}
    )
    assert (row.weight, row.note, row.carrier) == (42, "new", "RAIL")
    assert ten.parcel.update(where={"id": 2}, data={"note": None}).note is None
    assert ten.parcel.update(where={"id": 99}, data={"note": "x"}) is None


def test_connect_and_disconnect(ten: Any) -> None:
    ada = ten.sender.create(data={"name": "Ada"})
    row = ten.parcel.update(where={"id": 1}, data={"sender": {"connect": {"name": "Ada"}}})
    assert row.senderId == ada.id
    row = ten.parcel.update(where={"id": 1}, data={"sender": {"disconnect": True}})
    assert row.senderId is None
    row = ten.parcel.create(
        data={
            "id": 11,
            "code": "P11",
            "sender": {"connect_or_create": {"where": {"name": "Bob"}, "create": {"name": "Bob"}}},
        },
        include={"sender": True},
    )
    assert row.sender.name == "Bob"


def test_upsert_creates_then_updates(db: Any) -> None:
    data = {"create": {"id": 1, "code": "A"}, "update": {"weight": 9}}
    assert db.parcel.upsert(where={"id": 1}, data=data).weight == 1
    assert db.parcel.upsert(where={"id": 1}, data=data).weight == 9
    assert db.parcel.count() == 1


def test_update_many_tells_how_many(ten: Any) -> None:
    assert ten.parcel.update_many(where={"carrier": "AIR"}, data={"weight": 50}) == 2
    assert ten.parcel.count(where={"weight": 50}) == 2


def test_delete_and_delete_many(ten: Any) -> None:
    assert ten.parcel.delete(where={"id": 1}).code == "P1"
    assert ten.parcel.delete(where={"id": 1}) is None
    assert ten.parcel.delete_many(where={"carrier": "ROAD"}) == 4
    assert ids(ten.parcel.find_many(order={"id": "asc"})) == [2, 4, 6, 7, 9]


def test_create_many_skips_what_is_there(ten: Any) -> None:
    more = [*TEN_PARCELS, {"id": 10, "code": "P10"}]
    assert ten.parcel.create_many(data=more, skip_duplicates=True) == 1
    assert ten.parcel.count() == 11


def test_count_of_all_and_of_a_field(ten: Any) -> None:
    ten.parcel.update(where={"id": 0}, data={"note": "x"})
    assert ten.parcel.count() == 10
    assert ten.parcel.count(where={"weight": {"lt": 1}}) == 4
    assert ten.parcel.count(select={"_all": True, "note": True}) == {"_all": 10, "note": 1}


def test_group_by_sums_counts_and_filters(ten: Any) -> None:
    groups = ten.parcel.group_by(
        ["carrier"],
        sum={"weight": True, "id": True},
        count=True,
        order={"carrier": "asc"},
        having={"weight": {"_sum": {"gt": 3}}},
    )
    assert groups == [
        {"carrier": "ROAD", "_sum": {"weight": 4, "id": "16"}, "_count": {"_all": 4}},
    ]


def test_query_raw_binds_parameters(ten: Any, operations: ModuleType) -> None:
    rows = ten.query_raw("SELECT id, code FROM parcels WHERE id = $1 OR code = $2", 3, "P4")
    assert rows == [{"id": 3, "code": "P3"}, {"id": 4, "code": "P4"}]
    row = ten.query_first("SELECT code FROM parcels WHERE id = $1", 3)
    assert row == {"code": "P3"}
    sender = ten.query_first("SELECT 7 AS id, 'Ada' AS name", model=operations.models.Sender)
    assert sender.name == "Ada"


def test_execute_raw_tells_how_many(ten: Any) -> None:
    assert ten.execute_raw("UPDATE parcels SET note = $1 WHERE id < $2", "it's", 3) == 3
    assert ten.parcel.count(where={"note": "it's"}) == 3

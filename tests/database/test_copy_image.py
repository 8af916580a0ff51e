import itertools
import struct
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import adbc_driver_postgresql.dbapi
import numpy as np
import psycopg
import pyarrow as pa
import pytest

from engine.database import copy_image
from engine.database.copy_image import SIGNATURE, TRAILER, Column, image
from engine.database.url import DatabaseUrl

ROWS = 500
INT64 = np.iinfo(np.int64)
TRICKY_TEXTS = ["", " ", "\\N", "\t\n\r", 'a"b', "ü", "İı", "漢字", "😀", "x" * 5_000, "null", "'"]

# SQL type, values at the limits of the type, constructor. One row of the table = one type.
TYPES: dict[str, tuple[str, list[Any], Callable[..., Column]]] = {
    "small": ("smallint", [-32768, -1, 0, 32767], copy_image.smallint),
    "whole": ("integer", [-(2**31), -1, 0, 2**31 - 1], copy_image.integer),
    "big": ("bigint", [INT64.min, -1, 0, INT64.max, 2**53 + 1], copy_image.bigint),
    "number": ("float8", [-0.1, 0.0, 1e-308, 1.7976931348623157e308, 5e-324], copy_image.double),
    "truth": ("boolean", [True, False], copy_image.boolean),
    "day": ("date", [date(1, 1, 1), date(1999, 12, 31), date(9999, 12, 31)], copy_image.date),
    "moment": (
        "timestamp(3)",
        [datetime(1, 1, 1), datetime(2000, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999000)],
        copy_image.timestamp,
    ),
    "word": ("text", TRICKY_TEXTS, copy_image.text),
    "detail": ("jsonb", ['{"a": [1, "ü"]}', "null", "[]", '"\\""'], copy_image.jsonb),
}


def copy_in(url: DatabaseUrl, table: str, images: list[bytes]) -> None:
    statement = f"COPY {table} FROM STDIN (FORMAT binary)".encode()
    with psycopg.connect(url.libpq()) as connection, connection.cursor().copy(statement) as copy:
        for part in [SIGNATURE, *images, TRAILER]:
            copy.write(part)


def select(url: DatabaseUrl, sql: str, *, binary: bool = False) -> list[tuple[Any, ...]]:
    with psycopg.connect(url.libpq()) as connection:
        return connection.execute(sql.encode(), binary=binary).fetchall()


def create(url: DatabaseUrl, table: str, columns: str) -> None:
    with psycopg.connect(url.libpq()) as connection:
        connection.execute(f"CREATE TABLE {table} ({columns})".encode())


def random_values(seed: int, *, with_nulls: bool) -> tuple[dict[str, list[Any]], dict[str, Column]]:
    """One block of every type: the values as Python objects, and the same as columns."""
    random = np.random.default_rng(seed)
    plain: dict[str, list[Any]] = {"id": list(range(ROWS))}
    columns: dict[str, Column] = {"id": copy_image.integer(np.arange(ROWS))}
    for name, (_, limits, make) in TYPES.items():
        values = [limits[place] for place in random.integers(0, len(limits), ROWS)]
        missing = random.random(ROWS) < 0.3 if with_nulls else np.zeros(ROWS, bool)
        plain[name] = [None if gone else value for value, gone in zip(values, missing, strict=True)]
        if name in {"word", "detail"}:
            columns[name] = make(plain[name])
        elif name in {"day", "moment"}:
            columns[name] = make(np.array(values, "datetime64[us]"), missing)
        else:
            columns[name] = make(np.array(values), missing)
    return plain, columns


@pytest.mark.parametrize("with_nulls", [True, False])
@pytest.mark.parametrize("binary", [True, False])
def test_every_type_comes_back_as_it_went_in(
    empty_database_url: DatabaseUrl, binary: bool, with_nulls: bool
) -> None:
    plain, columns = random_values(7, with_nulls=with_nulls)
    definitions = ", ".join(f"{name} {kind}" for name, (kind, _, _) in TYPES.items())
    create(empty_database_url, "everything", f"id integer, {definitions}")
    # Pieces of unequal size, one of them empty: pieces must not know of each other.
    bounds = [0, 1, 1, 400, ROWS]
    pieces = [slice(start, end) for start, end in itertools.pairwise(bounds)]
    copy_in(
        empty_database_url,
        "everything",
        [image([column.part(rows) for column in columns.values()]) for rows in pieces],
    )
    names = ["detail::text" if name == "detail" else name for name in columns]
    found = select(
        empty_database_url, f"SELECT {', '.join(names)} FROM everything ORDER BY id", binary=binary
    )
    for place, name in enumerate(columns):
        assert [row[place] for row in found] == plain[name], name


def test_an_independent_writer_stores_the_same(empty_database_url: DatabaseUrl) -> None:
    plain, columns = random_values(11, with_nulls=True)
    names = [name for name in columns if name != "detail"]  # ADBC has no jsonb to give
    definitions = ", ".join(f"{name} {TYPES[name][0]}" for name in names if name != "id")
    for table in ("ours", "theirs"):
        create(empty_database_url, table, f"id integer, {definitions}")
    copy_in(empty_database_url, "ours", [image([columns[name] for name in names])])
    kinds = {
        "small": pa.int16(),
        "whole": pa.int32(),
        "id": pa.int32(),
        "moment": pa.timestamp("us"),
    }
    theirs = pa.table({name: pa.array(plain[name], kinds.get(name)) for name in names})
    with adbc_driver_postgresql.dbapi.connect(empty_database_url.libpq()) as connection:
        with connection.cursor() as cursor:
            cursor.adbc_ingest("theirs", theirs, mode="append")
        connection.commit()
    for one, other in [("ours", "theirs"), ("theirs", "ours")]:
        assert select(empty_database_url, f"TABLE {one} EXCEPT ALL TABLE {other}") == []
    assert select(empty_database_url, "SELECT count(*) FROM ours") == [(ROWS,)]


@pytest.mark.parametrize("scale", [0, 2, 3, 4, 8, 16])
def test_numeric_is_exact_at_every_scale(empty_database_url: DatabaseUrl, scale: int) -> None:
    random = np.random.default_rng(scale)
    units = np.concatenate(
        [random.integers(-(10**17), 10**17, 50), [0, 1, -1, 9999, INT64.max, -INT64.max]]
    )
    missing = np.arange(len(units)) % 7 == 3
    create(empty_database_url, "amounts", "id integer, amount numeric")
    columns = [
        copy_image.integer(np.arange(len(units))),
        copy_image.numeric(units, scale, missing),
    ]
    copy_in(empty_database_url, "amounts", [image(columns)])
    found = select(empty_database_url, "SELECT amount FROM amounts ORDER BY id")
    for (amount,), unit, gone in zip(found, units.tolist(), missing.tolist(), strict=True):
        assert amount == (None if gone else Decimal(unit).scaleb(-scale))
        assert amount is None or -amount.as_tuple().exponent == scale


def test_instants_are_utc_for_a_column_with_time_zone(empty_database_url: DatabaseUrl) -> None:
    create(empty_database_url, "clock", "moment timestamptz(3)")
    column = copy_image.timestamp(["2026-03-29T01:30:00.123", "NaT"])
    copy_in(empty_database_url, "clock", [image([column])])
    found = select(empty_database_url, "SELECT moment FROM clock")
    assert found == [(datetime(2026, 3, 29, 1, 30, 0, 123000, UTC),), (None,)]


def test_texts_go_into_enums_and_fixed_width_columns(database_url: DatabaseUrl) -> None:
    create(database_url, "spans", 'span "PeriodType", currency char(3)')
    copy_in(
        database_url,
        "spans",
        [image([copy_image.text(["DAILY", None]), copy_image.text(["USD", None])])],
    )
    assert select(database_url, "SELECT span::text, currency FROM spans") == [
        ("DAILY", "USD"),
        (None, None),
    ]


def test_the_image_is_the_documented_one() -> None:
    columns = [copy_image.smallint([1, 2], [False, True]), copy_image.text(["ab", None])]
    two_fields, null = b"\x00\x02", b"\xff\xff\xff\xff"
    assert image(columns) == (
        two_fields + b"\x00\x00\x00\x02\x00\x01" + b"\x00\x00\x00\x02ab" + two_fields + null + null
    )


def test_columns_of_fixed_width_have_the_documented_image_too() -> None:
    numbers, shares = [5, -6, 7], [0.5, 0.25, 1.0]
    rows = [struct.pack(">hiqid", 2, 8, n, 8, x) for n, x in zip(numbers, shares, strict=True)]
    assert image([copy_image.bigint(numbers), copy_image.double(shares)]) == b"".join(rows)


def test_coded_texts_have_the_image_of_their_words() -> None:
    codes = np.array([1, -1, 0, 2, 1], np.int32)
    words = ["ab", "İı 😀", ""]
    texts = copy_image.text([None if code < 0 else words[code] for code in codes.tolist()])
    numbers = copy_image.smallint(np.arange(5), codes == 0)
    column = copy_image.coded(codes, words)
    assert image([numbers, column]) == image([numbers, texts])
    assert image([column, texts]) == image([texts, texts]), "beside a free text"
    assert image([column.part(slice(1, 3))]) == image([texts.part(slice(1, 3))])
    nothing = copy_image.coded(np.array([-1], np.int32), [])
    assert image([nothing]) == image([copy_image.text([None])])


def test_an_amount_takes_as_many_digits_as_the_largest_of_its_part_needs() -> None:
    def width(amount: int) -> int:
        return len(image([copy_image.numeric([amount, 0], 2)])) // 2

    assert [width(10**n) - width(0) for n in (5, 6, 9, 10)] == [0, 2, 2, 4]
    assert width(-(10**6)) == width(10**6)


def test_bytes_behind_an_arrow_null_do_not_shift_what_follows() -> None:
    offsets, content = np.array([0, 2, 5, 6], np.int64), b"abXYZc"
    valid = pa.py_buffer(bytes([0b101]))
    array = pa.Array.from_buffers(
        pa.large_string(), 3, [valid, pa.py_buffer(offsets.tobytes()), pa.py_buffer(content)]
    )
    assert array.to_pylist() == ["ab", None, "c"]
    assert image([copy_image.text(array)]) == image([copy_image.text(["ab", None, "c"])])


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([1, None], pa.int16()), copy_image.smallint([1, 0], [False, True])),
        (pa.array([1, None], pa.int32()), copy_image.integer([1, 0], [False, True])),
        (pa.array([2**53 + 1, None]), copy_image.bigint([2**53 + 1, 0], [False, True])),
        (pa.array([1.5, None]), copy_image.double([1.5, 0.0], [False, True])),
        (pa.array([True, None]), copy_image.boolean([True, False], [False, True])),
        (pa.array([date(2026, 1, 2), None]), copy_image.date(["2026-01-02", "NaT"])),
        (
            pa.array([datetime(2026, 1, 2, 3, tzinfo=UTC), None], pa.timestamp("ms", "UTC")),
            copy_image.timestamp(["2026-01-02T03:00", "NaT"]),
        ),
        (pa.array(["a", None]), copy_image.text(["a", None])),
        (pa.array(["a", None]).dictionary_encode(), copy_image.text(["a", None])),
        (pa.chunked_array([["a"], [None]], pa.string()), copy_image.text(["a", None])),
    ],
)
def test_an_arrow_array_is_the_column_of_its_type(array: Any, expected: Column) -> None:
    assert image([copy_image.from_arrow(array)]) == image([expected])


def test_an_arrow_type_without_place_is_refused() -> None:
    with pytest.raises(TypeError, match="type decimal128"):
        copy_image.from_arrow(pa.array([Decimal("1.00")]))


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (copy_image.smallint, 2**15),
        (copy_image.smallint, -(2**15) - 1),
        (copy_image.integer, 2**31),
        (copy_image.bigint, np.uint64(2**63)),
    ],
)
def test_a_value_too_large_for_its_column_is_refused(
    make: Callable[..., Column], value: int
) -> None:
    with pytest.raises(OverflowError, match="does not fit"):
        make([value])
    assert len(make([value], [True])) == 1, "what is missing can't be too large"


def test_a_broken_number_is_no_integer() -> None:
    with pytest.raises(TypeError, match="whole numbers are expected, not float64"):
        copy_image.bigint([1.5])


def test_a_scale_that_64_bits_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="a scale of 17"):
        copy_image.numeric([1], 17)

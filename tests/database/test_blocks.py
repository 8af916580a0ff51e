import hashlib
import struct
from datetime import date
from typing import Any

import numpy as np
import pytest

from engine.database.blocks import (
    NULL_INT64,
    Block,
    Field,
    Kind,
    ReportTable,
    StoredRows,
    Words,
    compare,
    hundredths,
    null_where,
    row_digests,
    take,
)

TABLE = ReportTable(
    "sales",
    key=("day", "sku"),
    fields=(
        Field("day", Kind.DATE),
        Field("sku", Kind.TEXT),
        Field("net_sales", Kind.MONEY),
        Field("orders", Kind.INTEGER),
        Field("share", Kind.DOUBLE),
        Field("hours", Kind.HUNDREDTHS),
        Field("is_complete", Kind.BOOLEAN),
        Field("basis", Kind.TEXT),
    ),
    digits=2,
)
DAYS = ["2026-01-01", "2026-01-01", "2026-01-02"]


def block(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "day": np.array(DAYS, "datetime64[D]"),
        "sku": Words(np.array([0, 1, 0], np.int32), ["A", "B"]),
        "net_sales": np.array([100, -5, NULL_INT64]),
        "orders": np.array([1, 2, 3]),
        "share": np.array([0.5, np.nan, 0.0]),
        "hours": np.array([1.25, np.nan, 0.0]),
        "is_complete": np.array([True, False, True]),
        "basis": Words(np.array([0, -1, 1], np.int32), ["measured", "partial"]),
    }
    return values | changes


def stored(rows: Block) -> StoredRows:
    return StoredRows({name: rows[name] for name in TABLE.key}, row_digests(TABLE, rows))


def test_a_digest_depends_on_the_texts_and_not_on_their_codes() -> None:
    recoded = block(
        sku=Words(np.array([2, 0, 2], np.int32), ["B", "unused", "A"]),
        basis=Words(np.array([1, -1, 0], np.int32), ["partial", "measured"]),
    )
    assert row_digests(TABLE, recoded).tolist() == row_digests(TABLE, block()).tolist()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("day", np.array(["2026-01-03", *DAYS[1:]], "datetime64[D]")),
        ("sku", Words(np.array([1, 1, 0], np.int32), ["A", "B"])),
        ("net_sales", np.array([101, -5, NULL_INT64])),
        ("net_sales", np.array([NULL_INT64, -5, NULL_INT64])),
        ("orders", np.array([-1, 2, 3])),
        ("share", np.array([np.nextafter(0.5, 1), np.nan, 0.0])),
        ("hours", np.array([1.26, np.nan, 0.0])),
        ("is_complete", np.array([False, False, True])),
        ("basis", Words(np.array([-1, -1, 1], np.int32), ["measured", "partial"])),
    ],
)
def test_any_changed_value_changes_the_digest_of_its_row_only(name: str, values: Any) -> None:
    before = row_digests(TABLE, block())
    after = row_digests(TABLE, block(**{name: values}))
    assert (before != after).tolist() == [True, False, False]


def test_values_that_move_to_another_column_change_the_digest() -> None:
    swapped = block(net_sales=np.array([1, 2, 3]), orders=np.array([100, -5, NULL_INT64]))
    assert (row_digests(TABLE, block()) != row_digests(TABLE, swapped)).all()


def test_zero_and_nan_each_have_one_digest() -> None:
    other_nan = np.array([0x7FF8000000000001], np.int64).view(np.float64)[0]
    same = block(share=np.array([0.5, other_nan, -0.0]), hours=np.array([1.25, other_nan, -0.0]))
    assert row_digests(TABLE, same).tolist() == row_digests(TABLE, block()).tolist()


def test_a_row_has_the_same_digest_in_any_block() -> None:
    many = take(block(), np.arange(30_000) % 3)
    assert np.array_equal(row_digests(TABLE, many), np.tile(row_digests(TABLE, block()), 10_000))


def test_a_digest_is_what_plain_integers_give() -> None:
    """The rule of the digest in Python integers, for the first row of the block."""

    def of_text(text: str) -> int:
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")

    day_number = (date(2026, 1, 1) - date(1970, 1, 1)).days
    (half,) = struct.unpack("<q", struct.pack("<d", 0.5))
    row = [day_number, of_text("A"), 100, 1, half, 125, 1, of_text("measured")]
    digest = of_text("day,sku,net_sales,orders,share,hours,is_complete,basis")
    for value in row:
        digest ^= value
        for _ in range(2):
            digest ^= digest >> 32
            digest = digest * 0xD6E8FEB86659FD93 % 2**64
        digest ^= digest >> 32
        digest = (digest + 0x9E3779B97F4A7C15) % 2**64
    assert int(row_digests(TABLE, block())[0]) % 2**64 == digest


def test_rows_are_new_changed_unchanged_or_removed() -> None:
    old = block(sku=Words(np.array([0, 1, 2], np.int32), ["A", "B", "gone"]))
    now = block(orders=np.array([1, 99, 3]))
    difference = compare(TABLE, now, row_digests(TABLE, now), stored(old))
    assert difference.new.tolist() == [2], "2026-01-02 had no SKU A"
    assert difference.changed.tolist() == [1]
    assert difference.removed.tolist() == [2], "2026-01-02 has no SKU gone any more"
    assert difference.unchanged == 1


def test_the_order_of_rows_and_words_does_not_matter() -> None:
    backwards = take(block(), np.array([2, 1, 0]))
    difference = compare(TABLE, block(), row_digests(TABLE, block()), stored(backwards))
    assert difference.unchanged == 3
    assert not any(map(len, (difference.new, difference.changed, difference.removed)))


def test_nothing_stored_makes_all_rows_new_and_no_rows_make_all_removed() -> None:
    nothing = take(block(), slice(0, 0))
    first = compare(TABLE, block(), row_digests(TABLE, block()), stored(nothing))
    assert (first.new.tolist(), first.unchanged) == ([0, 1, 2], 0)
    last = compare(TABLE, nothing, row_digests(TABLE, nothing), stored(block()))
    assert (last.removed.tolist(), last.new.tolist()) == ([0, 1, 2], [])


def test_two_rows_with_one_key_are_a_bug() -> None:
    twice = take(block(), np.array([0, 0]))
    with pytest.raises(ValueError, match="two rows for sales have the same day, sku"):
        compare(TABLE, twice, row_digests(TABLE, twice), stored(block()))


def test_columns_of_unequal_length_are_a_bug() -> None:
    with pytest.raises(ValueError, match="columns of one length are expected"):
        row_digests(TABLE, block(orders=np.array([1])))


def test_hundredths_are_the_two_decimals_of_the_float() -> None:
    assert hundredths(np.array([0.29, 1.1, -0.07, 123456.78, np.nan])).tolist() == [
        *(29, 110, -7, 12345678),
        NULL_INT64,
    ]


def test_unknown_integers_are_marked() -> None:
    assert null_where(np.array([1, 2]), [False, True]).tolist() == [1, NULL_INT64]

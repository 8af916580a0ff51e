"""Frames hold numbers as narrow as they fit, and give them as wide as they are computed with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ledger.amounts import Amounts
from engine.ledger.frames import DayRows
from engine.sources.frames import FavouriteRows, Maybe, Texts
from engine.sources.some_orders import rows_of
from tests.columns import CENT


@pytest.mark.parametrize(
    ("largest", "held"),
    [
        (2**7 - 1, np.int8),
        (2**7, np.int16),
        (2**15, np.int32),
        (2**31 - 1, np.int32),
        (2**63 - 1, np.int64),
    ],
)
def test_a_number_is_held_as_narrow_as_the_largest_and_given_as_int64(
    largest: int, held: type[np.signedinteger]
) -> None:
    rows = FavouriteRows(np.array([0, largest]), np.array([1, 2]), np.array([-1 - largest, 0]))
    assert rows.as_held("day").dtype == rows.as_held("favourites").dtype == held
    assert rows.day.dtype == rows.favourites.dtype == np.int64
    assert (rows.day.tolist(), rows.favourites.tolist()) == ([0, largest], [-1 - largest, 0])


@given(st.lists(st.integers(0, 2**32 - 1)), st.integers(-(2**62), 2**62))
def test_numbers_that_lie_near_each_other_are_given_as_they_were(
    above: list[int], lowest: int
) -> None:
    ids = np.array(above, np.int64) + lowest
    rows = FavouriteRows(ids, ids, ids)
    assert rows.day.tolist() == ids.tolist()
    assert rows_of(rows, np.arange(len(ids))[::-1]).day.tolist() == ids[::-1].tolist()


def test_ids_of_one_shop_take_four_bytes_where_the_lowest_and_the_highest_allow_it() -> None:
    near, far = np.array([7, 6 + 2**32]), np.array([7, 7 + 2**32])
    rows = FavouriteRows(near, far, near)
    assert rows.as_held("day").above.dtype == np.uint32
    assert rows.as_held("listing_id").dtype == np.int64
    assert (rows.day.dtype, rows.listing_id.dtype) == (np.int64, np.int64)
    assert (rows.day.tolist(), rows.listing_id.tolist()) == (near.tolist(), far.tolist())


def test_each_column_is_given_as_wide_as_it_is_declared() -> None:
    one = np.array([1])
    rows = DayRows(one.astype(np.int32), one.astype(np.int32), Amounts({"visits": one}.items()))
    assert rows.as_held("listing").dtype == rows.as_held("day").dtype == np.int8
    assert rows.listing.dtype == rows.day.dtype == np.int32


def test_a_product_of_two_narrow_columns_does_not_pass_their_width() -> None:
    price = Maybe(np.array([120 * CENT]), np.array([True]))
    assert price.as_held("value").dtype == np.int32
    assert (price.value * price.value).tolist() == [(120 * CENT) ** 2]


def test_codes_of_texts_are_given_as_int32_and_none_stays_none() -> None:
    texts = Texts(np.array([1, -1, 0], np.int32), ("a", "b"))
    assert (texts.as_held("code").dtype, texts.code.dtype) == (np.int8, np.int32)
    assert texts.code.tolist() == [1, -1, 0]
    assert texts.chosen(np.array([1, 2])).code.tolist() == [-1, 0]


def test_zeros_and_flags_that_are_all_the_same_take_no_room() -> None:
    maybe = Maybe(np.zeros(1000, np.int64), np.ones(1000, np.bool_))
    assert maybe.as_held("value").strides == maybe.known.strides == (0,)
    assert not maybe.value.any()
    assert maybe.known.all()
    assert Maybe(np.zeros(2, np.int64), np.array([True, False])).known.tolist() == [True, False]


def test_nobody_can_write_into_a_column_that_is_held_narrow() -> None:
    maybe = Maybe(np.array([1, 2]), np.array([True, False]))
    with pytest.raises(ValueError, match="read-only"):
        maybe.value[0] = 3


def test_some_rows_of_a_frame_are_picked_without_widening_the_rest() -> None:
    rows = FavouriteRows(np.array([1, 2, 3]), np.array([7, 8, 9]), np.array([0, 300, 0]))
    some = rows_of(rows, np.array([1]))
    columns = some.day, some.listing_id, some.favourites
    assert [column.tolist() for column in columns] == [[2], [8], [300]]

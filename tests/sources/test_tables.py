"""Frames of Arrow tables: row order, words that are many, and what is derived from rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from engine.sources.frames import Maybe, ShipmentRows, Texts, TrackingRows
from engine.sources.tables import ManyWords, first_shipments


def tracking(*rows: tuple[int, int | None]) -> TrackingRows:
    count = len(rows)
    known = np.array([at is not None for _, at in rows], np.bool_)
    no_text = Texts(np.full(count, -1, np.int32), ())
    return TrackingRows(
        order_id=np.array([order for order, _ in rows], np.int64),
        tracking_code=no_text,
        carrier=no_text,
        seconds=Maybe(np.array([at or 0 for _, at in rows], np.int64), known),
    )


def as_dict(shipments: ShipmentRows) -> dict[int, int]:
    return dict(zip(shipments.order_id.tolist(), shipments.seconds.tolist(), strict=True))


def test_the_first_known_shipment_of_an_order_counts():
    rows = tracking((1, 50), (1, 40), (2, None), (3, None), (3, 7), (3, 9))
    assert as_dict(first_shipments(rows)) == {1: 40, 3: 7}


def test_without_shipments_there_is_no_first_one():
    assert as_dict(first_shipments(tracking())) == {}
    assert as_dict(first_shipments(tracking((1, None)))) == {}


def test_many_words_read_like_a_tuple_of_them():
    words = ManyWords(pa.array(["a", "b", "c"]))
    assert (len(words), words[1], words[-1], list(words)) == (3, "b", "c", ["a", "b", "c"])
    assert list(words[1:]) == ["b", "c"]

"""Which goods leave the shop together (M37): parcels, their days, and what each holds of a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.ledger.frames import OrderState
from engine.ledger.fulfilment import CarrierFiles
from engine.ledger.orders import build_orders
from engine.ledger.parcels import Pieces, form_parcels
from engine.local_time import local_clock
from engine.sources.frames import Maybe, Texts, TrackingRows
from tests.parcel_shop import Handed, prepare, send, tracking_rows
from tests.shop_builder import Line, Order, a_shop

NOON = datetime(2026, 3, 5, 12, 0)
NOTHING_ON_FILE = CarrierFiles()


def order(order_id: int, *lines: Line, **facts: object) -> Order:
    given_lines = list(lines) or [Line(order_id * 10, "A", 1, 1000)]
    return Order(order_id, facts.pop("at", NOON), given_lines, **facts)


def digital(line_id: int) -> Line:
    return Line(line_id, "PDF", 1, 500, is_digital=True)


def parcel_days(sent) -> list[date]:
    return [date.fromordinal(719_163 + day) for day in sent.found.parcels.day.tolist()]


def codes_of(sent) -> list[str | None]:
    texts = sent.found.parcels.tracking
    return [None if code < 0 else texts.values[code] for code in texts.code.tolist()]


def test_an_order_is_one_parcel_of_all_its_lines():
    sent = send([order(1, Line(10, "A", 1, 100), Line(11, "B", 2, 200))], NOTHING_ON_FILE)
    assert len(sent.found.parcels) == 1
    assert sent.lines.line_id[sent.found.pieces.line].tolist() == [10, 11]
    assert sent.found.parcel_of_order.tolist() == [0]


def test_digital_lines_are_in_no_parcel():
    sent = send(
        [order(1, digital(10)), order(2, digital(20), Line(21, "A", 1, 1))], NOTHING_ON_FILE
    )
    assert sent.lines.line_id[sent.found.pieces.line].tolist() == [21]
    assert sent.found.parcel_of_order.tolist() == [-1, 0]


def test_an_order_refunded_in_full_and_never_shipped_has_no_parcel():
    sent = send([order(1), order(2)], NOTHING_ON_FILE, unsent=[1])
    assert sent.found.parcel_of_order.tolist() == [-1, 0]
    assert sent.cost("postage", 10) == [0]


def test_an_order_that_does_not_count_has_no_parcel():
    sent = send([order(1, status="Canceled"), order(2)], NOTHING_ON_FILE)
    assert sent.orders.state.tolist() == [OrderState.CANCELLED, OrderState.COUNTED]
    assert sent.found.parcel_of_order.tolist() == [-1, 0]


def test_an_order_without_lines_is_a_parcel_of_its_stand_in():
    sent = send([Order(7, NOON, [], grand_total=900)], NOTHING_ON_FILE)
    assert len(sent.found.parcels) == 1


def test_orders_with_one_tracking_code_are_one_parcel_of_the_lowest_order_id():
    later = datetime(2026, 3, 9, 12, 0)
    sent = send(
        [order(2, at=later, country="FR", ship_hours=0), order(3, country="DE", ship_hours=0)],
        NOTHING_ON_FILE,
        handed=[Handed(3, "X"), Handed(2, "X")],
    )
    parcels = sent.found.parcels
    assert len(parcels) == 1
    assert sent.orders.order_id[parcels.order].tolist() == [2]
    assert [sent.orders.countries[code] for code in parcels.country] == ["FR"]
    assert parcel_days(sent) == [date(2026, 3, 9)]
    assert sent.found.parcel_of_order.tolist() == [0, 0]
    assert not parcels.is_split.any()


def test_an_order_with_several_codes_is_as_many_parcels():
    sent = send([order(1)], NOTHING_ON_FILE, handed=[Handed(1, code) for code in "YXZ"])
    assert codes_of(sent) == ["X", "Y", "Z"]
    assert sent.found.pieces.parts.tolist() == [3, 3, 3]
    assert sent.found.parcels.is_split.all()


def test_a_code_said_twice_and_a_row_without_a_code_add_no_parcel():
    handed = [Handed(1, "X"), Handed(1, "X"), Handed(1, None, NOON), Handed(2, None)]
    sent = send([order(1), order(2)], NOTHING_ON_FILE, handed=handed)
    assert codes_of(sent) == ["X", None]
    assert not sent.found.parcels.is_split.any()


def test_a_code_of_an_unknown_or_unsent_order_makes_no_parcel():
    handed = [Handed(1, "X"), Handed(2, "Y"), Handed(99, "Z"), Handed(99, "Y")]
    sent = send([order(1), order(2)], NOTHING_ON_FILE, handed=handed, unsent=[1])
    assert codes_of(sent) == ["Y"]


def test_one_of_two_parcels_may_be_shared_with_another_order():
    handed = [Handed(1, "X"), Handed(1, "Y"), Handed(2, "Y")]
    sent = send([order(1), order(2)], NOTHING_ON_FILE, handed=handed)
    assert sent.parcels_of(1) == [0, 1]
    assert sent.parcels_of(2) == [1]
    assert sent.found.parcels.is_split.tolist() == [True, True]
    assert dict(
        zip(
            sent.lines.line_id[sent.found.pieces.line].tolist(),
            sent.found.pieces.parts,
            strict=True,
        )
    ) == {10: 2, 20: 1}


def test_the_first_parcel_of_an_order_is_the_one_handed_over_first():
    handed = [
        Handed(1, "A", datetime(2026, 3, 8, 9, 0)),
        Handed(1, "B", datetime(2026, 3, 7, 9, 0)),
        Handed(1, "C"),
    ]
    sent = send([order(1)], NOTHING_ON_FILE, handed=handed)
    assert codes_of(sent) == ["B", "A", "C"]
    assert sent.found.parcel_of_order.tolist() == [0]


def test_a_parcel_is_of_the_day_of_the_first_shipment_else_of_the_order():
    late = datetime(2026, 3, 5, 23, 30)
    sent = send([order(1, at=late, ship_hours=1), order(2, at=late)], NOTHING_ON_FILE)
    assert parcel_days(sent) == [date(2026, 3, 6), date(2026, 3, 5)]


def test_lines_tell_when_they_were_shipped_where_no_shipment_does():
    ready = prepare([order(1)])
    shipped = Maybe(np.array([1_772_900_000]), np.array([True]))  # 7 March 2026, 19:13 in Istanbul
    source = replace(ready.source, lines=replace(ready.source.lines, shipped_seconds=shipped))
    clock = local_clock(source.shop.time_zone)
    orders, _ = build_orders(source, clock)
    ships = np.ones(1, np.bool_)
    parcels, _ = form_parcels(orders, ready.lines, ships, tracking_rows(a_shop()), clock)
    assert parcels.day.tolist() == [date(2026, 3, 7).toordinal() - 719_163]


def test_the_carrier_is_the_first_by_name_of_those_that_a_parcel_is_said_to_be_with():
    handed = [Handed(1, "X", carrier="ups"), Handed(2, "X", carrier="fedex"), Handed(2, "X")]
    sent = send([order(1), order(2), order(3)], NOTHING_ON_FILE, handed=handed)
    carrier = sent.found.parcels.carrier
    assert [None if c < 0 else carrier.values[c] for c in carrier.code] == ["fedex", None]


def test_pieces_ascend_by_parcel_then_line_id():
    orders = [order(1, Line(30, "A", 1, 1)), order(2, Line(20, "A", 1, 1)), order(3)]
    sent = send(orders, NOTHING_ON_FILE, handed=[Handed(1, "X"), Handed(2, "X")])
    pieces = sent.found.pieces
    assert pieces.parcel.tolist() == [0, 0, 1]
    assert sent.lines.line_id[pieces.line].tolist() == [20, 30, 30]
    assert sent.lines.order_id[pieces.line].tolist() == [2, 1, 3]
    assert pieces.starts.tolist() == [0, 2, 3]


def spread_pieces() -> Pieces:
    """Line 0 in the parcels 0, 1 and 2, line 1 in parcel 1 only."""
    return Pieces(
        parcel=np.array([0, 1, 1, 2]),
        line=np.array([0, 0, 1, 0]),
        parts=np.array([3, 3, 1, 3]),
        starts=np.array([0, 1, 3, 4]),
    )


def test_an_amount_of_a_line_is_shared_evenly_the_rest_goes_to_the_first_parcel():
    assert spread_pieces().share(np.array([100, 100, 7, 100])).tolist() == [34, 33, 7, 33]


def test_the_first_piece_speaks_for_a_line_and_unknown_stays_unknown():
    assert spread_pieces().share(np.array([9, -1, -1, 50])).tolist() == [3, 3, -1, 3]
    assert spread_pieces().share(np.array([-1, 9, 5, 9])).tolist() == [-1, -1, 5, -1]


def test_a_line_gets_the_sum_of_its_pieces_back():
    pieces = spread_pieces()
    assert pieces.sum_by_line(np.array([1, 10, 100, 1000]), 3).tolist() == [1011, 100, 0]


def test_a_shop_without_orders_has_no_parcels():
    sent = send([], NOTHING_ON_FILE, handed=[Handed(1, "X")])
    assert len(sent.found.parcels) == 0
    assert sent.found.parcel_of_order.tolist() == []


@given(
    rows=st.lists(st.tuples(st.integers(1, 4), st.sampled_from([None, *"ABC"])), max_size=8),
    seed=st.randoms(use_true_random=False),
)
def test_neither_the_order_of_rows_nor_the_codes_of_texts_change_a_parcel(rows, seed):
    ready = prepare([order(number) for number in range(1, 5)])
    clock = local_clock(ready.source.shop.time_zone)
    ships = np.ones(len(ready.lines.line_id), np.bool_)
    first = tracking_rows(a_shop(), [Handed(number, code, carrier=code) for number, code in rows])
    seed.shuffle(rows)
    again = tracking_rows(a_shop(), [Handed(number, code, carrier=code) for number, code in rows])
    answers = []
    for tracking in (first, _recoded(again)):
        parcels, pieces = form_parcels(ready.orders, ready.lines, ships, tracking, clock)
        texts = [parcels.tracking, parcels.carrier]
        named = [[None if c < 0 else t.values[c] for c in t.code] for t in texts]
        columns = (parcels.order, parcels.day, parcels.is_split, parcels.of_order)
        columns += (pieces.parcel, pieces.line, pieces.parts, pieces.starts)
        answers.append([*named, *(column.tolist() for column in columns)])
    assert answers[0] == answers[1]


def _recoded(tracking: TrackingRows) -> TrackingRows:
    """The same rows with the texts numbered the other way round."""
    texts = tracking.tracking_code
    last = len(texts.values) - 1
    code = np.where(texts.code < 0, -1, last - texts.code).astype(np.int32)
    return TrackingRows(
        tracking.order_id, Texts(code, texts.values[::-1]), tracking.carrier, tracking.seconds
    )

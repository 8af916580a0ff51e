"""Cells of a cost sheet: the quick way through plain numbers says what the careful one says."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from engine.sources.cost_cells import _plain_costs, _unit_cost
from engine.sources.numbers import NumberStyle, read_number

PLAIN = st.from_regex(r"[0-9]{1,11}(\.[0-9]{0,6})?", fullmatch=True)
TYPED = st.text("0123456789.,-$ ", max_size=8)
EITHER_SIGN = (NumberStyle(True, False), NumberStyle(False, True), NumberStyle(None, None))


@given(st.lists(PLAIN | TYPED, unique=True))
def test_a_plain_cell_costs_what_it_says_in_every_style(cells: list[str]):
    costs, is_plain = _plain_costs(pa.array(cells, pa.string()))
    for cell, cost, plain in zip(cells, costs.tolist(), is_plain.tolist(), strict=True):
        if plain:
            for style in EITHER_SIGN:
                assert _unit_cost(cell, read_number(cell, style), "USD") == (cost, False)


def test_what_can_be_read_in_two_ways_or_must_be_rounded_is_not_plain():
    cells = ["12", "0.5", "1.2345", "1.234", "1.23456", "1,5", "-3", "", "1.", "1234567890"]
    _, is_plain = _plain_costs(pa.array(cells, pa.string()))
    assert is_plain.tolist() == [True] * 3 + [False] * 7

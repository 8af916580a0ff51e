"""How few parts make most of a sum, and what a sum grew by."""

from __future__ import annotations

import pytest

from engine.metrics.concentration import concentration, growth


def test_the_largest_come_first_and_unknown_parts_are_left_out() -> None:
    found = concentration([10, None, 60, 30])
    assert found is not None
    assert found.shares == (0.6, 0.9, 1.0)
    assert found.enough == 2


def test_exactly_four_fifths_is_enough() -> None:
    found = concentration([80, 20])
    assert found is not None
    assert found.enough == 1


def test_parts_below_zero_come_last_and_bring_the_share_back_to_one() -> None:
    found = concentration([-10, 110])
    assert found is not None
    assert found.shares == (1.1, 1.0)


@pytest.mark.parametrize("parts", [[], [None], [0, 0], [5, -5], [-1]])
def test_nothing_above_zero_has_no_shares(parts: list[int | None]) -> None:
    assert concentration(parts) is None


@pytest.mark.parametrize(
    ("now", "before", "wanted"),
    [
        (150, 100, 0.5),
        (50, 100, -0.5),
        (5, 0, None),
        (5, -3, None),
        (None, 5, None),
        (5, None, None),
    ],
)
def test_growth_is_of_what_was_and_of_nothing_it_is_not_known(now, before, wanted) -> None:
    assert growth(now, before) == wanted

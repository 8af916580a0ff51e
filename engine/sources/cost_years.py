"""Price columns without a year: the year that their place between dated columns proves.

Cost sheets grow month by month in one direction, and many headers leave the year out. A column gets
a year only if its neighbours leave no other; otherwise it is not used. It never matches two years.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from engine.sources.cost_headers import PriceHeader


@dataclass(slots=True)
class _Block:
    """Neighbouring columns of one month. `date`: year × 12 + month − 1, None while unknown."""

    month: int
    places: list[int]
    date: int | None


def column_months(headers: Sequence[PriceHeader]) -> list[int | None]:
    """Return year × 12 + month − 1 of each price column, in file order; None if undecided."""
    blocks = _blocks(headers)
    for block, date in _attached(blocks):
        block.date = date
    direction = _direction([block.date for block in blocks if block.date is not None])
    if direction:
        _date_runs(blocks, direction)
    months: list[int | None] = [None] * len(headers)
    for block in blocks:
        for place in block.places:
            months[place] = block.date
    return months


def _blocks(headers: Sequence[PriceHeader]) -> list[_Block]:
    """Return the runs of neighbours with the same month and the same year, or both without one."""
    keyed = groupby(enumerate(headers), key=lambda item: (item[1].month, item[1].year))
    return [
        _Block(month, [place for place, _ in run], None if year is None else year * 12 + month - 1)
        for (month, year), run in keyed
    ]


def _attached(blocks: Sequence[_Block]) -> list[tuple[_Block, int]]:
    """Return the undated blocks that touch a dated one of their own month, with its date.

    Between two of different years neither is proved.
    """
    found = []
    for place, block in enumerate(blocks):
        beside = [*blocks[max(place - 1, 0) : place], *blocks[place + 1 : place + 2]]
        dates = {b.date for b in beside if b.month == block.month and b.date is not None}
        if block.date is None and len(dates) == 1:
            found.append((block, dates.pop()))
    return found


def _direction(dates: Sequence[int]) -> int:
    """Return 1 if most steps between dated blocks go up, −1 if down, 0 if that can't be said."""
    steps = [(b > a) - (b < a) for a, b in pairwise(dates)]
    return (sum(steps) > 0) - (sum(steps) < 0)


def _date_runs(blocks: list[_Block], direction: int) -> None:
    """Date each run of undated blocks from both sides, where both sides say the same."""
    start = 0
    for undated, run in groupby(list(blocks), key=lambda block: block.date is None):
        members = list(run)
        end = start + len(members)
        if undated:
            left = blocks[start - 1].date if start else None
            right = blocks[end].date if end < len(blocks) else None
            for block, date in zip(
                members, _run_dates(members, left, right, direction), strict=True
            ):
                block.date = date
        start = end


def _run_dates(
    run: Sequence[_Block], left: int | None, right: int | None, direction: int
) -> Sequence[int | None]:
    """Return the dates of a run between its dated neighbours; at an edge one neighbour decides."""
    months = [block.month for block in run]
    from_left = None if left is None else _walk(months, left, direction)
    from_right = None if right is None else _walk(months[::-1], right, -direction)[::-1]
    if from_left is None or from_right is None:
        return from_left or from_right or [None] * len(run)
    # Each walk keeps strictly beyond its own side; agreeing, they stay between both.
    return from_left if from_left == from_right else [None] * len(run)


def _walk(months: Sequence[int], start: int, direction: int) -> list[int]:
    """Return the nearest dates with these months, each strictly beyond the one before."""
    dates = []
    for month in months:
        steps = (direction * (month - 1 - start) - 1) % 12 + 1  # 1 to 12
        start += direction * steps
        dates.append(start)
    return dates

"""A carrier's price list put together from what single goods cost to send.

Each good states a weight and a price. Of two prices for one weight the higher counts; a run of
weights at one price is one tier that ends at the heaviest of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.money import UNIT_SCALE, Int64Array, to_decimal
from engine.sources.findings import Findings
from engine.sources.frames import Int32Array
from engine.sources.owner_rows import OPEN_END, UNKNOWN
from engine.sources.price_lists import CARRIER_CURRENCY, PriceList


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Weights and prices of the goods of one file; one value per row.

    mdesi, price: int64, UNKNOWN where there is none; price in 1/10,000 of the major unit. first,
    last: int32, day numbers. row_number: int32, the line of the file.
    """

    file: str
    mdesi: Int64Array
    price: Int64Array
    first: Int32Array
    last: Int32Array
    row_number: Int32Array


def price_lists(files: Sequence[Steps], findings: Findings) -> tuple[PriceList, ...]:
    """Return the price lists of one zone that the files prove, a new one where a row changes."""
    return tuple(listed for steps in files for listed in _lists(steps, findings))


def _lists(steps: Steps, findings: Findings) -> list[PriceList]:
    usable = np.flatnonzero(
        (steps.mdesi != UNKNOWN) & (steps.price != UNKNOWN) & (steps.first <= steps.last)
    )
    after = steps.last[usable].astype(np.int64) + 1
    days = np.unique(np.concatenate((steps.first[usable].astype(np.int64), after)))
    lists = []
    noted: set[int] = set()
    for start, end in zip(days[:-1].tolist(), (days[1:] - 1).tolist(), strict=True):
        rows = usable[(steps.first[usable] <= start) & (steps.last[usable] >= end)]
        if len(rows):
            tier, price = _tiers(steps, rows, noted, findings)
            lists.append(PriceList(tier, price[np.newaxis], start, min(end, OPEN_END), steps.file))
    return lists


def _tiers(
    steps: Steps, rows: Int64Array, noted: set[int], findings: Findings
) -> tuple[Int64Array, Int64Array]:
    """Return the tiers that some rows prove, ascending, and the price of each."""
    order = rows[np.lexsort((rows, steps.price[rows], steps.mdesi[rows]))]
    mdesi, price = steps.mdesi[order], steps.price[order]
    is_highest = np.append(mdesi[1:] != mdesi[:-1], True)
    beaten = np.flatnonzero(~is_highest & np.append(price[1:] != price[:-1], False))
    for at in beaten.tolist():
        if int(mdesi[at]) not in noted:
            noted.add(int(mdesi[at]))
            highest = at + int(np.argmax(is_highest[at:]))
            _note_two_prices(steps, int(order[at]), int(order[highest]), findings)
    tier, highest_price = mdesi[is_highest], price[is_highest]
    ends = np.append(highest_price[1:] != highest_price[:-1], True)
    return tier[ends], highest_price[ends]


def _note_two_prices(steps: Steps, row: int, other: int, findings: Findings) -> None:
    weight = to_decimal(int(steps.mdesi[row]), 3).normalize()
    findings.add(
        "DUPLICATE_CONFLICT",
        file=steps.file,
        row=int(steps.row_number[row]),
        value=_money(steps.price[row]),
        what=f"is another price for {weight:f} kg than the {_money(steps.price[other])} of row "
        f"{steps.row_number[other]}",
        expected="one carrier price for each weight",
        action="the higher price is used",
    )


def _money(price: int) -> str:
    return f"{to_decimal(int(price), UNIT_SCALE).normalize():f} {CARRIER_CURRENCY}"

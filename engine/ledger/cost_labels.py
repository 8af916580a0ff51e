"""How the unit cost of a line was found: which rows answered, of which month, of which region.

One label is match / time / region, as `prefix/earlier_month/asked`, or `missing`.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from engine.sources.frames import BoolArray, Int8Array


class CostMatch(IntEnum):
    """Whose rows answered; the earlier ones are asked first."""

    MISSING = 0
    OVERRIDE = 1  # what sku_map.csv says
    DIRECT = 2  # the SKU's own rows
    PREFIX = 3  # those of the SKU without its prefix
    PARENT = 4  # those of its cost code
    SIBLING = 5  # those of other SKUs of its listing, or of the SKU in another colour


class CostTime(IntEnum):
    """Of which month the cost is, seen from the month of the order."""

    SAME_MONTH = 0
    EARLIER_MONTH = 1
    LATER_MONTH = 2


ASKED, OTHER = 0, 1  # the region of the destination, or another one
_TIMES, _PLACES = len(CostTime), 2

LABELS = (
    "missing",
    *(
        f"{match.name.lower()}/{time.name.lower()}/{place}"
        for match in list(CostMatch)[1:]
        for time in CostTime
        for place in ("asked", "other_region")
    ),
)


def label_codes(match: Int8Array, time: Int8Array, is_other: BoolArray) -> Int8Array:
    """Return the place of each label in LABELS."""
    code = 1 + ((match.astype(np.int64) - 1) * _TIMES + time) * _PLACES + is_other
    return np.where(match == CostMatch.MISSING, 0, code).astype(np.int8)


def is_measured(match: Int8Array, time: Int8Array, is_other: BoolArray) -> BoolArray:
    """Tell which answers are the SKU's own cost of the order's month or one before (M36)."""
    own = (match >= CostMatch.OVERRIDE) & (match <= CostMatch.PREFIX)
    return np.asarray(own & (time != CostTime.LATER_MONTH) & ~is_other)


_WHOSE = {
    CostMatch.OVERRIDE: "stated for the SKU",
    CostMatch.DIRECT: "its own",
    CostMatch.PREFIX: "its own, under a prefix",
    CostMatch.PARENT: "of its cost code",
    CostMatch.SIBLING: "of a SKU like it",
}
_WHEN = {
    CostTime.SAME_MONTH: "of that month",
    CostTime.EARLIER_MONTH: "of an earlier month",
    CostTime.LATER_MONTH: "of a later month",
}


def in_words(label: str, region: str) -> str:
    """Return a label for people: `its own, of an earlier month, for EU`; region: of the row."""
    if label == LABELS[0]:
        return "nobody's"
    match, time, place = label.split("/")
    words = [_WHOSE[CostMatch[match.upper()]], _WHEN[CostTime[time.upper()]]]
    return ", ".join([*words, *([f"for {region}"] if place == "other_region" else [])])

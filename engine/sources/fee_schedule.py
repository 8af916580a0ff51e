"""The marketplace's fee rates: one row = one kind of fee of a shop's country, and its days.

A row with neither a rate nor a fixed amount says that the fee is not known, which is not the same
as no fee. What the fees of an order are is not computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.sources.countries import countries
from engine.sources.frames import BoolArray, Int32Array
from engine.sources.owner_rows import OPEN_END, OPEN_START

ANY, DOMESTIC, OTHER = "any", "domestic", "other"  # buyers that are not a list of countries
EVERYWHERE, EURO = "*", "EURO"  # shop countries that are not a code
NO_ROW = -1
# Fee kind → what its rate is taken of, where a row does not say so.
FEE_KINDS = {
    "listing": "unit",
    "transaction": "order",
    "processing": "order+tax",
    "regulatory": "order",
    "offsite_ads": "order",
    "offsite_ads_reduced": "order",
    "currency_conversion": "order",
    "vat_on_fees": "fees",
    "share_and_save": "order",
    "shop_setup": "once",
    "etsy_plus": "month",
    "deposit": "deposit",
}


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One row of the schedule.

    country: of the shop: a two-letter code, EURO or EVERYWHERE. buyer: ANY, DOMESTIC, OTHER, or
    '' for the codes in `buyer_countries`. ppm: rate in parts per million, None = not stated. fixed:
    per unit of the base; cap: the largest fee; below: only if the base is under it; all in 1/10,000
    of the major unit of `currency`, None = not stated. base: parts of an order (`items`,
    `shipping`, `gift_wrap`, `tax`), or one of `unit`, `deposit`, `month`, `once`, `fees`. credit:
    what a refund gives back: `rate`, `all`, `none`, or '' for the kind's own rule. first, last: day
    numbers. is_active: False for a row that is only evidence, as its first day is not known.
    """

    country: str
    kind: str
    base: frozenset[str]
    buyer: str = ANY
    buyer_countries: frozenset[str] = frozenset()
    ppm: int | None = None
    fixed: int | None = None
    currency: str = ""
    cap: int | None = None
    below: int | None = None
    credit: str = ""
    first: int = OPEN_START
    last: int = OPEN_END
    is_active: bool = True
    source: str = ""
    confidence: str = ""
    row_number: int = 0

    @property
    def is_unknown(self) -> bool:
        """Whether the fee exists but its amount is not known."""
        return self.ppm is None and self.fixed is None

    @property
    def rank(self) -> tuple[int, int]:
        """How special the row is, the most special first: by the shop's country, then the buyer."""
        by_country = {EVERYWHERE: 2, EURO: 1}.get(self.country, 0)
        return by_country, ("", DOMESTIC, OTHER, ANY).index(self.buyer)

    def is_for_shop(self, country: str | None) -> bool:
        """Tell whether the row may hold for a shop in this country, None = unknown."""
        if self.country == EURO:
            return country is not None and countries()[country].euro_area
        return self.country in (EVERYWHERE, country)

    def is_for_buyer(self, country: str | None, shop_country: str | None) -> bool:
        """Tell whether the row may hold for a buyer in this country, None = unknown."""
        if self.buyer == ANY:
            return True
        if country is None:
            return False
        if self.buyer == DOMESTIC:
            return country == shop_country
        return self.buyer == OTHER or country in self.buyer_countries


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """All rows of a schedule, in the order of its file; `file` is its name.

    is_free: the owner's file has a header and not one row, which says that there are no such fees.
    A file with rows of which none holds for the shop says that its fees are not known.
    """

    rows: tuple[FeeRow, ...]
    file: str
    is_free: bool = False

    def rows_for(
        self,
        shop_country: str | None,
        kind: str,
        countries: Sequence[str],
        buyer: Int32Array,
        day: Int32Array,
    ) -> Int32Array:
        """Return the row in force for each order, an index into `rows`, NO_ROW where none is.

        buyer: int32[n], indexes the two-letter codes `countries`, −1 = unknown. day: int32[n], the
        order's local day. The most special country wins, then the most special buyer.
        """
        found = np.full(len(day), NO_ROW, np.int32)
        for number in self._candidates(shop_country, kind):
            row = self.rows[number]
            fits = [row.is_for_buyer(country, shop_country) for country in (*countries, None)]
            holds = np.array(fits, np.bool_)[buyer] & (day >= row.first) & (day <= row.last)
            found[holds & (found == NO_ROW)] = number
        return found

    def unknown(self, rows: Int32Array) -> BoolArray:
        """Tell for rows as `rows_for` gives them which state no amount; NO_ROW does not."""
        return np.array([row.is_unknown for row in self.rows] + [False], np.bool_)[rows]

    def _candidates(self, shop_country: str | None, kind: str) -> list[int]:
        """Return the rows that may hold for a kind of fee of a shop, the most special first."""
        found = [
            number
            for number, row in enumerate(self.rows)
            if row.kind == kind and row.is_active and row.is_for_shop(shop_country)
        ]
        return sorted(found, key=lambda number: self.rows[number].rank)

"""The headers of a cost sheet: which column holds the unit costs of which region and month.

People write `US MAYIS 2025`, `EU 2024 Nisan`, `AU Ocak 25` or `us-2025-04`. A header is read word
by word; a column is a price column only if every word is understood and one of them is a month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count

from engine.sources.cost_regions import REGION_WORDS
from engine.sources.currencies import currencies_of
from engine.sources.folding import fold

_TURKISH = "ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik"
_ENGLISH = "january february march april may june july august september october november december"
MONTH_WORDS: dict[str, int] = {
    spelling: month
    for names in (_TURKISH, _ENGLISH)
    for month, name in zip(count(1), names.split(), strict=False)
    for spelling in (name, name[:3])
}
_NOISE = frozenset("calisma fiyat maliyet cost price".split())
# Only these, since other codes are words too: ALL, TOP, CUP.
_CURRENCY_WORDS = frozenset("usd eur gbp try tl cad aud".split())
_WORD = re.compile(r"\d+|[^\W\d_]+|[^\s\w./'()-]")
_FIRST_OF_MONTH = re.compile(r"(\d{4}-\d{2})-01")
_YEARS = range(1990, 2100)

ALL_REGIONS = -1


@dataclass(frozen=True, slots=True)
class PriceHeader:
    """What a price column's header says.

    region: index into REGIONS, or ALL_REGIONS. year: None if the header has none; it may then
    follow from the neighbours. currencies: what a sign or code in the header may stand for.
    """

    region: int
    month: int
    year: int | None
    currencies: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def read_price_header(text: str) -> PriceHeader | None:
    """Return what a header says, or None if it is not that of a price column.

    Exactly one month, at most one region and one year; any word that is none of these, no currency
    and no filler makes it another kind of column.
    """
    # A spreadsheet turns a typed "May 2025" into the first day of that month.
    folded = _FIRST_OF_MONTH.sub(r"\1", fold(text))
    words = [word for word in _words(folded) if word not in _NOISE]
    has_month_word = any(word in MONTH_WORDS for word in words)
    months, years, regions = [], [], []
    currencies: list[frozenset[str]] = []
    for place, word in enumerate(words):
        if word in MONTH_WORDS:
            months.append(MONTH_WORDS[word])
        elif word in REGION_WORDS:
            regions.append(REGION_WORDS[word])
        elif (year := _year(word, has_month_word)) is not None:
            years.append(year)
        elif not has_month_word and (month := _month_number(words, place)) is not None:
            months.append(month)
        elif currency := _currency(word):
            currencies.append(currency)
        else:
            return None
    if len(months) != 1 or len(years) > 1 or len(regions) > 1:
        return None
    marks = frozenset.intersection(*currencies) if currencies else frozenset[str]()
    if currencies and not marks:
        return None
    region = regions[0] if regions else ALL_REGIONS
    return PriceHeader(region, months[0], years[0] if years else None, marks)


def holds_month(text: str) -> bool:
    """Tell whether a header that is no price column has the name of a month in it all the same."""
    return any(word in MONTH_WORDS for word in _words(fold(text)))


def has_price_column(header: Sequence[str]) -> bool:
    """Tell whether a row of headers has at least one price column."""
    return any(read_price_header(cell) is not None for cell in header)


def _words(folded: str) -> Iterator[str]:
    """Yield the words, numbers and signs; letters and digits that touch are split."""
    return iter(_WORD.findall(folded.replace("_", " ")))


def _currency(word: str) -> frozenset[str]:
    """Return what a currency's code or sign in a header may stand for, nothing if it is none."""
    is_mark = word in _CURRENCY_WORDS or not word.isalnum()
    return currencies_of(word) if is_mark else frozenset()


def _year(word: str, has_month_word: bool) -> int | None:
    """Return the year that a number states: four digits, or two beside the name of a month."""
    if not (word.isascii() and word.isdigit()):
        return None
    if len(word) == 4 and int(word) in _YEARS:
        return int(word)
    return 2000 + int(word) if len(word) == 2 and has_month_word else None


def _month_number(words: Sequence[str], place: int) -> int | None:
    """Return the month 1 to 12 that a number states; it must stand beside a four-digit year."""
    word = words[place]
    if not (word.isascii() and word.isdigit() and len(word) <= 2 and 1 <= int(word) <= 12):
        return None
    beside = (*words[max(place - 1, 0) : place], *words[place + 1 : place + 2])
    return int(word) if any(_year(other, False) is not None for other in beside) else None

"""Notes beside a weight: another weight for all destinations but those of a list.

They are Turkish sentences of one form. One in other words is not guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from engine.sources.countries import countries, find_country
from engine.sources.folding import fold
from engine.sources.landing.file_rows import Problem
from engine.sources.numbers import NotANumberError, NumberStyle, read_number
from engine.sources.owner_rows import NumberKind

DESI = NumberKind(3, "kilograms above 0 and up to 100, such as 0.75", 100, above_zero=True)
EXPECTED_NOTE = 'a note such as "Avrupa ülkeleri hariç diğer ülkelerde 2,5 desi"'
_NOTE = re.compile(r"(?P<places>.+?) haric diger ulkelerde (?P<desi>\d+(?:[.,]\d+)?) ?desi\.?")


@dataclass(frozen=True, slots=True)
class RegionalNote:
    """A weight for all destinations but some, given by their two-letter codes."""

    not_in: frozenset[str]
    mdesi: int


def read_note(text: str, style: NumberStyle) -> RegionalNote | None:
    """Return what a note says, None if it is not understood; `style`: how its file writes numbers.

    `Avrupa ülkeleri, CA ve Kore hariç diğer ülkelerde 2,5 desi`: items are Europe, codes and names.
    """
    match = _NOTE.fullmatch(fold(text))
    if match is None:
        return None
    places, mdesi = _places(match["places"]), _note_mdesi(match["desi"], style)
    return None if not places or mdesi is None else RegionalNote(places, mdesi)


def _note_mdesi(text: str, style: NumberStyle) -> int | None:
    try:
        number = read_number(text, style)
    except NotANumberError:
        return None
    exact = DESI.exact(text, number or Decimal(0))
    return None if isinstance(exact, Problem) else int(exact)


def _places(text: str) -> frozenset[str] | None:
    """Return the countries that a list in words names, None if an item is not understood."""
    items = [_joined_places(item) for item in text.split(",")]
    return None if None in items else frozenset(c for item in items for c in item or ())


@lru_cache(maxsize=4096)
def _joined_places(text: str) -> frozenset[str] | None:
    """Return the countries of items joined by `ve`, which names have too: Bosna ve Hersek."""
    text = re.sub(r" (?:ulkesi|ulkeleri)$", "", text.strip())
    if text == "avrupa":
        return _europe()
    if country := find_country(text):
        return frozenset((country,))
    for joint in re.finditer(" ve ", text):
        left, right = _joined_places(text[: joint.start()]), _joined_places(text[joint.end() :])
        if left and right:
            return left | right
    return None


def _europe() -> frozenset[str]:
    # Cyprus is the one country of the euro area that the continents put elsewhere.
    known = countries()
    return frozenset(c for c, country in known.items() if country.continent == "Europe") | {"CY"}

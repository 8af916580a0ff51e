"""Who buys and where the parcel goes: one row = one order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demo.countries import COUNTRIES, SPELLINGS, UNKNOWN_COUNTRY
from engine.demo.draws import BoolArray, Draws
from engine.money import Int64Array

GUEST_PPM = 40_000
_REPEAT_PPM = 250_000
_SPELLED_PPM = 20_000
_BUYER_IDS = 710_000_003
_UNIFORM_BITS = 31
NOWHERE = -1  # index of a country that is missing or that nobody knows


@dataclass(frozen=True, slots=True)
class Buyers:
    """`country` is an index into COUNTRIES; `written` codes the country as received."""

    buyer_id: Int64Array
    is_guest: BoolArray
    country: Int64Array
    written: Int64Array
    texts: tuple[str, ...]


def draw_buyers(count: int, roles: dict[str, int], draws: Draws) -> Buyers:
    """Return the buyer and destination of each order, in time order.

    A quarter of the orders come from somebody who has ordered before, mostly not long ago.
    """
    is_guest = draws.chance(GUEST_PPM, count)
    returns = draws.chance(_REPEAT_PPM, count) & ~is_guest
    is_guest[roles["shared_parcel_first"]] = is_guest[roles["shared_parcel_second"]] = False
    is_new = ~returns & ~is_guest
    known: Int64Array = np.cumsum(is_new) - is_new  # buyers before this order
    is_new |= returns & (known == 0)
    known = np.cumsum(is_new) - is_new
    uniform = draws.below(2**_UNIFORM_BITS, count)
    back = ((uniform * uniform) >> _UNIFORM_BITS) * known >> _UNIFORM_BITS
    person = np.where(is_new, known, known - 1 - back)
    person[roles["shared_parcel_second"]] = person[roles["shared_parcel_first"]]
    home = draws.weighted([country.weight for country in COUNTRIES], count)
    country = np.where(is_guest, draws.shuffled(count), np.maximum(person, 0))
    country = home[country]
    for role, place in _destinations().items():
        country[roles[role]] = place
    written, texts = _written(country, roles, draws)
    buyer_id = np.where(is_guest, 0, _BUYER_IDS + 7 * person)
    return Buyers(buyer_id, is_guest, country, written, texts)


def _destinations() -> dict[str, int]:
    codes = [country.code for country in COUNTRIES]
    united_states, germany = codes.index("US"), codes.index("DE")
    return {
        "country_atlantis": NOWHERE,
        "country_missing": NOWHERE,
        "country_namibia": codes.index("NA"),
        "tax_only_in_total": united_states,
        "refund_of_tax_alone": united_states,
        "refund_above_revenue": united_states,
        "refund_of_one_line": united_states,
        "gift_wrap": germany,
        "zero_total": germany,
    }


def _written(
    country: Int64Array, roles: dict[str, int], draws: Draws
) -> tuple[Int64Array, tuple[str, ...]]:
    texts = [country.code for country in COUNTRIES]
    written = country.copy()
    is_spelled = draws.chance(_SPELLED_PPM, len(country))
    turn = draws.below(60, len(country))  # 60 is a multiple of every number of forms
    for code, forms in SPELLINGS.items():
        base = len(texts)
        place = texts.index(code)
        texts.extend(forms)
        own = is_spelled & (country == place)
        written[own] = base + turn[own] % len(forms)
    texts.append(UNKNOWN_COUNTRY)
    written[roles["country_atlantis"]] = len(texts) - 1
    return written, tuple(texts)

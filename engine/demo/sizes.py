"""How much demo shop is asked for: the size presets, the span of days and the shops.

A plan is everything that the generator may depend on. Two equal plans give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import UsageError, did_you_mean

DEFAULT_END = date(2026, 10, 31)
_EARLIEST_END, _LATEST_END = date(2010, 1, 1), date(2099, 12, 31)
_FEWEST_ORDERS, _MOST_ORDERS = 300, 20_000_000
_LARGEST_SEED = 2**32 - 1
SECOND_DIGITS = 2  # decimals of every second currency below


@dataclass(frozen=True, slots=True)
class Size:
    """One preset. `facts` is the grain of advertising and visit rows."""

    name: str
    years: int
    orders: int
    listings: int
    skus: int
    facts: str
    ledger_months: int  # so many months of payment ledger: fees measured; later ones are estimated


SIZES = {
    size.name: size
    for size in (
        Size("demo", 3, 12_000, 120, 500, "monthly", 18),
        Size("S", 5, 50_000, 300, 1_200, "weekly", 12),
        Size("M", 5, 500_000, 2_000, 8_000, "weekly", 12),
        Size("L", 5, 5_000_000, 2_000, 8_000, "daily", 12),
    )
}


@dataclass(frozen=True, slots=True)
class ShopPlan:
    """One shop to make. Amounts are in minor units of `currency`."""

    shop_id: int
    name: str
    time_zone: str
    country: str
    currency: str
    divisor: int  # minor units of the currency in one of it
    second_currency: str  # of a few orders; it has SECOND_DIGITS decimals
    account_currency: str  # of the payment account; it has two decimals
    orders: int
    listings: int
    has_ledger: bool

    def price(self, cents: int) -> int:
        """Return an amount of the price list, in US cents, in minor units of this shop."""
        return cents if self.divisor == 100 else cents * 3 // 20 * 10


# Zone and country of the shops from the third on: small ones, to have several.
_LATER_SHOPS = (("Europe/Berlin", "DE"), ("America/Los_Angeles", "US"), ("Asia/Tokyo", "JP"))


@dataclass(frozen=True, slots=True)
class Plan:
    """What to generate: days from `first` to `last`, both local and included."""

    size: Size
    seed: int
    first: date
    last: date
    shops: tuple[ShopPlan, ...]


def make_plan(
    size: str = "demo",
    *,
    seed: int = 1,
    end: date = DEFAULT_END,
    orders: int | None = None,
    shops: int = 1,
) -> Plan:
    """Return the plan of a demo shop.

    `orders` replaces the preset's number. Raises UsageError for an unknown size and for values out
    of range.
    """
    if size not in SIZES:
        raise UsageError(
            f"There is no size {size!r}; expected one of {', '.join(SIZES)}.",
            hint=did_you_mean(size, SIZES),
        )
    preset = SIZES[size]
    wanted = preset.orders if orders is None else orders
    _check("the number of orders", wanted, _FEWEST_ORDERS, _MOST_ORDERS)
    _check("the seed", seed, 0, _LARGEST_SEED)
    _check("the number of shops", shops, 1, 2 + len(_LATER_SHOPS))
    if not _EARLIEST_END <= end <= _LATEST_END:
        raise UsageError(
            f"The last day {end} is out of range; expected {_EARLIEST_END} to {_LATEST_END}."
        )
    is_leap_end = (end.month, end.day) == (2, 29)
    before = date(end.year - preset.years, end.month, 28 if is_leap_end else end.day)
    first = _main_shop(wanted, preset.listings)
    second = _second_shop(max(_FEWEST_ORDERS, wanted // 20))
    later = [_later_shop(number, second.orders) for number in range(3, shops + 1)]
    return Plan(preset, seed, before + timedelta(days=1), end, (first, second, *later)[:shops])


def _check(what: str, value: int, lowest: int, highest: int) -> None:
    if not lowest <= value <= highest:
        raise UsageError(f"{what[0].upper()}{what[1:]} is {value}; expected {lowest} to {highest}.")


def _main_shop(orders: int, listings: int) -> ShopPlan:
    return ShopPlan(
        shop_id=1,
        name="Tuftmoor Felt",
        time_zone="Europe/Istanbul",
        country="TR",
        currency="USD",
        divisor=100,
        second_currency="EUR",
        account_currency="TRY",
        orders=orders,
        listings=listings,
        has_ledger=True,
    )


def _second_shop(orders: int) -> ShopPlan:
    return ShopPlan(
        shop_id=2,
        name="Tuftmoor Felt East",
        time_zone="America/New_York",
        country="US",
        currency="JPY",
        divisor=1,
        second_currency="USD",
        account_currency="JPY",
        orders=orders,
        listings=30,
        has_ledger=False,
    )


def _later_shop(number: int, orders: int) -> ShopPlan:
    time_zone, country = _LATER_SHOPS[number - 3]
    return ShopPlan(
        shop_id=number,
        name=f"Tuftmoor Felt {number}",
        time_zone=time_zone,
        country=country,
        currency="USD",
        divisor=100,
        account_currency="USD",
        second_currency="EUR",
        orders=orders,
        listings=30,
        has_ledger=False,
    )

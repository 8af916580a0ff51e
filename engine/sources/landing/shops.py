"""Which shop an import belongs to, and making the shop that is not there yet.

A time zone is never guessed: every day figure depends on it. The demo shop never stands in for a
shop that was not named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.database.write import Connection
from engine.errors import (
    SettingError,
    ShopCurrencyError,
    UnknownShopError,
    UsageError,
    did_you_mean,
)
from engine.local_time import open_zone
from engine.money import currency_digits
from engine.sources.countries import find_country
from engine.sources.currencies import CURRENCY_CODES


@dataclass(frozen=True, slots=True)
class ShopWish:
    """What was said about the shop; '' where nothing was said."""

    name: str = ""
    time_zone: str = ""
    currency: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class ImportShop:
    """The shop that a file lands in; `is_new`: it has no row yet."""

    shop_id: int
    name: str
    time_zone: str
    currency: str
    country: str | None
    buyer_salt: str
    is_demo: bool = False
    is_new: bool = False


def read_shops(connection: Connection) -> list[ImportShop]:
    """Read all shops, ascending by id."""
    found = connection.execute(
        "SELECT shop_id, name, time_zone, currency, country, buyer_salt, is_demo "
        "FROM shops ORDER BY shop_id"
    ).fetchall()
    return [ImportShop(*row) for row in found]


def choose_shop(
    known: Sequence[ImportShop], asked: ShopWish, defaults: ShopWish, new_salt: str
) -> ImportShop:
    """Return the shop that is meant, or a new one with the next id.

    `asked`: the options of the call; `defaults`: the settings, which only fill in. Raises
    UnknownShopError where no shop or no single one is meant, UsageError for a contradiction or a
    value that does not exist, ShopCurrencyError for a currency with three decimals.
    """
    name = asked.name or defaults.name
    named = [shop for shop in known if name in (shop.name, str(shop.shop_id))]
    own = [shop for shop in known if not shop.is_demo]
    if name and named:
        return _agreeing(named[0], asked)
    if not name and len(own) == 1:
        return _agreeing(own[0], asked)
    listed = ", ".join(f"{shop.shop_id} {shop.name}" for shop in known)
    if not name and own:
        raise UnknownShopError(
            f"There are several shops: {listed}.", hint="Say which one with --shop."
        )
    wish = ShopWish(
        name,
        asked.time_zone or defaults.time_zone,
        asked.currency or defaults.currency,
        asked.country or defaults.country,
    )
    missing = [
        option
        for option, value in (
            ("--shop", wish.name),
            ("--time-zone", wish.time_zone),
            ("--currency", wish.currency),
        )
        if not value
    ]
    if missing and own:
        raise UnknownShopError(
            f"There is no shop {name!r}; there are: {listed}.",
            hint=did_you_mean(name, [shop.name for shop in known])
            or f"To make it, give {' and '.join(missing)} too.",
        )
    if missing:
        raise UsageError(
            f"There is no shop yet, and {', '.join(missing)} is missing.",
            hint='For example: --shop "My shop" --time-zone Europe/Istanbul --currency USD',
        )
    return _new_shop(wish, max((shop.shop_id for shop in known), default=0) + 1, new_salt)


def insert_shop(connection: Connection, shop: ImportShop) -> None:
    """Write the row of a new shop."""
    connection.execute(
        "INSERT INTO shops (shop_id, name, time_zone, currency, country, buyer_salt, updated_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, CURRENT_TIMESTAMP)",
        (
            shop.shop_id,
            shop.name,
            shop.time_zone,
            shop.currency,
            shop.country,
            shop.buyer_salt,
        ),
    )


def _agreeing(shop: ImportShop, asked: ShopWish) -> ImportShop:
    """Return the shop, unless the call contradicts what it is."""
    for option, said, kept in (
        ("--time-zone", asked.time_zone, shop.time_zone),
        ("--currency", asked.currency.upper(), shop.currency),
    ):
        if said and said != kept:
            raise UsageError(
                f"{option} says {said}, but the shop {shop.name} is kept in {kept}.",
                hint=f"Leave {option} out, or name another shop with --shop.",
            )
    return shop


def _new_shop(wish: ShopWish, shop_id: int, salt: str) -> ImportShop:
    currency = wish.currency.upper()
    if currency not in CURRENCY_CODES:
        raise UsageError(
            f"{wish.currency!r} is not a currency; expected an ISO 4217 code such as USD."
        )
    if currency_digits(currency) > 2:
        raise ShopCurrencyError(
            f"A shop can't be kept in {currency}, which has three decimals; reports hold two.",
            hint="Keep the shop in a currency with at most two decimals.",
        )
    try:
        open_zone(wish.time_zone)
    except SettingError as error:
        raise UsageError(error.message) from error
    country = find_country(wish.country)
    if wish.country and country is None:
        raise UsageError(f"{wish.country!r} is not a country; expected an ISO code such as TR.")
    return ImportShop(shop_id, wish.name, wish.time_zone, currency, country, salt, is_new=True)

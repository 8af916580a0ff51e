import pytest

from engine.errors import ShopCurrencyError, UnknownShopError, UsageError
from engine.sources.landing.shops import ImportShop, ShopWish, choose_shop

FELT = ImportShop(1, "Felt", "Europe/Berlin", "USD", None, "a")
WOOD = ImportShop(4, "Wood", "Europe/London", "GBP", None, "b")
DEMO = ImportShop(2, "Demo", "Europe/Istanbul", "USD", None, "c", is_demo=True)
NOTHING = ShopWish()
NEW = ShopWish("Clay", "Europe/Paris", "eur", "france")


def test_the_only_shop_of_ones_own_is_meant_without_a_name() -> None:
    assert choose_shop([FELT, DEMO], NOTHING, NOTHING, "salt") is FELT


def test_the_demo_shop_is_only_meant_by_name() -> None:
    assert choose_shop([FELT, DEMO], ShopWish("Demo"), NOTHING, "salt") is DEMO
    with pytest.raises(UsageError, match="There is no shop yet, and --shop, --time-zone, --curr"):
        choose_shop([DEMO], NOTHING, NOTHING, "salt")


@pytest.mark.parametrize("name", ["Wood", "4"])
def test_a_shop_is_named_by_name_or_id(name: str) -> None:
    assert choose_shop([FELT, WOOD], ShopWish(name), NOTHING, "salt") is WOOD


def test_a_new_shop_has_the_next_id_and_what_was_said() -> None:
    assert choose_shop([FELT, WOOD], NEW, NOTHING, "salt") == ImportShop(
        5, "Clay", "Europe/Paris", "EUR", "FR", "salt", is_new=True
    )
    assert choose_shop([], NEW, NOTHING, "salt").shop_id == 1


def test_settings_fill_in_what_the_call_leaves_out() -> None:
    shop = choose_shop([], ShopWish("Clay"), NEW, "salt")
    assert (shop.name, shop.time_zone, shop.currency) == ("Clay", "Europe/Paris", "EUR")


def test_settings_do_not_contradict_a_shop_that_is_there() -> None:
    assert choose_shop([FELT], NOTHING, ShopWish("", "Europe/Paris", "EUR"), "salt") is FELT


def test_a_misspelled_shop_is_not_made_by_accident() -> None:
    with pytest.raises(UnknownShopError, match="There is no shop 'Woood'; there are: 1 Felt, 4 W"):
        choose_shop([FELT, WOOD], ShopWish("Woood"), NOTHING, "salt")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (ShopWish("Felt", currency="EUR"), "--currency says EUR, but the shop Felt is kept in USD"),
        (ShopWish("Felt", "Asia/Tokyo"), "--time-zone says Asia/Tokyo, but the shop Felt is kept"),
    ],
)
def test_a_call_must_not_contradict_its_shop(asked: ShopWish, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        choose_shop([FELT], asked, NOTHING, "salt")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (ShopWish("Clay", "Mars/Base", "EUR"), "'Mars/Base' is not a time zone"),
        (ShopWish("Clay", "Europe/Paris", "Euro"), "'Euro' is not a currency"),
        (ShopWish("Clay", "Europe/Paris", "EUR", "Atlantis"), "'Atlantis' is not a country"),
    ],
)
def test_a_new_shop_is_made_of_what_exists(asked: ShopWish, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        choose_shop([], asked, NOTHING, "salt")


def test_a_shop_is_not_kept_in_a_currency_with_three_decimals() -> None:
    with pytest.raises(ShopCurrencyError, match="A shop can't be kept in KWD, which has three dec"):
        choose_shop([], ShopWish("Clay", "Asia/Kuwait", "KWD"), NOTHING, "salt")

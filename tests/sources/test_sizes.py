"""Size and colour words of SKUs: what may never stand in for something of another size."""

import pytest

from engine.sources.sizes import size_of, without_colour


@pytest.mark.parametrize(
    ("sku", "size"),
    [
        ("FELT-SLEEVE-13IN-GREY", "13in"),
        ("FELT-SLEEVE-13INCH-GREY", "13in"),
        ('FELT SLEEVE 13"', "13in"),
        ("FELT-SLEEVE-13-IN", "13in"),
        ("FELT_SLEEVE_13.5in", "13.5in"),
        ("FELT-TOTE-L-BLACK", "l"),
        ("FELT-TOTE-2XL", "xxl"),
        ("FELT-TOTE-XXL", "xxl"),
        ("FELT-RUG-60CM", "60cm"),
        ("FELT-BOARD-40X60-BLACK", "40x60"),
        ("FELT-BOARD-40×60CM", "40x60cm"),
        ("KEÇE/KÜÇÜK.GRİ", "kucuk"),
        ("FELT-ORGANISER-MIDI-GREY", "midi"),
        ("FELT-SLIPPER-38-BLACK", "38"),
        ("FELT-SLIPPER-38", "38"),
        ("FELT-7301-M", "m"),
        ("SET-500ML-LARGE", "500ml large"),
        ("LARGE-SET-500ML", "500ml large"),
        ("FELT-33-GREY", ""),
        ("FELT-49-GREY", ""),
        ("FELT-38-100", ""),
        ("FELT-SLEEVE-GREY", ""),
        ("7301", ""),
        ("", ""),
    ],
)
def test_the_size_of_a_sku(sku: str, size: str) -> None:
    assert size_of(sku) == size


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FELT-SLEEVE-13IN", "FELT-SLEEVE-15IN"),
        ("FELT-SLEEVE-13.5IN", "FELT-SLEEVE-14.5IN"),
        ("FELT-SLEEVE-13 IN", "FELT-SLEEVE-15 IN"),
        ("FELT-TOTE", "FELT-TOTE-S"),
        ("FELT-BOARD-40X60", "FELT-BOARD-40X60CM"),
        ("FELT-SET-S-M", "FELT-SET-S"),
        ("FELT-SET-S-S", "FELT-SET-S"),
        ("FELT-SLIPPER-38", "FELT-SLIPPER-39"),
    ],
)
def test_goods_of_different_sizes_never_have_one_size(one: str, other: str) -> None:
    assert size_of(one) != size_of(other)


@pytest.mark.parametrize(
    ("sku", "rest"),
    [
        ("FELT-TOTE-GREY", "FELT-TOTE"),
        ("FELT-TOTE_Kırmızı", "FELT-TOTE"),
        ("FELT TOTE SİYAH", "FELT TOTE"),
        ("FELT-TOTE-DARK-BLUE", "FELT-TOTE-DARK"),
        ("FELT-GREY-TOTE", None),
        ("FELT-TOTE-GREYISH", None),
        ("GREY", None),
        ("FELT-TOTE", None),
    ],
)
def test_a_colour_comes_off_only_as_the_last_word(sku: str, rest: str | None) -> None:
    assert without_colour(sku) == rest

"""Notes such as `Almanya ve Kanada hariç diğer ülkelerde 2,5 desi`."""

import pytest

from engine.sources.desi_notes import read_note
from engine.sources.numbers import NumberStyle

COMMA = NumberStyle(dot_is_decimal=False, comma_is_decimal=True)


def test_europe_is_the_continent_and_cyprus() -> None:
    note = read_note("Avrupa ülkeleri hariç diğer ülkelerde 2,5 desi", COMMA)
    assert note is not None
    assert note.mdesi == 2500
    assert {"DE", "GB", "CH", "CY", "RU"} <= note.not_in
    assert not {"TR", "US", "GF"} & note.not_in


@pytest.mark.parametrize(
    ("text", "places", "mdesi"),
    [
        ("Almanya, GB ve Kanada hariç diğer ülkelerde 2 desi", "DE GB CA", 2000),
        ("ABD HARİÇ DİĞER ÜLKELERDE 2,125 DESİ", "US", 2125),
        ("Bosna Hersek ve Antigua ve Barbuda hariç diğer ülkelerde 2 desi", "BA AG", 2000),
        ("Kanada ülkesi ve Almanya ülkeleri hariç diğer ülkelerde 2desi.", "CA DE", 2000),
        ("NA hariç diğer ülkelerde 100 desi", "NA", 100_000),
    ],
)
def test_notes_that_are_understood(text: str, places: str, mdesi: int) -> None:
    note = read_note(text, COMMA)
    assert note is not None
    assert (note.not_in, note.mdesi) == (set(places.split()), mdesi)


@pytest.mark.parametrize(
    "text",
    [
        "kutu değişti",
        "Atlantis hariç diğer ülkelerde 2 desi",
        "Almanya ve Atlantis hariç diğer ülkelerde 2 desi",
        "ABD hariç diğer ülkelerde iki desi",
        "ABD, hariç diğer ülkelerde 2 desi",
        "ABD hariç diğer ülkelerde 100,5 desi",
        "ABD hariç diğer ülkelerde 0 desi",
        "ABD hariç diğer ülkelerde 2 desi, sanırım",
        "",
    ],
)
def test_notes_in_other_words_say_nothing(text: str) -> None:
    assert read_note(text, COMMA) is None


def test_a_long_list_with_an_unknown_country_is_read_in_no_time() -> None:
    places = ", ".join(["Almanya"] * 60 + ["Atlantis ve " * 40 + "Almanya"])
    assert read_note(f"{places} hariç diğer ülkelerde 2 desi", COMMA) is None

import hashlib

import pytest

from engine.sources.landing.file_rows import Problem
from engine.sources.landing.ids import buyer_id, made_up_id, own_id, read_id


def test_a_made_up_id_is_minus_one_minus_the_first_62_bits_of_the_identity() -> None:
    digest = hashlib.sha256(b"1\x1forder\x1fA-7").hexdigest()
    bits = bin(int(digest, 16))[2:].zfill(256)[:62]
    assert made_up_id(1, "order", "A-7") == -1 - int(bits, 2)


def test_the_same_text_is_another_id_in_another_shop_and_as_another_thing() -> None:
    ids = {made_up_id(1, "order", "7"), made_up_id(2, "order", "7"), made_up_id(1, "refund", "7")}
    assert len(ids) == 3
    assert max(ids) < 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1001", 1001),
        ("0012", 12),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None),
        ("0", None),
        ("A-7", None),
        ("-5", None),
        ("١٢", None),
    ],
)
def test_only_digits_within_63_bits_are_an_id_of_their_own(text: str, expected: int | None) -> None:
    assert own_id(text) == expected


@pytest.mark.parametrize("text", ["3.12E+09", "3E9", "3,12e+09", "1001.0", "1001,5"])
def test_what_a_spreadsheet_has_rounded_is_damaged(text: str) -> None:
    problem = read_id(text, "order id")
    assert problem == Problem(
        "ID_DAMAGED",
        "was rounded by a spreadsheet",
        "the whole order id; export the file again and don't open it in a spreadsheet",
    )


@pytest.mark.parametrize(
    ("text", "expected"), [("0012", "12"), ("A-7", "A-7"), ("", ""), ("-", ""), ("E12", "E12")]
)
def test_an_id_has_one_spelling(text: str, expected: str) -> None:
    assert read_id(text, "order id") == expected


def test_a_buyer_in_digits_keeps_the_number() -> None:
    assert buyer_id("123456", "salt") == 123456


def test_a_user_name_is_one_buyer_however_it_is_written() -> None:
    assert buyer_id("Ayşe Işık", "salt") == buyer_id("AYSE  ISIK", "salt")
    assert buyer_id("Ayşe Işık", "salt") == made_up_id("user", "salt", "ayse isik")


def test_another_salt_gives_other_buyers() -> None:
    assert buyer_id("anna", "salt") != buyer_id("anna", "pepper")


@pytest.mark.parametrize("text", ["", "-", "--", "0", "N/A"])
def test_a_blank_buyer_is_an_unknown_guest(text: str) -> None:
    assert buyer_id(text, "salt") is None

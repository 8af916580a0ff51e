"""Currency codes and signs in a text."""

import pytest

from engine.sources.currencies import currencies_in, currencies_of, split_currency


@pytest.mark.parametrize(
    ("mark", "currency"),
    [("usd", "USD"), ("₺", "TRY"), ("TL", "TRY"), ("€", "EUR"), ("CA$", "CAD"), ("A$", "AUD")],
)
def test_a_mark_of_one_currency(mark: str, currency: str) -> None:
    assert currencies_of(mark) == {currency}


def test_a_sign_of_several_currencies_may_be_each_of_them() -> None:
    assert {"USD", "CAD", "AUD"} <= currencies_of("$")
    assert currencies_of("kr") == {"SEK", "NOK", "DKK", "ISK"}


def test_a_word_is_no_currency() -> None:
    assert currencies_of("kg") == frozenset()
    assert currencies_in("cost of goods") == frozenset()


def test_marks_of_one_text_must_agree() -> None:
    assert currencies_in("USD 12 ($)") == {"USD"}
    assert currencies_in("12 € or $") == frozenset()


def test_the_mark_is_split_off_the_amount() -> None:
    assert split_currency("-$0.98") == ("-0.98", currencies_of("$"))
    assert split_currency("12.5") == ("12.5", frozenset())
    assert split_currency("12x") == ("12x", frozenset())

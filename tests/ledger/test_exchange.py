from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger.exchange import Exchange, RateSource, RealisedRates
from engine.money import round_div
from engine.sources.rate_files import RATE_SCALE, PairRates, Rates
from tests.shop_builder import a_shop, integers, maybe, texts

DAY = 20_000
SHOP = a_shop()


def table(**pairs: dict[int, int]) -> Rates:
    """Rates in 10⁻⁸ by day; the name of a pair is both codes, as EURUSD."""
    return Rates(
        {
            (pair[:3], pair[3:]): PairRates(
                np.array(sorted(by_day), np.int32),
                integers([by_day[day] for day in sorted(by_day)]),
                np.zeros(len(by_day), np.int32),
            )
            for pair, by_day in pairs.items()
        }
    )


def realised(*rows: tuple[int, int, str, str, int | None]) -> RealisedRates:
    """Payment, order, listing currency, account currency and rate in 10⁻⁸ of each payment."""
    payment, order, source, target, rate = zip(*rows, strict=True)
    return RealisedRates.of_payments(
        integers(list(payment)),
        integers(list(order)),
        texts(list(source)),
        texts(list(target)),
        maybe(list(rate)),
    )


def convert(
    exchange: Exchange, amount: int, currency: str | None, day: int = DAY, order: int = 0
) -> tuple[int, RateSource]:
    found = exchange.minor(
        integers([amount]), texts([currency]), np.array([day], np.int32), integers([order])
    )
    return int(found.minor[0]), RateSource(int(found.source[0]))


def test_an_amount_in_the_shops_currency_needs_no_rate() -> None:
    assert convert(Exchange(SHOP, table()), 1_235_000, "USD") == (124, RateSource.OWN)
    assert convert(Exchange(SHOP, table()), -1_235_000, "USD") == (-124, RateSource.OWN)


def test_divisor_and_rate_are_one_rounding() -> None:
    # 0.9949 EUR at 3 is 2.9847 USD; brought to cents first it would be 0.99, and 2.97.
    exchange = Exchange(SHOP, table(EURUSD={DAY: 3 * RATE_SCALE}))
    assert convert(exchange, 994_900, "EUR") == (298, RateSource.MARKET)


def test_a_missing_rate_is_unknown_and_never_one() -> None:
    exchange = Exchange(SHOP, table(EURGBP={DAY: RATE_SCALE}, GBPUSD={DAY: RATE_SCALE}))
    assert convert(exchange, 5_000_000, "EUR") == (0, RateSource.MISSING)
    assert convert(exchange, 5_000_000, None) == (0, RateSource.MISSING)


def test_a_rate_answers_for_a_week() -> None:
    exchange = Exchange(SHOP, table(EURUSD={DAY - 7: 2 * RATE_SCALE}))
    assert convert(exchange, 5_000_000, "EUR") == (1000, RateSource.MARKET)
    assert convert(exchange, 5_000_000, "EUR", DAY + 1) == (0, RateSource.MISSING)
    assert convert(exchange, 5_000_000, "EUR", DAY - 8) == (0, RateSource.MISSING)


def test_the_payments_own_rate_comes_before_the_table() -> None:
    own = realised((2, 77, "USD", "TRY", 40 * RATE_SCALE), (1, 77, "USD", "TRY", 32 * RATE_SCALE))
    exchange = Exchange(SHOP, table(USDTRY={DAY: 20 * RATE_SCALE}), own)
    # 64 TRY: at the rate of the lowest payment, else at the table's.
    assert convert(exchange, 64_000_000, "TRY", order=77) == (200, RateSource.REALISED)
    assert convert(exchange, 64_000_000, "TRY", order=78) == (320, RateSource.MARKET)


def test_a_payments_rate_needs_no_table() -> None:
    exchange = Exchange(SHOP, table(), realised((1, 77, "EUR", "USD", 2 * RATE_SCALE)))
    assert convert(exchange, 5_000_000, "EUR", order=77) == (1000, RateSource.REALISED)
    assert convert(exchange, 5_000_000, "GBP", order=77) == (0, RateSource.MISSING)


def test_a_payment_without_a_rate_says_nothing() -> None:
    rows = ((1, 77, "EUR", "USD", None), (2, 77, "EUR", "USD", 0), (3, 0, "EUR", "USD", 9))
    assert len(realised(*rows).order_id) == 0


@settings(deadline=None)
@given(
    st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=8),
    st.integers(1, 10**13),
    st.booleans(),
)
def test_conversion_is_exact_at_any_size(amounts: list[int], rate: int, is_inverse: bool) -> None:
    pair = "USDEUR" if is_inverse else "EURUSD"
    exchange = Exchange(SHOP, table(**{pair: {DAY: rate}}))
    count = len(amounts)
    over, under = (RATE_SCALE, rate) if is_inverse else (rate, RATE_SCALE)
    expected = [round_div(amount * over, under * 10**4) for amount in amounts]
    if max(map(abs, expected)) >= 2**62:
        return
    found = exchange.minor(
        integers(amounts),
        texts(["EUR"] * count),
        np.full(count, DAY, np.int32),
        integers([0] * count),
    )
    assert found.minor.tolist() == expected
    assert found.known.all()

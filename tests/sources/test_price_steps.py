"""A price list put together from what single goods cost to send."""

import numpy as np

from engine.sources.findings import Findings
from engine.sources.owner_rows import OPEN_END, OPEN_START, UNKNOWN
from engine.sources.price_lists import PriceList
from engine.sources.price_steps import Steps, price_lists

Good = tuple[int, int] | tuple[int, int, int, int]


def lists(*goods: Good, findings: Findings | None = None) -> list[PriceList]:
    """Goods are (mdesi, price) or (mdesi, price, first day, last day)."""
    rows = [good if len(good) == 4 else (*good, OPEN_START, OPEN_END) for good in goods]
    mdesi, price, first, last = np.array(rows, np.int64).reshape(len(rows), 4).T
    steps = Steps(
        "us_duties.csv",
        mdesi,
        price,
        first.astype(np.int32),
        last.astype(np.int32),
        np.arange(2, len(rows) + 2, dtype=np.int32),
    )
    return list(price_lists([steps], Findings() if findings is None else findings))


def tiers(listed: PriceList) -> list[tuple[int, int]]:
    return list(zip(listed.tier.tolist(), listed.price[0].tolist(), strict=True))


def test_weights_are_sorted_and_a_run_at_one_price_is_one_tier() -> None:
    [listed] = lists((900, 12_0000), (500, 10_0000), (700, 10_0000), (1000, 12_0000), (300, 9_0000))
    assert tiers(listed) == [(300, 90_000), (700, 100_000), (1000, 120_000)]
    assert (listed.first, listed.last) == (OPEN_START, OPEN_END)


def test_of_two_prices_for_one_weight_the_higher_counts_and_is_named_once() -> None:
    findings = Findings()
    [listed] = lists((500, 9_2000), (500, 9_8000), (500, 9_2000), findings=findings)
    assert tiers(listed) == [(500, 98_000)]
    assert [str(f) for f in findings] == [
        'us_duties.csv: row 4: value "9.2 USD" is another price for 0.5 kg than the 9.8 USD of '
        "row 3; expected one carrier price for each weight; the higher price is used"
    ]


def test_goods_without_a_weight_or_price_say_nothing() -> None:
    assert lists((UNKNOWN, 9_0000), (500, UNKNOWN)) == []
    assert lists() == []


def test_a_new_list_begins_where_a_row_begins_or_ends() -> None:
    old, new, later = lists((500, 9_0000, OPEN_START, 9), (500, 9_5000, 10, OPEN_END),
                            (800, 11_0000, 20, OPEN_END))  # fmt: skip
    assert [(listed.first, listed.last) for listed in (old, new, later)] == [
        (OPEN_START, 9), (10, 19), (20, OPEN_END),
    ]  # fmt: skip
    assert [tiers(listed) for listed in (old, new, later)] == [
        [(500, 90_000)],
        [(500, 95_000)],
        [(500, 95_000), (800, 110_000)],
    ]


def test_days_on_which_no_row_holds_have_no_list() -> None:
    assert [(listed.first, listed.last) for listed in lists((500, 1, 0, 4), (500, 1, 8, 9))] == [
        (0, 4),
        (8, 9),
    ]

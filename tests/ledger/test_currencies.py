"""Orders and refunds in other currencies, by hand: a shop in US dollars with a small rate table.

The orders are in cents of their own currency; where it has other decimals a test says so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from engine.errors import ContractError
from engine.ledger.events import build_ledger
from engine.ledger.evidence import keep_evidence
from engine.ledger.exchange import RateSource
from engine.ledger.explain_order import explain_order
from engine.ledger.frames import INCOME, REFUND, EventKind, OrderState
from engine.ledger.reconcile import reconcile
from engine.local_time import local_clock
from engine.periods import day_number
from engine.sources.rate_files import RATE_SCALE, PairRates, Rates
from tests import worked_shop
from tests.ledger.account_builder import booked, fee
from tests.shop_builder import (
    Entry,
    Item,
    Line,
    Order,
    Payment,
    Refund,
    a_shop,
    costs,
    integers,
    tables,
    texts,
)

DAY = datetime(2026, 3, 5, 10, 0)
LATER = datetime(2026, 3, 16, 12, 0)
SHOP = a_shop()


def rates(**pairs: dict[datetime, str]) -> Rates:
    """The name of a pair is both codes, as EURUSD; rates as a file writes them."""
    by_pair = {}
    for pair, by_day in pairs.items():
        days = sorted(by_day)
        values = [round(float(by_day[day]) * RATE_SCALE) for day in days]
        numbers = np.array([day_number(day.date()) for day in days], np.int32)
        by_pair[pair[:3], pair[3:]] = PairRates(
            numbers, integers(values), np.arange(len(days), dtype=np.int32)
        )
    return Rates(by_pair)


TABLE = rates(
    EURUSD={datetime(2026, 3, 4): "1.083", LATER: "1.1"},
    USDGBP={DAY: "0.79"},
    CADUSD={DAY: "0.7"},
    USDJPY={DAY: "150", LATER: "160"},
    KWDUSD={DAY: "3.25", LATER: "3.25"},
)


def build(orders, refunds=(), entries=(), payments=(), table=TABLE, cost_table=None, shop=SHOP):
    files = replace(worked_shop.files(), rates=table)
    if cost_table is not None:
        files = replace(files, costs=cost_table)
    source = tables(shop, orders, refunds, entries=entries, payments=payments)
    return built(source, files)


def built(source, files):
    ledger, facts = build_ledger(source, files, local_clock(source.shop.time_zone))
    reconcile(ledger, facts)
    return ledger, facts


def lines_of(ledger, columns, kind=EventKind.SALE):
    """The amounts of each ledger row of a kind, by line."""
    return {
        int(ledger.line_id[row]): [int(ledger.amounts[name][row]) for name in columns]
        for row in np.flatnonzero(ledger.kind == kind)
    }


def state_of(ledger, order_id):
    return OrderState(int(ledger.orders.state[ledger.orders.order_id == order_id][0]))


def euros(**changes):
    facts = {
        "order_id": 1,
        "at": DAY,
        "lines": [Line(11, "A", 1, 1005), Line(12, "B", 2, 333)],
        "currency": "EUR",
        "discount": 100,
        "shipping": 499,
        "tax": 137,
        "grand_total": 2257,
    }
    return Order(**(facts | changes))


def one_line(order_id, price, currency, at=DAY, **changes):
    return Order(order_id, at, [Line(order_id, "A", 1, price)], currency=currency, **changes)


def test_m16_each_amount_of_an_order_is_converted_once_and_then_split():
    ledger, _ = build([euros()])
    # 16.71, 1.00, 4.99, 1.37 and the unexplained 0.50 at 1.083: 18.10, 1.08, 5.40, 1.48, 0.54.
    assert lines_of(ledger, INCOME) == {
        11: [1089, 65, 325, 0, 89, 0, 32],
        12: [721, 43, 215, 0, 59, 0, 22],
    }


def test_m17_a_refund_is_split_in_its_orders_currency_and_converted_once():
    ledger, _ = build([euros()], [Refund(5, 1, LATER, 1000)])
    # 10.00 EUR: 4.19 1.33 0.36 0.13 and 2.77 0.88 0.25 0.09; then 11.00 USD by these parts.
    assert lines_of(ledger, REFUND, EventKind.REFUND) == {
        11: [461, 146, 0, 40, 0, 14, 0],
        12: [305, 97, 0, 27, 0, 10, 0],
    }


def test_m17_a_refund_in_another_currency_keeps_its_own_total():
    ledger, facts = build([euros()], [Refund(5, 1, LATER, 500, currency="USD")])
    # 5.00 USD are 4.55 EUR of the order, and stay 5.00 USD.
    assert facts.refunds.own_amount.tolist() == [455]
    assert int(ledger.amounts["refund_amount"].sum()) == 500


def test_m17_what_a_refund_says_of_a_line_and_of_tax_is_brought_along():
    item = Item(1083, line_id=12, quantity=1)
    refund = Refund(5, 1, LATER, 1220, tax=110, items=[item], currency="USD")
    ledger, _ = build([euros()], [refund])
    # 11.09 EUR: 1.00 of tax, then 9.85 of line 12, which holds 8.60 still, the rest of line 11.
    # In EUR 1.13 0.36 0.44 0.16 and 6.26 1.99 0.55 0.20; 12.20 USD go by these parts.
    assert lines_of(ledger, (*REFUND, "quantity_returned"), EventKind.REFUND) == {
        11: [124, 40, 0, 48, 0, 18, 0, 0],
        12: [689, 219, 0, 60, 0, 22, 0, 1],
    }


def test_a_full_refund_at_another_rate_returns_every_unit():
    ledger, facts = build([euros()], [Refund(5, 1, LATER, 2257)])
    assert int(ledger.amounts["refund_amount"].sum()) == 2483  # 22.57 at 1.1
    assert int(ledger.amounts["refund_excess"].sum()) == 0
    assert int(ledger.amounts["quantity_returned"].sum()) == 3
    assert facts.back.emptied_order.all()


def test_an_assumed_refund_gives_back_what_was_paid():
    ledger, _ = build([euros(status="fully refunded")])
    paid = int(ledger.amounts["paid"].sum())
    assert int(ledger.amounts["refund_amount"].sum()) == paid == 1810 - 108 + 540 + 148 + 54


def test_the_inverse_of_a_pair_answers_where_there_is_no_pair():
    ledger, _ = build([one_line(1, 1000, "GBP")])
    assert lines_of(ledger, ["value"]) == {1: [1266]}  # 10 ÷ 0.79 = 12.658


def test_a_rate_of_a_week_ago_answers_and_one_of_eight_days_does_not():
    week, eight = DAY + timedelta(days=7), DAY + timedelta(days=8)
    ledger, _ = build([one_line(1, 1000, "CAD", week), one_line(2, 1000, "CAD", eight)])
    assert lines_of(ledger, ["value"]) == {1: [700]}
    assert (state_of(ledger, 1), state_of(ledger, 2)) == (OrderState.COUNTED, OrderState.HELD)


def test_yen_have_no_decimals():
    # 1,234 and 100 yen, of which 617 go back: 8.89 USD at 150, and 3.86 at 160.
    order = Order(1, DAY, [Line(11, "A", 1, 123_400), Line(12, "B", 1, 10_000)], currency="JPY")
    ledger, facts = build([order], [Refund(5, 1, LATER, 61_700)])
    assert lines_of(ledger, ["value"]) == {11: [822], 12: [67]}
    # 1,334 yen are one cell a line: 570.7 and 46.3 yen.
    assert facts.back.own["returns_value"].tolist() == [571, 46]
    assert lines_of(ledger, ["returns_value"], EventKind.REFUND) == {11: [357], 12: [29]}


def test_dinars_have_three_decimals():
    # The builder's cents are fils here: 0.655 and 0.600 KWD, of which 0.333 go back.
    order = Order(1, DAY, [Line(11, "A", 1, 655), Line(12, "B", 1, 600)], currency="KWD")
    source = tables(SHOP, [order], [Refund(5, 1, LATER, 333, currency="KWD")])
    source = replace(
        source,
        lines=replace(source.lines, price=source.lines.price // 10),
        refunds=replace(source.refunds, amount=source.refunds.amount // 10),
    )
    ledger, facts = built(source, replace(worked_shop.files(), rates=TABLE))
    # 1.255 KWD at 3.25 are 4.08 USD; 0.333 are 1.08.
    assert lines_of(ledger, ["value"]) == {11: [213], 12: [195]}
    assert facts.back.own["returns_value"].tolist() == [174, 159]
    assert lines_of(ledger, ["returns_value"], EventKind.REFUND) == {11: [56], 12: [52]}


def test_the_payments_own_rate_comes_before_the_table():
    own = Payment(7, 1, "EUR", "USD", 105_000_000)
    ledger, _ = build([one_line(1, 1000, "EUR")], payments=[own])
    assert lines_of(ledger, ["value"]) == {1: [1050]}
    assert ledger.conversions.source.tolist() == [RateSource.REALISED]


def test_of_two_payments_the_one_of_the_better_source_answers():
    poor = Payment(6, 1, "EUR", "USD", 200_000_000, rank=2)
    good = Payment(7, 1, "EUR", "USD", 105_000_000, rank=0)
    ledger, _ = build([one_line(1, 1000, "EUR")], payments=[poor, good])
    assert lines_of(ledger, ["value"]) == {1: [1050]}


def test_m17_an_order_without_a_rate_is_held_with_its_refunds_and_fees():
    order = one_line(1, 1000, "CHF", status="fully refunded")
    entry = Entry(3, "transaction", -65, DAY, order_id=1)
    ledger, facts = build([order], [Refund(5, 1, LATER, 400, currency="CHF")], [entry])
    assert len(ledger) == 0
    assert state_of(ledger, 1) is OrderState.HELD
    assert ledger.notes["refunds_of_held_orders"] == 1
    assert ledger.notes["ledger_entries_not_booked_held"] == 1
    held = ledger.held
    assert held.order_id.tolist() == [1, 1]
    assert held.refund_id.tolist() == [0, 5]
    assert [held.currency.values[code] for code in held.currency.code] == ["CHF"] * 2
    assert facts.fees.entries_total == 65


def test_m17_an_order_is_held_for_a_refund_without_a_rate():
    refunds = [Refund(5, 1, LATER + timedelta(days=30), 400, currency="EUR")]
    ledger, _ = build([euros(), one_line(2, 700, None)], refunds)
    assert state_of(ledger, 1) is OrderState.HELD
    assert lines_of(ledger, ["value"]) == {2: [700]}
    assert ledger.held.order_id.tolist() == [1]
    assert ledger.held.refund_id.tolist() == [5]


def test_a_refund_that_does_not_count_holds_nothing():
    refund = Refund(5, 1, LATER + timedelta(days=30), 400, status="failed", currency="EUR")
    ledger, _ = build([euros()], [refund])
    assert state_of(ledger, 1) is OrderState.COUNTED
    assert len(ledger.held) == 0


def test_m17_a_refund_of_an_unknown_order_is_converted_or_listed():
    known = Refund(5, None, LATER, 1000, tax=100, currency="EUR")
    lost = Refund(6, None, LATER, 1000, currency="CHF")
    ledger, _ = build([one_line(1, 700, None)], [known, lost])
    assert lines_of(ledger, ["returns_value", "sales_tax_refunded"], EventKind.REFUND) == {
        0: [990, 110]
    }
    assert ledger.notes["refunds_without_rate"] == 1
    assert ledger.held.order_id.tolist() == [0]
    assert ledger.held.refund_id.tolist() == [6]


def test_a_held_order_without_lines_is_counted_as_held():
    ledger, _ = build([Order(1, DAY, [], currency="CHF", grand_total=900)])
    assert ledger.uncounted.order.tolist() == [0]


def test_lines_in_several_currencies_are_an_error_that_names_the_order():
    source = tables(SHOP, [euros()])
    mixed = replace(source, lines=replace(source.lines, currency=texts(["EUR", "GBP"])))
    with pytest.raises(ContractError, match=r"several currencies, such as order_id 1;"):
        built(mixed, replace(worked_shop.files(), rates=TABLE))


def test_lines_in_another_currency_than_their_order_hold_it():
    source = tables(SHOP, [one_line(1, 1000, None)])
    other = replace(source, lines=replace(source.lines, currency=texts(["EUR"])))
    ledger, _ = built(other, replace(worked_shop.files(), rates=TABLE))
    assert state_of(ledger, 1) is OrderState.HELD
    assert ledger.held.is_in_several.tolist() == [True]


def test_the_rate_of_every_conversion_is_kept():
    ledger, _ = build([euros(), one_line(2, 700, None)], [Refund(5, 1, LATER, 1000)])
    kept = ledger.conversions
    assert list(zip(kept.order_id.tolist(), kept.refund_id.tolist(), strict=True)) == [
        (1, 0),
        (1, 5),
    ]
    assert [kept.currency.values[code] for code in kept.currency.code] == ["EUR", "EUR"]
    assert (kept.numerator / kept.denominator).tolist() == [1.083, 1.1]
    assert kept.day.tolist() == [day_number(datetime(2026, 3, 4).date()), day_number(LATER.date())]
    assert kept.source.tolist() == [RateSource.MARKET] * 2


def test_an_explanation_names_the_rates_and_adds_up():
    ledger, facts = build([euros()], [Refund(5, 1, LATER, 1000)])
    told = explain_order(ledger, keep_evidence(facts), 1)
    told.check()
    value = next(part for part in told.parts if part.column == "value")
    assert value.why.formula == "1 × 10.05, at 1.083 (EUR in USD, market rate of 2026-03-04)"
    back = [part for part in told.parts if part.column == "returns_value"]
    assert [(part.amount, part.whole, part.weight, part.weights) for part in back] == [
        (461, 1100, 419, 1000),
        (305, 1100, 277, 1000),
    ]
    assert back[0].why.formula.endswith("at 1.1 (EUR in USD, market rate of 2026-03-16)")
    assert sum(cell.taken for cell in told.cells) == 1000


def test_a_shop_in_its_own_currency_keeps_no_rates_and_allocates_once():
    ledger, facts = build([one_line(1, 1000, None)], [Refund(5, 1, LATER, 100)])
    assert len(ledger.conversions) == len(ledger.held) == 0
    assert facts.sales.own_lines is facts.sales.lines
    assert facts.back.own is facts.back.amounts


def test_m36_a_cost_in_another_currency_is_converted_on_the_orders_day():
    table = costs({("A", 1, 2026 * 12 + 1): 41_250}, currency="EUR")
    restocked = Refund(5, 2, LATER, 700)
    orders = [one_line(1, 1000, None), one_line(2, 700, None), one_line(3, 700, None, LATER)]
    ledger, _ = build(orders, [restocked], cost_table=table)
    # 4.1250 EUR at 1.083 are 4.467 USD, at 1.1 4.5375; what comes back had cost as it was sold.
    assert lines_of(ledger, ["cogs"]) == {1: [447], 2: [447], 3: [454]}
    assert lines_of(ledger, ["cogs_recovered"], EventKind.REFUND) == {2: [447]}


def test_m17_a_cost_without_a_rate_is_unknown_and_free_goods_need_none():
    far = DAY + timedelta(days=100)
    table = costs({("A", 1, 2026 * 12 + 1): 41_250, ("B", 1, 2026 * 12 + 1): 0}, currency="EUR")
    order = Order(1, far, [Line(11, "A", 1, 900), Line(12, "B", 1, 100)])
    ledger, _ = build([order], cost_table=table)
    assert lines_of(ledger, ["cogs", "quantity_costed", "cogs_ceiling"]) == {
        11: [0, 0, 900],
        12: [0, 1, 0],
    }


CONVERSION = (fee("transaction", 65_000), fee("processing", 0), fee("currency_conversion", 25_000))


def test_m32_only_an_order_at_a_market_rate_owes_the_fee_for_conversion():
    orders = [one_line(1, 1000, "EUR"), one_line(2, 1000, "EUR"), one_line(3, 1000, None)]
    own = Payment(7, 2, "EUR", "USD", 105_000_000)
    source = tables(SHOP, orders, payments=[own])
    _, facts = built(source, replace(worked_shop.files(), rates=TABLE, fees=schedule()))
    fees = facts.fees.sale["currency_conversion_fees"].tolist()
    assert fees == [27, 0, 0]  # 2.5 % of 10.83


def schedule():
    return replace(worked_shop.files().fees, rows=CONVERSION)


def test_m33_a_credit_follows_the_part_of_the_order_and_no_rate():
    # Half of the order goes back at 1.1: half of the fee, though in dollars it is more than half.
    source = tables(SHOP, [one_line(1, 2000, "EUR")], [Refund(5, 1, LATER, 1000, currency="EUR")])
    found = booked(source, schedule=CONVERSION[:2], rates=TABLE)
    assert found.order(1) == {"transaction_fees": 141}  # 6.5 % of 21.66
    assert found.refund(5)["transaction_fees"] == -71


def test_a_charge_in_the_accounts_currency_uses_the_payments_rate():
    own = Payment(7, 1, "USD", "TRY", 40 * RATE_SCALE)
    source = tables(SHOP, [one_line(1, 1000, None)], payments=[own])
    entry = Entry(3, "transaction", -2600, DAY, order_id=1, currency="TRY")
    source = replace(source, entries=tables(SHOP, [], entries=[entry]).entries)
    table = rates(USDTRY={DAY: "32.5"})
    ledger, _ = built(source, replace(worked_shop.files(), rates=table))
    assert lines_of(ledger, ["transaction_fees"]) == {1: [65]}  # 26 TRY at 40, not at 32.5


def test_a_shop_in_yen_takes_orders_in_dollars():
    shop = a_shop(currency="JPY")
    orders, refunds = [one_line(1, 1999, "USD")], [Refund(5, 1, LATER, 1)]
    ledger, _ = build(orders, refunds, shop=shop)
    assert lines_of(ledger, ["value"]) == {1: [2999]}  # 19.99 at 150 are 2,998.5
    assert lines_of(ledger, ["returns_value"], EventKind.REFUND) == {1: [2]}


def test_a_refund_too_small_for_the_orders_currency_is_not_lost():
    # A yen is 0.0067 USD: less than a cent of the order, but a minor unit of the shop.
    shop = a_shop(currency="JPY")
    ledger, facts = build(
        [one_line(1, 1999, "USD")], [Refund(5, 1, LATER, 100, currency="JPY")], shop=shop
    )
    assert facts.refunds.own_amount.tolist() == [1]
    assert lines_of(ledger, ["returns_value"], EventKind.REFUND) == {1: [1]}


def test_an_unstated_grand_total_of_a_foreign_order_explains_nothing():
    ledger, _ = build([euros(grand_total=None)])
    assert int(ledger.amounts["unbooked"].sum()) == 0

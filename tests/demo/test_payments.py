from __future__ import annotations

from datetime import date

import numpy as np

from engine.demo.account_tables import account_rows
from engine.demo.exchange import RATE_UNIT
from engine.demo.payments import TYPES, Ledger, Payments
from engine.demo.shop import Demo, DemoShop
from engine.money import Int64Array, round_div

KINDS = {name: number for number, (name, *_) in enumerate(TYPES)}


def accounts(shop: DemoShop) -> tuple[Payments, Ledger]:
    assert shop.accounts is not None
    return shop.accounts


def sums_by_payment(shop: DemoShop, *kinds: str) -> Int64Array:
    payments, ledger = accounts(shop)
    sums = np.zeros(len(payments.order), np.int64)
    own = np.isin(ledger.kind, [KINDS[kind] for kind in kinds])
    np.add.at(sums, np.searchsorted(payments.payment_id, ledger.payment[own]), ledger.amount[own])
    return sums


def test_each_payment_is_gross_less_fees_and_agrees_with_the_ledger(default_shop: DemoShop) -> None:
    payments, _ = accounts(default_shop)
    assert (sums_by_payment(default_shop, "PAYMENT_GROSS", "sales_tax") == payments.gross).all()
    assert (sums_by_payment(default_shop, "PAYMENT_PROCESSING_FEE") == -payments.fees).all()
    assert (sums_by_payment(default_shop, "REFUND_GROSS") == -payments.refunded).all()
    paid = account_rows(default_shop)[0].columns
    net = paid["amount_gross"].values - paid["amount_fees"].values
    assert (paid["amount_net"].values == net).all()


def test_payments_convert_the_order_at_their_own_rate(default_shop: DemoShop) -> None:
    payments, _ = accounts(default_shop)
    base = default_shop.amounts.base[payments.order]
    converted = [
        round_div(b * r, RATE_UNIT)
        for b, r in zip(base.tolist(), payments.rate.tolist(), strict=True)
    ]
    assert payments.gross.tolist() == converted


def test_adjusted_amounts_leave_what_was_not_refunded(default_shop: DemoShop) -> None:
    payments, _ = accounts(default_shop)
    back = sums_by_payment(default_shop, "REFUND_GROSS", "sales_tax_refund")
    credit = sums_by_payment(default_shop, "PAYMENT_PROCESSING_FEE_refund")
    changed = payments.is_adjusted
    assert 50 < changed.sum() < 300
    assert (payments.adjusted_gross == payments.gross + back)[changed].all()
    assert (payments.adjusted_fees == payments.fees - credit)[changed].all()


def test_the_balance_is_an_unbroken_chain(default_shop: DemoShop) -> None:
    _, ledger = accounts(default_shop)
    assert (np.diff(ledger.seconds) >= 0).all()
    assert (ledger.balance == np.cumsum(ledger.amount)).all()
    deposits = ledger.kind == KINDS["DISBURSE"]
    assert 60 < deposits.sum() < 80
    assert (ledger.amount[deposits] < 0).all()


def test_measured_and_estimated_orders_both_occur(default_shop: DemoShop) -> None:
    payments, ledger = accounts(default_shop)
    last = default_shop.days.date(int(default_shop.day[payments.order].max()))
    assert last == date(2025, 4, 30)
    assert ledger.seconds.max() < default_shop.days.start[default_shop.days.index(date(2025, 5, 1))]
    assert 0.3 < len(payments.order) / len(default_shop.order_id) < 0.6


def test_fees_refer_to_their_lines_and_orders(default_shop: DemoShop) -> None:
    columns = account_rows(default_shop)[1].columns
    _, ledger = accounts(default_shop)
    lines = ledger.line >= 0
    named = {TYPES[kind][0] for kind in np.unique(ledger.kind[lines]).tolist()}
    assert named == {"transaction", "renew_sold"}
    assert (columns["reference_id"].values == columns["transaction_id"].values)[lines].all()
    own_order = default_shop.order_id[default_shop.lines.order[ledger.line[lines]]]
    assert (columns["order_id"].values[lines] == own_order).all()


def test_only_the_shop_with_an_account_has_a_ledger(small_demo: Demo) -> None:
    assert [table.name for table in account_rows(small_demo.shops[0])] == [
        "order_payments",
        "ledger_entries",
    ]
    assert account_rows(small_demo.shops[1]) == []


def test_the_lira_jumps_by_a_tenth_inside_a_month(default_demo: Demo) -> None:
    rate = default_demo.rates["USD", "TRY"].rate
    step = rate[1:] / rate[:-1]
    assert (step > 1.09).sum() == 1
    day = default_demo.rates["USD", "TRY"].first.toordinal() + int(step.argmax()) + 1
    assert date.fromordinal(day).day in range(10, 20)


def test_weekends_take_the_rate_before_them(default_demo: Demo) -> None:
    pair = default_demo.rates["USD", "TRY"]
    rates = dict(pair.working_days())
    assert date(2026, 10, 31) not in rates  # a Saturday
    last = default_demo.plan.last - default_demo.plan.first
    assert pair.at(np.array([last.days]))[0] == rates[date(2026, 10, 30)]
